import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../src/core/runtime';
import type { Access, Runtime } from '../../src/core/runtime-port';
import { createTestHost, temporaryFolder } from '../support/node-host';

const TEXT = `
name: greet
inputs:
  name: { type: string, default: world }
steps:
  - key: hello
    run: echo "hello $BATON_INPUT_NAME" | tee -a effects.txt
  - key: check
    dependsOn: [hello]
    run: printf '{"said":"%s"}' "$(echo "$BATON_OUTPUT_HELLO" | wc -c | tr -d ' ')"
    approval: { message: "Was it said?" }
`;

describe('the runtime', () => {
  let folder: { path: string; remove: () => Promise<void> };
  let workspace: string;
  const opened: Runtime[] = [];
  const open = async (
    access: Access = 'run',
    name = 'test',
    window: { readonly kind?: 'window'; readonly isAlive?: () => Promise<boolean> } = {},
  ): Promise<Runtime> => {
    const runtime = await createRuntime({
      host: createTestHost(),
      workspace,
      stateDirectory: path.join(folder.path, 'state'),
      access,
      owner: { name, ...window },
    });
    opened.push(runtime);
    return runtime;
  };
  const start = (runtime: Runtime, text = TEXT, more: { trusted?: boolean; rehearsal?: boolean } = {}) =>
    runtime.start({
      workflow: { text, path: 'workflows/greet.baton.yaml' },
      inputs: {},
      mode: 'interactive',
      rehearsal: more.rehearsal ?? false,
      by: 'ada',
      trusted: more.trusted ?? true,
    });

  beforeEach(async () => {
    folder = await temporaryFolder();
    workspace = path.join(folder.path, 'workspace');
    await mkdir(workspace);
  });
  afterEach(async () => {
    for (const runtime of opened.splice(0)) await runtime.close();
    await folder.remove();
  });

  it('runs a file to its gate, is approved, and can be read afterwards by somebody who only sees', async () => {
    const runtime = await open();
    const started = await start(runtime);
    if (!('runId' in started)) throw new Error(started.refusal.message);
    const waiting = await runtime.whenIdle(started.runId);
    expect(waiting.steps['check']).toMatchObject({ status: 'waiting' });
    const [open_] = await runtime.approvals();
    expect(open_?.approval).toMatchObject({ step: 'check', message: 'Was it said?' });
    const outcome = await runtime.decide(
      started.runId,
      open_?.approval.id ?? '',
      { action: 'approve', shownHash: open_?.approval.shownHash ?? '' },
      { name: 'ada', channel: 'terminal' },
    );
    expect(outcome).toEqual({ ok: true });
    const done = await runtime.whenIdle(started.runId);
    expect(done.phase).toBe('completed');
    expect(await readFile(path.join(workspace, 'effects.txt'), 'utf8')).toBe('hello world\n');
    await runtime.close();

    const seer = await open('see');
    expect((await seer.runs()).map(({ status }) => status)).toEqual(['completed']);
    expect((await seer.state(started.runId))?.steps['check']).toMatchObject({ how: 'approved' });
    const files = await seer.exportRun(started.runId, path.join(folder.path, 'out'));
    expect(files[0]).toContain('events.jsonl');
  });

  it('goes on where it was closed, and never does again what was recorded', async () => {
    const first = await open();
    const started = await start(first);
    if (!('runId' in started)) throw new Error(started.refusal.message);
    await first.whenIdle(started.runId);
    await first.close();

    const second = await open();
    const [waiting] = await second.approvals();
    await second.decide(
      started.runId,
      waiting?.approval.id ?? '',
      { action: 'approve', shownHash: waiting?.approval.shownHash ?? '' },
      { name: 'ada', channel: 'terminal' },
    );
    expect((await second.whenIdle(started.runId)).phase).toBe('completed');
    expect(await readFile(path.join(workspace, 'effects.txt'), 'utf8')).toBe('hello world\n');
  });

  it('lets who only sees change nothing, and say who owns the folder', async () => {
    const owner = await open('run', 'first');
    const other = await open('see', 'second');
    expect(other.otherOwner?.name).toBe('first');
    expect(await start(other)).toMatchObject({ refusal: { code: 'not-owner' } });
    const real = await start(owner);
    if (!('runId' in real)) throw new Error('refused');
    expect(await other.pause(real.runId, 'ada')).toMatchObject({ ok: false, code: 'not-owner' });
    await owner.whenIdle(real.runId);
    expect((await other.approvals()).length).toBe(1);
  });

  it('refuses a file with errors, an untrusted folder, a step that needs a model and a feature that does not work', async () => {
    const runtime = await open();
    const refusal = async (text: string, more = {}) => {
      const result = await start(runtime, text, more);
      return 'refusal' in result ? result.refusal : undefined;
    };
    expect((await refusal('name: x\nsteps: 3\n'))?.code).toBe('invalid-file');
    expect((await refusal(TEXT, { trusted: false }))?.code).toBe('untrusted');
    const model = await refusal('name: x\nsteps:\n  - key: think\n    agent: backend\n    prompt: Think.\n');
    expect(model).toMatchObject({ code: 'needs-model', message: expect.stringContaining('think') as string });
    expect(model?.diagnostics[0]?.range.start.line).toBe(3);
    expect(
      (await refusal('name: x\nsteps:\n  - key: a\n    run: echo\nfinally:\n  - key: b\n    run: echo\n'))
        ?.code,
    ).toBe('unsupported');
    expect(await runtime.runs()).toEqual([]);
  });

  it('rehearses without touching anything', async () => {
    const runtime = await open();
    const started = await start(runtime, TEXT, { rehearsal: true, trusted: false });
    if (!('runId' in started)) throw new Error(started.refusal.message);
    const state = await runtime.whenIdle(started.runId);
    expect(state.phase).toBe('completed');
    expect(state.rehearsal).toBe(true);
    await expect(readFile(path.join(workspace, 'effects.txt'))).rejects.toThrow();
  });

  it('only stores decisions where it was opened to decide', async () => {
    const text = `${TEXT}  - key: last\n    dependsOn: [check]\n    run: echo last >> effects.txt\n`;
    const first = await open();
    const started = await start(first, text);
    if (!('runId' in started)) throw new Error(started.refusal.message);
    await first.whenIdle(started.runId);
    await first.close();
    const decider = await open('decide');
    const [waiting] = await decider.approvals();
    const outcome = await decider.decide(
      started.runId,
      waiting?.approval.id ?? '',
      { action: 'approve', shownHash: waiting?.approval.shownHash ?? '' },
      { name: 'ada', channel: 'terminal' },
    );
    expect(outcome).toEqual({ ok: true });
    await decider.whenIdle(started.runId);
    await decider.close();
    expect(await readFile(path.join(workspace, 'effects.txt'), 'utf8')).toBe('hello world\n');
    const last = await open();
    expect((await last.state(started.runId))?.phase).toBe('paused');
    await last.resume(started.runId, { by: 'ada' });
    expect((await last.whenIdle(started.runId)).phase).toBe('completed');
    expect(await readFile(path.join(workspace, 'effects.txt'), 'utf8')).toBe('hello world\nlast\n');
  });

  it('exports what commands printed, of each attempt, and results too large for an event', async () => {
    const runtime = await open();
    const started = await start(
      runtime,
      [
        'name: x',
        'steps:',
        '  - key: fails',
        '    run: echo first line; echo why >&2; exit 1',
        '    retry: { max: 1, delay: 1ms }',
        '  - key: large',
        `    run: [node, -e, "console.log(JSON.stringify(Array(9000).fill('abcdefgh')))"]`,
        '',
      ].join('\n'),
    );
    if (!('runId' in started)) throw new Error(started.refusal.message);
    await runtime.whenIdle(started.runId);
    const files = await runtime.exportRun(started.runId, path.join(folder.path, 'exported'));
    const base = path.join(folder.path, 'exported', 'artifacts', started.runId);
    expect(files.map((file) => path.relative(base, file)).sort()).toEqual([
      'events.jsonl',
      'output/fails.1.log',
      'output/fails.2.log',
      'output/large.1.json',
      'output/large.1.log',
    ]);
    expect(await readFile(path.join(base, 'output/fails.2.log'), 'utf8')).toMatch(
      /first line[^]*why|why[^]*first line/,
    );
    expect(JSON.parse(await readFile(path.join(base, 'output/large.1.json'), 'utf8'))).toHaveLength(9000);
  });

  it('exports artifacts under the path as produced, beside the events', async () => {
    await writeFile(path.join(workspace, 'ignored.txt'), 'no');
    const runtime = await open();
    const started = await start(
      runtime,
      'name: x\nsteps:\n  - key: make\n    run: mkdir -p out/deep && echo hi > out/deep/report.md\n    output: { artifacts: ["out/**"] }\n',
    );
    if (!('runId' in started)) throw new Error(started.refusal.message);
    await runtime.whenIdle(started.runId);
    const files = await runtime.exportRun(started.runId, path.join(folder.path, 'exported'));
    const base = path.join(folder.path, 'exported', 'artifacts', started.runId);
    expect(files.map((file) => path.relative(base, file))).toEqual(['events.jsonl', 'out/deep/report.md']);
    expect(await readFile(path.join(base, 'out/deep/report.md'), 'utf8')).toBe('hi\n');
  });

  describe('with two windows', () => {
    const WINDOW = { kind: 'window', isAlive: async () => true } as const;
    const changed = (runtime: Runtime) =>
      new Promise<void>((resolve) => {
        runtime.onDidChangeOwner(() => resolve());
      });

    it('shows in the second what happens in the first, and goes on there when the first is closed', async () => {
      const first = await open('run', 'first', WINDOW);
      const second = await open('run', 'second', WINDOW);
      expect(second.otherOwner?.name).toBe('first');
      const seen = new Promise<string>((resolve) => {
        second.onEvent((event) => event.type === 'approval-requested' && resolve(event.runId));
      });
      const started = await start(first);
      if (!('runId' in started)) throw new Error(started.refusal.message);
      expect(await seen).toBe(started.runId);
      expect(second.isLive(started.runId)).toBe(false);
      const taken = changed(second);
      await first.close();
      await taken;
      expect(second.otherOwner).toBeUndefined();
      const [waiting] = await second.approvals();
      const decision = { action: 'approve', shownHash: waiting?.approval.shownHash ?? '' } as const;
      const by = { name: 'ada', channel: 'editor' } as const;
      expect(await second.decide(started.runId, waiting?.approval.id ?? '', decision, by)).toEqual({
        ok: true,
      });
      expect((await second.whenIdle(started.runId)).phase).toBe('completed');
    });

    it('takes over from one that is gone for people and lives on as a process', async () => {
      let isAlive = true;
      const ghost = await open('run', 'ghost', { kind: 'window', isAlive: async () => isAlive });
      const started = await start(ghost);
      if (!('runId' in started)) throw new Error(started.refusal.message);
      await ghost.whenIdle(started.runId);
      isAlive = false;
      const lost = changed(ghost);
      const second = await open('run', 'second', WINDOW);
      await lost;
      expect(second.otherOwner).toBeUndefined();
      const notices: string[] = [];
      second.onNotice((notice) => notices.push(notice));
      expect(notices).toEqual([expect.stringContaining('Continued from a closed window')]);
      // From now on it is a client like others.
      expect(await ghost.pause(started.runId, 'ada')).toEqual({ ok: true });
      expect((await second.state(started.runId))?.phase).toBe('paused');
      expect((await second.approvals()).length).toBe(1);
    });
  });

  it('decides nothing for a process that the run itself started', async () => {
    const runtime = await open();
    const started = await start(runtime);
    if (!('runId' in started)) throw new Error(started.refusal.message);
    await runtime.whenIdle(started.runId);
    await runtime.close();
    const host = createTestHost();
    const inside = await createRuntime({
      host: { ...host, env: (name) => (name === 'BATON_STEP' ? `${started.runId}/hello/1` : host.env(name)) },
      workspace,
      stateDirectory: path.join(folder.path, 'state'),
      access: 'run',
      owner: { name: 'inside' },
    });
    opened.push(inside);
    const [waiting] = await inside.approvals();
    const decision = { action: 'approve', shownHash: waiting?.approval.shownHash ?? '' } as const;
    const by = { name: 'ada', channel: 'terminal' } as const;
    const id = waiting?.approval.id ?? '';
    expect(await inside.decide(started.runId, id, decision, by)).toMatchObject({ code: 'refused' });
    expect(await inside.cancel(started.runId, 'ada')).toMatchObject({ code: 'refused' });
    expect((await inside.approvals()).length).toBe(1);
  });

  it('goes on only from the last checkpoint', async () => {
    const runtime = await open();
    const started = await start(runtime);
    if (!('runId' in started)) throw new Error(started.refusal.message);
    const { runId } = started;
    await runtime.whenIdle(runId);
    const checkpoints = await runtime.checkpoints(runId);
    expect(checkpoints.map(({ type, steps }) => [type, steps])).toEqual([['full', ['hello']]]);
    const last = checkpoints[0]?.seq ?? 0;
    expect(await runtime.resume(runId, { by: 'ada', seq: last })).toEqual({ ok: true });
    expect(await runtime.resume(runId, { by: 'ada', seq: 1 })).toMatchObject({ code: 'refused' });
  });

  it('estimates from earlier runs of the same steps', async () => {
    const runtime = await open();
    const slow =
      'name: slow\nsteps:\n  - { key: a, run: sleep 0.2 }\n  - { key: b, dependsOn: [a], run: sleep 0.2, approval: { when: before } }\n';
    const once = async () => {
      const started = await start(runtime, slow);
      if (!('runId' in started)) throw new Error(started.refusal.message);
      await runtime.whenIdle(started.runId);
      return started.runId;
    };
    const first = await once();
    expect((await runtime.progress(first))?.remainingMs).toBeUndefined();
    const [waiting] = await runtime.approvals();
    const decision = { action: 'approve', shownHash: waiting?.approval.shownHash ?? '' } as const;
    await runtime.decide(first, waiting?.approval.id ?? '', decision, { name: 'ada', channel: 'terminal' });
    await runtime.whenIdle(first);
    const progress = await runtime.progress(await once());
    expect(progress?.percentage).toBeGreaterThan(30);
    expect(progress?.remainingMs).toBeGreaterThan(150);
  });
});
