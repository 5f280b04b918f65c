import { orCancelled } from '../models/or-cancelled';

/**
 * What the editor answers, or undefined when it does not within the time or fails: an extension that does not answer must not hold a
 * step. Rejects with `CancelledError` as soon as the signal fires; the editor cannot be told to stop.
 */
export async function within<Value>(
  milliseconds: number,
  asked: PromiseLike<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, milliseconds));
  });
  const answered = asked.then(
    (value) => value,
    () => undefined,
  );
  try {
    return await orCancelled(Promise.race([answered, late]), signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Time that a question has in all, from now. */
export class Deadline {
  private readonly end: number;

  constructor(milliseconds: number) {
    this.end = performance.now() + milliseconds;
  }

  get left(): number {
    return Math.max(0, this.end - performance.now());
  }

  get isOver(): boolean {
    return this.left === 0;
  }
}
