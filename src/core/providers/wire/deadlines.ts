import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import type { ChatTimeouts } from '../provider';

const NEVER = Number.POSITIVE_INFINITY;

/**
 * How long one exchange may take: until its first byte, between two pieces of content, and as a whole. Times are of the monotonic
 * clock. One timer watches over all of them: it goes off at the nearest or before it, and is set again for what is left, so that
 * a piece of content costs no timer.
 */
export class Deadlines implements Disposable {
  private readonly total: number;
  private firstByte = NEVER;
  private content = NEVER;
  private timer: Disposable | undefined;
  private timerAt = NEVER;
  private isDisposed = false;

  constructor(
    private readonly clock: Clock,
    private readonly timeouts: ChatTimeouts,
    /** Told which of them it was. */
    private readonly onLate: (limit: keyof ChatTimeouts) => void,
  ) {
    const now = clock.monotonic();
    this.total = now + timeouts.total;
    // The request leaves soon: the timer for its first byte does for this one too.
    this.wakeAt(now + Math.min(timeouts.total, timeouts.firstByte), now);
  }

  /** The request leaves. */
  left(): void {
    const now = this.clock.monotonic();
    this.firstByte = now + this.timeouts.firstByte;
    this.wakeAt(this.firstByte, now);
  }

  /** The response began, or the request failed. */
  answered(): void {
    const now = this.clock.monotonic();
    this.firstByte = NEVER;
    this.contentAt(now);
    this.wakeAt(this.content, now);
  }

  /** Content came at that moment. */
  contentAt(moment: number): void {
    this.content = moment + this.timeouts.idle;
  }

  /** No more content is waited for. */
  wholeNow(): void {
    this.content = NEVER;
  }

  dispose(): void {
    this.isDisposed = true;
    this.timer?.dispose();
  }

  private wakeAt(moment: number, now: number): void {
    if (moment >= this.timerAt || this.isDisposed) return;
    this.timer?.dispose();
    this.timerAt = moment;
    this.timer = this.clock.after(moment - now, () => this.wake());
  }

  private wake(): void {
    this.timerAt = NEVER;
    const now = this.clock.monotonic();
    const next = Math.min(this.total, this.firstByte, this.content);
    // Timers go off up to a millisecond early.
    if (next - now >= 1) this.wakeAt(next, now);
    else this.onLate(next === this.total ? 'total' : next === this.firstByte ? 'firstByte' : 'idle');
  }
}
