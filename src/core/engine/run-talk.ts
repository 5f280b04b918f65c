/*
 * owns: the conversation of one run's agents: opened when the first one takes part, over the run's own log, gone with the run.
 * does not own: what is said and shared (collaboration).
 * must stay true: whoever takes part in an attempt has left before the attempt's end is recorded.
 */
import { Collaboration, type Participant } from '../agents/collaboration/collaboration';
import type { Clock } from '../base/clock';
import { CancelledError } from '../base/abort';
import type { Disposable } from '../base/disposable';
import { BatonError } from '../model/errors';
import type { RunEvent } from '../model/events';
import type { StepKey } from '../model/ids';
import type { CollaborationBody, ParticipantName } from '../model/message';
import type { RunLog } from './run-log';

/** An attempt's way into the conversation. */
export interface AttemptTalk {
  join(name: ParticipantName): Promise<Participant>;
  /** The attempt is over: all that it brought in leave. Resolves when that is on the disk, or never will be. */
  leave(reason: 'ended' | 'interrupted'): Promise<void>;
}

export class RunTalk implements Disposable {
  private opened: Promise<Collaboration> | undefined;
  private isOver = false;

  /** `before`: the events of earlier processes. */
  constructor(
    private readonly log: Pick<RunLog, 'record' | 'state'>,
    private readonly clock: Clock,
    private readonly before: readonly RunEvent[],
  ) {}

  /** True when agents of an earlier process still seem to take part. */
  get hasLeftovers(): boolean {
    return (
      this.opened === undefined &&
      Object.values(this.log.state.talk.participants).some(({ isHere }) => isHere)
    );
  }

  /** Resolves when it is on the disk that whoever took part in an earlier process was interrupted. */
  async open(): Promise<Collaboration> {
    if (this.isOver) throw new CancelledError('The run is over.');
    this.opened ??= Collaboration.open(
      { clock: this.clock, recorder: { append: (bodies) => this.append(bodies) } },
      this.before,
    );
    return this.opened;
  }

  /** For one attempt; left by whoever opens it, when the attempt has ended. */
  attempt(step: StepKey, attempt: number): AttemptTalk {
    const joined: Promise<Participant>[] = [];
    let isOver = false;
    return {
      join: async (name) => {
        if (isOver) throw new CancelledError('The attempt has ended.');
        const joining = this.open().then((collaboration) => collaboration.join(name, step, attempt));
        joined.push(joining);
        return joining;
      },
      leave: async (reason) => {
        isOver = true;
        await Promise.allSettled(joined.map(async (joining) => (await joining).leave(reason)));
      },
    };
  }

  /** Ends all waiting. What is on its way is still recorded. */
  dispose(): void {
    this.isOver = true;
    this.opened?.then(
      (collaboration) => collaboration.dispose(),
      () => {},
    );
  }

  private append(bodies: readonly CollaborationBody[]): { readonly durable: Promise<void> } {
    return { durable: this.record(bodies) };
  }

  private async record(bodies: readonly CollaborationBody[]): Promise<void> {
    if (!(await this.log.record(...bodies)))
      throw new BatonError('store-failed', 'It could not be recorded, and so it was not said.');
  }
}
