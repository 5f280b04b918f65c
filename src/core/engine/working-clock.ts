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

  set(isWorking: boolean): void {
    if (this.limitMs === undefined || isWorking === (this.since !== undefined)) return;
    const now = this.clock.monotonic();
    if (isWorking) {
      this.since = now;
      this.timer = this.clock.after(Math.max(0, this.limitMs - this.usedMs), this.onOver);
    } else {
      this.usedMs += now - (this.since ?? now);
      this.dispose();
    }
  }

  dispose(): void {
    this.since = undefined;
    this.timer?.dispose();
    this.timer = undefined;
  }
}
