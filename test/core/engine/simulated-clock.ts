import type { Clock } from '../../../src/core/base/clock';
import type { Disposable } from '../../../src/core/base/disposable';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that passes only when told to. Timers fire in the order of their time, then of their making. */
export class SimulatedClock implements Clock {
  private readonly timers = new Set<Timer>();
  private order = 0;
  private elapsed = 0;
  /** Added to the wall clock only: the machine's clock was set. */
  private jumped = 0;

  constructor(private readonly start = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.start + this.elapsed + this.jumped;
  }

  monotonic(): number {
    return this.elapsed;
  }

  after(delayMs: number, callback: () => void): Disposable {
    const timer = { at: this.elapsed + Math.max(0, delayMs), order: this.order++, callback };
    this.timers.add(timer);
    return { dispose: () => this.timers.delete(timer) };
  }

  setWallClock(byMs: number): void {
    this.jumped += byMs;
  }

  get pending(): number {
    return this.timers.size;
  }

  /** Milliseconds until the next timer; undefined when there is none. */
  get untilNext(): number | undefined {
    const next = this.next();
    return next === undefined ? undefined : Math.max(0, next.at - this.elapsed);
  }

  /** Lets the next timer fire. False when there is none. */
  step(): boolean {
    const timer = this.next();
    if (timer === undefined) return false;
    this.timers.delete(timer);
    this.elapsed = Math.max(this.elapsed, timer.at);
    timer.callback();
    return true;
  }

  /** Lets time pass without firing what is due: a machine that slept. */
  sleep(ms: number): void {
    this.elapsed += ms;
  }

  private next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers)
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order))
        next = timer;
    return next;
  }
}

/** Until all that can happen without time passing has happened. */
export async function settleDown(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
