/*
 * owns: the record of one attempt's calls of tools: what earlier attempts recorded and people answered, what is on the disk before
 * anything is done.
 * does not own: judging and doing calls (agents), asking people (gates).
 * must stay true: what must not be done twice is on the disk before it begins; a result counts only once it is on the disk; nothing is
 * recorded of an attempt that has ended.
 */
import type { CompletedCall, RecordedCall, StartedCall, ToolLog } from '../../agents/agent';
import { CancelledError } from '../../base/abort';
import type { JsonObject, JsonValue } from '../../base/json';
import type { Log } from '../../host';
import { BatonError, messageOf } from '../../model/errors';
import type { RunEventBody } from '../../model/events';
import type { Sha256, StepKey } from '../../model/ids';
import { LONGEST_PREVIEW, type CallAnswer, type ToolResult } from '../../model/tool-call';
import type { ArtifactStore } from '../../storage/run-store';
import { storableOutput, wholeOutput } from '../work/large-output';
import type { StepTools, ToolEvent } from './recorded-tools';

export interface AttemptToolsOptions {
  readonly step: StepKey;
  readonly attempt: number;
  /** Of the attempts that this one goes on from. */
  readonly recorded: StepTools;
  /** As they hold now. */
  readonly allowances: () => readonly JsonObject[];
  /** Whether any agent of the run has read keys by now. */
  readonly keysWereRead: () => boolean;
  readonly writtenWithKeys: () => ReadonlySet<string>;
  readonly artifacts: ArtifactStore;
  /** Resolves to false when it will never be on the disk. */
  readonly append: (body: RunEventBody) => Promise<boolean>;
  /** For what may get lost: stored with the next thing, or soon. */
  readonly appendSoon: (body: RunEventBody) => void;
  readonly log: Log;
}

export class AttemptTools implements ToolLog {
  private last = 0;
  private isClosed = false;

  constructor(private readonly options: AttemptToolsOptions) {}

  async recorded(key: Sha256): Promise<RecordedCall | undefined> {
    const event = this.options.recorded.calls.get(key);
    if (event === undefined) return undefined;
    if (event.type === 'tool-started') return { status: 'started', call: await this.startedOf(event) };
    const { changes } = event;
    const result = await this.resultOf(event);
    return { status: 'completed', result, ...(changes !== undefined && { changes }) };
  }

  answer(key: Sha256): CallAnswer | undefined {
    return this.options.recorded.answers.get(key);
  }

  allowances(): readonly JsonObject[] {
    return this.options.allowances();
  }

  keysWereRead(): boolean {
    return this.options.keysWereRead();
  }

  writtenWithKeys(): ReadonlySet<string> {
    return this.options.writtenWithKeys();
  }

  begin(): number {
    this.last += 1;
    return this.last;
  }

  async started(call: StartedCall): Promise<void> {
    const body = {
      type: 'tool-started',
      ...this.place,
      ...call,
      arguments: await storableOutput(call.arguments, this.options.artifacts),
    } as const;
    if (!call.idempotent) return this.append(body);
    this.mustBeOpen();
    this.options.appendSoon(body);
  }

  async completed({ call, key, result, changes, durationMs }: CompletedCall): Promise<void> {
    const { text, isError, refused, readsSecrets } = result;
    return this.append({
      type: 'tool-completed',
      ...this.place,
      call,
      key,
      result: await storableOutput(asJson(result), this.options.artifacts),
      preview: beginningOf(text),
      isError,
      ...(readsSecrets === true && { readsSecrets }),
      ...(refused !== undefined && { refused }),
      ...(changes !== undefined && { changes }),
      durationMs: Math.round(durationMs),
    });
  }

  close(): void {
    this.isClosed = true;
  }

  private get place() {
    const { step, attempt } = this.options;
    return { step, attempt };
  }

  private mustBeOpen(): void {
    if (this.isClosed) throw new CancelledError('The attempt has ended.');
  }

  private async append(body: RunEventBody): Promise<void> {
    this.mustBeOpen();
    if (!(await this.options.append(body)))
      throw new BatonError('store-failed', 'The call could not be recorded, and so it does not count.');
  }

  private async startedOf(event: Extract<ToolEvent, { type: 'tool-started' }>): Promise<StartedCall> {
    const { call, key, agent, tool, permit, idempotent, hash, files } = event;
    const args = await this.whole(event.arguments, event.tool);
    return {
      call,
      key,
      agent,
      tool,
      arguments: args ?? event.arguments,
      permit,
      idempotent,
      hash,
      ...(files !== undefined && { files }),
    };
  }

  /** It was done, whether or not what it said can still be read. */
  private async resultOf(event: Extract<ToolEvent, { type: 'tool-completed' }>): Promise<ToolResult> {
    const { preview, isError, refused } = event;
    const whole = await this.whole(event.result, 'a tool');
    if (whole !== undefined) return whole as unknown as ToolResult;
    const text = `This was done. Only the beginning of what it said can still be read: ${preview}`;
    // What cannot be looked at is taken for the worst.
    return { text, isError, isForeign: true, readsSecrets: true, ...(refused !== undefined && { refused }) };
  }

  private async whole(value: JsonValue, of: string): Promise<JsonValue | undefined> {
    try {
      return await wholeOutput(value, this.options.artifacts);
    } catch (error) {
      const { step, log } = this.options;
      log.warn(`What ${step} recorded of ${of} cannot be read: ${messageOf(error)}`);
      return undefined;
    }
  }
}

function beginningOf(text: string): string {
  if (text.length <= LONGEST_PREVIEW) return text;
  // No half of a character at its end.
  return text.slice(0, LONGEST_PREVIEW).replace(/[\ud800-\udbff]$/, '');
}

/** A result is plain JSON; absent fields are left out, as they are on the disk. */
function asJson(result: ToolResult): JsonObject {
  return JSON.parse(JSON.stringify(result)) as JsonObject;
}
