/*
 * owns: who waits for an answer, and until when.
 * must stay true: an answer ends exactly one waiting, and only once it is on the disk; the order of the log decides between an
 * answer and the end of the time.
 */
import { CancelledError } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { CollaborationBody, Message, MessageId, ParticipantName } from '../../model/message';
import type { MailboxState, OpenRequest } from './mailbox-state';
import type { SharedLog } from './shared-log';

/** How a request ended for who asked. */
export type Answer =
  | { readonly outcome: 'answered'; readonly message: Extract<Message, { type: 'response' }> }
  /** The other one said that it cannot. */
  | { readonly outcome: 'failed'; readonly message: Extract<Message, { type: 'error' }> }
  | { readonly outcome: 'expired' }
  /** The work of one of both is over. */
  | { readonly outcome: 'left' };

interface Waiting extends OpenRequest {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export class OpenRequests implements Disposable {
  private readonly waiting = new Map<MessageId, Waiting>();
  private readonly timers = new Map<MessageId, Disposable>();
  private readonly store = new DisposableStore();

  constructor(
    private readonly log: SharedLog,
    private readonly ahead: MailboxState,
    private readonly clock: Clock,
  ) {
    this.store.add(log.onStored((body) => this.onStored(body)));
    for (const request of ahead.requests.values()) this.startTimer(request);
  }

  dispose(): void {
    this.store.dispose();
    for (const timer of this.timers.values()) timer.dispose();
    this.timers.clear();
    for (const { reject } of this.waiting.values()) reject(new CancelledError());
    this.waiting.clear();
  }

  /** Waits for what ends the request. Called in the same turn as the request is recorded, or for one from before a crash. */
  wait(request: OpenRequest, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.waiting.delete(request.id);
        this.expire(request.id);
        reject(signal.reason instanceof Error ? signal.reason : new CancelledError());
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      const done = () => signal.removeEventListener('abort', onAbort);
      this.waiting.set(request.id, {
        ...request,
        resolve: (answer) => (done(), resolve(answer)),
        reject: (error) => (
          done(),
          reject(error instanceof Error ? error : new CancelledError(String(error)))
        ),
      });
      this.startTimer(request);
    });
  }

  /** The request was never recorded. */
  forget(id: MessageId): void {
    this.timers.get(id)?.dispose();
    this.timers.delete(id);
    this.waiting.delete(id);
  }

  private startTimer({ id, answerBy }: OpenRequest): void {
    if (this.timers.has(id)) return;
    const left = Math.max(0, answerBy - this.clock.now());
    this.timers.set(
      id,
      this.clock.after(left, () => this.expire(id)),
    );
  }

  private expire(id: MessageId): void {
    // An answer that is recorded already has won.
    if (!this.ahead.requests.has(id)) return;
    // A log that failed has told everyone who awaits it; here nobody does.
    this.log.record({ type: 'request-expired', message: id }).catch(() => {});
  }

  private onStored(body: CollaborationBody): void {
    if (body.type === 'request-expired') this.end(body.message, { outcome: 'expired' });
    else if (body.type === 'agent-left' && body.reason === 'ended') this.leave(body.participant);
    else if (body.type === 'message-sent') this.answer(body.message);
  }

  private answer(message: Message): void {
    if ((message.type !== 'response' && message.type !== 'error') || message.answers === undefined) return;
    const waiting = this.waiting.get(message.answers);
    if (waiting === undefined) return this.forget(message.answers);
    this.forget(message.answers);
    // Recorded in this very turn, so that nobody else reads it; told when that is on the disk, so that it is never told twice.
    this.log
      .record({ type: 'message-read', participant: waiting.from, messages: [message.id] })
      .then(() => waiting.resolve(answerIn(message)), waiting.reject);
  }

  private leave(name: ParticipantName): void {
    for (const { id, from, to } of [...this.waiting.values()])
      if (from === name || to === name) this.end(id, { outcome: 'left' });
  }

  private end(id: MessageId, answer: Answer): void {
    const waiting = this.waiting.get(id);
    this.forget(id);
    waiting?.resolve(answer);
  }
}

export const answerIn = (message: Extract<Message, { type: 'response' | 'error' }>): Answer =>
  message.type === 'response' ? { outcome: 'answered', message } : { outcome: 'failed', message };
