import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../src/core/model/approval';
import type { RunEvent } from '../../src/core/model/events';
import type { ModelSource } from '../../src/core/providers/model-settings';
import { createRuntime } from '../../src/core/runtime';
import type { Runtime, StartRequest } from '../../src/core/runtime-port';
import { createTestHost, temporaryFolder } from '../support/node-host';
import { ScriptedEditor } from '../support/scripted-editor';

const ONE = 'name: one\nsteps:\n  - key: think\n    prompt: How is it?\n';
const config = (text: string, steps = ONE.slice(ONE.indexOf('steps:'))) =>
  `name: one\nconfig: ${text}\n${steps}`;

describe('a run with models', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let workspace: string;
  const opened: Runtime[] = [];

  beforeEach(async () => {
    place = await temporaryFolder();
    workspace = path.join(place.path, 'workspace');
    await mkdir(workspace);
  });
  afterEach(async () => {
    for (const runtime of opened.splice(0)) await runtime.close();
    await place.remove();
  });

  const open = async (models: ModelSource, more: { isTrusted?: () => boolean } = {}): Promise<Runtime> => {
    const host = createTestHost();
    const runtime = await createRuntime({
      host: {
        ...host,
        env: (name) => (name === 'XDG_STATE_HOME' ? path.join(place.path, 'home') : host.env(name)),
      },
      workspace,
      stateDirectory: path.join(place.path, 'state'),
      access: 'run',
      owner: { name: 'test' },
      models,
      ...more,
    });
    opened.push(runtime);
    return runtime;
  };
  const request = (text: string, more: Partial<StartRequest> = {}): StartRequest => ({
    workflow: { text, path: 'workflows/one.baton.yaml' },
    inputs: {},
    mode: 'interactive',
    rehearsal: false,
    by: 'ada',
    trusted: true,
    ...more,
  });
  const started = async (
    runtime: Runtime,
    text: string,
    more: Partial<StartRequest> = {},
  ): Promise<string> => {
    const result = await runtime.start(request(text, more));
    if ('refusal' in result) throw new Error(result.refusal.message);
    return result.runId;
  };
  const finished = async (runtime: Runtime, text: string, more: Partial<StartRequest> = {}) => {
    const runId = await started(runtime, text, more);
    const state = await runtime.whenIdle(runId);
    return { runId, state, events: await runtime.events(runId) };
  };
  const decide = async (runtime: Runtime, runId: string, decision: Partial<Decision>) => {
    const [open_] = await runtime.approvals();
    if (open_ === undefined) throw new Error('Nothing waits.');
    const { id, shownHash } = open_.approval;
    const full: Decision = { action: 'approve', shownHash, ...decision };
    return runtime.decide(runId, id, full, { name: 'ada', channel: 'terminal' });
  };
  const typesOf = (events: readonly RunEvent[]) => events.map(({ type }) => type);

  it('answers a prompt, and says who answered and what it cost', async () => {
    const editor = new ScriptedEditor();
    const runtime = await open(editor.source());
    const { state, events } = await finished(runtime, ONE);
    expect(state.phase).toBe('completed');
    expect(typesOf(events)).toEqual([
      'run-started',
      'step-started',
      'routing-decision',
      'call-answered',
      'step-completed',
      'run-completed',
    ]);
    expect(state.steps['think']).toMatchObject({
      output: { text: 'It is so. Really.' },
      summary: 'It is so.',
      usage: { inputTokens: 100, outputTokens: 20 },
    });
    expect(state.spent).toMatchObject({ calls: 1, inputTokens: 100, outputTokens: 20 });
    expect(state.spent.usd).toBeCloseTo(0.0003, 8);
    expect(state.calls['think']?.[0]).toMatchObject({
      status: 'answered',
      chosen: { provider: 'vscode', model: 'house-model' },
    });
    const { think } = state.steps;
    const [artifact] = think?.status === 'completed' ? think.artifacts : [];
    expect(artifact?.path).toBe('answers/think.md');
    expect(new TextDecoder().decode(await runtime.readArtifact(artifact ?? { hash: '' }))).toContain(
      'It is so.',
    );
    expect(editor.asked[0]?.messages).toEqual([{ role: 'user', text: 'How is it?' }]);
    expect((await runtime.models.status()).find(({ name }) => name === 'vscode')?.today).toMatchObject({
      calls: 1,
    });
  });

  it('hands what one step found to the next', async () => {
    const editor = new ScriptedEditor((_request, number) => (number === 1 ? 'Seven faults.' : 'Fix them.'));
    const runtime = await open(editor.source());
    const { state } = await finished(
      runtime,
      `${ONE}  - key: judge\n    dependsOn: [think]\n    prompt: "Judge this: {{ steps.think.output.text }}"\n` +
        '  - key: plan\n    dependsOn: [judge]\n    prompt: Plan it.\n',
    );
    expect(state.phase).toBe('completed');
    const told = editor.asked.map(({ messages: [first] }) => (first && 'text' in first ? first.text : ''));
    expect(told[1]).toBe('Judge this: Seven faults.');
    expect(told[2]).toMatch(/Plan it\.[^]*result of step[^]*Fix them\.[^]*Seven faults\./);
  });

  it('mends what does not fit the schema, each answer recorded', async () => {
    const editor = new ScriptedEditor((_request, number) => (number === 1 ? '{"n":"x"}' : '{"n":3}'));
    const runtime = await open(editor.source());
    const schema =
      '    output: { schema: { type: object, properties: { n: { type: number } }, required: [n] } }\n';
    const { state, events } = await finished(runtime, ONE + schema);
    expect(state.steps['think']).toMatchObject({ status: 'completed', output: { n: 3 } });
    expect(typesOf(events).filter((type) => type === 'call-answered')).toHaveLength(2);
    expect(state.spent.calls).toBe(2);
  });

  it('shows text as it comes, and takes back what is void', async () => {
    const editor = new ScriptedEditor((_request, number) => (number === 1 ? 'no JSON' : '{}'));
    const runtime = await open(editor.source());
    const seen: string[] = [];
    runtime.onLive(({ text, voided }) => {
      if (text !== undefined) seen.push(text);
      if (voided !== undefined) seen.push('~void');
    });
    await finished(runtime, `${ONE}    output: { schema: { type: object } }\n`);
    expect(seen.join('|')).toMatch(/no JSON.*~void.*\{\}/);
  });

  it('is asked again when a person asks for it, with what that person said', async () => {
    const editor = new ScriptedEditor((_request, number) => `Answer ${number}.`);
    const runtime = await open(editor.source());
    const runId = await started(runtime, `${config('{ responseCache: true }')}    approval: true\n`);
    await runtime.whenIdle(runId);
    expect(await decide(runtime, runId, { action: 'retry', comment: 'Shorter!' })).toEqual({ ok: true });
    const state = await runtime.whenIdle(runId);
    expect(state.steps['think']).toMatchObject({ produced: { output: { text: 'Answer 2.' } } });
    expect(JSON.stringify(editor.asked[1]?.messages)).toContain('Shorter!');
  });

  it('answers identical requests from disk where the workflow wishes it, also in the next run and process', async () => {
    const editor = new ScriptedEditor();
    const first = await open(editor.source());
    await finished(first, config('{ responseCache: true }'));
    await first.close();
    const second = await open(editor.source());
    const { state, events } = await finished(second, config('{ responseCache: true }'));
    expect(editor.asked).toHaveLength(1);
    expect(state.steps['think']).toMatchObject({ output: { text: 'It is so. Really.' } });
    expect(state.spent).toMatchObject({ calls: 0, cachedCalls: 1, usd: 0 });
    expect(events.find(({ type }) => type === 'call-answered')).toMatchObject({
      cached: true,
      usage: { inputTokens: 100 },
    });
    expect(await finished(second, ONE)).toMatchObject({ state: { spent: { calls: 1, cachedCalls: 0 } } });
  });

  it('waits at its budget, and goes on without asking again for what is answered', async () => {
    const editor = new ScriptedEditor((_request, number) => `Answer ${number}.`);
    const runtime = await open(editor.source());
    const text = `${config('{ budget: { usd: 0.045 } }')}    maxTokens: 2000\n  - key: more\n    dependsOn: [think]\n    maxTokens: 4500\n    prompt: More?\n`;
    const runId = await started(runtime, text);
    const waiting = await runtime.whenIdle(runId);
    expect(waiting.steps['think']?.status).toBe('completed');
    expect(waiting.steps['more']?.status).not.toBe('completed');
    const [open_] = await runtime.approvals();
    expect(open_?.approval.kind).toBe('budget');
    expect(editor.asked).toHaveLength(1);
    expect(await decide(runtime, runId, { action: 'approve' })).toEqual({ ok: true });
    expect((await runtime.whenIdle(runId)).phase).toBe('completed');
    expect(editor.asked).toHaveLength(2);
  });

  it('ends at its budget when a person says so', async () => {
    const editor = new ScriptedEditor();
    const runtime = await open(editor.source());
    const runId = await started(runtime, config('{ budget: { usd: 0.0001 } }'));
    await runtime.whenIdle(runId);
    expect(await decide(runtime, runId, { action: 'cancel' })).toEqual({ ok: true });
    expect((await runtime.whenIdle(runId)).phase).toBe('cancelled');
    expect(editor.asked).toHaveLength(0);
  });

  it('lets rules keep their findings with an assessment on top', async () => {
    const editor = new ScriptedEditor(() => 'Nothing to do.');
    const runtime = await open(editor.source());
    const { state } = await finished(
      runtime,
      'name: one\nsteps:\n  - key: lint\n    action: lint-codebase\n    provider: vscode\n',
    );
    expect(state.steps['lint']).toMatchObject({
      status: 'completed',
      output: { assessment: 'Nothing to do.', assessedBy: 'vscode/house-model' },
    });
  });

  it('goes on without the prose where the model fails', async () => {
    const editor = new ScriptedEditor(() => Promise.reject(new Error('It broke.')));
    const runtime = await open(editor.source());
    const { state } = await finished(
      runtime,
      'name: one\nsteps:\n  - key: lint\n    action: lint-codebase\n    provider: vscode\n',
    );
    expect(state.steps['lint']).toMatchObject({ status: 'completed' });
    const { lint } = state.steps;
    expect(lint?.status === 'completed' && lint.summary).toContain('no assessment');
  });

  it('is refused before it begins when nobody can be asked: which steps, why, and three ways out', async () => {
    const editor = new ScriptedEditor();
    const runtime = await open({ ...editor.source({ providers: { vscode: { enabled: false } } }) });
    const result = await runtime.start(request(ONE));
    const refusal = 'refusal' in result ? result.refusal : undefined;
    expect(refusal?.code).toBe('needs-model');
    for (const part of [
      'think (only a model can answer its prompt)',
      'Claude, Gemini, OpenAI: no key',
      'Set API Key',
      'rehearse',
    ])
      expect(refusal?.message).toContain(part);
    expect(await runtime.runs()).toEqual([]);
  });

  it('tells what is the same for many steps once', async () => {
    const detail = 'No extension offers a model in this editor.';
    const source = new ScriptedEditor().source();
    const editorModels = {
      ...source.editorModels!,
      standing: async () => ({ state: 'no-models' as const, detail }),
    };
    const runtime = await open({ ...source, editorModels });
    const steps = Array.from({ length: 7 }, (_, index) => `  - { key: s${index}, prompt: Think }\n`).join('');
    const result = await runtime.start(request(`name: many\nsteps:\n${steps}`));
    const refusal = 'refusal' in result ? result.refusal : undefined;
    expect(refusal?.message).toContain(
      '7 steps cannot be done without an AI model: s0, s1, s2 and 4 more (only',
    );
    expect(refusal?.message).toContain('in this editor. Three ways');
    expect(refusal?.diagnostics.map(({ message }) => message)).toContain(
      'The step "s6" needs a model: only a model can answer its prompt.',
    );
  });

  it('asks nobody in a folder that is not trusted, nor in a rehearsal', async () => {
    const editor = new ScriptedEditor();
    const runtime = await open(editor.source(), { isTrusted: () => false });
    expect(await runtime.start(request(ONE, { trusted: false }))).toMatchObject({
      refusal: { code: 'untrusted' },
    });
    const { state } = await finished(runtime, ONE, { rehearsal: true, trusted: false });
    expect(state.phase).toBe('completed');
    expect(editor.asked).toHaveLength(0);
  });

  it('asks again for a turn that was under way when it was closed, and for no other', async () => {
    let hang = true;
    const editor = new ScriptedEditor((_request, number, { signal }) => {
      if (number === 1) return 'First.';
      if (!hang) return 'Second.';
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    });
    const text = `${ONE}  - key: more\n    dependsOn: [think]\n    prompt: More?\n`;
    const first = await open(editor.source());
    const runId = await started(first, text);
    await until(() => editor.asked.length === 2);
    await first.close();
    hang = false;
    const second = await open(editor.source());
    await second.resume(runId, { by: 'ada' });
    const state = await second.whenIdle(runId);
    expect(state.phase).toBe('completed');
    expect(editor.asked).toHaveLength(3);
  });

  it('keeps a secret that a model repeats out of everything it stores', async () => {
    const secret = ['word', 'nobody', 'may', 'read'].join('-');
    const editor = new ScriptedEditor(() => `It is ${secret}.`);
    const runtime = await open(editor.source({}, { TOKEN: secret }));
    const steps =
      '  - key: use\n    run: test -n "$TOKEN"\n  - key: think\n    dependsOn: [use]\n    prompt: Say it.\n';
    const { state } = await finished(
      runtime,
      `name: one\nconfig: { responseCache: true }\nenv: { TOKEN: "\${{ secrets.TOKEN }}" }\nsteps:\n${steps}`,
    );
    expect(state.phase).toBe('completed');
    await runtime.close();
    const files = await readdir(place.path, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files
        .filter((entry) => entry.isFile())
        .map(async (entry) => readFile(path.join(entry.parentPath, entry.name), 'latin1')),
    );
    expect(texts.length).toBeGreaterThan(3);
    expect(texts.filter((content) => content.includes(secret))).toEqual([]);
    expect(texts.some((content) => content.includes('[hidden: TOKEN]'))).toBe(true);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
