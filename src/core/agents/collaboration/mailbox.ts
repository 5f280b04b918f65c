/*
 * owns: messages between the agents of one run: who may send what, who gets it, and that each gets it once.
 * does not own: the record (shared-log), and what a message is worth: it is data, and grants nothing.
 * must stay true: the sender is who the runtime gave the postbox to, whatever a text says; a message is delivered only once it is
 * on the disk, and handed over only once that is on the disk, too.
 */
import { throwIfAborted } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { messageOf } from '../../model/errors';
import type { JsonObject } from '../../base/json';
import {
  priorities,
  type Message,
  type MessageId,
  type ParticipantName,
  type Priority,
  type Said,
} from '../../model/message';
import type { MailboxState } from './mailbox-state';
import type { HistoryQuery, MessageHistory } from './message-history';
import {
  copied,
  nameRefusal,
  refusal,
  schemaRefusal,
  type Allowances,
  type MessageLimits,
  type Refusal,
} from './message-limits';
import { backTo, toEveryone, toOne, toSubscribers, type FindRoute } from './message-routes';
import { absenceOf, InboxReader } from './inbox-reader';
import { answerIn, type OpenRequests } from './open-requests';
import type { Asked, Once, Postbox, RequestOptions, Saying, Sent } from './postbox';
import type { Session } from './session';
import type { SharedLog } from './shared-log';

export interface MailboxParts {
  readonly log: SharedLog;
  readonly ahead: MailboxState;
  readonly stored: MailboxState;
  readonly history: MessageHistory;
  readonly requests: OpenRequests;
  readonly allowances: Allowances;
  readonly limits: MessageLimits;
  readonly clock: Clock;
}

const NO_MORE_THAN = 50;
const ownAccord: ReadonlySet<string> = new Set<Saying['type']>([
  'context_share',
  'result_handoff',
  'notification',
  'error',
  'state_update',
]);

export class Mailbox {
  private readonly reader: InboxReader;

  constructor(private readonly parts: MailboxParts) {
    this.reader = new InboxReader(parts);
  }

  /** Who said what to whom. */
  history(query?: HistoryQuery): readonly Message[] {
    return this.parts.history.find(query);
  }

  /** What one participant may do. Given to nobody else. */
  postbox(session: Session, once?: Once): Postbox {
    const { name } = session;
    const { clock, history, stored } = this.parts;
    const say = (saying: Saying, priority: Priority | undefined, route: FindRoute) =>
      this.say(session, saying, priority, route, once);
    return {
      name,
      once: (one) => this.postbox(session, one),
      others: () =>
        [...stored.participants].flatMap(([other, { presence }]) =>
          presence === 'here' && other !== name ? [other] : [],
        ),
      send: (to, saying, priority) => say(saying, priority, toOne(to)),
      broadcast: (saying, priority) => say(saying, priority, toEveryone(name)),
      publish: (topic, saying, priority) => say(saying, priority, toSubscribers(name, topic)),
      subscribe: (topic) => this.listen(session, topic, true),
      unsubscribe: (topic) => this.listen(session, topic, false),
      request: (to, body, options) =>
        this.request(session, to, body, clock.now() + Math.max(0, options.timeoutMs), options, once),
      awaitAnswer: (request, signal) => this.awaitAnswer(session, request, signal),
      respond: ({ id }, body) => this.answer(session, { type: 'response', body, answers: id }, once),
      fail: ({ id }, body) => this.answer(session, { type: 'error', body, answers: id }, once),
      receive: (limit = NO_MORE_THAN) => this.reader.receive(session, limit, once),
      take: (id) => this.reader.take(session, id),
      next: (signal) => this.reader.next(session, signal),
      serve: (handle, signal) => this.serve(session, handle, signal),
      readings: () => history.readingsOf(name),
      openRequests: () => [...stored.requests.values()].filter(({ from }) => from === name),
    };
  }

  /** Of its own accord: what a text makes of the other types is refused here, whatever fields it has. */
  private say(
    session: Session,
    { type, body }: Saying,
    priority: Priority | undefined,
    route: FindRoute,
    once: Once | undefined,
  ) {
    if (ownAccord.has(type)) return this.send(session, { type, body } as Saying, priority, route, once);
    const message = `A ${String(type)} is sent by asking or answering, not like this.`;
    return Promise.resolve<Sent>({ sent: false, refused: refusal('schema', message) });
  }

  private async send(
    session: Session,
    said: Saying | Said,
    priority: Priority | undefined,
    route: FindRoute,
    once: Once | undefined,
  ): Promise<Sent> {
    const before = this.saidBefore(session, once);
    if (before !== undefined) return { sent: true, id: before.id, to: before.to, missed: before.missed };
    const message = this.compose(session, said, priority ?? 'normal', route, once);
    if ('code' in message) return { sent: false, refused: message };
    await this.parts.log.record({ type: 'message-sent', message });
    return { sent: true, id: message.id, to: message.to, missed: message.missed };
  }

