import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../src/core/host';
import { canonicalJson } from '../../../src/core/base/json';
import type { RunEvent } from '../../../src/core/model/events';
import type { ModelSource, ProviderSettings } from '../../../src/core/providers/model-settings';
import { createRuntime } from '../../../src/core/runtime';
import type { Runtime } from '../../../src/core/runtime-port';
import { buildPlan } from '../../../src/core/workflow/plan';
import type { HostMessage } from '../../../webview/protocol';
import { createTestHost, temporaryFolder } from '../../support/node-host';
import { encodings, ENCODED, madeUpSecret, traces } from './encodings';
import { CANARY, SPEAK, speakingWorkflow } from './speaking-workflow';

const KEYS = { claude: 'ANTHROPIC_API_KEY', gemini: 'GEMINI_API_KEY', openai: 'OPENAI_API_KEY' } as const;
/** Where something that a command, a file, a model or a person said can end up. */
const SINKS = [
  'approval',
  'database rows',
  'error of a step',
  'events',
  'export',
  'live output',
  'log',
  'outcome',
  'refusal',
  'state: artifacts',
  'state: journal',
  'state: logs',
  'state: workflows.db',
  'thrown error',
  'webview message',
];
const KINDS = ['claude', 'openai', 'google', 'cloud', 'odd', 'plain'];

