import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import { createRuntime } from '../../src/core/runtime';
import type { LiveOutput, Runtime, RuntimeOptions } from '../../src/core/runtime-port';
import { createTestHost, temporaryFolder } from '../support/node-host';

const GATE = `
name: with-gate
steps:
  - key: make
    run: echo made | tee -a effects.txt
    approval: { message: "Good?" }
  - key: use
    dependsOn: [make]
    run: echo used >> effects.txt
`;
const SLOW = `
name: slow
steps:
  - key: slow
    idempotent: true
    run: echo slow >> effects.txt; echo talking; while ! test -e go; do sleep 0.02; done
  - key: last
    dependsOn: [slow]
    run: echo last >> effects.txt
`;
const by = { name: 'ada', channel: 'terminal' } as const;

let folder: { path: string; remove: () => Promise<void> };
let workspace: string;
const opened: Runtime[] = [];

async function open(name: string, more: Partial<RuntimeOptions> = {}): Promise<Runtime> {
  const runtime = await createRuntime({
    host: createTestHost(),
    workspace,
    stateDirectory: path.join(folder.path, 'state'),
    access: 'run',
    owner: { name },
    ...more,
  });
  opened.push(runtime);
  return runtime;
}

async function begin(runtime: Runtime, text: string, clientId?: string): Promise<string> {
  const started = await tryToBegin(runtime, text, clientId);
  if (!('runId' in started)) throw new Error(started.refusal.message);
  return started.runId;
}

function tryToBegin(runtime: Runtime, text: string, clientId?: string) {
  return runtime.start({
    workflow: { text, path: 'workflows/flow.baton.yaml' },
    inputs: {},
    mode: 'interactive',
    rehearsal: false,
    by: 'ada',
    trusted: true,
    ...(clientId !== undefined && { clientId }),
  });
}

async function approve(runtime: Runtime, runId: string) {
  const gate = (await runtime.approvals()).find((open) => open.runId === runId)?.approval;
  if (gate === undefined) throw new Error('Nothing waits');
  return runtime.decide(runId, gate.id, { action: 'approve', shownHash: gate.shownHash }, by);
}

function event(runtime: Runtime, fits: (event: RunEvent) => boolean): Promise<RunEvent> {
  return new Promise((resolve) => {
    const listening = runtime.onEvent((event) => {
      if (!fits(event)) return;
      listening.dispose();
      resolve(event);
    });
  });
}

const effects = () => readFile(path.join(workspace, 'effects.txt'), 'utf8').catch(() => '');
const letGo = () => writeFile(path.join(workspace, 'go'), '');

beforeEach(async () => {
  folder = await temporaryFolder();
  workspace = path.join(folder.path, 'workspace');
  await mkdir(workspace);
});
afterEach(async () => {
  for (const runtime of opened.splice(0)) await runtime.close();
  await folder.remove();
});

