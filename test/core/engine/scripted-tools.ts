import { createHash } from 'node:crypto';
import { NeedsPerson, type AgentTask, type Agents } from '../../../src/core/agents/agent';
import { delay, type Clock } from '../../../src/core/base/clock';
import type { JsonObject } from '../../../src/core/base/json';
import { canonicalJson } from '../../../src/core/base/json';
import type { BatonError } from '../../../src/core/model/errors';
import type { AskedCall, FileChange, Permit, ToolResult } from '../../../src/core/model/tool-call';
import type { Step } from '../../../src/core/model/workflow';
import { CLAUDE, USAGE } from './scripted-models';

/** One call of a tool. */
export interface ToolScript {
  readonly tool?: string;
  readonly arguments?: JsonObject;
  /** A person has to allow it. */
  readonly asks?: boolean;
  readonly idempotent?: boolean;
  /** Milliseconds. Default 10. */
  readonly takes?: number;
  readonly text?: string;
  readonly changes?: readonly FileChange[];
  readonly files?: readonly string[];
  readonly forRun?: AskedCall['forRun'];
}

export interface ToolStepScript {
  /** The calls of each turn. */
  readonly turns?: readonly (readonly ToolScript[])[];
  /** Takes part among the agents of the run, and says so to all. */
  readonly talks?: boolean;
  /** Milliseconds from the first call to the answer. */
  readonly thinks?: number;
  readonly fails?: BatonError;
}

/** What outlives a crash of the machine. */
export class World {
  /** Calls begun, by their tool and arguments. */
  readonly begun: string[] = [];
  readonly ended: string[] = [];
  /** Keys of the calls begun that must not be made twice. */
  readonly effects: string[] = [];
  /** Turns that a model was asked for. */
  asked = 0;
  /** What the agents were told, by step and attempt. */
  readonly told: string[] = [];
  readonly comments: (string | undefined)[] = [];

  count(title: string): number {
    return this.begun.filter((one) => one === title).length;
  }
}

const PERMIT: Permit = { rule: 'inside-writes', why: 'It is inside of what the step may write.' };

/** Agents that use tools in the order that the real ones keep: what is recorded first, then people, then the record, then the effect. */
export function scriptedTools(
  clock: () => Clock,
  script: (step: Step, attempt: number) => ToolStepScript,
  world: World = new World(),
): Agents & { readonly world: World } {
  return {
    world,
    assign: (step) => ({ agent: step.agent ?? 'quality', engine: 'model', why: 'scripted' }),
    isIdempotent: () => true,
    perform: async (task) => {
      const { turns = [], talks, thinks, fails } = script(task.step, task.attempt);
      world.comments.push(task.comment);
      const me = talks ? await task.join(task.step.key) : undefined;
      await me?.postbox.broadcast({ type: 'notification', body: { text: `${task.step.key} begins` } });
      const results: string[] = [];
      for (const [at, calls] of turns.entries()) {
        const turn = sha(`${task.step.key} ${at} ${task.comment ?? ''} ${task.isRetry}`);
        await ask(task, turn, world);
        results.push(...(await use(task, turn, calls, clock(), world)));
      }
      if (thinks !== undefined) await delay(clock(), thinks, task.signal);
      if (fails !== undefined) throw fails;
      return { output: { results }, summary: `${results.length} calls`, artifacts: [] };
    },
  };
}

async function ask(task: AgentTask, requestHash: string, world: World): Promise<void> {
  if ((await task.calls.answered(requestHash)) !== undefined) return;
  world.asked += 1;
  const answered = {
    model: CLAUDE,
    requestHash,
    answer: 'calls',
    usage: USAGE,
    cached: true,
    latencyMs: 0,
  } as const;
  await task.calls.record(task.calls.begin(), answered);
}

