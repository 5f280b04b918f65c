import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactAgents } from '../../../src/core/agents/redacted-agents';
import type { AgentTask } from '../../../src/core/agents/agent';
import { canonicalJson } from '../../../src/core/base/json';
import { createRedactor, type Redactor } from '../../../src/core/base/redactor';
import { redactHost, redactLog, redactProcesses, withRedactor } from '../../../src/core/host-redacted';
import type { CommandRequest, CommandResult, HostProcesses } from '../../../src/core/host';
import { BatonError } from '../../../src/core/model/errors';
import type { RunEvent, RunEventBody } from '../../../src/core/model/events';
import { foldAll } from '../../../src/core/model/run-state';
import { sha256 } from '../../../src/core/node-sha256';
import type { Models, Runtime } from '../../../src/core/runtime-port';
import { redactRuntime } from '../../../src/core/runtime-redacted';
import { MemoryDisk, MemoryRunStore } from '../../../src/core/storage/memory-run-store';
import { redactBodies } from '../../../src/core/storage/redacted-event';
import { redactStore } from '../../../src/core/storage/redacted-store';
import { SimulatedHost } from '../engine/simulated-host';
import { madeUpSecret } from './encodings';

/* Each border by itself: behind one that holds, a hole in another would not be seen. */

const secret = madeUpSecret('claude', Math.random);
const HIDDEN = '[hidden: TEST_KEY]';
function redactorOf(value = secret): Redactor {
  const redactor = createRedactor();
  redactor.add(value, 'TEST_KEY');
  return redactor;
}

describe('a log', () => {
  it('is written without secrets, in messages and errors', () => {
    const lines: unknown[] = [];
    const write = (message: string, error?: unknown) => lines.push(message, error);
    const log = redactLog({ debug: write, info: write, warn: write, error: write }, redactorOf());
    log.debug(secret);
    log.info(secret);
    log.warn(secret);
    log.error(secret, new Error(secret));
    expect(lines).toEqual([
      HIDDEN,
      undefined,
      HIDDEN,
      undefined,
      HIDDEN,
      undefined,
      HIDDEN,
      expect.any(Error),
    ]);
    expect(String(lines.at(-1))).toBe(`Error: ${HIDDEN}`);
  });
});

describe('a command', () => {
  const result: CommandResult = {
    exitCode: 0,
    signal: null,
    stdout: '',
    stderr: '',
    truncated: false,
    stdoutTruncated: false,
  };
  const processes = (
    pieces: readonly string[],
    ended: Partial<CommandResult> | Error,
  ): { run: (onOutput: CommandRequest['onOutput']) => Promise<CommandResult> } => {
    const inner: HostProcesses = {
      endGroup: () => Promise.resolve(),
      talk: () => Promise.reject(new Error('No program here')),
      run: ({ onOutput }) => {
        for (const piece of pieces) {
          onOutput('stdout', piece);
          onOutput('stderr', piece);
        }
        return ended instanceof Error ? Promise.reject(ended) : Promise.resolve({ ...result, ...ended });
      },
    };
    const outer = redactProcesses(inner, redactorOf());
    const signal = new AbortController().signal;
    return {
      run: (onOutput) => outer.run({ command: 'x', cwd: '/', env: {}, signal, graceMs: () => 0, onOutput }),
    };
  };

  it('tells what it prints without secrets, each stream by itself, and to the last sign', async () => {
    const told = { stdout: '', stderr: '' };
    const pieces = [...`a ${secret} b ${secret.slice(0, 9)}`];
    await processes(pieces, {}).run((stream, text) => (told[stream] += text));
    const clean = `a ${HIDDEN} b ${secret.slice(0, 9)}`;
    expect(told).toEqual({ stdout: clean, stderr: clean });
  });

  it('gives a clean result, JSON that stays JSON, and no half of a secret where the beginning was cut off', async () => {
    const none = () => {};
    expect(await processes([], { stdout: `x ${secret}`, stderr: secret }).run(none)).toMatchObject({
      stdout: `x ${HIDDEN}`,
      stderr: HIDDEN,
    });
    const rest = `${'line\n'.repeat(60_000)}`;
    const cut = await processes([], { truncated: true, stdout: `${secret.slice(4)}\n${rest}` }).run(none);
    expect(cut.stdout).toBe(rest);
    const oneLine = await processes([], {
      truncated: true,
      stdout: secret.slice(4) + 'x'.repeat(300_000),
    }).run(none);
    expect(oneLine.stdout).toMatch(/^x+$/);
    await expect(processes([], new BatonError('enoent', `no ${secret}`)).run(none)).rejects.toMatchObject({
      code: 'enoent',
      message: `no ${HIDDEN}`,
    });
  });

  it('has its result although a listener throws', async () => {
    const throwing = () => {
      throw new Error('listener');
    };
    expect(
      await processes([secret.slice(0, 9)], { stdout: 'ok' })
        .run(throwing)
        .catch(String),
    ).toMatchObject({
      stdout: 'ok',
    });
  });
});

