import { nobodyJoins, noTools } from '../../../src/core/engine/work/no-calls';
import type { AgentTask, AnsweredCall, CallLog } from '../../../src/core/agents/agent';
import type { ChatAnswer } from '../../../src/core/providers/provider';
import type { ModelRouter, Purse, RoutedCall, Route, RouteWish } from '../../../src/core/providers/routing';
import { CancelledError } from '../../../src/core/base/abort';
import type { CallUsage, ModelRef } from '../../../src/core/model/model-call';
import type { Step } from '../../../src/core/model/workflow';
import { silentLog } from '../../../src/core/node-host';
import { sha256 } from '../../../src/core/node-sha256';

export const claude: ModelRef = { provider: 'claude', model: 'claude-test' };
export const usage: CallUsage = { inputTokens: 10, outputTokens: 5, usd: 0.01, estimated: false };

export function answer(text: string, more: Partial<ChatAnswer> = {}): ChatAnswer {
  return {
    finish: 'complete',
    rawFinish: 'end_turn',
    text,
    toolCalls: [],
    usage,
    model: 'claude-test',
    ...more,
  };
}

export type Script = (call: RoutedCall, number: number) => ChatAnswer | Error | Promise<ChatAnswer>;

/** A router that answers as the script says and keeps what it was asked. */
export class ScriptedRouter implements ModelRouter {
  readonly asked: RoutedCall[] = [];
  readonly wishes: RouteWish[] = [];
  chain: readonly ModelRef[] = [claude];
  none: string | undefined;

  constructor(private readonly script: Script | readonly (ChatAnswer | Error)[]) {}

  route(wish: RouteWish): Route {
    this.wishes.push(wish);
    if (this.none !== undefined) return { none: this.none };
    return { chain: this.chain, why: 'claude is first by priority', warnings: [] };
  }

  async ask(call: RoutedCall) {
    this.asked.push(call);
    const number = this.asked.length;
    const said =
      typeof this.script === 'function'
        ? await this.script(call, number)
        : (this.script[number - 1] ?? new Error('The script has no more answers.'));
    if (call.signal.aborted) throw new CancelledError();
    if (said instanceof Error) throw said;
    const model = this.chain[0] ?? claude;
    const reserved = { inputTokens: 100, outputTokens: call.request.maxOutputTokens, usd: 1 };
    await call.onEvent({
      type: 'routing-decision',
      chosen: model,
      chain: this.chain,
      why: 'scripted',
      reserved,
    });
    call.onText(said.text);
    await call.onEvent({ type: 'success', model, attempt: 1, latencyMs: 7, usage });
    return { answer: said, model, usage, latencyMs: 7, requests: 1 };
  }
}

/** Keeps what is recorded; gives back what an earlier attempt left. */
export class MemoryCalls implements CallLog {
  readonly recorded: AnsweredCall[] = [];
  readonly told: string[] = [];
  private next = 1;
  private left: readonly AnsweredCall[];

  constructor(readonly earlier: readonly AnsweredCall[] = []) {
    this.left = earlier;
  }

  async answered(hash: string) {
    const found = this.left.find(({ requestHash }) => requestHash === hash);
    this.left = this.left.filter((call) => call !== found);
    return found;
  }
  begin() {
    return this.next++;
  }
  async routed(call: number, event: { readonly type: string }) {
    this.told.push(`${call} ${event.type}`);
  }
  async record(call: number, answered: AnsweredCall) {
    this.told.push(`${call} recorded`);
    this.recorded.push(answered);
  }
}

const free: Purse = { reserve: async () => ({ settle: async () => {}, release: async () => {} }) };

export const step = (fields: Partial<Step> = {}): Step => ({
  key: 'think',
  title: 'think',
  with: {},
  dependsOn: [],
  continueOnError: false,
  onError: 'fail',
  retry: [],
  ...fields,
});

export interface TestTask extends AgentTask {
  readonly calls: MemoryCalls;
  /** What people see of it: text, and "~why" where it was taken back. */
  readonly seen: string[];
  readonly files: Map<string, string>;
}

export function task(fields: Partial<AgentTask> = {}): TestTask {
  const seen: string[] = [];
  const files = new Map<string, string>();
  const calls = fields.calls instanceof MemoryCalls ? fields.calls : new MemoryCalls();
  const own = fields.step ?? step();
  return {
    runId: 'run',
    step: own,
    attempt: 1,
    assignment: { agent: 'writer', engine: 'model', why: '' },
    workspace: '/workspace',
    ...(own.prompt !== undefined && { prompt: own.prompt }),
    with: {},
    inputs: {},
    upstream: [],
    signal: new AbortController().signal,
    onText: (text) => void seen.push(text),
    onProgress: () => {},
    putArtifact: async (path, mediaType, data) => {
      files.set(path, String(data));
      return { hash: sha256(String(data)), path, mediaType, size: data.length };
    },
    getArtifact: async () => new Uint8Array(),
    log: silentLog,
    config: { parallelism: 5, failFast: false, checkpoint: 'level' },
    isRetry: false,
    purse: free,
    tools: noTools,
    join: nobodyJoins,
    onVoid: (why) => void seen.push(`~${why}`),
    onUsage: () => {},
    ...fields,
    calls,
    seen,
    files,
  };
}
