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

interface Reading {
  readonly ids: readonly MessageId[];
  readonly mark: string | undefined;
}

const KEPT = 10_000;

/** Who said what to whom, and who read it: at least the last 10,000 messages. Earlier ones are in the run's log. */
export class MessageHistory implements View {
  private older: ReadonlyMap<MessageId, Message> = new Map();
  private recent = new Map<MessageId, Message>();
  private readonly reads = new Map<ParticipantName, Reading[]>();
  private readonly expired = new Set<MessageId>();
  readonly quarantined: Quarantined[] = [];

  fold(body: CollaborationBody): void {
    if (body.type === 'message-sent') this.keep(body.message);
    else if (body.type === 'message-read')
      this.read(body.participant, { ids: body.messages, mark: body.mark });
    else if (body.type === 'request-expired') this.expired.add(body.message);
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
    return (this.reads.get(name) ?? []).map((reading) => this.messagesOf(reading));
  }

  /** What the participant last read under a mark. */
  markedReading(name: ParticipantName, mark: string): readonly Message[] | undefined {
    const reading = this.reads.get(name)?.findLast((one) => one.mark === mark);
    return reading === undefined ? undefined : this.messagesOf(reading);
  }

  /** What the participant last said under a mark. */
  marked(name: ParticipantName, mark: string): Message | undefined {
    return this.find({ participant: name }).findLast((one) => one.from === name && one.mark === mark);
  }

  /** How a request ended; undefined while an answer is waited for, and when it came to nothing otherwise. */
  endOf(request: MessageId): Extract<Message, { type: 'response' | 'error' }> | 'expired' | undefined {
    for (const message of this.find({ request }))
      if (message.type === 'response' || (message.type === 'error' && message.answers === request))
        return message;
    return this.expired.has(request) ? 'expired' : undefined;
  }

  private messagesOf({ ids }: Reading): readonly Message[] {
    return ids.flatMap((id) => this.recent.get(id) ?? this.older.get(id) ?? []);
  }

  private keep(message: Message): void {
    // Forgotten half by half: taking the oldest out of a map one by one gets slower and slower.
    if (this.recent.size >= KEPT) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(message.id, message);
  }

  private read(name: ParticipantName, reading: Reading): void {
    const readings = this.reads.get(name);
    if (readings === undefined) this.reads.set(name, [reading]);
    else readings.push(reading);
    if (readings !== undefined && readings.length > KEPT) readings.shift();
  }
}
