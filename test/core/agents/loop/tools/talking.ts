import { createHash } from 'node:crypto';
import type { AgentTask, RecordedCall, ToolLog } from '../../../../../src/core/agents/agent';
import type { AskAs } from '../../../../../src/core/agents/collaboration/ask';
import type { AgentAtWork } from '../../../../../src/core/agents/loop/agent-at-work';
import { createToolsOfAgent } from '../../../../../src/core/agents/loop/tools/tools-of-agent';
import { neverAborted } from '../../../../../src/core/base/abort';
import { canonicalJson, type JsonObject } from '../../../../../src/core/base/json';
import type { CollaborationBody } from '../../../../../src/core/model/message';
import { noTools } from '../../../../../src/core/engine/work/no-calls';
import type { Tool, ToolOutcome, ToolScope } from '../../../../../src/core/tools/tool';
import { createTestHost } from '../../../../support/node-host';
import { group, type Group } from '../../collaboration/recorder';
import { profile } from '../at-work';
import { step, task } from '../../scripted';

const host = createTestHost();

/** Calls that an attempt before had begun and not ended, by their keys. */
export class BegunCalls implements Pick<ToolLog, 'recorded'> {
  readonly keys = new Set<string>();

  async recorded(key: string): Promise<RecordedCall | undefined> {
    if (!this.keys.has(key)) return undefined;
    const permit = { rule: 'no-effect', why: '' };
    const call = { call: 1, key, agent: 'a', tool: 't', arguments: {}, permit, idempotent: true, hash: key };
    return { status: 'started', call };
  }
}

export interface Talker {
  readonly work: AgentAtWork;
  readonly begun: BegunCalls;
  readonly tools: ReadonlyMap<string, Tool>;
  /** Calls a tool as the loop does; equal calls have equal keys unless `turn` tells them apart. */
  readonly call: (tool: string, args?: JsonObject, options?: CallOptions) => Promise<ToolOutcome>;
}

export interface CallOptions {
  readonly turn?: number;
  readonly signal?: AbortSignal;
}

export interface TalkerOptions {
  readonly work?: Partial<AgentAtWork>;
  readonly task?: Partial<AgentTask>;
  readonly ask?: AskAs;
}

const nobody: AskAs = (agent) =>
  Promise.resolve({ status: 'failed', agent, code: 'unknown-agent', message: 'x', usage: {}, asks: 0 });

/** An agent of the group at work, with the tools that it is given. It joins when it first speaks. */
export function talker(group: Group, name: string, options: TalkerOptions = {}): Talker {
  const begun = new BegunCalls();
  const joined = new Map<string, ReturnType<Group['collaboration']['join']>>();
  const own = task({
    step: step({ key: name }),
    beside: ['another'],
    tools: { ...noTools, recorded: (key) => begun.recorded(key) },
    join: (other) => group.collaboration.join(other, name, 1),
    ...options.task,
  });
  const work: AgentAtWork = {
    agent: 'orchestrator',
    participant: name,
    task: own,
    profile: profile({ name: 'orchestrator', tools: ['delegate'] }),
    rights: {},
    chain: ['orchestrator'],
    allowance: { asks: 5 },
    join: () => {
      const known = joined.get(name) ?? own.join(name);
      joined.set(name, known);
      return known;
    },
    ask: options.ask ?? nobody,
    ...options.work,
  };
  const tools = new Map(createToolsOfAgent()(work).map((tool) => [tool.declaration.name, tool]));
  return {
    work,
    begun,
    tools,
    async call(tool, args = {}, { turn = 1, signal = neverAborted } = {}) {
      const found = tools.get(tool);
      if (found === undefined) throw new Error(`${name} has no tool ${tool}.`);
      const prepared = await found.prepare(args, scopeOf(keyOf(name, tool, args, turn)));
      return prepared.run({ signal, onText: () => {} });
    },
  };
}

export const keyOf = (name: string, tool: string, args: JsonObject, turn = 1): string =>
  createHash('sha256').update(canonicalJson({ name, tool, args, turn })).digest('hex');

export const scopeOf = (call?: string): ToolScope => ({
  host,
  workspace: '/workspace',
  mark: 'run/step/1',
  putArtifact: () => Promise.reject(new Error('nothing is stored here')),
  ...(call !== undefined && { call }),
});

/** The process dies: what is on the disk is what the next one begins with. */
export const reopened = (group_: Group): Promise<Group> =>
  group([], { from: group_.recorder.durable, clock: group_.clock });

export const bodies = <Type extends CollaborationBody['type']>(group: Group, type: Type) =>
  group.recorder.durable.filter(
    (body): body is Extract<CollaborationBody, { type: Type }> => body.type === type,
  );

/** Who said what to whom, in order. */
export const said = (group: Group): readonly string[] =>
  bodies(group, 'message-sent').map(
    ({ message }) =>
      `${message.from} > ${message.to.join(', ')} ${message.type} ${JSON.stringify(message.body)}`,
  );
