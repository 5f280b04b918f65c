/*
 * owns: the list of events of one live run. It is the only place that appends to it.
 * does not own: what happens next (run, gates).
 * must stay true: `state` is the fold of everything appended; nothing is published before it is on the disk, and all of it is
 * published in order. After a failed append this log is over: what is in memory is ahead of the truth.
 */
import type { Disposable } from '../base/disposable';
import type { Clock } from '../base/clock';
import type { RunEvent, RunEventBody } from '../model/events';
import type { RunId } from '../model/ids';
import { begin, foldAll, foldInto, ownCopy, type OwnRunState, type RunState } from '../model/run-state';
import { BatonError } from '../model/errors';
import type { Appended, RunStore } from '../storage/run-store';

/** How long the beginning of something harmless may wait for its result to share one sync. Milliseconds. */
const SHARE_MS = 2;

export interface RunLogOptions {
  readonly runId: RunId;
  readonly store: Pick<RunStore, 'append'>;
  readonly clock: Clock;
  readonly rehearsal: boolean;
  /** Called for each event as soon as it is folded; it may still get lost on its way to the disk. */
  readonly onRecorded?: (event: RunEvent) => void;
  readonly onStored: (events: readonly RunEvent[]) => void;
  /** Called once: nothing can be recorded any more. */
  readonly onFault: (error: unknown) => void;
}

export class RunLog {
  /** Ahead of the disk by what is on its way there. For the engine's own decisions, never to be shown. */
  readonly state: OwnRunState;
  /** What is on the disk, up to the events not folded yet: they are when somebody looks. */
  private readonly stored: OwnRunState;
  private unfolded: RunEvent[] = [];
  private onItsWay = 0;
  private held: { readonly body: RunEventBody; readonly at: number }[] = [];
  private timer: Disposable | undefined;
  private isOver = false;
  private last: Promise<boolean> = Promise.resolve(true);
  /** Of a new run: whether its first event got to the disk. */
  readonly whenBegun: Promise<boolean> = Promise.resolve(true);

  /** `events`: everything there is of the run, or the one body that begins it. */
  constructor(
    private readonly options: RunLogOptions,
    from: readonly RunEvent[] | RunEventBody,
  ) {
    if (Array.isArray(from)) {
      const state = foldAll(from as readonly RunEvent[]);
      if (state === undefined) throw new BatonError('unknown-run', `Run ${options.runId} has no events.`);
      this.state = ownCopy(state);
      this.stored = ownCopy(state);
      return;
    }
    const appended = this.append([from as RunEventBody], options.clock.now());
    const first = appended.events[0];
    if (first === undefined)
      throw new BatonError('store-failed', 'The store gave no number to the first event.');
    this.state = ownCopy(begin(first));
    this.stored = ownCopy(begin(first));
    this.whenBegun = this.publish(appended);
  }

  /** True when everything recorded is on the disk. */
  get isQuiet(): boolean {
    return this.onItsWay === 0 && this.held.length === 0;
  }

  /** Resolves when everything recorded so far is on the disk; false when it never will be. */
  get whenStored(): Promise<boolean> {
    return this.last;
  }

  get hasFailed(): boolean {
    return this.isOver;
  }

  /** The state as stored, a copy that stays as it is. */
  snapshot(): RunState {
    for (const event of this.unfolded) foldInto(this.stored, event);
    this.unfolded = [];
    return ownCopy(this.stored);
  }

  /** Appends and folds at once; resolves to true when it is on the disk, to false when it never will be. */
  record(...bodies: readonly RunEventBody[]): Promise<boolean> {
    this.flush();
    return this.write(bodies, this.options.clock.now());
  }

  /** For the beginning of what may be repeated: it may share the sync of its result, and is stored soon in any case. */
  recordSoon(body: RunEventBody): void {
    this.held.push({ body, at: this.options.clock.now() });
    this.timer ??= this.options.clock.after(SHARE_MS, () => this.flush());
  }

  flush(): void {
    this.timer?.dispose();
    this.timer = undefined;
    if (this.held.length === 0) return;
    const { held } = this;
    this.held = [];
    // Appended one by one, each with its own time; the store syncs them together.
    for (const { body, at } of held) void this.write([body], at);
  }

  /** Nothing is recorded any more. What is on its way still gets there. */
  close(): void {
    this.flush();
    this.isOver = true;
  }

  private write(bodies: readonly RunEventBody[], at: number): Promise<boolean> {
    if (this.isOver) return Promise.resolve(false);
    const appended = this.append(bodies, at);
    for (const event of appended.events) {
      foldInto(this.state, event);
      this.options.onRecorded?.(event);
    }
    return this.publish(appended);
  }

  private append(bodies: readonly RunEventBody[], at: number): Appended {
    this.onItsWay += 1;
    const { runId, store, rehearsal } = this.options;
    return store.append(runId, bodies, { at, rehearsal });
  }

  private publish(appended: Appended): Promise<boolean> {
    const published = this.afterwards(appended);
    this.last = published;
    return published;
  }

  private async afterwards({ events, durable }: Appended): Promise<boolean> {
    try {
      await durable;
    } catch (error) {
      this.onItsWay -= 1;
      const isFirst = !this.isOver;
      this.isOver = true;
      if (isFirst) this.options.onFault(error);
      return false;
    }
    this.onItsWay -= 1;
    for (const event of events) if (event.seq > 1) this.unfolded.push(event);
    this.options.onStored(events);
    return true;
  }
}