describe('a host', () => {
  it('keeps the redactor it has, and gets one with a clean log when it has none', () => {
    const host = new SimulatedHost().host;
    const clean = withRedactor(host);
    expect(clean.redactor).toBeDefined();
    expect(withRedactor(clean)).toBe(clean);
    expect(clean.sha256('a')).toBe(host.sha256('a'));
    expect(redactHost(host, clean.redactor).pid).toBe(host.pid);
  });
});

describe('a store', () => {
  const options = { at: 1, rehearsal: false };
  const openStore = (redactor: Redactor) => {
    const inner = new MemoryRunStore(new MemoryDisk('store'), { sha256 });
    return { inner, store: redactStore(inner, redactor, { sha256 }) };
  };

  it('stores events without secrets, and gives back what it stored', async () => {
    const { inner, store } = openStore(redactorOf());
    const { events, durable } = store.append('run', [startedWith(secret)], options);
    await durable;
    expect(JSON.stringify(events)).not.toContain(secret);
    expect(await inner.read('run')).toEqual(events);
    expect(await store.read('run')).toEqual(events);
  });

  it('names an artifact by the hash of what it keeps', async () => {
    const { inner, store } = openStore(redactorOf());
    const asText = await store.artifacts.put(`${secret}.md`, 'text/markdown', `# ${secret}`);
    const asBytes = await store.artifacts.put('a.md', 'text/markdown', Buffer.from(`# ${secret}`));
    expect(asText).toMatchObject({
      path: `${HIDDEN}.md`,
      hash: sha256(`# ${HIDDEN}`),
      size: `# ${HIDDEN}`.length,
    });
    expect(asBytes.hash).toBe(asText.hash);
    expect(Buffer.from(await inner.artifacts.get(asText)).toString()).toBe(`# ${HIDDEN}`);
  });

  it('keeps live output without secrets', async () => {
    const { inner, store } = openStore(redactorOf());
    store.logs.append('run', 'a', 1, `x ${secret}\n`);
    expect(await inner.logs.read('run', 'a', 1)).toBe(`x ${HIDDEN}\n`);
  });

  it('binds a question to what is stored of it, and a decision that comes with it as well', () => {
    const approval = {
      id: 'q',
      kind: 'gate',
      step: 'a',
      attempt: 1,
      title: 'a',
      summary: 'done',
      shown: { output: { said: secret }, artifacts: [] },
      shownHash: sha256(canonicalJson({ output: { said: secret }, artifacts: [] })),
      allow: ['approve'],
      next: [],
      requestedAt: 1,
      onExpire: 'pause',
    } as const;
    const bodies: RunEventBody[] = [
      { type: 'approval-requested', step: 'a', attempt: 1, approval },
      {
        type: 'approval-decided',
        step: 'a',
        attempt: 1,
        id: 'q',
        decision: { action: 'approve', shownHash: approval.shownHash },
        by: { name: 'ada', channel: 'auto' },
      },
    ];
    const [requested, decided] = redactBodies(bodies, redactorOf(), sha256);
    const shown = { output: { said: HIDDEN }, artifacts: [] };
    expect(requested).toMatchObject({ approval: { shown, shownHash: sha256(canonicalJson(shown)) } });
    expect(decided).toMatchObject({ decision: { shownHash: sha256(canonicalJson(shown)) } });
    expect(redactBodies(bodies, createRedactor(), sha256)).toEqual(bodies);
  });

  it('leaves the stand-in of a large result pointing at its artifact, and a value that looks like a hash hidden', () => {
    const hash = sha256('x');
    const completed = (output: Record<string, string | number>): RunEventBody => ({
      type: 'step-completed',
      step: 'a',
      attempt: 1,
      output,
      summary: '',
      artifacts: [],
      usage: { durationMs: 1 },
      how: 'work',
    });
    const standIn = { $artifact: hash, size: 70_000, preview: 'some text' };
    const short = redactorOf(hash.slice(10, 17));
    expect(
      redactBodies([completed({ ...standIn, preview: hash.slice(10, 17) })], short, sha256)[0],
    ).toMatchObject({
      output: { ...standIn, preview: HIDDEN },
    });
    expect(redactBodies([completed(standIn)], redactorOf(hash), sha256)[0]).toMatchObject({
      output: { ...standIn, $artifact: HIDDEN },
    });
  });

  it('keeps events that fold, whatever word a secret is', () => {
    const words = [
      ...[
        'run-started',
        'step-completed',
        'completed',
        'output',
        'artifacts',
        'approve',
        'interactive',
        'person',
      ],
      ...[
        'command',
        'durationMs',
        'definition',
        'dependsOn',
        'attempt',
        'interrupted',
        'shownHash',
        'parallelism',
      ],
    ];
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...words), { minLength: 1 }), (values) => {
        const redactor = createRedactor();
        for (const value of values) redactor.add(value, value);
        const clean = redactBodies(story(), redactor, sha256);
        const events: RunEvent[] = clean.map((body, at) => ({ runId: 'r', seq: at + 1, at, ...body }));
        const state = foldAll(events);
        expect(state?.phase).toBe('completed');
        expect(state?.steps['interactive']?.status).toBe('completed');
        expect(state?.steps['completed']?.status).toBe('completed');
      }),
      { numRuns: 40 },
    );
  });
});

