/*
 * owns: what of a server's messages gets any further: answers to what was asked, a ping, and that the list of tools changed.
 * must stay true: nothing of it holds a known secret, is nested without end, or comes faster than it can be read; a server that
 * does not keep to that is ended. Requests of a server for models, questions or folders are answered with "no such method".
 */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../../../base/clock';
import type { Redactor } from '../../../base/redactor';
import { messageOf } from '../../../model/errors';
import { isNestedBeyond } from '../nesting';

const DEEPEST = 64;
const PER_SECOND = 20;

/** Why a connection ended that we closed ourselves. */
export const CLOSED = 'was closed';

export interface GuardOptions {
  readonly clock: Clock;
  readonly redactor: Redactor | undefined;
  /** Messages at once that nobody asked for. */
  readonly unasked: number;
  /** Called once. `why` completes a sentence about the server. */
  readonly onEnd: (why: string) => void;
}

export class GuardedTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  private readonly awaited = new Set<number>();
  private left: number;
  private at: number;
  private why: string | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly inner: Transport,
    private readonly options: GuardOptions,
  ) {
    this.left = options.unasked;
    this.at = options.clock.monotonic();
    inner.onmessage = (message) => this.receive(message);
    // A line or an event that is no message.
    inner.onerror = () => this.spend();
    inner.onclose = () => this.end('ended the connection');
  }

  start(): Promise<void> {
    return this.inner.start();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if ('method' in message && 'id' in message && typeof message.id === 'number')
      this.awaited.add(message.id);
    await this.inner.send(message);
  }

  setProtocolVersion(version: string): void {
    this.inner.setProtocolVersion?.(version);
  }

  /** Resolves when nothing of the server's process is left. */
  close(): Promise<void> {
    this.end(CLOSED);
    return (this.closing ??= this.inner.close());
  }

  /** Ends the connection, for a reason that completes a sentence about the server. */
  fail(why: string): void {
    this.end(why);
    void this.close();
  }

  private receive(message: JSONRPCMessage): void {
    if (this.why !== undefined) return;
    try {
      if (isNestedBeyond(message, DEEPEST)) this.fail('sent a message that is nested too deeply');
      else if (this.isWanted(message)) this.onmessage?.(this.options.redactor?.json(message) ?? message);
    } catch (error) {
      this.fail(`sent a message that cannot be read: ${messageOf(error)}`);
    }
  }

  private isWanted(message: JSONRPCMessage): boolean {
    // Numbers are what was sent; whatever else a server takes for an id is not ours.
    if (!('method' in message))
      return (typeof message.id === 'number' && this.awaited.delete(message.id)) || this.spend();
    this.spend();
    if (this.why !== undefined) return false;
    return 'id' in message || message.method === 'notifications/tools/list_changed';
  }

  /** Counts what nobody asked for. */
  private spend(): false {
    const now = this.options.clock.monotonic();
    this.left = Math.min(this.options.unasked, this.left + ((now - this.at) / 1_000) * PER_SECOND) - 1;
    this.at = now;
    if (this.left < 0) this.fail('sends more than anybody asked for');
    return false;
  }

  private end(why: string): void {
    if (this.why !== undefined) return;
    this.why = why;
    this.options.onEnd(why);
    this.onclose?.();
  }
}
