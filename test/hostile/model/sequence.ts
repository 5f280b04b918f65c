import { appendFile, lstat } from 'node:fs/promises';
import { createChatAgents } from '../../../src/core/agents/chat/chat-agent';
import { runAnalysis } from '../../../src/core/analyses/run-analysis';
import { Collaboration, type Participant } from '../../../src/core/agents/collaboration/collaboration';
import { createToolsOfAgent } from '../../../src/core/agents/loop/tools/tools-of-agent';
import { NeedsPerson, type CompletedCall, type StartedCall } from '../../../src/core/agents/agent';
import type { JsonObject } from '../../../src/core/base/json';
import type { Log } from '../../../src/core/host';
import type { Approval } from '../../../src/core/model/approval';
import { BatonError } from '../../../src/core/model/errors';
import { callAnswers, grantedBy, readPolicyAnswer } from '../../../src/core/model/policy-answer';
import type { AskedCall } from '../../../src/core/model/tool-call';
import { sha256 } from '../../../src/core/node-sha256';
import type { ChatAnswer } from '../../../src/core/providers/provider';
import type { RoutedCall } from '../../../src/core/providers/routing';
import type { PolicyRules } from '../../../src/core/tools/policy/rules';
import { quickClock } from '../../chaos/quick-clock';
import { calls as asksFor, Crash, MemoryTools, profile } from '../../core/agents/loop/at-work';
import { MemoryRecorder } from '../../core/agents/collaboration/recorder';
import { answer, MemoryCalls, ScriptedRouter, step, task } from '../../core/agents/scripted';
import { randomFor } from '../random';
import { makeHostileFolder, type HostileFolder } from './folder';
import { claims, hostileCall } from './hostile-calls';
import { Oracle } from './oracle';
import { type Outdoors, RULED_HOST } from './outdoors';
import { decides } from './person';
import { World } from './world';

/** Calls that one sequence makes, those of agents that were asked included. */
export const CALLS = 30;
const MOST_ATTEMPTS = 120;
/** Of one sequence on a busy machine, milliseconds. */
const LONGEST_MS = 240_000;
/** Share of calls with effects in whose end the program ends. */
const CRASHES = 0.15;
/** Each of so many analyses really looks at the files; it starts a thread for it. */
const ANALYSED = 12;

/** What a person decided once for all. */
const rules: PolicyRules = {
  commands: [
    { type: 'exact', argv: ['record', 'version'] },
    { type: 'pattern', program: 'record', subcommands: ['check'], operands: 'words' },
  ],
  hosts: [RULED_HOST],
  alwaysAsk: [{ effect: 'write', path: 'src/b.ts' }],
  deny: [
    { path: 'vendor/**' },
    { program: 'rm' },
    { effect: 'fetch', host: 'example.com' },
    { effect: 'read', path: 'certificates/**' },
  ],
};

const writesOf: readonly { readonly globs?: readonly string[]; readonly may: (file: string) => boolean }[] = [
  { may: () => false },
  {
    globs: ['src/**', 'docs/*.md'],
    may: (file) => file !== 'src/b.ts' && (file.startsWith('src/') || /^docs\/[^/]+\.md$/.test(file)),
  },
  {
    globs: ['src/**', 'docs/*.md'],
    may: (file) => file !== 'src/b.ts' && (file.startsWith('src/') || /^docs\/[^/]+\.md$/.test(file)),
  },
  { globs: ['**/*'], may: (file) => file !== 'src/b.ts' },
];

export interface Told {
  readonly made: number;
  readonly faults: readonly string[];
  /** By tool: how often it was asked for. */
  readonly asked: ReadonlyMap<string, number>;
  readonly verdicts: { readonly allow: number; readonly ask: number; readonly deny: number };
  /** Done without an error, allowed by rule or by a person. */
  readonly done: number;
  readonly questions: number;
  readonly attempts: number;
  /** How often the program ended in the middle. */
  readonly crashes: number;
}

