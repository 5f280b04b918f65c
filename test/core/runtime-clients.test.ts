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
    const runId = await begin(client, SLOW);
    await event(client, ({ type }) => type === 'step-started');
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
