import type { Message, ParticipantName } from '../../model/message';
import type { MailboxState } from './mailbox-state';
import { nameRefusal, refusal, type MessageLimits, type Refusal } from './message-limits';

/** Who gets a message, settled at the moment it is sent. */
export interface Route {
  readonly way: Message['way'];
  readonly to: readonly ParticipantName[];
  readonly missed: readonly ParticipantName[];
}

/** Shared by all messages that go to one. */
const DIRECT: Message['way'] = Object.freeze({ type: 'direct' });
const NOBODY: readonly ParticipantName[] = Object.freeze([]);

export type FindRoute = (state: MailboxState, limits: MessageLimits) => Route | Refusal;

/** To one, who must take part, now or when it comes back, and have room. */
export const toOne =
  (to: ParticipantName): FindRoute =>
  (state, limits) => {
    const participation = state.participants.get(to);
    if (participation === undefined || participation.presence === 'gone')
      return refusal(
        'no-such-participant',
        `Nobody called "${to.slice(0, 100)}" takes part in this run now.`,
      );
    if (participation.inbox.size >= limits.unread)
      return refusal('unread', `${to} has not read its last ${limits.unread} messages.`);
    return { way: DIRECT, to: [to], missed: NOBODY };
  };

/** To who asked: an answer always finds room. */
export const backTo =
  (to: ParticipantName): FindRoute =>
  () => ({ way: DIRECT, to: [to], missed: NOBODY });

/** To all but the sender. */
export const toEveryone =
  (from: ParticipantName): FindRoute =>
  (state, limits) =>
    among(state, limits, { type: 'broadcast' }, from, () => true);

/** To all who subscribed, but the sender. */
export const toSubscribers =
  (from: ParticipantName, topic: string): FindRoute =>
  (state, limits) =>
    nameRefusal('topic', topic) ??
    among(state, limits, { type: 'topic', topic }, from, (topics) => topics.has(topic));

function among(
  state: MailboxState,
  limits: MessageLimits,
  way: Message['way'],
  from: ParticipantName,
  isMeant: (topics: ReadonlySet<string>) => boolean,
): Route {
  const to: ParticipantName[] = [];
  const missed: ParticipantName[] = [];
  for (const [name, { inbox, topics }] of state.reachable()) {
    if (name === from || !isMeant(topics)) continue;
    // One who reads nothing holds up nobody else.
    (inbox.size < limits.unread ? to : missed).push(name);
  }
  return { way, to, missed };
}
