/*
 * owns: handing over to each participant what it has not read.
 * must stay true: a message is handed over only once that is on the disk, and no other reading of the participant gets it too.
 */
import { CancelledError, throwIfAborted } from '../../base/abort';
import type { Message, MessageId, ParticipantName } from '../../model/message';
import type { MailboxState } from './mailbox-state';
import type { MessageHistory } from './message-history';
import { refusal, type Refusal } from './message-limits';
import type { Once } from './postbox';
import type { Session } from './session';
import type { SharedLog } from './shared-log';

export interface ReaderParts {
  readonly log: SharedLog;
  readonly ahead: MailboxState;
  readonly stored: MailboxState;
  readonly history: MessageHistory;
}

export class InboxReader {
  constructor(private readonly parts: ReaderParts) {}

  /** What is unread, the most urgent first. Nothing is handed over twice. */
  async receive(session: Session, limit: number, once: Once | undefined): Promise<readonly Message[]> {
    const { name } = session;
    const { stored, ahead, log, history } = this.parts;
    const before = once?.again === true ? history.markedReading(name, once.mark) : undefined;
    if (before !== undefined) return before;
    const claimed = ahead.participants.get(name)?.inbox;
    const messages: Message[] = [];
    if (claimed !== undefined && absenceOf(session, this.parts.ahead) === undefined)
      for (const message of stored.participants.get(name)?.inbox ?? []) {
        if (messages.length >= limit) break;
        // What another reading of this participant takes right now is gone from `ahead` already.
        if (claimed.has(message.id)) messages.push(message);
      }
    if (messages.length === 0) return [];
    const read = {
      type: 'message-read',
      participant: name,
      messages: messages.map(({ id }) => id),
    } as const;
    await log.record(once === undefined ? read : { ...read, mark: once.mark });
    return messages;
  }

  /** One message out of its turn; undefined when it is not unread. */
  async take(session: Session, id: MessageId): Promise<Message | undefined> {
    const { name } = session;
    const { stored, ahead, log } = this.parts;
    if (
      absenceOf(session, this.parts.ahead) !== undefined ||
      ahead.participants.get(name)?.inbox.has(id) !== true
    )
      return undefined;
    for (const message of stored.participants.get(name)?.inbox ?? []) {
      if (message.id !== id) continue;
      await log.record({ type: 'message-read', participant: name, messages: [id] });
      return message;
    }
    return undefined;
  }

  /** The next message, waiting for it. Rejects with `CancelledError` when the agent leaves. */
  async next(session: Session, signal: AbortSignal): Promise<Message> {
    for (;;) {
      throwIfAborted(signal);
      if (absenceOf(session, this.parts.ahead) !== undefined)
        throw new CancelledError(`${session.name} left.`);
      const arrival = this.arrivalFor(session.name, signal);
      arrival.promise.catch(() => {});
      try {
        const [message] = await this.receive(session, 1, undefined);
        if (message !== undefined) return message;
        await arrival.promise;
      } finally {
        arrival.stop();
      }
    }
  }

  private arrivalFor(name: ParticipantName, signal: AbortSignal) {
    let resolve!: () => void;
    let reject!: (error: unknown) => void;
    const promise = new Promise<void>((onDone, onError) => ((resolve = onDone), (reject = onError)));
    const listener = this.parts.log.onStored((body) => {
      if (body.type === 'message-sent' && body.message.to.includes(name)) resolve();
      if (body.type === 'agent-left' && body.participant === name)
        reject(new CancelledError(`${name} left.`));
    });
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const stop = () => {
      listener.dispose();
      signal.removeEventListener('abort', onAbort);
    };
    return { promise, stop };
  }
}

/** Why the agent can neither say nor read anything; undefined while it takes part. */
export function absenceOf({ name, isOver }: Session, ahead: MailboxState): Refusal | undefined {
  if (!isOver && ahead.participants.get(name)?.presence === 'here') return undefined;
  return refusal('left', `${name} takes no part in this run any more.`);
}