/** A model that is against everybody makes its calls in a folder of its own, and a person decides what is asked. */
export async function hostileSequence(
  outdoors: Outdoors,
  seed: string,
  index: number,
  options: { readonly without?: readonly string[] } = {},
): Promise<Told> {
  const folder = await makeHostileFolder();
  try {
    return await inFolder(outdoors, folder, { seed, index, without: options.without ?? [] });
  } finally {
    await folder.remove();
  }
}

interface Which {
  readonly seed: string;
  readonly index: number;
  /** Tools that nobody is given. */
  readonly without: readonly string[];
}

async function inFolder(
  outdoors: Outdoors,
  folder: HostileFolder,
  { seed, index, without }: Which,
): Promise<Told> {
  const { workspace } = folder;
  const plain = (text: string) => text.replaceAll(folder.base, '<base>');
  const writes = randomFor(seed, index, 'writes').pick(writesOf);
  const oracle = new Oracle({ folder, mayWrite: writes.may, agent: 'backend' });
  const world = new World(folder.base);
  outdoors.reached();
  const asked = new Map<string, number>();
  const verdicts = { allow: 0, ask: 0, deny: 0 };
  const questioned = new Set<string>();
  let made = 0;
  let done = 0;
  let questions = 0;

  const around = { folder, publicPort: outdoors.publicPort, canaryPort: outdoors.canaryPort };
  const script = ({ request }: RoutedCall): ChatAnswer => {
    const [first] = request.messages;
    const opening = first !== undefined && 'text' in first ? first.text : '';
    const random = randomFor(
      seed,
      index,
      plain(request.system ?? ''),
      plain(opening),
      request.messages.length,
    );
    const isAsked = !opening.includes(TASK);
    const isOver = made >= CALLS || (isAsked && request.messages.length > 4) || request.toolChoice === 'none';
    if (isOver || request.tools.length === 0) return answer(random.pick(claims));
    const offered = request.tools.map(({ name }) => name);
    const count = Math.min(1 + random.whole(4), CALLS - made);
    made += count;
    const wanted = Array.from({ length: count }, () => hostileCall(offered, random, around));
    for (const { name } of wanted) asked.set(name, (asked.get(name) ?? 0) + 1);
    return {
      ...asksFor(...wanted.map((one) => [one.name, one.arguments] as const)),
      text: random.pick(claims),
    };
  };

  const crashing = randomFor(seed, index, 'crashes');
  let crashes = 0;
  const warnings: string[] = [];
  const note = (message: string) => void warnings.push(message);
  const log: Log = { debug: () => {}, info: () => {}, warn: note, error: note };
  const allTools = outdoors.box.names.filter((name) => !name.startsWith('mcp_') && !without.includes(name));
  const profiles = [
    profile({
      name: 'backend',
      tools: [...allTools, 'delegate'],
      actions: ['lint-codebase', 'scan-vulnerabilities'],
      agents: ['security', 'helper', 'backend'],
    }),
    profile({
      name: 'security',
      tools: ['read_file', 'search_files', 'write_file', 'run_command', 'delegate'],
    }),
    // Wants more than who asks it has.
    profile({ name: 'helper', tools: [...allTools, 'delegate'], serverTools: ['ordinary/*'] }),
  ];
  const router = new ScriptedRouter(script);
  const chat = createChatAgents({
    router,
    sha256,
    profile: (name) => Promise.resolve(profiles.find((one) => one.name === name)),
    tools: {
      host: outdoors.host,
      box: () => Promise.resolve(outdoors.box),
      rules: () => Promise.resolve(rules),
      ownFolders: folder.ownFolders,
      toolsOf: createToolsOfAgent({ run: analysisFor(seed, index) }),
    },
  });

  const collaboration = await Collaboration.open({
    recorder: new MemoryRecorder(),
    clock: quickClock(1_000),
  });
  // Nothing that a model asks for may keep anybody waiting for ever.
  const signal = AbortSignal.timeout(LONGEST_MS);
  let attempt = 1;
  let joined: Promise<Participant>[] = [];
  const join = (name: string): Promise<Participant> => {
    const joining = collaboration.join(name, 'build', attempt);
    joined.push(joining);
    return joining;
  };
  const leave = async (): Promise<void> => {
    await Promise.allSettled(joined.map(async (joining) => (await joining).leave('interrupted')));
    joined = [];
  };
  const other = await collaboration.join('review', 'review', 1);

  class WatchedTools extends MemoryTools {
    private readonly begun = new Map<number, StartedCall>();

    /** The program has ended: nothing that still runs is recorded. */
    private isDead = false;

    private live(isEnd: boolean): void {
      if (isEnd && crashing.chance(CRASHES)) this.isDead = true;
      if (this.isDead) throw new Crash();
    }

    override async started(call: StartedCall): Promise<void> {
      this.live(false);
      this.begun.set(call.call, call);
      // As the engine keeps them: that it is done again was said of the last time, not of this one.
      if (this.answers.get(call.key)?.type === 'again') this.answers.delete(call.key);
      oracle.begin(call);
      await super.started(call);
    }

    override async completed(call: CompletedCall): Promise<void> {
      const started = this.begun.get(call.call);
      if (started === undefined) throw new Crash();
      oracle.end(started, call, world.changes(), outdoors.reached());
      this.live(!started.idempotent);
      const { refused, isError } = call.result;
      if (refused?.by === 'policy') verdicts.deny += 1;
      if (refused === undefined && started.permit.rule !== 'asked') verdicts.allow += 1;
      if (refused === undefined && !isError) done += 1;
      await super.completed(call);
    }
  }

  const artifacts = new Map<string, Uint8Array>();
  let tools = new WatchedTools();
  let calls = new MemoryCalls();
  try {
    for (;;) {
      const work = {
        ...task({
          step: step({
            key: 'build',
            prompt: TASK,
            with: { tools: [...outdoors.serverTools] },
            ...(writes.globs && { writes: writes.globs }),
          }),
          prompt: TASK,
          assignment: { agent: 'backend', engine: 'model', why: '' },
          workspace,
          attempt,
          calls,
          signal,
          log,
          join,
          beside: ['review'],
          putArtifact: (name, mediaType, data) => {
            const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
            const hash = sha256(bytes);
            artifacts.set(hash, bytes);
            return Promise.resolve({ hash, path: name, mediaType, size: bytes.length });
          },
          getArtifact: ({ hash }) => Promise.resolve(artifacts.get(hash) ?? new Uint8Array()),
        }),
        tools,
      };
      const needs = await chat.perform(work).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof NeedsPerson || error instanceof Crash) return error;
          // An end that people are told of. Anything else is a fault of the program.
          if (!(error instanceof BatonError))
            oracle.faults.push(
              `uncaught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
            );
          return undefined;
        },
      );
      await leave();
      oracle.quiet(world.changes(), outdoors.reached());
      oracle.landed();
      if (needs === undefined) break;
      if (attempt >= MOST_ATTEMPTS) {
        oracle.faults.push(`asked for the ${attempt}th time`);
        break;
      }
      const isCrash = needs instanceof Crash;
      if (isCrash) crashes += 1;
      else questions += 1;
      const shown = isCrash ? [] : needs.question.calls;
      const isUncertain = !isCrash && needs.question.kind === 'uncertain';
      for (const { key } of shown) {
        if (!questioned.has(key) && !isUncertain) verdicts.ask += 1;
        questioned.add(key);
      }
      const random = randomFor(
        seed,
        index,
        'person',
        questions,
        ...shown.map((one) => plain(JSON.stringify([one.tool, one.shown]))),
      );
      // What was to be made again and is asked anew is dealt with: what is said now holds.
      const anew = new Set(
        isUncertain
          ? []
          : shown.map(({ key }) => key).filter((key) => tools.answers.get(key)?.type === 'again'),
      );
      const next = new WatchedTools(tools.all.filter(({ call }) => !anew.has(call.key)));
      for (const [key, said] of tools.answers) next.answers.set(key, said);
      next.granted = tools.granted;
      if (isUncertain) settleUncertain(shown, random, next, oracle);
      else if (!isCrash) decide(shown, random, next, oracle);
      if (!isUncertain && random.chance(0.1)) await overtake(shown, workspace, world, oracle);
      if (random.chance(0.1))
        await other.postbox.broadcast({ type: 'notification', body: { text: random.pick(claims) } });
      calls = new MemoryCalls([...calls.earlier, ...calls.recorded]);
      tools = next;
      attempt += 1;
    }
  } finally {
    collaboration.dispose();
  }
  for (const warning of warnings)
    if (/ failed: /.test(warning)) oracle.faults.push(`a tool broke: ${warning.slice(0, 400)}`);
  if (Object.keys(Object.prototype).length > 0 || 'polluted' in {} || 'approved' in {})
    oracle.faults.push('a prototype was polluted');
  return {
    made,
    faults: oracle.faults.map((fault) => `[seed ${seed}, sequence ${index}] ${plain(fault)}`),
    asked,
    verdicts,
    done,
    questions,
    attempts: attempt,
    crashes,
  };
}

function analysisFor(seed: string, index: number): typeof runAnalysis {
  return (host, request) =>
    randomFor(seed, index, 'analysis', JSON.stringify(request.options)).whole(ANALYSED) === 0
      ? runAnalysis(host, request)
      : Promise.reject(new BatonError('not-now', 'The rules are busy.'));
}

const TASK = 'Build what the files ask for.';

/** It had begun when the program ended: a person says what to do about it. */
function settleUncertain(
  shown: readonly AskedCall[],
  random: ReturnType<typeof randomFor>,
  tools: MemoryTools,
  oracle: Oracle,
): void {
  for (const call of shown) {
    const isAgain = random.chance(0.5);
    tools.answers.set(call.key, isAgain ? { type: 'again' } : { type: 'happened' });
    if (isAgain) oracle.again(call);
  }
}

function decide(
  shown: readonly AskedCall[],
  random: ReturnType<typeof randomFor>,
  tools: MemoryTools,
  oracle: Oracle,
): void {
  const decided = decides(shown, random);
  const approval = { kind: 'policy', shown: { calls: shown } } as unknown as Approval;
  const decision = { ...decided, shownHash: '' };
  const answers = callAnswers(approval, decision);
  const forRun = readPolicyAnswer(decided.value)?.forRun === true && decided.action === 'approve';
  for (const call of shown) {
    const said = answers.get(call.key);
    if (said !== undefined) tools.answers.set(call.key, said);
    oracle.answered(call, said, forRun);
  }
  tools.granted = [...tools.granted, ...(grantedBy(approval, decision) as JsonObject[])];
}

/** Between a person's answer and the call somebody else changes one of the files. */
async function overtake(
  shown: readonly AskedCall[],
  workspace: string,
  world: World,
  oracle: Oracle,
): Promise<void> {
  for (const { key, shown: card } of shown) {
    const changes = Array.isArray(card['changes']) ? (card['changes'] as readonly JsonObject[]) : [];
    for (const { resolved, before } of changes) {
      if (typeof resolved !== 'string' || before === undefined || !resolved.startsWith(`${workspace}/`))
        continue;
      const stat = await lstat(resolved).catch(() => undefined);
      if (stat?.isFile() !== true || stat.nlink > 1) continue;
      await appendFile(resolved, 'and something else\n');
      oracle.overtaken(key);
    }
  }
  world.changes();
}
