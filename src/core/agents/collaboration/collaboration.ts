/*
 * owns: the agents of one run as a group: who is there, their mailbox and what they share, over one log.
 * must stay true: everything is a fold over what was recorded, so a process that died is followed by one that knows the same.
 */
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/disposable';
import { BatonError } from '../../model/errors';
import type { CollaborationBody, ParticipantName } from '../../model/message';
import type { StepKey } from '../../model/ids';
import { ContextHistory, ContextState } from './context-state';
import { Mailbox } from './mailbox';
import { MailboxState } from './mailbox-state';
import { MessageHistory, type Quarantined } from './message-history';
import { Allowances, defaultLimits, nameRefusal, type MessageLimits } from './message-limits';
import { OpenRequests } from './open-requests';
import type { Postbox } from './postbox';
import { readBodies } from './recorded-bodies';
import type { Session } from './session';
import { SharedContext, type ContextAccess } from './shared-context';
import { SharedLog, type Recorder } from './shared-log';

export interface CollaborationOptions {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly limits?: Partial<MessageLimits>;
}

/** An agent among the others, for as long as its attempt lasts. */
export interface Participant {
  readonly name: ParticipantName;
  readonly postbox: Postbox;
  readonly context: ContextAccess;
  /**
   * Frees its locks. ended (default): its work is over, and its requests end; interrupted: it comes back, under the same name.
   * Only the first call counts.
   */
  leave(reason?: 'ended' | 'interrupted'): Promise<void>;
}

export class Collaboration implements Disposable {
  readonly mailbox: Mailbox;
  readonly context: SharedContext;
  private readonly log: SharedLog;
  private readonly people = new MailboxState();
  private readonly history = new MessageHistory();
  private readonly requests: OpenRequests;

  private constructor(options: CollaborationOptions, records: readonly unknown[]) {
    const { clock, recorder } = options;
    const limits = { ...defaultLimits, ...options.limits };
    const allowances = new Allowances(clock, limits);
    const ahead = this.people;
    const aheadContext = new ContextState();
    const stored = new MailboxState();
    const storedContext = new ContextState();
    const contextHistory = new ContextHistory();
    const views = {
      ahead: [ahead, aheadContext],
      stored: [stored, storedContext, this.history, contextHistory],
    };
    const { bodies, quarantined } = readBodies(records);
    this.history.quarantined.push(...quarantined);
    for (const body of bodies) {
      for (const view of [...views.ahead, ...views.stored]) view.fold(body);
      const speaker = speakerOf(body);
      if (speaker !== undefined) allowances.recount(speaker);
    }
    this.log = new SharedLog(recorder, views);
    this.requests = new OpenRequests(this.log, ahead, clock);
    const shared = { log: this.log, allowances, limits, clock };
    this.mailbox = new Mailbox({ ...shared, ahead, stored, history: this.history, requests: this.requests });
    this.context = new SharedContext({
      ...shared,
      ahead: aheadContext,
      stored: storedContext,
      history: contextHistory,
      isHere: (name) => ahead.participants.get(name)?.presence === 'here',
    });
  }

  /**
   * Opens what a run's log says of it (`records`: its events in order, of any type; none for a new run). Who was at work when the
   * process died is away until it joins again, and its locks are free: resolves when that is on the disk.
   */
  static async open(options: CollaborationOptions, records: readonly unknown[] = []): Promise<Collaboration> {
    const collaboration = new Collaboration(options, records);
    const interrupted = [...collaboration.people.participants]
      .filter(([, { presence }]) => presence === 'here')
      .map(([participant]) => ({ type: 'agent-left', participant, reason: 'interrupted' }) as const);
    if (interrupted.length > 0) await collaboration.log.record(...interrupted);
    return collaboration;
  }

  /**
   * Lets an agent take part under a name that only it has now. What was sent to the name before and not read awaits it.
   * Throws "participant-name" for one that is taken or cannot be one.
   */
  async join(name: ParticipantName, step: StepKey, attempt: number): Promise<Participant> {
    const refused = nameRefusal("participant's name", name);
    if (refused !== undefined) throw new BatonError('participant-name', refused.message);
    if (this.people.participants.get(name)?.presence === 'here')
      throw new BatonError('participant-name', `"${name}" takes part in this run already.`);
    await this.log.record({ type: 'agent-joined', participant: name, step, attempt });
    const session: Session = { name, isOver: false };
    let left: Promise<void> | undefined;
    return {
      name,
      postbox: this.mailbox.postbox(session),
      context: this.context.access(session),
      leave: (reason = 'ended') => {
        session.isOver = true;
        return (left ??= this.log.record({ type: 'agent-left', participant: name, reason }));
      },
    };
  }

  /** Messages and records that nobody could read, for people. */
  get quarantined(): readonly Quarantined[] {
    return this.history.quarantined;
  }

  /** Resolves when everything said so far is on the disk. */
  get whenStored(): Promise<void> {
    return this.log.whenStored;
  }

  /** Ends all waiting. What is on its way is still recorded. */
  dispose(): void {
    this.requests.dispose();
    this.context.dispose();
    this.log.close();
  }
}

function speakerOf(body: CollaborationBody): ParticipantName | undefined {
  if (body.type === 'message-sent') return body.message.from;
  return body.type === 'context-changed' ? body.by : undefined;
}