  private async request(
    session: Session,
    to: ParticipantName,
    body: Extract<Said, { type: 'request' }>['body'],
    answerBy: number,
    { signal, priority = 'normal', onSent }: RequestOptions,
    once: Once | undefined,
  ): Promise<Asked> {
    throwIfAborted(signal);
    const before = this.saidBefore(session, once);
    if (before !== undefined) {
      const answer = this.askedBefore(session, before.id, signal);
      if (answer !== undefined) {
        onSent?.(before.id);
        return answer;
      }
    }
    const message = this.compose(session, { type: 'request', body, answerBy }, priority, toOne(to), once);
    if ('code' in message) return { outcome: 'refused', refused: message };
    const { id } = message;
    const recorded = this.parts.log.record({ type: 'message-sent', message });
    const answer = this.parts.requests.wait({ id, from: session.name, to, answerBy }, signal);
    // Awaited only when the request is on the disk.
    answer.catch(() => {});
    try {
      await recorded;
    } catch (error) {
      this.parts.requests.forget(id);
      throw error;
    }
    onSent?.(id);
    return answer;
  }

  private saidBefore({ name }: Session, once: Once | undefined): Message | undefined {
    return once?.again === true ? this.parts.history.marked(name, once.mark) : undefined;
  }

  /** What comes of a request of before; undefined when nothing ever will, and it may be asked again. */
  private askedBefore(session: Session, id: MessageId, signal: AbortSignal): Promise<Asked> | undefined {
    const end = this.parts.history.endOf(id);
    if (end === 'expired') return Promise.resolve({ outcome: 'expired' });
    if (end === undefined)
      return this.parts.stored.requests.has(id) ? this.awaitAnswer(session, id, signal) : undefined;
    // Read once: by then it may have been read before the crash, or not.
    return this.reader.take(session, end.id).then(() => answerIn(end));
  }

  private async awaitAnswer(session: Session, id: MessageId, signal: AbortSignal): Promise<Asked> {
    const { stored, ahead, log, requests } = this.parts;
    const { name } = session;
    const open = stored.requests.get(id);
    if (open?.from === name && absenceOf(session, this.parts.ahead) === undefined)
      return requests.wait(open, signal);
    const unread = ahead.participants.get(name)?.inbox;
    for (const message of stored.participants.get(name)?.inbox ?? []) {
      if (message.type !== 'response' && message.type !== 'error') continue;
      if (message.answers !== id || unread?.has(message.id) !== true) continue;
      await log.record({ type: 'message-read', participant: name, messages: [message.id] });
      return answerIn(message);
    }
    const refused = refusal('no-such-request', `No answer to request ${id} is waited for.`);
    return { outcome: 'refused', refused };
  }

  private async answer(
    session: Session,
    said: Extract<Said, { type: 'response' | 'error' }>,
    once?: Once,
  ): Promise<Sent> {
    const before = this.saidBefore(session, once);
    if (before !== undefined) return { sent: true, id: before.id, to: before.to, missed: before.missed };
    const open = this.parts.ahead.requests.get(said.answers ?? 0);
    // Asked of the state and not of the message given: anyone could write one.
    if (open?.to !== session.name || open.answerBy < this.parts.clock.now()) {
      const message = `Request ${said.answers} waits for no answer of ${session.name}: it was answered, or its time is over.`;
      return { sent: false, refused: refusal('no-such-request', message) };
    }
    return this.send(session, said, 'high', backTo(open.from), once);
  }

  private compose(
    session: Session,
    said: Saying | Said,
    priority: Priority,
    findRoute: FindRoute,
    once: Once | undefined,
  ): Message | Refusal {
    const { ahead, allowances, limits } = this.parts;
    const away = absenceOf(session, this.parts.ahead);
    if (away !== undefined) return away;
    if (!priorities.includes(priority))
      return refusal('schema', `There is no priority "${String(priority)}".`);
    const body = copied(said.body as JsonObject, limits);
    if ('refused' in body) return body.refused;
    const route = schemaRefusal(said.type, body.value) ?? findRoute(ahead, limits);
    if ('code' in route) return route;
    const over = allowances.take(session.name);
    if (over !== undefined) return over;
    // `said` holds nothing but its type, its body and what it answers: each was put there by the methods above.
    const message = { id: ahead.nextId, from: session.name, ...route, priority, ...said, body: body.value };
    return (once === undefined ? message : { ...message, mark: once.mark }) as Message;
  }

  private async listen(session: Session, topic: string, on: boolean): Promise<Refusal | undefined> {
    const { name } = session;
    const refused = nameRefusal('topic', topic) ?? absenceOf(session, this.parts.ahead);
    if (refused !== undefined) return refused;
    if (this.parts.ahead.participants.get(name)?.topics.has(topic) === on) {
      await this.parts.log.whenStored;
      return undefined;
    }
    const over = this.parts.allowances.take(name);
    if (over !== undefined) return over;
    const type = on ? 'topic-subscribed' : 'topic-unsubscribed';
    await this.parts.log.record({ type, participant: name, topic });
    return undefined;
  }

  private async serve(
    session: Session,
    handle: (message: Message) => Promise<void>,
    signal: AbortSignal,
  ): Promise<never> {
    for (;;) {
      const message = await this.reader.next(session, signal);
      try {
        await handle(message);
      } catch (error) {
        throwIfAborted(signal);
        await this.quarantine(session, message, messageOf(error).slice(0, 500));
      }
    }
  }

  private async quarantine(session: Session, message: Message, reason: string): Promise<void> {
    const participant = session.name;
    await this.parts.log.record({ type: 'message-quarantined', participant, message: message.id, reason });
    if (message.type !== 'request') return;
    // Told at once, so that nobody waits for what will not come.
    const body = { code: 'quarantined', message: `${participant} could not read this request: ${reason}` };
    await this.answer(session, { type: 'error', body, answers: message.id });
  }
}
