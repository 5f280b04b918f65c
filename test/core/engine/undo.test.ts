import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../../src/core/model/tool-call';
import type { Restore } from '../../../src/core/engine/undoing';
import { BatonError } from '../../../src/core/model/errors';
import { gate, retry, step, workflow } from './definitions';
import { violations } from './invariants';
import { scriptedTools } from './scripted-tools';
import { Simulation, type SimulationOptions } from './simulation';

const change = (path: string): FileChange => ({
  path,
  after: { hash: '4'.repeat(64), path, mediaType: 'text/plain', size: 1 },
});

/** Two files are changed; then, with a gate, a person looks. */
async function changed(
  more: Parameters<typeof step>[1] = {},
  options: SimulationOptions & { readonly mode?: 'batch' } = {},
) {
  const agents = scriptedTools(
    () => simulation.machine.host.clock,
    () => ({ turns: [[{ tool: 'apply_patch', changes: [change('a.ts'), change('b.ts')] }]] }),
  );
  const simulation: Simulation = new Simulation({ agents, ...options });
  await simulation.waited(
    simulation.start(workflow([step('a', { prompt: 'Work.', ...more })]), {
      ...(options.mode && { mode: options.mode }),
    }),
  );
  await simulation.untilIdle();
  return { simulation, agents };
}

const restoring =
  (...paths: string[]): Restore =>
  (changes) =>
    Promise.resolve({
      restored: changes.map(({ path }) => path).filter((path) => paths.includes(path)),
      changedSince: [],
    });

const undo = (simulation: Simulation, restore: Restore, key = 'a') =>
  simulation.waited(simulation.engine.undo(simulation.runId, key, 'ada', restore));

describe('a gate after work that changed files', () => {
  it('shows the changes, and binds the decision to them', async () => {
    const { simulation } = await changed({ approval: gate() });
    const approval = await simulation.gate('a');
    expect(approval.shown.changes).toEqual([change('a.ts'), change('b.ts')]);
    const { output, artifacts } = approval.shown;
    const without = simulation.machine.host.sha256(JSON.stringify({ artifacts, output }));
    expect(await simulation.decide('a', 'approve', { shownHash: without })).toMatchObject({ ok: false });
  });

  it('is asked anew when some of them are taken back', async () => {
    const { simulation } = await changed({ approval: gate({ show: ['inputs.x'] }) });
    const before = await simulation.gate('a');
    expect(await undo(simulation, restoring('b.ts'))).toEqual({
      ok: true,
      restored: ['b.ts'],
      changedSince: [],
    });
    const after = await simulation.gate('a');
    expect(after.id).not.toBe(before.id);
    expect(after.shown).toEqual({ ...before.shown, changes: [change('a.ts')] });
    expect(simulation.log().slice(-3)).toEqual([
      'changes-undone a',
      'approval-voided a',
      'approval-requested a gate',
    ]);
    expect(await simulation.decide('a', 'approve', { shownHash: before.shownHash })).toMatchObject({
      ok: false,
      code: 'refused',
    });
    await simulation.decide('a', 'approve');
    const state = await simulation.untilIdle();
    expect(state.steps['a']).toMatchObject({ status: 'completed', summary: '1 calls' });
    expect(state.changes['a']).toEqual([change('a.ts')]);
    expect(violations(await simulation.store.read(simulation.runId))).toEqual([]);
  });

  it('that a crash left with changes which are no more is asked anew when the run is opened', async () => {
    const { simulation, agents } = await changed({ approval: gate() });
    const { id } = await simulation.gate('a');
    // The program ended before the rest of it was recorded.
    const paths = ['a.ts'];
    const body = { type: 'changes-undone', step: 'a', attempt: 1, paths, by: 'ada' } as const;
    await simulation.store.append(simulation.runId, [body], { at: 1, rehearsal: false }).durable;
    const next = await simulation.crash({ agents });
    await next.waited(next.engine.recover());
    const gateNow = await next.gate('a');
    expect(gateNow.id).not.toBe(id);
    expect(gateNow.shown.changes).toEqual([change('b.ts')]);
  });

  it('is not decided while changes are being taken back', async () => {
    const { simulation } = await changed({ approval: gate() });
    let finish: () => void = () => {};
    const waiting = new Promise<void>((resolve) => (finish = resolve));
    const undoing = simulation.engine.undo(simulation.runId, 'a', 'ada', async () => {
      await waiting;
      return { restored: ['a.ts'], changedSince: [] };
    });
    expect(await simulation.decide('a', 'retry')).toMatchObject({ ok: false, code: 'refused' });
    expect(await undo(simulation, restoring('b.ts'))).toMatchObject({ ok: false, code: 'refused' });
    finish();
    expect(await simulation.waited(undoing)).toMatchObject({ ok: true });
    expect(await simulation.decide('a', 'approve')).toEqual({ ok: true });
  });

  it('asks in batch mode about the changes as they are when it asks', async () => {
    const agents = scriptedTools(
      () => simulation.machine.host.clock,
      ({ key }) =>
        key === 'a' ? { turns: [[{ changes: [change('a.ts'), change('b.ts')] }]] } : { thinks: 1_000 },
    );
    const simulation: Simulation = new Simulation({ agents });
    const steps = [step('a', { prompt: 'Work.', approval: gate() }), step('b', { prompt: 'Think.' })];
    await simulation.waited(simulation.start(workflow(steps), { mode: 'batch' }));
    await simulation.pass(500);
    expect(await undo(simulation, restoring('a.ts'))).toMatchObject({ ok: true });
    await simulation.untilIdle();
    expect((await simulation.gate('a')).shown.changes).toEqual([change('b.ts')]);
  });
});