describe('a client of the owner', () => {
  it('has a run done there from its start over its gate to its end, and sees each event once', async () => {
    const owner = await open('first');
    const client = await open('second');
    expect(client.otherOwner?.name).toBe('first');
    const seen: RunEvent[] = [];
    client.onEvent((event) => seen.push(event));
    const runId = await begin(client, GATE);
    expect([owner.isLive(runId), client.isLive(runId)]).toEqual([true, false]);
    expect((await client.whenIdle(runId)).steps['make']).toMatchObject({ status: 'waiting' });
    expect(await approve(client, runId)).toEqual({ ok: true });
    expect((await client.whenIdle(runId)).phase).toBe('completed');
    expect(await effects()).toBe('made\nused\n');
    expect(seen).toEqual(await owner.events(runId));
    expect(owner.runsForOthers()).toEqual([]);
  });

  it('pauses, resumes and cancels there, and is told what the owner says', async () => {
    const owner = await open('first');
    const client = await open('second', { access: 'decide' });
    const runId = await begin(owner, SLOW);
    expect(await client.pause(runId, 'ada')).toEqual({ ok: true });
    expect((await owner.state(runId))?.phase).toBe('paused');
    expect(await client.resume(runId, { by: 'ada' })).toEqual({ ok: true });
    expect((await owner.state(runId))?.phase).toBe('active');
    expect(await client.cancel(runId, 'ada')).toEqual({ ok: true });
    expect((await client.state(runId))?.phase).toBe('cancelled');
    expect(await client.cancel(runId, 'ada')).toMatchObject({ code: 'finished' });
    expect(await client.pause('nobody', 'ada')).toMatchObject({ code: 'unknown-run' });
    const undone = await client.undoChanges(runId, 'slow', { by: 'ada' });
    expect(undone).toEqual(await owner.undoChanges(runId, 'slow', { by: 'ada' }));
    const refused = await tryToBegin(client, 'name: x\nsteps: 3\n');
    expect(refused).toMatchObject({ refusal: { code: 'invalid-file' } });
  });

  it('hears what steps say while they run, and is told who waits for whom', async () => {
    const owner = await open('first');
    const client = await open('terminal (pid 456)');
    const said = new Promise<LiveOutput>((resolve) => {
      client.onLive((output) => output.text?.includes('talking') === true && resolve(output));
    });
    const runId = await begin(client, SLOW);
    expect(await said).toMatchObject({ runId, step: 'slow', attempt: 1 });
    expect(owner.runsForOthers()).toEqual([{ runId, from: 'terminal (pid 456)' }]);
    const ended = event(client, ({ type }) => type === 'run-completed');
    await letGo();
    await ended;
    expect((await client.whenIdle(runId)).phase).toBe('completed');
  });

  it('goes on with its run when the owner is gone, and does nothing twice that has a result', async () => {
    const owner = await open('first');
    const client = await open('second');
    const other = await open('third');
    const talks = new Promise<void>((resolve) => {
      client.onLive(({ text }) => text?.includes('talking') === true && resolve());
    });
    const runId = await begin(client, SLOW);
    await talks;
    const done = client.whenIdle(runId);
    await owner.close();
    await letGo();
    expect((await done).phase).toBe('completed');
    expect(await effects()).toBe('slow\nslow\nlast\n');
    const types = (await other.events(runId)).map(({ type }) => type);
    expect(types).toEqual([
      'run-started',
      'step-started',
      'owner-changed',
      'run-paused',
      'run-resumed',
      'step-started',
      'step-completed',
      'step-started',
      'step-completed',
      'run-completed',
    ]);
    // One of the two is the owner now, and the other its client.
    const names = [client.otherOwner?.name, other.otherOwner?.name];
    expect(names.filter((name) => name === undefined)).toHaveLength(1);
    expect((await approvedRun(other)).phase).toBe('completed');
  });

  async function approvedRun(runtime: Runtime) {
    const runId = await begin(runtime, GATE);
    await runtime.whenIdle(runId);
    await approve(runtime, runId);
    return runtime.whenIdle(runId);
  }

  it('decides nothing in a run whose step started it, nor through a run that such a step asked for', async () => {
    const owner = await open('first');
    const runId = await begin(owner, GATE);
    await owner.whenIdle(runId);
    const within = async (mark: string) => {
      const host = createTestHost();
      return open(mark, {
        host: { ...host, env: (name) => (name === 'BATON_STEP' ? mark : host.env(name)) },
      });
    };
    const step = await within(`${runId}/make/1`);
    expect(await approve(step, runId)).toMatchObject({ code: 'refused' });
    const nested = await begin(step, GATE);
    await step.whenIdle(nested);
    expect((await owner.events(nested))[0]).toMatchObject({ type: 'run-started', startedIn: runId });
    const deeper = await within(`${nested}/make/1`);
    expect(await approve(deeper, runId)).toMatchObject({ code: 'refused' });
    expect(await deeper.cancel(runId, 'ada')).toMatchObject({ code: 'refused' });
    // What stands beside it is no more its own than a person's other runs.
    expect(await approve(step, nested)).toEqual({ ok: true });
    expect(await approve(await open('person'), runId)).toEqual({ ok: true });
  });

  it('leaves a run paused that a person paused, whoever owns the folder next', async () => {
    const owner = await open('first');
    const client = await open('second');
    const runId = await begin(client, SLOW);
    await client.pause(runId, 'ada');
    await owner.close();
    await letGo();
    const rest = await client.whenIdle(runId);
    expect(rest).toMatchObject({ phase: 'paused' });
    expect(client.otherOwner).toBeUndefined();
  });
});

