import type {
  CollaborationBody,
  Message,
  MessageId,
  MessageType,
  ParticipantName,
} from '../../model/message';
import type { View } from './shared-log';

export interface HistoryQuery {
  /** Sent by it or to it. */
  readonly participant?: ParticipantName;
  readonly type?: MessageType;
  readonly topic?: string;
  /** A request and what answered it. */
  readonly request?: MessageId;
  /** The last so many; all that are kept without it. */
  readonly limit?: number;
}

/** A message that made its reader fail, or a record that is none. */
export interface Quarantined {
  readonly message?: MessageId;
  readonly participant?: ParticipantName;
  readonly reason: string;
}

const KEPT = 10_000;

/** Who said what to whom, and who read it: at least the last 10,000 messages. Earlier ones are in the run's log. */
export class MessageHistory implements View {
  private older: ReadonlyMap<MessageId, Message> = new Map();
  private recent = new Map<MessageId, Message>();
  private readonly reads = new Map<ParticipantName, (readonly MessageId[])[]>();
  readonly quarantined: Quarantined[] = [];

  fold(body: CollaborationBody): void {
    if (body.type === 'message-sent') this.keep(body.message);
    else if (body.type === 'message-read') this.read(body.participant, body.messages);
    else if (body.type === 'message-quarantined') {
      const { message, participant, reason } = body;
      this.quarantined.push({ message, participant, reason });
    }
  }

  /** In the order of sending. */
  find(query: HistoryQuery = {}): readonly Message[] {
    const found = [...this.older.values(), ...this.recent.values()].filter(
      (message) =>
        (query.participant === undefined ||
          message.from === query.participant ||
          message.to.includes(query.participant)) &&
        (query.type === undefined || message.type === query.type) &&
        (query.topic === undefined || (message.way.type === 'topic' && message.way.topic === query.topic)) &&
        (query.request === undefined ||
          message.id === query.request ||
          ('answers' in message && message.answers === query.request)),
    );
    return query.limit === undefined ? found : found.slice(Math.max(0, found.length - query.limit));
  }

  /**
   * What the participant was handed so far, reading by reading: an attempt that is made again after a crash tells its model the
   * same messages at the same places, and takes none of them twice.
   */
  readingsOf(name: ParticipantName): readonly (readonly Message[])[] {
    return (this.reads.get(name) ?? []).map((ids) =>
      ids.flatMap((id) => {
        const message = this.recent.get(id) ?? this.older.get(id);
        return message === undefined ? [] : [message];
      }),
    );
  }

  private keep(message: Message): void {
    // Forgotten half by half: taking the oldest out of a map one by one gets slower and slower.
    if (this.recent.size >= KEPT) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(message.id, message);
  }

  private read(name: ParticipantName, ids: readonly MessageId[]): void {
    const readings = this.reads.get(name);
    if (readings === undefined) this.reads.set(name, [ids]);
    else readings.push(ids);
    if (readings !== undefined && readings.length > KEPT) readings.shift();
  }
}