describe('keys and secrets', () => {
  let folder: { path: string; remove: () => Promise<void> };
  let workspace: string;
  let state: string;
  const keys = Object.values(KEYS).map((name) => [name, madeUpSecret('claude', Math.random)] as const);
  const tokens = KINDS.map((kind, at) => [`TOKEN_${at}`, madeUpSecret(kind, Math.random)] as const);
  const values = [...keys, ...tokens].map(([, value]) => value);
  const opened: Runtime[] = [];
  const logged: string[] = [];
  const told: RunEvent[] = [];
  const live: string[] = [];
  const log: Log = {
    debug: (message) => logged.push(message),
    info: (message) => logged.push(message),
    warn: (message) => logged.push(message),
    error: (message, error) => logged.push(message, inspect(error, { depth: Infinity })),
  };
  const secrets = new Map<string, string>(tokens);
  const source: ModelSource = {
    settings: () =>
      Promise.resolve({
        providers: Object.entries(KEYS).map(([name, key], at) => provider(name, key, at)),
        routing: 'priority',
        probeLocalServers: false,
        prices: {},
        notes: [],
      }),
    key: ({ keyNames }) => Promise.resolve(new Map<string, string>(keys).get(keyNames[0] ?? '')),
    secret: (name) => Promise.resolve(secrets.get(name)),
  };
  const host = createTestHost(log);
  const open = async (): Promise<Runtime> => {
    const runtime = await createRuntime({
      host,
      workspace,
      stateDirectory: state,
      access: 'run',
      owner: { name: 'test' },
      models: source,
    });
    runtime.onEvent((event) => told.push(event));
    runtime.onLive((output) => live.push(JSON.stringify(output), output.text ?? ''));
    opened.push(runtime);
    return runtime;
  };
  const start = (runtime: Runtime, text: string, inputs = {}) =>
    runtime.start({
      workflow: { text, path: 'speaking.json' },
      inputs,
      mode: 'interactive',
      rehearsal: false,
      by: 'ada',
      trusted: true,
    });

  beforeEach(async () => {
    folder = await temporaryFolder();
    workspace = path.join(folder.path, 'workspace');
    state = path.join(folder.path, 'state');
    await mkdir(workspace);
    await writeFile(path.join(workspace, 'speak.mjs'), SPEAK);
    await writeFile(path.join(workspace, 'keys.json'), JSON.stringify(Object.fromEntries(keys)));
    for (const list of [logged, told, live]) list.length = 0;
  });
  afterEach(async () => {
    for (const runtime of opened.splice(0)) await runtime.close();
    await folder.remove();
  });

  it(
    'leak into no sink in any of nine encodings, and what is harmless gets into each',
    { timeout: 120_000 },
    async () => {
      const sinks = new Map<string, Buffer>();
      const keep = (name: string, ...texts: readonly (string | Uint8Array)[]) => {
        const more = texts.map((text) => Buffer.from(text as string));
        sinks.set(name, Buffer.concat([sinks.get(name) ?? Buffer.alloc(0), ...more]));
      };
      const said = (form: (typeof encodings)[number], value: string) =>
        ENCODED[form](value).toString('latin1');
      const everything = encodings.flatMap((form) =>
        [CANARY, ...values, CANARY].map((value) => said(form, value)),
      );

      const first = await open();
      const started = await start(first, speakingWorkflow(tokens.map(([name]) => name)), {
        note: everything.join('\n'),
      });
      if (!('runId' in started)) throw new Error(started.refusal.message);
      const { runId } = started;
      await first.whenIdle(runId);
      await first.close();

      // The decision is made after a restart: what was stored is what is decided upon.
      const runtime = await open();
      const [waiting] = await runtime.approvals();
      if (waiting === undefined) throw new Error('Nothing waits.');
      const { approval } = waiting;
      keep('approval', JSON.stringify(approval));
      expect(approval.shownHash).toBe(host.sha256(canonicalJson(approval.shown)));
      const outcome = await runtime.decide(
        runId,
        approval.id,
        {
          action: 'modify',
          value: { given: everything },
          comment: everything.join('\n'),
          shownHash: approval.shownHash,
        },
        { name: 'ada', channel: 'terminal' },
      );
      expect(outcome).toEqual({ ok: true });
      const ended = await runtime.whenIdle(runId);
      expect(ended.phase).toBe('completed');
      const { gate, after } = ended.steps;
      if (gate?.status !== 'completed' || after?.status !== 'completed') throw new Error('Not completed.');
      // What was given downstream is what is stored, and so the same after any restart.
      expect(after.output).toEqual(gate.output);

      const rows = await runtime.query('select * from workflow_events');
      keep('database rows', JSON.stringify(rows));
      const snapshot: HostMessage = {
        type: 'run-snapshot',
        run: {
          state: ended,
          plan: buildPlan(ended.definition.steps),
          progress: { percentage: 100, elapsedMs: 1 },
          live: { 'say-raw': await runtime.readLog(runId, 'say-raw', 1) },
          interrupted: false,
          now: 0,
        },
      };
      keep('webview message', JSON.stringify(snapshot));
      keep('events', ...told.map((event) => JSON.stringify(event)));
      keep('live output', ...live);
      keep(
        'error of a step',
        ...told.map((event) => (event.type === 'step-failed' ? event.error.message : '')),
      );
      const files = await runtime.exportRun(runId, path.join(folder.path, 'exported'));
      keep('export', ...(await Promise.all(files.map((file) => readFile(file)))));
      for (const form of encodings)
        for (const value of [CANARY, ...values]) {
          const text = said(form, value);
          host.log.error(text, new Error(text, { cause: { text } }));
          const pausing = await runtime.pause(text, 'ada');
          keep('outcome', pausing.ok ? '' : pausing.message);
          const thrown = await Promise.all(
            [
              runtime.whenIdle(text),
              runtime.query(`select * from "${text.replaceAll('"', '""')}"`),
              runtime.exportRun(text, folder.path),
            ].map((work) => work.catch((error: unknown) => error)),
          );
          for (const error of thrown)
            keep('thrown error', String(error), inspect(error, { depth: Infinity, maxStringLength: null }));
          const bad = { name: 'bad', steps: [{ key: 'a', run: 'true', dependsOn: [text] }] };
          const good = { name: 'good', steps: [{ key: 'a', run: 'true' }] };
          const file = { text: JSON.stringify(bad), path: 'a.json' };
          keep('refusal', JSON.stringify(await start(runtime, JSON.stringify(good), { [text]: 1 })));
          keep('refusal', JSON.stringify(await start(runtime, file.text)));
          keep('refusal', JSON.stringify((await runtime.check(file)).diagnostics));
        }
      keep('log', ...logged);
      await runtime.close();
      for (const [file, bytes] of await filesIn(state)) {
        const place = path.relative(state, file).split(path.sep)[0] ?? '';
        keep(`state: ${place}`, bytes);
        keep('state, file names', file);
      }

      let searched = 0;
      const leaks: string[] = [];
      const silent: string[] = [];
      for (const [sink, bytes] of sinks) {
        for (const value of values)
          for (const { form, bytes: trace } of traces(value)) {
            searched += 1;
            if (bytes.includes(trace)) leaks.push(`${form} in ${sink}`);
          }
        if (!carriesContent(sink)) continue;
        for (const form of encodings)
          if (!canaryTraces(said(form, CANARY)).some((trace) => bytes.includes(trace)))
            silent.push(`${form} in ${sink}`);
      }
      expect(leaks).toEqual([]);
      expect(silent).toEqual([]);
      expect([...sinks.keys()].filter(carriesContent).sort()).toEqual(SINKS);
      expect(searched).toBe(sinks.size * values.length * traces('any value').length);
    },
  );

  it('are found in nothing that a runtime gives out, however it is printed', async () => {
    const runtime = await open();
    const printed = inspect([runtime, host], {
      depth: Infinity,
      showHidden: true,
      maxStringLength: null,
      maxArrayLength: null,
    });
    for (const value of keys.map(([, key]) => key)) expect(printed.includes(value)).toBe(false);
  });

  it('are asked for before a run begins, and a missing one says where to set it', async () => {
    const runtime = await open();
    const text = JSON.stringify({
      name: 'x',
      env: { A: '${{ secrets.TOKEN_0 }}', B: 'Bearer ${{ secrets.NOT_THERE }}' },
      steps: [{ key: 'a', run: 'echo hello > effect.txt' }],
    });
    const refused = await start(runtime, text);
    expect(refused).toMatchObject({ refusal: { code: 'secrets' } });
    const message = 'refusal' in refused ? refused.refusal.message : '';
    expect(message).toContain('"NOT_THERE" is not set');
    expect(message).toContain('Baton: Set Secret');
    expect(message).toContain('BATON_SECRET_NOT_THERE');
    expect(await runtime.runs()).toEqual([]);
    await expect(readFile(path.join(workspace, 'effect.txt'))).rejects.toThrow();
  });

  it('reach a command by its environment only, as they are, and nothing else comes with them', async () => {
    const runtime = await open();
    secrets.set('SHORT', 'abc');
    const text = JSON.stringify({
      name: 'x',
      env: { A: '${{ secrets.TOKEN_4 }}', B: 'Bearer {{ secrets.TOKEN_0 }}!', C: '${{ secrets.SHORT }}' },
      inputs: { wish: { type: 'string' } },
      steps: [
        { key: 'a', run: 'node -e \'require("fs").writeFileSync("env.json", JSON.stringify(process.env))\'' },
      ],
    });
    const started = await start(runtime, text, { wish: '${{ secrets.TOKEN_1 }}' });
    if (!('runId' in started)) throw new Error(started.refusal.message);
    const ended = await runtime.whenIdle(started.runId);
    expect(ended.phase).toBe('completed');
    expect(ended.definition.env['A']).toBe('${{ secrets.TOKEN_4 }}');
    expect(ended.notes.join()).toContain('"SHORT" is shorter than 6 characters');
    const env = JSON.parse(await readFile(path.join(workspace, 'env.json'), 'utf8')) as Record<
      string,
      string
    >;
    expect(env).toMatchObject({
      A: secrets.get('TOKEN_4'),
      B: `Bearer ${secrets.get('TOKEN_0') ?? ''}!`,
      C: 'abc',
    });
    // Whoever writes the words into an input gets the words.
    expect(env['BATON_INPUT_WISH']).toBe('${{ secrets.TOKEN_1 }}');
    const others = [...keys, ...tokens.filter(([name]) => !['TOKEN_0', 'TOKEN_4'].includes(name))];
    for (const [, value] of others) expect(JSON.stringify(env)).not.toContain(value);
  });

  it('are shown by name only at a gate before the command, which then gets them', async () => {
    const runtime = await open();
    const text = JSON.stringify({
      name: 'x',
      env: { HEADER: 'Bearer ${{ secrets.TOKEN_0 }}', PLAIN: 'words' },
      steps: [{ key: 'a', run: 'node -p process.env.HEADER.length', approval: { when: 'before' } }],
    });
    const started = await start(runtime, text);
    if (!('runId' in started)) throw new Error(started.refusal.message);
    await runtime.whenIdle(started.runId);
    await runtime.close();
    const again = await open();
    const [waiting] = await again.approvals();
    expect(waiting?.approval.shown.with).toEqual({ HEADER: 'Bearer (secret)', PLAIN: 'words' });
    const { id = '', shownHash = '' } = waiting?.approval ?? {};
    const by = { name: 'ada', channel: 'terminal' } as const;
    expect(await again.decide(started.runId, id, { action: 'approve', shownHash }, by)).toEqual({ ok: true });
    const ended = await again.whenIdle(started.runId);
    const length = `Bearer ${secrets.get('TOKEN_0') ?? ''}`.length;
    expect(ended.steps['a']).toMatchObject({ status: 'completed', output: { stdout: `${length}\n` } });
  });

  it('that are gone when a run goes on fail the step before its command starts', async () => {
    const runtime = await open();
    const text = JSON.stringify({
      name: 'x',
      env: { A: '${{ secrets.LATER_GONE }}' },
      steps: [{ key: 'a', run: 'echo done > effect.txt', approval: { when: 'before' } }],
    });
    secrets.set('LATER_GONE', madeUpSecret('plain', Math.random));
    const started = await start(runtime, text);
    if (!('runId' in started)) throw new Error(started.refusal.message);
    await runtime.whenIdle(started.runId);
    secrets.delete('LATER_GONE');
    const [waiting] = await runtime.approvals();
    const { id = '', shownHash = '' } = waiting?.approval ?? {};
    await runtime.decide(
      started.runId,
      id,
      { action: 'approve', shownHash },
      { name: 'ada', channel: 'terminal' },
    );
    const ended = await runtime.whenIdle(started.runId);
    expect(ended.steps['a']).toMatchObject({ status: 'failed', error: { code: 'secret-missing' } });
    await expect(readFile(path.join(workspace, 'effect.txt'))).rejects.toThrow();
  });

  it('written into a file are refused where something is done with them, and hidden where people read', async () => {
    const runtime = await open();
    const [, value = ''] = keys[0] ?? [];
    const bad = (step: object, env = {}) =>
      start(runtime, JSON.stringify({ name: 'x', env, steps: [{ key: 'a', ...step }] }));
    for (const refused of [
      await bad({ run: `curl -H "x-api-key: ${value}" http://127.0.0.1:1` }),
      await bad({ run: ['curl', Buffer.from(value).toString('base64')] }),
      await bad({ action: 'lint-codebase', with: { paths: [value] } }),
      await bad({ run: 'true' }, { A: value }),
    ]) {
      expect(refused).toMatchObject({
        refusal: { code: 'secrets', diagnostics: [{ code: 'secret-in-file' }] },
      });
      expect(JSON.stringify(refused)).not.toContain(value);
    }
    const started = await bad({ run: 'true', name: `call with ${value}`, description: value });
    if (!('runId' in started)) throw new Error(started.refusal.message);
    const ended = await runtime.whenIdle(started.runId);
    expect(ended.definition.steps[0]?.title).toBe('call with [hidden: ANTHROPIC_API_KEY]');
  });
});

/** File names carry nothing of what was said, and what stands directly in the folder is the store's own. */
function carriesContent(sink: string): boolean {
  return !sink.startsWith('state') || /artifacts|journal|logs|workflows\.db/.test(sink);
}

/** As it is, as JSON holds it, and in one line for people, where signs that control a terminal are blanks. */
function canaryTraces(said: string): readonly Buffer[] {
  const quoted = JSON.stringify(said).slice(1, -1);
  const plain = said.replace(/[\u0000-\u001f]/g, ' ').trimEnd();
  return [
    Buffer.from(said, 'latin1'),
    ...[said, quoted, JSON.stringify(quoted).slice(1, -1), plain, JSON.stringify(plain).slice(1, -1)].map(
      (text) => Buffer.from(text),
    ),
  ];
}

async function filesIn(root: string): Promise<readonly (readonly [string, Buffer])[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => [file, await readFile(file)] as const));
}

function provider(name: string, keyName: string, priority: number): ProviderSettings {
  const kind = name === 'claude' ? 'anthropic' : name === 'gemini' ? 'gemini' : 'openai';
  return {
    name,
    title: name,
    kind,
    enabled: true,
    priority,
    maxRetries: 0,
    timeout: 1_000,
    keyNames: [keyName],
  };
}