describe('taking changes back', () => {
  it('works after the run has ended, and stands in its events', async () => {
    const { simulation } = await changed();
    expect(await undo(simulation, restoring('a.ts', 'b.ts'))).toMatchObject({ ok: true });
    expect(simulation.log().slice(-2)).toEqual(['run-completed', 'changes-undone a']);
    const state = await simulation.state();
    expect(state).toMatchObject({ phase: 'completed', changes: { a: [] } });
    expect(await undo(simulation, restoring('a.ts'))).toMatchObject({ ok: false, code: 'refused' });
  });

  it('records what was restored before a fault, and tells both', async () => {
    const { simulation } = await changed();
    const outcome = await undo(simulation, () =>
      Promise.resolve({ restored: ['a.ts'], changedSince: [], fault: 'b.ts: the disk is full' }),
    );
    expect(outcome).toMatchObject({ ok: false, code: 'storage' });
    expect((await simulation.state()).changes['a']).toEqual([change('b.ts')]);
  });

  it('is refused for a step at work, for one that is not there, and for one that changed nothing', async () => {
    const { simulation } = await changed({ approval: gate() });
    expect(await undo(simulation, restoring('a.ts'), 'z')).toMatchObject({ ok: false, code: 'refused' });
    await simulation.decide('a', 'retry');
    expect(await undo(simulation, restoring('a.ts'))).toMatchObject({
      ok: false,
      message: expect.stringContaining('at work') as string,
    });
    await simulation.untilIdle();
    expect(await simulation.waited(simulation.engine.undo('nobody', 'a', 'ada', restoring()))).toMatchObject({
      ok: false,
      code: 'unknown-run',
    });
  });

  it('works for a step that waits for its next attempt, which does not begin meanwhile', async () => {
    const worked: number[] = [];
    const agents = scriptedTools(
      () => simulation.machine.host.clock,
      (_step, attempt) => {
        worked.push(attempt);
        const turns = [[{ tool: 'apply_patch', changes: [change('a.ts'), change('b.ts')] }]];
        const fails = new BatonError('failed', 'It failed.');
        return attempt === 1 ? { turns, fails } : { turns: [] };
      },
    );
    const simulation: Simulation = new Simulation({ agents });
    const steps = [step('a', { prompt: 'Work.', retry: [retry()] })];
    await simulation.waited(simulation.start(workflow(steps)));
    await simulation.pass(500);
    expect((await simulation.state()).steps['a']?.status).toBe('pending');
    let finish: () => void = () => {};
    const waiting = new Promise<void>((resolve) => (finish = resolve));
    const undoing = simulation.engine.undo(simulation.runId, 'a', 'ada', async (changes) => {
      await waiting;
      return { restored: changes.map(({ path }) => path), changedSince: [] };
    });
    await simulation.pass(5_000);
    expect(worked).toEqual([1]);
    finish();
    expect(await simulation.waited(undoing)).toMatchObject({ ok: true, restored: ['a.ts', 'b.ts'] });
    const state = await simulation.untilIdle();
    expect(worked).toEqual([1, 2]);
    expect(state.phase).toBe('completed');
    expect(state.changes['a'] ?? []).toEqual([]);
    expect(violations(await simulation.store.read(simulation.runId))).toEqual([]);
  });

  it('works for a step that was interrupted, which goes on where it was when its run is resumed', async () => {
    const agents = scriptedTools(
      () => simulation.machine.host.clock,
      () => ({ turns: [[{ tool: 'write_file', changes: [change('a.ts')] }]], thinks: 1_000 }),
    );
    const simulation: Simulation = new Simulation({ agents });
    await simulation.waited(simulation.start(workflow([step('a', { prompt: 'Work.' })])));
    await simulation.pass(500);
    const next = await simulation.crash({ agents });
    await next.waited(next.engine.recover());
    expect(await next.state()).toMatchObject({ phase: 'paused', steps: { a: { status: 'pending' } } });
    expect(await undo(next, restoring('a.ts'))).toEqual({ ok: true, restored: ['a.ts'], changedSince: [] });
    expect((await next.state()).changes['a'] ?? []).toEqual([]);
    await next.waited(next.engine.resume(next.runId, { by: 'ada' }));
    expect((await next.untilIdle()).phase).toBe('completed');
    expect(agents.world.count('write_file a 0')).toBe(1);
  });

  it('says so when what was restored can no longer be recorded', async () => {
    const { simulation } = await changed({ approval: gate() });
    const outcome = await undo(simulation, async (changes) => {
      await simulation.engine.close();
      return { restored: changes.map(({ path }) => path), changedSince: [] };
    });
    expect(outcome).toMatchObject({ ok: false, code: 'storage' });
  });
});
