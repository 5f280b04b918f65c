import type { AgentProfile } from '../../../../src/core/agents/profile/profile';
import type { CompletedCall, RecordedCall, StartedCall, ToolLog } from '../../../../src/core/agents/agent';
import { NeedsPerson } from '../../../../src/core/agents/agent';
import { createChatAgents, type ChatAgents } from '../../../../src/core/agents/chat/chat-agent';
import type { ToolsOfAgent } from '../../../../src/core/agents/loop/agent-at-work';
import { neverAborted } from '../../../../src/core/base/abort';
import type { JsonObject } from '../../../../src/core/base/json';
import type { AskedCall, CallAnswer, ToolQuestion } from '../../../../src/core/model/tool-call';
import { sha256 } from '../../../../src/core/node-sha256';
import type { ChatAnswer, ToolCall } from '../../../../src/core/providers/provider';
import { openToolBox } from '../../../../src/core/tools/open-tool-box';
import { noRules, type PolicyRules } from '../../../../src/core/tools/policy/rules';
import type { WantedTools } from '../../../../src/core/tools/server-tool-names';
import type { Tool } from '../../../../src/core/tools/tool';
import { answer, MemoryCalls, ScriptedRouter, step, task, type Script, type TestTask } from '../scripted';
import { makeToolFolder, type ToolFolder } from '../../tools/files/tool-scope';

/** Keeps what is recorded of calls; gives back what earlier attempts left and people said. */
export class MemoryTools implements ToolLog {
  readonly events: (
    | { readonly type: 'started'; readonly call: StartedCall }
    | { readonly type: 'completed'; readonly call: CompletedCall }
  )[] = [];
  readonly answers = new Map<string, CallAnswer>();
  granted: readonly JsonObject[] = [];
  /** Whether any agent of the run has read keys. */
  hasKeys = false;
  /** Files that agents with keys have written. */
  readonly keyFiles = new Set<string>();
  /** Dies in the place of the record: nothing more is written. */
  dies: ((what: 'started' | 'completed', tool: string) => boolean) | undefined;
  private last = 0;

  constructor(private readonly left: readonly MemoryTools['events'][number][] = []) {}

  /** Of this attempt and those before it. */
  get all(): readonly MemoryTools['events'][number][] {
    return [...this.left, ...this.events];
  }

  async recorded(key: string): Promise<RecordedCall | undefined> {
    const found = this.left.findLast(({ call }) => call.key === key);
    if (found === undefined) return undefined;
    if (found.type === 'started') return { status: 'started', call: found.call };
    const { result, changes } = found.call;
    return { status: 'completed', result, ...(changes !== undefined && { changes }) };
  }
  answer(key: string) {
    return this.answers.get(key);
  }
  writtenWithKeys(): ReadonlySet<string> {
    return this.keyFiles;
  }

  keysWereRead() {
    return this.hasKeys;
  }
  allowances() {
    return this.granted;
  }
  begin() {
    return (this.last += 1);
  }
  async started(call: StartedCall) {
    if (this.dies?.('started', call.tool) === true) throw new Crash();
    this.events.push({ type: 'started', call });
  }
  async completed(call: CompletedCall) {
    const begun = this.events.findLast((event) => event.type === 'started' && event.call.call === call.call);
    const tool = begun?.type === 'started' ? begun.call.tool : '';
    if (this.dies?.('completed', tool) === true) throw new Crash();
    this.events.push({ type: 'completed', call });
  }

  /** What of each call was done, in order: "write_file done", "run_command refused by policy (denied-by-rule)". */
  get told(): readonly string[] {
    return this.events.flatMap((event) => {
      if (event.type === 'started') return [];
      const { call } = event;
      const begun = this.events.find((one) => one.type === 'started' && one.call.call === call.call);
      const name = begun?.type === 'started' ? begun.call.tool : '?';
      const { refused, isError } = call.result;
      if (refused !== undefined) return [`${name} refused by ${refused.by} (${refused.rule})`];
      return [`${name} ${isError ? 'failed' : 'done'}`];
    });
  }
}

/** The program ends here. */
export class Crash extends Error {}

export const profile = (fields: Partial<AgentProfile> = {}): AgentProfile => ({
  name: 'backend',
  aliases: [],
  description: 'Builds server-side code.',
  specializations: [],
  topics: [],
  capabilities: [],
  tools: ['read_file', 'list_files', 'search_files', 'write_file', 'edit_file', 'apply_patch', 'run_command'],
  model: { prefer: [], needs: { tools: true, structuredOutput: false } },
  actions: [],
  checks: [],
  prompt: '# Backend\n\nYou write code that runs on a server.',
  ...fields,
});

