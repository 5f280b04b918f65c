import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { JSONRPCMessageSchema, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { isJsonObject } from '../../../base/json';
import type { HostProcesses, TalkingProcess } from '../../../host';
import { BatonError } from '../../../model/errors';
import type { McpLimits } from '../limits';
import { serverLine } from '../server-words';
import { Lines } from './lines';
import type { Wire } from './wire';

const UNREADABLE = { code: -32_700, message: 'its answer cannot be read' };
const LONGEST_COMPLAINT = 500;
const MOST_COMPLAINTS = 100;

/** Messages as lines over the standard streams of a program. */
export class ProcessTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  private process: TalkingProcess | undefined;
  private starting: Promise<TalkingProcess> | undefined;
  private isClosed = false;
  private complaints = 0;
  private lastComplaint = '';

  constructor(
    private readonly wire: Extract<Wire, { type: 'stdio' }>,
    private readonly processes: HostProcesses,
    private readonly limits: McpLimits,
    /** Why the program is of no use any more; completes a sentence about the server. */
    private readonly onFailure: (why: string) => void,
  ) {}

  async start(): Promise<void> {
    const messages = new Lines(
      this.limits.messageLength,
      (line) => this.read(line),
      () => this.onFailure(`sent a message of more than ${this.limits.messageLength / 1_000_000} MB`),
    );
    const complaints = new Lines(
      LONGEST_COMPLAINT,
      (line) => this.complain(line),
      (line) => this.complain(`${line}…`),
    );
    this.starting = this.processes.talk({
      command: this.wire.command,
      cwd: this.wire.cwd,
      env: this.wire.env,
      onOutput: (stream, text) => (stream === 'stdout' ? messages : complaints).push(text),
      onEnd: ({ exitCode, signal }) => {
        complaints.end();
        const how =
          exitCode === null ? `by the signal ${signal ?? 'unknown'}` : `with the exit code ${exitCode}`;
        const last = this.lastComplaint === '' ? '' : ` (its last words: ${this.lastComplaint})`;
        this.onFailure(`ended ${how}${last}`);
        this.onclose?.();
      },
    });
    this.process = await this.starting;
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.process === undefined) throw new BatonError('process-ended', 'The program does not run.');
    await this.process.write(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    // It may be closed while it starts.
    const process = await this.starting?.catch(() => undefined);
    await process?.end(this.limits.graceMs);
  }

  private read(line: string): void {
    if (this.isClosed) return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // Told below: programs print all kinds of lines.
    }
    const message = JSONRPCMessageSchema.safeParse(value);
    if (message.success) this.onmessage?.(message.data);
    // Whoever waits for this answer waits for no other.
    else if (isJsonObject(value) && typeof value['id'] === 'number' && value['method'] === undefined)
      this.onmessage?.({ jsonrpc: '2.0', id: value['id'], error: UNREADABLE });
    else this.onerror?.(new Error('A line is no message.'));
  }

  private complain(line: string): void {
    const plain = serverLine(line, LONGEST_COMPLAINT);
    if (plain === '') return;
    this.lastComplaint = plain.slice(0, 200);
    this.complaints += 1;
    if (this.complaints <= MOST_COMPLAINTS) this.wire.onComplaint(plain);
    else if (this.complaints === MOST_COMPLAINTS + 1)
      this.wire.onComplaint('complains more, which is left out');
  }
}
