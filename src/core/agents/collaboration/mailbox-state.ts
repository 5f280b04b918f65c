/*
 * owns: who takes part, who has what to read, and which requests wait for an answer: a fold over what was recorded.
 * must stay true: total and deterministic. A body that makes no sense here changes nothing, so that one bad record stops nobody.
 */
import type { CollaborationBody, Message, MessageId, ParticipantName } from '../../model/message';
import { Inbox } from './inbox';
import type { View } from './shared-log';

export interface Participation {
  /** away: its process died and it may come back; gone: its work is over. */
  presence: 'here' | 'away' | 'gone';
  readonly topics: Set<string>;
  readonly inbox: Inbox;
}

export interface OpenRequest {
  readonly id: MessageId;
  readonly from: ParticipantName;
  readonly to: ParticipantName;
  /** Wall clock, milliseconds. */
  readonly answerBy: number;
}

export class MailboxState implements View {
  nextId: MessageId = 1;
  readonly participants = new Map<ParticipantName, Participation>();
  readonly requests = new Map<MessageId, OpenRequest>();

  fold(body: CollaborationBody): void {
    switch (body.type) {
      case 'agent-joined':
        this.of(body.participant).presence = 'here';
        break;
      case 'agent-left':
        this.leave(body.participant, body.reason);
        break;
      case 'topic-subscribed':
        this.of(body.participant).topics.add(body.topic);
        break;
      case 'topic-unsubscribed':
        this.of(body.participant).topics.delete(body.topic);
        break;
      case 'message-sent':
        this.send(body.message);
        break;
      case 'message-read':
        for (const id of body.messages) this.of(body.participant).inbox.remove(id);
        break;
      case 'message-quarantined':
        this.of(body.participant).inbox.remove(body.message);
        break;
      case 'request-expired':
        this.requests.delete(body.message);
        break;
      case 'context-changed':
      case 'context-locked':
      case 'context-unlocked':
        break;
      default:
        body satisfies never;
    }
  }

  /** Who could get a message, in the order they joined. */
  *reachable(): Iterable<readonly [ParticipantName, Participation]> {
    for (const entry of this.participants) if (entry[1].presence !== 'gone') yield entry;
  }

  private of(name: ParticipantName): Participation {
    let known = this.participants.get(name);
    if (known === undefined) {
      known = { presence: 'gone', topics: new Set(), inbox: new Inbox() };
      this.participants.set(name, known);
    }
    return known;
  }

  private send(message: Message): void {
    this.nextId = Math.max(this.nextId, message.id + 1);
    for (const name of message.to) this.of(name).inbox.add(message);
    const [to] = message.to;
    if (message.type === 'request' && to !== undefined)
      this.requests.set(message.id, { id: message.id, from: message.from, to, answerBy: message.answerBy });
    if ((message.type === 'response' || message.type === 'error') && message.answers !== undefined)
      this.requests.delete(message.answers);
  }

  private leave(name: ParticipantName, reason: 'ended' | 'interrupted'): void {
    const participation = this.of(name);
    participation.presence = reason === 'ended' ? 'gone' : 'away';
    if (reason === 'interrupted') return;
    // What it has not read stays: its next attempt joins under the same name.
    participation.topics.clear();
    for (const { id, from, to } of [...this.requests.values()])
      if (from === name || to === name) this.requests.delete(id);
  }
}
