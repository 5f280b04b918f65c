import type { Message, MessageId, ParticipantName, Priority, Said } from '../../model/message';
import type { Refusal } from './message-limits';
import type { OpenRequest } from './mailbox-state';
import type { Answer } from './open-requests';

/** What an agent says of its own accord; requests and their answers have methods of their own. */
export type Saying =
  | Extract<Said, { type: 'context_share' | 'result_handoff' | 'notification' | 'state_update' }>
  | { readonly type: 'error'; readonly body: Extract<Said, { type: 'error' }>['body'] };

/** Given once the message is on the disk. */
export type Sent =
  | {
      readonly sent: true;
      readonly id: MessageId;
      readonly to: readonly ParticipantName[];
      /** Who has too much unread to get it. */
      readonly missed: readonly ParticipantName[];
    }
  | { readonly sent: false; readonly refused: Refusal };

export interface RequestOptions {
  /** Milliseconds until nobody waits any more. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly priority?: Priority;
  /** Called once it is on the disk, and at once for one that stands there already. */
  readonly onSent?: (id: MessageId) => void;
}

/** How an attempt that is made again knows what it said and read before. */
export interface Once {
  readonly mark: string;
  /** True: what stands in the log under the mark is not said or read a second time; what came of it is given instead. */
  readonly again: boolean;
}

/** How a request ended, or why it was never sent. */
export type Asked = Answer | { readonly outcome: 'refused'; readonly refused: Refusal };

type BodyOf<Type extends Said['type']> = Extract<Said, { type: Type }>['body'];

/**
 * What one agent may do with messages. It speaks for this agent alone: there is no field for a sender. Every promise resolves once
 * what it says is on the disk, and rejects when the run can record nothing any more.
 */
export interface Postbox {
  readonly name: ParticipantName;
  /** The same postbox for one thing that is said or read: it is recorded with the mark. */
  once(once: Once): Postbox;
  /** Who else takes part now, in the order they joined. */
  others(): readonly ParticipantName[];
  /** To one. */
  send(to: ParticipantName, saying: Saying, priority?: Priority): Promise<Sent>;
  /** To all others. */
  broadcast(saying: Saying, priority?: Priority): Promise<Sent>;
  /** To the others who subscribed to the topic. */
  publish(topic: string, saying: Saying, priority?: Priority): Promise<Sent>;
  /** Gives why not; undefined when it is done. */
  subscribe(topic: string): Promise<Refusal | undefined>;
  unsubscribe(topic: string): Promise<Refusal | undefined>;
  /** Asks one and waits. Rejects with the signal's reason when cancelled; then a late answer is refused. */
  request(to: ParticipantName, body: BodyOf<'request'>, options: RequestOptions): Promise<Asked>;
  /** Waits again for the answer to a request of before a crash. */
  awaitAnswer(request: MessageId, signal: AbortSignal): Promise<Asked>;
  respond(request: { readonly id: MessageId }, body: BodyOf<'response'>): Promise<Sent>;
  /** Answers that it cannot be done. */
  fail(request: { readonly id: MessageId }, body: BodyOf<'error'>): Promise<Sent>;
  /** What is unread, the most urgent first, at most `limit` (50). Nothing is handed over twice. */
  receive(limit?: number): Promise<readonly Message[]>;
  /** One message out of its turn; undefined when it is not unread. */
  take(id: MessageId): Promise<Message | undefined>;
  /** The next message, waiting for it. Rejects with `CancelledError` when this agent leaves. */
  next(signal: AbortSignal): Promise<Message>;
  /** Handles message by message until the signal fires. A message that `handle` fails over is quarantined; the others go on. */
  serve(handle: (message: Message) => Promise<void>, signal: AbortSignal): Promise<never>;
  /** What was handed over so far, reading by reading, for an attempt that is made again. */
  readings(): readonly (readonly Message[])[];
  /** Requests of this agent that wait for an answer. */
  openRequests(): readonly OpenRequest[];
}
