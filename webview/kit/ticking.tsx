import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

// One timer for all clocks of the page, and none when nothing counts.
function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of [...listeners]) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds to add to this page's clock to get the host's. */
export const ClockOffset = createContext(0);

/** The host's clock. Draws the component again every second while `ticking`. */
export function useNow(ticking: boolean): number {
  const offset = useContext(ClockOffset);
  const [, setTick] = useState(0);
  useEffect(() => (ticking ? listen(() => setTick((tick) => tick + 1)) : undefined), [ticking]);
  return Date.now() + offset;
}

/** A time that counts by itself. Only this piece of text is drawn again, never its neighbours. */
export function Ticking(props: { readonly text: (now: number) => string }) {
  return <>{props.text(useNow(true))}</>;
}
