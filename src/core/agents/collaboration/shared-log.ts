/*
 * owns: what agents that work together do gets recorded in the order they do it, and counts once it is durable.
 * does not own: what the bodies mean (mailbox-state, context-state).
 * must stay true: `ahead` views have folded everything recorded, `stored` views only what is on the disk, both in the order of the
 * log; after a failed append nothing is recorded any more, for what is in memory is ahead of the truth.
 */
import { Emitter } from '../../base/emitter';
import { BatonError } from '../../model/errors';
import type { CollaborationBody } from '../../model/message';

/** Where the bodies are recorded: a run's log. Appended in call order; `durable` rejects when they never will be on the disk. */
export interface Recorder {
  append(bodies: readonly CollaborationBody[]): { readonly durable: Promise<void> };
}

/** A state that is a fold over the bodies. */
export interface View {
  fold(body: CollaborationBody): void;
}

export interface Views {
  /** Decide what may be done next; never shown. */
  readonly ahead: readonly View[];
  /** What agents and people see. */
  readonly stored: readonly View[];
}

export class SharedLog {
  private readonly recorded = new Emitter<CollaborationBody>();
  private readonly kept = new Emitter<CollaborationBody>();
  /** After the ahead views have folded the body. */
  readonly onRecorded = this.recorded.event;
  /** After the body is on the disk and the stored views have folded it. */
  readonly onStored = this.kept.event;

  private batch: CollaborationBody[] = [];
  private flushed: Promise<void> | undefined;
  private last: Promise<void> = Promise.resolve();
  private ended: unknown;

  constructor(
    private readonly recorder: Recorder,
    private readonly views: Views,
  ) {}

  /** Resolves when everything recorded so far is on the disk; rejects when it never will be. */
  get whenStored(): Promise<void> {
    return this.flushed ?? this.last;
  }

  /** Folds at once into what decides; resolves when it is on the disk. Rejects with what the recorder said, then and ever after. */
  record(...bodies: readonly CollaborationBody[]): Promise<void> {
    if (this.ended !== undefined) return rejected(this.ended);
    for (const body of bodies) {
      this.batch.push(body);
      for (const view of this.views.ahead) view.fold(body);
    }
    // A moment later, so that what is done in one go is appended, and synced, in one go.
    this.flushed ??= handled(Promise.resolve().then(() => this.flush()));
    const stored = this.flushed;
    for (const body of bodies) this.recorded.fire(body);
    return stored;
  }

  /** Nothing is recorded any more. What is on its way still gets there. */
  close(): void {
    this.ended ??= new BatonError('collaboration-over', 'The work together is over; nothing can be sent.');
    this.recorded.dispose();
  }

  private flush(): Promise<void> {
    const bodies = this.batch;
    this.batch = [];
    this.flushed = undefined;
    const before = this.last;
    // The one before is awaited as well: views fold in the order of the log, whatever order promises resolve in.
    this.last = handled(this.afterwards(bodies, before, this.append(bodies)));
    return this.last;
  }

  private append(bodies: readonly CollaborationBody[]): Promise<void> {
    try {
      return this.recorder.append(bodies).durable;
    } catch (error) {
      return rejected(error);
    }
  }

  private async afterwards(
    bodies: readonly CollaborationBody[],
    before: Promise<void>,
    durable: Promise<void>,
  ): Promise<void> {
    try {
      await Promise.all([before, durable]);
    } catch (error) {
      this.ended ??= error;
      throw error;
    }
    for (const body of bodies) for (const view of this.views.stored) view.fold(body);
    if (this.kept.hasListeners) for (const body of bodies) this.kept.fire(body);
  }
}

/** Who awaits it hears of a failure; one that nobody awaits must not end the process. */
function handled(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}

const rejected = (error: unknown): Promise<void> =>
  handled(
    Promise.reject(error instanceof Error ? error : new BatonError('collaboration-over', String(error))),
  );