async function use(
  task: AgentTask,
  turn: string,
  calls: readonly ToolScript[],
  clock: Clock,
  world: World,
): Promise<string[]> {
  const asked: AskedCall[] = [];
  const results: string[] = [];
  for (const [at, call] of calls.entries()) {
    const one = new Call(task, turn, at, call);
    const recorded = await task.tools.recorded(one.key);
    if (recorded?.status === 'completed') {
      results.push(recorded.result.text);
      continue;
    }
    const answer = task.tools.answer(one.key);
    if (recorded !== undefined && call.idempotent !== true) {
      if (answer?.type === 'happened') {
        results.push(await one.tell({ text: `It happened: ${JSON.stringify(answer.value ?? null)}` }, world));
        continue;
      }
      if (answer?.type !== 'again')
        throw new NeedsPerson({
          kind: 'uncertain',
          calls: [one.asked],
          message: `${one.title} had begun; nobody knows whether it happened.`,
        });
    } else if (call.asks) {
      const isAllowed = task.tools.allowances().some((allowance) => allowance['tool'] === one.tool);
      if (answer?.type === 'refuse') {
        const text = `Refused: ${answer.comment ?? ''}`;
        results.push(
          await one.tell({ text, isError: true, refused: { by: 'person', rule: 'asked' } }, world),
        );
        continue;
      }
      const holds = answer?.type === 'allow' && answer.hash === one.asked.hash;
      if (!holds && !isAllowed) {
        asked.push(one.asked);
        continue;
      }
    }
    results.push(await one.make(clock, world));
  }
  if (asked.length > 0) throw new NeedsPerson({ kind: 'policy', calls: asked });
  return results;
}

class Call {
  readonly tool: string;
  readonly title: string;
  readonly key: string;
  readonly asked: AskedCall;

  constructor(
    private readonly task: AgentTask,
    turn: string,
    at: number,
    private readonly script: ToolScript,
  ) {
    this.tool = script.tool ?? 'run_command';
    const command = commandOf(script, `${task.step.key} ${at}`);
    this.title = `${this.tool} ${command}`;
    this.key = sha(canonicalJson({ turn, at, agent: task.step.key, tool: this.tool }));
    const effects = [{ type: 'shell', command, cwd: '/workspace' }];
    const shown = { command };
    this.asked = {
      key: this.key,
      agent: 'quality',
      tool: this.tool,
      rule: 'shell',
      why: 'Commands are asked.',
      shown,
      effects,
      hash: sha(canonicalJson({ tool: this.tool, effects, shown })),
      ...(script.files && { files: script.files }),
      ...(script.forRun && { forRun: script.forRun }),
    };
  }

  async make(clock: Clock, world: World): Promise<string> {
    const call = await this.begin(this.script.idempotent === true);
    world.begun.push(this.title);
    if (this.script.idempotent !== true) world.effects.push(this.key);
    await delay(clock, this.script.takes ?? 10, this.task.signal);
    world.ended.push(this.title);
    return this.end(call, { text: this.script.text ?? `did ${this.title}` }, world, this.script.changes);
  }

  /** A result without anything being done. */
  async tell(result: Partial<ToolResult> & { readonly text: string }, world: World): Promise<string> {
    return this.end(await this.begin(true), result, world);
  }

  private async begin(idempotent: boolean): Promise<number> {
    const { tools } = this.task;
    const call = tools.begin();
    await tools.started({
      call,
      key: this.key,
      agent: 'quality',
      tool: this.tool,
      arguments: this.script.arguments ?? {},
      permit: PERMIT,
      idempotent,
      hash: this.asked.hash,
    });
    return call;
  }

  private async end(
    call: number,
    result: Partial<ToolResult> & { readonly text: string },
    world: World,
    changes?: readonly FileChange[],
  ): Promise<string> {
    await this.task.tools.completed({
      call,
      key: this.key,
      result: { isError: false, isForeign: false, ...result },
      ...(changes && { changes }),
      durationMs: 1,
    });
    world.told.push(result.text);
    return result.text;
  }
}

const sha = (text: string) => createHash('sha256').update(text).digest('hex');

function commandOf({ arguments: args }: ToolScript, other: string): string {
  const command = args?.['command'];
  return typeof command === 'string' ? command : other;
}
