import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';

/** Counts the time in which a run works, and calls once when that is more than its limit. Waiting and pauses do not count. */
export class WorkingClock implements Disposable {
  private since: number | undefined;
  private timer: Disposable | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly limitMs: number | undefined,
    private usedMs: number,
    private readonly onOver: () => void,
  ) {}

  /** Working time so far, milliseconds. */
  get workedMs(): number {
    return this.usedMs + (this.since === undefined ? 0 : this.clock.monotonic() - this.since);
  }

  set(isWorking: boolean): void {
    if (isWorking === (this.since !== undefined)) return;
    if (isWorking) {
      this.since = this.clock.monotonic();
      if (this.limitMs !== undefined)
        this.timer = this.clock.after(Math.max(0, this.limitMs - this.usedMs), this.onOver);
    } else {
      this.usedMs = this.workedMs;
      this.dispose();
    }
  }

  dispose(): void {
    this.since = undefined;
    this.timer?.dispose();
    this.timer = undefined;
  }
}