describe('an agent', () => {
  const task = (more: Partial<AgentTask>): AgentTask =>
    ({
      onText: () => {},
      onVoid: () => {},
      get upstream(): never {
        throw new Error('Looked at too early.');
      },
      ...more,
    }) as AgentTask;
  const agents = (perform: (given: AgentTask) => Promise<unknown>) =>
    redactAgents(
      { assign: () => ({ needsModel: secret }), isIdempotent: () => true, perform: perform as never },
      redactorOf(),
    );

  it('gives, tells and throws nothing secret, and gathers nothing that nobody looks at', async () => {
    let told = '';
    const onText = (text: string) => (told += text);
    const result = await agents(async (given) => {
      for (const sign of `say ${secret}`) given.onText(sign);
      return Promise.resolve({ output: { [secret]: secret }, summary: secret, artifacts: [] });
    }).perform(withGetter(task({ onText })));
    expect(result).toEqual({ output: { [HIDDEN]: HIDDEN }, summary: HIDDEN, artifacts: [] });
    expect(told).toBe(`say ${HIDDEN}`);
    const failing = agents(() => Promise.reject(new BatonError('auth', secret)));
    await expect(failing.perform(task({}))).rejects.toMatchObject({ code: 'auth', message: HIDDEN });
    expect(failing.assign({} as never)).toEqual({ needsModel: HIDDEN });
  });

  it('takes back what was held back with the text that is void', async () => {
    const told: string[] = [];
    await agents(async (given) => {
      given.onText(secret.slice(0, 10));
      given.onVoid(`not ${secret}`);
      given.onText('again');
      return Promise.resolve({ output: null, summary: '', artifacts: [] });
    }).perform(task({ onText: (text) => told.push(text), onVoid: (why) => told.push(`void: ${why}`) }));
    expect(told).toEqual([`void: not ${HIDDEN}`, 'again']);
  });

  it('lets an error without secrets through as it is', async () => {
    const error = new BatonError('over-budget', 'No money.');
    await expect(agents(() => Promise.reject(error)).perform(task({}))).rejects.toBe(error);
  });
});

