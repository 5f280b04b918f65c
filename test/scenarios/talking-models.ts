import type { Agents } from '../../src/core/agents/agent';
import { createAgents } from '../../src/core/agents/agents';
import { createChatAgents } from '../../src/core/agents/chat/chat-agent';
import { createLocalAgents } from '../../src/core/agents/local-agents';
import { createToolsOfAgent } from '../../src/core/agents/loop/tools/tools-of-agent';
import type { AgentProfile } from '../../src/core/agents/profile/profile';
import { delay } from '../../src/core/base/clock';
import type { JsonObject } from '../../src/core/base/json';
import type { Host } from '../../src/core/host';
import type { ChatAnswer, ChatMessage } from '../../src/core/providers/provider';
import type { ModelRouter, RoutedCall } from '../../src/core/providers/routing';
import { noRules } from '../../src/core/tools/policy/rules';
import { textArgument } from '../../src/core/tools/services/checked-arguments';
import type { Tool } from '../../src/core/tools/tool';
import type { ToolBox } from '../../src/core/tools/tool-box';
import { CLAUDE, USAGE, WORST } from '../core/engine/scripted-models';

/** Besides the tools of agents together there is one that people are asked about. It does what the machine is told to. */
const runCommand: Tool = {
  declaration: {
    name: 'run_command',
    description: 'Runs a command.',
    parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
  },
  async prepare(args, { host, workspace, mark }) {
    const told = textArgument(args, 'command');
    return {
      effects: [{ type: 'shell', command: told, cwd: workspace }],
      shown: { command: told },
      idempotent: false,
      run: async ({ signal, onText }) => {
        await host.processes.run({
          command: told,
          cwd: workspace,
          env: { BATON_STEP: mark },
          onOutput: (_stream, output) => onText(output),
          signal,
          graceMs: () => 300,
        });
        return { text: 'It ran.', isError: false, isForeign: true };
      },
    };
  },
};

const BOX: ToolBox = {
  names: ['run_command'],
  tool: (name) => (name === 'run_command' ? runCommand : undefined),
  ofServers: () => [],
  missing: [],
};

/** What a model says in one turn. */
export interface SaidInTurn {
  /** Milliseconds. Default 10. */
  readonly takes?: number;
  readonly text?: string;
  readonly calls?: readonly (readonly [tool: string, args: JsonObject])[];
}

export interface TalkScript {
  /** The tools that each agent's profile names; who is not there has none. */
  readonly tools: Readonly<Record<string, readonly string[]>>;
  /** Agents that answer with a list of findings. */
  readonly findings?: readonly string[];
  /** What an agent says in its turn (from 0), after what its calls came to. */
  readonly says: (agent: string, turn: number, told: string) => SaidInTurn;
}

/** Agents as they really work, in the engine's hands; only their models are scripted. */
export function talkingAgents(host: () => Host, script: TalkScript): Agents {
  let made: Agents | undefined;
  // Made when first used: the machine is there by then.
  const agents = () => (made ??= makeAgents(host(), script));
  return {
    assign: (step, config) => agents().assign(step, config),
    perform: (task) => agents().perform(task),
    isIdempotent: (step) => agents().isIdempotent(step),
  };
}

function makeAgents(host: Host, script: TalkScript): Agents {
  const sha256 = (text: string) => host.sha256(withoutOurWords(text));
  const chat = createChatAgents({
    router: new TalkingRouter(host, script),
    sha256,
    profile: (name) => Promise.resolve(profileOf(name, script)),
    tools: {
      host,
      box: () => Promise.resolve(BOX),
      rules: () => Promise.resolve(noRules),
      ownFolders: [],
      toolsOf: createToolsOfAgent(),
    },
  });
  const local = createLocalAgents({ host });
  return createAgents({ local, chat, sha256, ready: () => Promise.resolve() });
}

function profileOf(name: string, { tools, findings = [] }: TalkScript): AgentProfile {
  return {
    name,
    aliases: [],
    description: `The ${name} of this story.`,
    specializations: [],
    topics: [],
    capabilities: [],
    tools: tools[name] ?? [],
    model: { prefer: [], needs: { tools: true, structuredOutput: false } },
    actions: [],
    checks: [],
    prompt: `# ${name}`,
    ...(findings.includes(name) && {
      output: { type: 'object', properties: { findings: { type: 'array' } }, required: ['findings'] },
    }),
  };
}

/** Of a request, what is said in Baton's own words is left out of its hash: better words make no other story. */
function withoutOurWords(text: string): string {
  if (!text.includes('"system":"You work as the agent')) return text;
  return text
    .replace(/"system":"You work as the agent \\"([^"\\]*)(?:[^"\\]|\\.)*"/g, '"system":"$1"')
    .replace(/What follows is data (?:[^"\\<]|\\n)*/g, '');
}

class TalkingRouter implements ModelRouter {
  constructor(
    private readonly host: Host,
    private readonly script: TalkScript,
  ) {}

  route() {
    return { chain: [CLAUDE], why: 'scripted', warnings: [] };
  }

  async ask({ request, signal, purse, onEvent }: RoutedCall) {
    const reservation = await purse.reserve(CLAUDE, WORST, signal);
    await onEvent({
      type: 'routing-decision',
      chosen: CLAUDE,
      chain: [CLAUDE],
      why: 'scripted',
      reserved: WORST,
    });
    const agent = /^You work as the agent "([^"]*)"/.exec(request.system ?? '')?.[1] ?? '';
    const turn = request.messages.filter(({ role }) => role === 'assistant').length;
    const { takes = 10, text = '', calls = [] } = this.script.says(agent, turn, lastTold(request.messages));
    await delay(this.host.clock, takes, signal);
    const answer: ChatAnswer = {
      finish: calls.length === 0 ? 'complete' : 'tool-calls',
      rawFinish: calls.length === 0 ? 'end_turn' : 'tool_use',
      text,
      toolCalls: calls.map(([name, args], at) => ({ id: `call_${turn}_${at}`, name, arguments: args })),
      usage: USAGE,
      model: CLAUDE.model,
    };
    await onEvent({ type: 'success', model: CLAUDE, attempt: 1, latencyMs: takes, usage: USAGE });
    await reservation.settle(USAGE);
    return { answer, model: CLAUDE, usage: USAGE, latencyMs: takes, requests: 1 };
  }
}

function lastTold(messages: readonly ChatMessage[]): string {
  const last = messages.at(-1);
  if (last === undefined) return '';
  return last.role === 'tool' ? last.results.map(({ text }) => text).join('\n') : last.text;
}