/** A turn that asks for calls of tools. */
export const calls = (...asked: readonly (readonly [string, JsonObject])[]): ChatAnswer =>
  answer('', {
    finish: 'tool-calls',
    rawFinish: 'tool_use',
    toolCalls: asked.map(([name, args], at): ToolCall => ({ id: `call_${at}`, name, arguments: args })),
  });

export interface Site {
  readonly folder: ToolFolder;
  readonly chat: (script: Script | readonly (ChatAnswer | Error)[], more?: SiteOptions) => Hired;
  readonly read: (name: string) => Promise<string | undefined>;
}

export interface SiteOptions {
  readonly rules?: PolicyRules;
  readonly profiles?: readonly AgentProfile[];
  readonly toolsOf?: ToolsOfAgent;
  readonly more?: readonly Tool[];
  readonly redact?: <T>(value: T) => T;
  readonly isTrusted?: boolean;
  /** Hears which tools of servers are wanted, each time that tools are set up. */
  readonly onBox?: (wanted: WantedTools) => void;
}

export interface Hired {
  readonly chat: ChatAgents;
  readonly router: ScriptedRouter;
}

/** Agents with real tools in a throw-away folder, and a model that says what a script says. */
export async function openSite(): Promise<Site> {
  const folder = await makeToolFolder();
  const { host } = folder.scope;
  return {
    folder,
    async read(name) {
      const bytes = await host.files.read(host.files.join(folder.workspace, name));
      return bytes && new TextDecoder().decode(bytes);
    },
    chat(script, options = {}) {
      const router = new ScriptedRouter(script);
      const profiles = options.profiles ?? [profile()];
      const chat = createChatAgents({
        router,
        sha256,
        profile: async (name) => profiles.find((one) => one.name === name),
        ...(options.redact && { redact: options.redact }),
        tools: {
          host,
          box: async (_signal, wanted) => {
            options.onBox?.(wanted);
            const settings = { rules: noRules, addresses: {}, mcpServers: {}, notes: [] };
            const box = await openToolBox({
              settings,
              source: {},
              secret: async () => undefined,
              signal: neverAborted,
            });
            const more = new Map((options.more ?? []).map((tool) => [tool.declaration.name, tool]));
            return {
              names: [...box.names, ...more.keys()],
              tool: (name) => more.get(name) ?? box.tool(name),
              ofServers: (wanted) => box.ofServers(wanted),
              missing: [],
            };
          },
          rules: async () => options.rules ?? noRules,
          ownFolders: [],
          ...(options.toolsOf && { toolsOf: options.toolsOf }),
          isTrusted: () => options.isTrusted ?? true,
        },
      });
      return { chat, router };
    },
  };
}

export type Work = TestTask & { readonly tools: MemoryTools };

/** A step of the agent "backend" in the folder. */
export function work(
  { folder }: Pick<Site, 'folder'>,
  fields: Partial<Parameters<typeof task>[0]> & { readonly writes?: readonly string[] } = {},
): Work {
  const { writes, ...more } = fields;
  const tools = more.tools instanceof MemoryTools ? more.tools : new MemoryTools();
  return {
    ...task({
      step: step({ key: 'build', prompt: 'Build it.', ...(writes && { writes }) }),
      prompt: 'Build it.',
      assignment: { agent: 'backend', engine: 'model', why: '' },
      workspace: folder.workspace,
      putArtifact: folder.scope.putArtifact,
      getArtifact: folder.getArtifact,
      ...more,
    }),
    tools,
  };
}

/** The same step, begun again after a crash or a decision: from what was recorded. */
export function goOn(
  site: Pick<Site, 'folder'>,
  before: Work,
  fields: Parameters<typeof work>[1] = {},
): Work {
  const tools = new MemoryTools(before.tools.all);
  for (const [key, said] of before.tools.answers) tools.answers.set(key, said);
  tools.granted = before.tools.granted;
  const { writes } = before.step;
  return work(site, {
    attempt: before.attempt + 1,
    calls: new MemoryCalls([...before.calls.earlier, ...before.calls.recorded]),
    ...(writes && { writes }),
    ...fields,
    tools,
  });
}

/** What people are asked. Fails when nobody is. */
export async function question(performed: Promise<unknown>): Promise<ToolQuestion> {
  try {
    await performed;
  } catch (error) {
    if (error instanceof NeedsPerson) return error.question;
    throw error;
  }
  throw new Error('Nobody was asked.');
}

/** The calls that people are asked about. */
export async function asked(performed: Promise<unknown>): Promise<readonly AskedCall[]> {
  return (await question(performed)).calls;
}

/** What the model was told of the calls of its turn before the last one that was asked. */
export function results(router: ScriptedRouter, at = -1): readonly string[] {
  const message = router.asked.at(at)?.request.messages.findLast(({ role }) => role === 'tool');
  return message?.role === 'tool' ? message.results.map(({ text }) => text) : [];
}