describe('a runtime', () => {
  it('refuses, answers, throws and tells nothing secret, and is given nothing secret', async () => {
    const given: unknown[] = [];
    const refusedOutcome = { ok: false, code: 'refused', message: secret } as const;
    const fails = () => Promise.reject(new BatonError('x', secret));
    const models = {
      status: () => Promise.resolve([{ detail: secret }]),
      automatic: () => Promise.resolve({ why: [secret] }),
      notes: () => Promise.resolve([secret]),
      test: fails,
      offered: fails,
      refresh: fails,
    } as unknown as Models;
    const events = (value: unknown) => (listener: (value: never) => void) => {
      listener(value as never);
      return { dispose() {} };
    };
    const diagnostics = [{ severity: 'error', code: 'x', message: secret, suggestion: secret, range: {} }];
    const runtime = redactRuntime(
      {
        models,
        tools: { list: () => Promise.resolve({ notes: [secret] }), onDidChange: events(undefined) },
        agents: {
          list: () => Promise.resolve([{ name: 'a', description: secret }]),
          notes: [{ text: secret }],
        },
        onNotice: events(secret),
        onLive: events({ runId: 'r', step: 's', attempt: 1, text: secret, voided: secret }),
        check: () => Promise.resolve({ diagnostics }),
        start: () => Promise.resolve({ refusal: { code: 'inputs', message: secret, diagnostics } }),
        decide: (...all: unknown[]) => {
          given.push(all);
          return Promise.resolve(refusedOutcome);
        },
        pause: () => Promise.resolve(refusedOutcome),
        resume: () => Promise.resolve(refusedOutcome),
        cancel: () => Promise.resolve(refusedOutcome),
        readLog: () => Promise.resolve(secret),
        runs: fails,
        state: fails,
        events: fails,
        approvals: fails,
        checkpoints: fails,
        progress: fails,
        readArtifact: fails,
        exportRun: fails,
        whenIdle: fails,
        query: fails,
        close: fails,
      } as unknown as Runtime,
      redactorOf(),
    );
    const told: unknown[] = [];
    runtime.onNotice((notice) => told.push(notice));
    runtime.onLive((live) => told.push(live));
    const start = {} as never;
    const decision = { action: 'modify', value: secret, comment: secret, shownHash: 'h' } as const;
    const by = { name: 'ada', channel: 'editor' } as const;
    told.push(
      await runtime.check(start),
      await runtime.start(start),
      await runtime.decide('r', 'q', decision, by),
      await runtime.pause('r', 'ada'),
      await runtime.resume('r', { by: 'ada' }),
      await runtime.cancel('r', 'ada'),
      await runtime.readLog('r', 's', 1),
      await runtime.models.status(),
      await runtime.models.automatic(),
      await runtime.models.notes(),
      await runtime.tools.list(),
      await runtime.agents.list(),
      runtime.agents.notes,
    );
    for (const failing of [
      runtime.runs(),
      runtime.state('r'),
      runtime.events('r'),
      runtime.approvals(),
      runtime.checkpoints('r'),
      runtime.progress('r'),
      runtime.readArtifact({ hash: 'h' }),
      runtime.exportRun('r', 'd'),
      runtime.whenIdle('r'),
      runtime.query('q'),
      runtime.close(),
      runtime.models.test('p'),
      runtime.models.offered('p'),
      runtime.models.refresh(),
    ])
      await expect(failing).rejects.toMatchObject({ code: 'x', message: HIDDEN });
    expect(JSON.stringify([told, given])).not.toContain(secret);
    expect(JSON.stringify(told).split(HIDDEN).length - 1).toBe(19);
    expect(given).toEqual([['r', 'q', { ...decision, value: HIDDEN, comment: HIDDEN }, by]]);
  });
});

function withGetter(task: AgentTask): AgentTask {
  return Object.defineProperty(task, 'upstream', {
    get: () => {
      throw new Error('Looked at too early.');
    },
    enumerable: true,
  });
}

function startedWith(text: string): RunEventBody {
  return {
    type: 'run-started',
    definition: {
      name: text,
      tags: [],
      inputs: {},
      config: { parallelism: 1, failFast: false, checkpoint: 'level' },
      env: { A: text },
      steps: ['interactive', 'completed'].map((key, at) => ({
        key,
        title: text,
        with: { [text]: text },
        run: text,
        dependsOn: at === 0 ? [] : ['interactive'],
        continueOnError: false,
        onError: 'fail',
        retry: [],
      })),
    },
    definitionHash: sha256('x'),
    source: { lines: { interactive: 1, completed: 2 } },
    inputs: { note: text },
    mode: 'interactive',
    by: 'ada',
    notes: [text],
  };
}

/** A run of two steps from its beginning to its end. */
function story(): readonly RunEventBody[] {
  const steps = ['interactive', 'completed'].flatMap((step): RunEventBody[] => [
    {
      type: 'step-started',
      step,
      attempt: 1,
      assignment: { agent: 'command', engine: 'command', why: 'a command of the file' },
      idempotent: false,
    },
    {
      type: 'step-completed',
      step,
      attempt: 1,
      output: { output: 'completed', artifacts: ['person'] },
      summary: 'completed',
      artifacts: [{ hash: sha256('x'), path: 'output', mediaType: 'text/plain', size: 1 }],
      usage: { durationMs: 1 },
      how: 'work',
    },
  ]);
  return [
    startedWith('definition'),
    { type: 'run-paused', by: 'person', reason: 'person' },
    { type: 'run-resumed', by: 'person' },
    ...steps,
    { type: 'run-completed', tolerated: [] },
  ];
}