/** Somebody who holds the folder, and answers what a test wants. */
async function strangeOwner(answer: (message: { readonly type: string }) => unknown) {
  const host = createTestHost();
  const state = path.join(folder.path, 'state');
  await mkdir(state);
  await writeFile(path.join(state, 'owner.json'), JSON.stringify({ name: 'stranger', pid: 7, epoch: 1 }));
  const taken = await host.locks.acquire(state, async (message) => {
    const answered = answer(message as { type: string });
    return answered === undefined ? new Promise(() => {}) : answered;
  });
  if (!('lock' in taken)) throw new Error('The folder is held');
  return taken.lock;
}

describe('a client of an owner that is not as it should be', () => {
  const isAsked = (answer: (message: { readonly type: string }) => unknown) => {
    let asked = () => {};
    const promise = new Promise<void>((resolve) => (asked = resolve));
    return {
      promise,
      answer: (message: { readonly type: string }) => {
        if (message.type === 'command' || message.type === 'result') asked();
        return answer(message);
      },
    };
  };

  it.each([
    ['does not understand it', { error: 'not understood' }],
    ['answers what makes no sense', { type: 'outcome', outcome: 7 }],
  ])('is refused politely when it %s', async (_how, said) => {
    const lock = await strangeOwner((message) => (message.type === 'wait' ? undefined : said));
    const client = await open('client');
    const message = 'stranger is another version of Baton and does not understand this. Nothing was changed.';
    expect(await client.pause('run1', 'ada')).toEqual({ ok: false, code: 'not-owner', message });
    expect(await tryToBegin(client, GATE)).toMatchObject({ refusal: { code: 'not-owner', message } });
    lock.dispose();
  });

  it('does by itself what an owner took and did not do before it was gone, once', async () => {
    const owner = isAsked(({ type }) => (type === 'command' ? { type: 'taken' } : undefined));
    const lock = await strangeOwner(owner.answer);
    const client = await open('client');
    const begun = begin(client, GATE);
    await owner.promise;
    lock.dispose();
    const runId = await begun;
    expect(client.isLive(runId)).toBe(true);
    expect((await client.runs()).map((run) => run.runId)).toEqual([runId]);
    expect((await client.whenIdle(runId)).steps['make']).toMatchObject({ status: 'waiting' });
    expect(await effects()).toBe('made\n');
  });

  it('waits for the folder where the owner is there only for a moment', async () => {
    const brief = { type: 'declined', why: 'brief' };
    const owner = isAsked(({ type }) => (type === 'command' ? brief : undefined));
    const lock = await strangeOwner(owner.answer);
    const client = await open('client');
    const begun = begin(client, GATE);
    await owner.promise;
    lock.dispose();
    expect(client.isLive(await begun)).toBe(true);
  });

  it('gives up after two seconds of silence and changes nothing', async () => {
    const asked: string[] = [];
    const lock = await strangeOwner(({ type }) => void asked.push(type));
    const client = await open('client');
    const refused = await tryToBegin(client, GATE);
    const message = 'stranger owns the runs of this folder and does not answer. Nothing was changed.';
    expect(refused).toMatchObject({ refusal: { code: 'not-owner', message } });
    expect(asked.filter((type) => type === 'command')).toHaveLength(1);
    lock.dispose();
    // What was said to be undone stays undone, also when this process is the owner later.
    expect(await client.runs()).toEqual([]);
  });
});
