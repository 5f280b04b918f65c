import { describe, expect, it } from 'vitest';
import { runStatus } from '../../../src/core/model/run-state';
import { openDayLedger } from '../../../src/core/storage/day-ledger';
import type { DayCap, DayLedger } from '../../../src/core/storage/day-spending';
import { MemoryFiles } from '../../support/memory-files';
import { createTestHost } from '../../support/node-host';
import { step, workflow } from './definitions';
import { scriptedModels, WHOLE, Wire, type StepScript } from './scripted-models';
import { Simulation } from './simulation';

/* The person's cap for a day: over all runs, folders and processes. */

const WHOLE_CALL: StepScript = { calls: [{ requests: [{ usage: WHOLE, takes: 100 }] }] };
const think = (key: string) => step(key, { action: 'think' });

/** A ledger as another process on the same machine has one. */
function ledgerOver(files: MemoryFiles): DayLedger {
  const real = createTestHost();
  return openDayLedger({
    ...real,
    files,
    env: (name) => (name === 'XDG_STATE_HOME' ? '/state' : undefined),
  });
}

function machine(ledger: DayLedger, cap: DayCap | undefined, wire: Wire, script = WHOLE_CALL): Simulation {
  const simulation: Simulation = new Simulation({
    day: { ledger, cap: () => cap },
    agents: scriptedModels(
      () => simulation.machine.host.clock,
      () => script,
      wire,
    ),
  });
  return simulation;
}

describe('the cap for a day', () => {
  it('lets at most five of twenty calls leave that it has money for five of, in two processes', async () => {
    const files = new MemoryFiles();
    const wire = new Wire();
    const keys = Array.from({ length: 10 }, (_, index) => `s${index}`);
    const both = [1, 2].map(() => machine(ledgerOver(files), { usd: 0.5 }, wire));
    for (const simulation of both) await simulation.start(workflow(keys.map(think), { parallelism: 10 }));
    const states = await Promise.all(both.map((simulation) => simulation.untilIdle()));
    expect(wire.asked).toHaveLength(5);
    expect(states.map(runStatus)).toEqual(['waiting', 'waiting']);
    expect((await ledgerOver(files).today()).total.usd).toBeCloseTo(0.5);
  });

  it('asks for more today, and a person raises it for every run', async () => {
    const files = new MemoryFiles();
    const wire = new Wire();
    const [one, two] = [1, 2].map(() => machine(ledgerOver(files), { usd: 0.1 }, wire));
    if (one === undefined || two === undefined) throw new Error('two machines');
    await one.start(workflow([think('a')]));
    expect((await one.untilIdle()).phase).toBe('completed');
    await two.start(workflow([think('b')]));
    expect(runStatus(await two.untilIdle())).toBe('waiting');
    expect((await two.gate('b')).shown.budget).toMatchObject({
      scope: 'day',
      unit: 'usd',
      cap: 0.1,
      spent: 0.1,
      needed: 0.1,
      raiseTo: 0.2,
    });
    expect(await two.decide('b', 'approve')).toEqual({ ok: true });
    expect((await two.untilIdle()).phase).toBe('completed');
    expect((await ledgerOver(files).today()).raised).toEqual({ usd: 0.2 });
    // The run's own caps are another matter.
    expect((await two.state()).caps).toEqual({});
  });

  it('is not raised where nothing can be written down, and the question stays open', async () => {
    const files = new MemoryFiles();
    const simulation = machine(ledgerOver(files), { usd: 0.05 }, new Wire());
    await simulation.start(workflow([think('a')]));
    await simulation.untilIdle();
    files.fault = () => ({ code: 'erofs' });
    expect(await simulation.decide('a', 'approve')).toMatchObject({ ok: false, code: 'refused' });
    expect((await simulation.gate('a')).kind).toBe('budget');
    files.fault = () => undefined;
    expect(await simulation.decide('a', 'approve')).toEqual({ ok: true });
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });

  it('fails a step rather than to spend without counting', async () => {
    const files = new MemoryFiles();
    files.fault = () => ({ code: 'erofs' });
    const wire = new Wire();
    const simulation = machine(ledgerOver(files), { usd: 5 }, wire);
    await simulation.start(workflow([think('a')]));
    const state = await simulation.untilIdle();
    expect(state.steps['a']).toMatchObject({ status: 'failed', error: { code: 'no-ledger' } });
    expect(wire.asked).toEqual([]);
    const free = machine(ledgerOver(files), undefined, wire);
    await free.start(workflow([think('a')]));
    expect((await free.untilIdle()).phase).toBe('completed');
  });

  it('waits for calls of other runs of this process that are under way', async () => {
    const files = new MemoryFiles();
    const wire = new Wire();
    const ledger = ledgerOver(files);
    const cheap: StepScript = { calls: [{ requests: [{ takes: 100 }] }] };
    const simulation = machine(ledger, { usd: 0.15 }, wire, cheap);
    await simulation.start(workflow([think('a')]));
    const first = simulation.runId;
    await simulation.start(workflow([think('b')]));
    expect((await simulation.untilIdle()).phase).toBe('completed');
    expect((await simulation.engine.state(first))?.phase).toBe('completed');
    expect(wire.asked).toHaveLength(2);
  });

  it('asks about a model without a known price as well', async () => {
    const unpriced: StepScript = {
      calls: [{ requests: [{ worst: { inputTokens: 1, outputTokens: 1 } }] }],
    };
    const simulation = machine(ledgerOver(new MemoryFiles()), { usd: 1 }, new Wire(), unpriced);
    await simulation.start(workflow([think('a')]));
    await simulation.untilIdle();
    expect((await simulation.gate('a')).shown.budget).toMatchObject({ scope: 'price', cap: 1 });
    await simulation.decide('a', 'approve');
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });
});
