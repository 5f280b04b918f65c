import { describe, expect, it } from 'vitest';
import { runStatus } from '../../../src/core/model/run-state';
import type { WorkflowConfig } from '../../../src/core/model/workflow';
import { gate, retry, step, workflow } from './definitions';
import { violations } from './invariants';
import { CLAUDE, scriptedModels, USAGE, WHOLE, Wire, WORST, type StepScript } from './scripted-models';
import { BatonError, Simulation, type SimulationOptions } from './simulation';

type Scripts = Readonly<Record<string, StepScript | ((attempt: number) => StepScript)>>;

function machine(scripts: Scripts = {}, options: Partial<SimulationOptions> = {}, wire = new Wire()) {
  const simulation: Simulation = new Simulation({
    ...options,
    agents: scriptedModels(
      () => simulation.machine.host.clock,
      ({ key }, attempt) => {
        const script = scripts[key] ?? {};
        return typeof script === 'function' ? script(attempt) : script;
      },
      wire,
    ),
  });
  return { simulation, wire };
}

const think = (key: string, more: Parameters<typeof step>[1] = {}) => step(key, { action: 'think', ...more });
const capped = (usd: number, more: Partial<WorkflowConfig> = {}): Partial<WorkflowConfig> => ({
  budget: { usd, onExceed: 'ask' },
  ...more,
});
const twice: StepScript = { calls: [{}, {}] };

describe('calls of a step', () => {
  it('are on the disk in order, and sum up in the step and in the run', async () => {
    const { simulation } = machine({ a: twice });
    await simulation.start(workflow([think('a')]));
    const state = await simulation.untilIdle();
    expect(simulation.log()).toEqual([
      'run-started',
      'step-started a',
      'routing-decision a',
      'call-answered a',
      'routing-decision a',
      'call-answered a',
      'step-completed a',
      'run-completed',
    ]);
    expect(state.steps['a']).toMatchObject({
      usage: { inputTokens: 200, outputTokens: 200, usd: 0.08 },
    });
    expect(state.spent).toMatchObject({ usd: 0.08, inputTokens: 200, outputTokens: 200, calls: 2 });
    expect(state.calls['a']?.map(({ call, status }) => [call, status])).toEqual([
      [1, 'answered'],
      [2, 'answered'],
    ]);
  });

  it('leave only when the decision is on the disk', async () => {
    const { simulation, wire } = machine({}, { syncMs: 50 });
    const started = simulation.start(workflow([think('a')]));
    await simulation.waited(started);
    expect(wire.asked).toEqual([]);
    await simulation.untilIdle();
    expect(wire.asked).toHaveLength(1);
  });

  it('that came from the cache cost nothing, and are counted as such', async () => {
    const { simulation, wire } = machine({ a: { calls: [{ cached: true }] } });
    await simulation.start(workflow([think('a')], capped(0.001)));
    const state = await simulation.untilIdle();
    expect(wire.asked).toEqual([]);
    expect(state.spent).toMatchObject({ usd: 0, calls: 0, cachedCalls: 1 });
    expect(state.steps['a']).toMatchObject({ usage: { inputTokens: 0, outputTokens: 0, usd: 0 } });
    expect(state.calls['a']?.[0]).toMatchObject({ cached: true, status: 'answered' });
  });

  it('tell live what is void and how many tokens came', async () => {
    const { simulation } = machine({
      a: { calls: [{ requests: [{ fault: 'overloaded' }, { model: { provider: 'gemini', model: 'g' } }] }] },
    });
    const live: unknown[] = [];
    simulation.engine.onLive(({ text, voided, usage }) => live.push(text ?? voided ?? usage));
    await simulation.start(workflow([think('a')]));
    const state = await simulation.untilIdle();
    expect(live).toEqual(['claude says: ', 'claude did not answer', 'gemini says: ', USAGE]);
    expect(await simulation.store.logs.read(simulation.runId, 'a', 1)).toContain(
      '[Void: claude did not answer]',
    );
    expect(state.calls['a']?.[0]).toMatchObject({
      chosen: { provider: 'gemini' },
      failures: [{ model: CLAUDE, fault: 'overloaded' }],
    });
  });

  it('keeps a large answer beside the events, and gives it back whole', async () => {
    const text = 'x'.repeat(100_000);
    const { simulation, wire } = machine({ a: { calls: [{ text }, { requests: [{ takes: 1_000 }] }] } });
    await simulation.start(workflow([think('a')]));
    await simulation.pass(500);
    const answered = simulation.events.find((event) => event.type === 'call-answered');
    expect(answered).toMatchObject({ answer: { size: 100_002 } });
    const again = machine(
      { a: { calls: [{ text }, {}] } },
      { clock: simulation.machine.clock, disk: simulation.disk, firstId: 500 },
      wire,
    );
    again.simulation.runId = simulation.runId;
    await again.simulation.engine.recover();
    await again.simulation.waited(again.simulation.engine.resume(simulation.runId, { by: 'ada' }));
    const state = await again.simulation.untilIdle();
    expect(wire.reused).toHaveLength(1);
    expect(state.steps['a']).toMatchObject({ status: 'completed' });
    const output = state.steps['a']?.status === 'completed' ? JSON.stringify(state.steps['a'].output) : '';
    expect(output).toContain('"size":');
  });
});

describe('an attempt that is made again', () => {
  const failing = new BatonError('output-schema', 'does not fit');

  it('takes nothing over from one that failed', async () => {
    const { simulation, wire } = machine({ a: (attempt) => (attempt === 1 ? { fails: failing } : {}) });
    await simulation.start(workflow([think('a', { retry: [retry()] })]));
    const state = await simulation.untilIdle();
    expect(state.phase).toBe('completed');
    expect(wire.asked.map(({ attempt }) => attempt)).toEqual([1, 2]);
    // Each attempt's events say what that one took.
    const usages = simulation.events.flatMap((event) =>
      event.type === 'step-failed' || event.type === 'step-completed' ? [event.usage.usd] : [],
    );
    expect(usages).toEqual([0.04, 0.04]);
  });

  it('takes nothing over from one that a person sends back', async () => {
    const { simulation, wire } = machine();
    await simulation.start(workflow([think('a', { approval: gate() })]));
    await simulation.untilIdle();
    await simulation.decide('a', 'retry');
    await simulation.untilIdle();
    expect(wire.asked.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(wire.reused).toEqual([]);
  });

  it('asks past the cache after a failure', async () => {
    const { simulation, wire } = machine({
      a: (attempt) => ({ calls: [{ cached: true }], ...(attempt === 1 && { fails: failing }) }),
    });
    await simulation.start(workflow([think('a', { retry: [retry()] })]));
    await simulation.untilIdle();
    expect(wire.asked.map(({ attempt }) => attempt)).toEqual([2]);
  });
});

describe('a pause', () => {
  it('lets the call that is under way finish, and begins no other one', async () => {
    const slow: StepScript = { calls: [{ requests: [{ takes: 100 }] }, {}] };
    const { simulation, wire } = machine({ a: slow });
    await simulation.start(workflow([think('a')]));
    await simulation.pass(50);
    await simulation.waited(simulation.engine.pause(simulation.runId, 'ada'));
    const paused = await simulation.untilIdle();
    expect(runStatus(paused)).toBe('paused');
    expect(paused.steps['a']).toEqual({ key: 'a', attempt: 1, status: 'pending' });
    expect(paused.spent).toMatchObject({ calls: 1, usd: 0.04 });
    await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada' }));
    const state = await simulation.untilIdle();
    expect(state.phase).toBe('completed');
    expect(wire.asked).toHaveLength(2);
    expect(state.spent).toMatchObject({ calls: 2, usd: 0.08 });
    expect(violations(simulation.events)).toEqual([]);
  });
});

describe('a budget', () => {
  it('holds a call back that may exceed it, asks once, and goes on where it was', async () => {
    const { simulation, wire } = machine({ a: twice });
    await simulation.start(workflow([think('a')], capped(0.12)));
    const held = await simulation.untilIdle();
    expect(runStatus(held)).toBe('waiting');
    const asked = await simulation.gate('a');
    expect(asked).toMatchObject({ kind: 'budget', allow: ['approve', 'modify', 'skip', 'cancel'] });
    expect(asked.shown.budget).toEqual({
      scope: 'run',
      unit: 'usd',
      cap: 0.12,
      spent: 0.04,
      reserved: 0,
      needed: 0.1,
      raiseTo: 0.24,
      model: CLAUDE,
    });
    expect(await simulation.decide('a', 'approve')).toEqual({ ok: true });
    const state = await simulation.untilIdle();
    expect(state.phase).toBe('completed');
    expect(state.caps).toEqual({ usd: 0.24 });
    // The first call was answered before, and nobody is asked or paid for it again.
    expect(wire.asked.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(wire.reused.map(({ attempt }) => attempt)).toEqual([2]);
    expect(state.spent).toMatchObject({ usd: 0.08, calls: 2 });
    expect(state.steps['a']).toMatchObject({ attempt: 2, usage: { usd: 0.08 } });
  });

  it('lets at most five of twenty calls leave that it has money for five of', async () => {
    const whole: StepScript = { calls: [{ requests: [{ usage: WHOLE, takes: 100 }] }] };
    const keys = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const { simulation, wire } = machine(Object.fromEntries(keys.map((key) => [key, whole])));
    await simulation.start(
      workflow(
        keys.map((key) => think(key)),
        capped(0.5, { parallelism: 20 }),
      ),
    );
    const state = await simulation.untilIdle();
    expect(wire.asked).toHaveLength(5);
    expect(runStatus(state)).toBe('waiting');
    expect(Object.values(state.openApprovals)).toHaveLength(1);
    expect(state.spent.usd).toBeCloseTo(0.5);
    expect(simulation.log().filter((line) => line.startsWith('step-held'))).toHaveLength(15);
    await simulation.decide(undefined, 'modify', { value: 2 });
    const after = await simulation.untilIdle();
    expect(after.phase).toBe('completed');
    expect(wire.asked).toHaveLength(20);
    expect(after.spent.usd).toBeCloseTo(2);
    expect(violations(simulation.events)).toEqual([]);
  });

  it('does so for calls of one step as well', async () => {
    const calls = Array.from({ length: 20 }, () => ({ requests: [{ usage: WHOLE, takes: 100 }] }));
    const { simulation, wire } = machine({ a: { calls, parallel: true } });
    await simulation.start(workflow([think('a')], capped(0.5)));
    await simulation.untilIdle();
    expect(wire.asked).toHaveLength(5);
    expect((await simulation.state()).calls['a']?.filter(({ status }) => status === 'answered')).toHaveLength(
      5,
    );
    await simulation.decide('a', 'modify', { value: 2 });
    const state = await simulation.untilIdle();
    expect(state.phase).toBe('completed');
    expect(wire.asked).toHaveLength(20);
  });

  it('waits for what is held back where that is settled for less', async () => {
    const { simulation, wire } = machine();
    await simulation.start(
      workflow(
        ['a', 'b', 'c'].map((key) => think(key)),
        capped(0.2),
      ),
    );
    const state = await simulation.untilIdle();
    // Worst cases of 0.10 each: two leave at once, the third when one has cost 0.04 only.
    expect(state.phase).toBe('completed');
    expect(wire.asked).toHaveLength(3);
  });

  it('counts tokens, and minutes of work', async () => {
    const tokens = machine({ a: twice }).simulation;
    await tokens.start(workflow([think('a')], { budget: { tokens: 600, onExceed: 'ask' } }));
    await tokens.untilIdle();
    expect((await tokens.gate()).shown.budget).toMatchObject({
      unit: 'tokens',
      cap: 600,
      spent: 200,
      needed: 500,
      raiseTo: 1_200,
    });

    const slow = { calls: [{ requests: [{ takes: 90_000 }] }, {}] };
    const minutes = machine({ a: slow }).simulation;
    await minutes.start(workflow([think('a')], { budget: { minutes: 1, onExceed: 'ask' } }));
    await minutes.untilIdle();
    expect((await minutes.gate()).shown.budget).toMatchObject({
      unit: 'minutes',
      cap: 1,
      spent: 1.5,
      raiseTo: 2,
    });
    // Waiting is no work.
    await minutes.pass(600_000);
    expect(await minutes.decide('a', 'modify', { value: 1.2 })).toMatchObject({ ok: false, code: 'refused' });
    expect(await minutes.decide('a', 'approve')).toEqual({ ok: true });
    expect((await minutes.untilIdle()).phase).toBe('completed');
  });

  it('refuses a new cap that is spent already, or that is no number', async () => {
    const { simulation } = machine({ a: twice });
    await simulation.start(workflow([think('a')], capped(0.12)));
    await simulation.untilIdle();
    expect(await simulation.decide('a', 'modify', { value: 0.04 })).toMatchObject({
      ok: false,
      message: '$0.04 is spent already: needs more than that.',
    });
    expect(await simulation.decide('a', 'modify', { value: 'lots' })).toMatchObject({ ok: false });
    expect(await simulation.decide('a', 'modify', { value: 0.14 })).toEqual({ ok: true });
    const state = await simulation.untilIdle();
    expect(state.phase).toBe('completed');
    expect(state.caps).toEqual({ usd: 0.14 });
  });

  it('refuses a new cap below what calls under way may still cost', async () => {
    const { simulation } = machine({
      a: { calls: [{ requests: [{ worst: { ...WORST, usd: 0.3 } }] }] },
      b: { calls: [{ requests: [{ takes: 100 }] }] },
    });
    const started = simulation.start(workflow([think('b'), think('a')], capped(0.12)));
    await simulation.pass(10);
    await started;
    expect(await simulation.decide('a', 'modify', { value: 0.05 })).toMatchObject({
      ok: false,
      message: 'Calls under way may cost $0.10: needs $0.10 at least.',
    });
    expect(await simulation.decide('a', 'modify', { value: 0.5 })).toEqual({ ok: true });
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });

  it('raises by as much as the call takes to fit', async () => {
    const { simulation } = machine();
    await simulation.start(workflow([think('a')], capped(0.03)));
    await simulation.untilIdle();
    expect((await simulation.gate()).shown.budget).toMatchObject({ cap: 0.03, needed: 0.1, raiseTo: 0.12 });
    await simulation.decide('a', 'approve');
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });

  it('asks once about a model that has no known price', async () => {
    const unpriced: StepScript = {
      calls: [
        {
          requests: [
            {
              worst: { inputTokens: 1, outputTokens: 1 },
              usage: { inputTokens: 1, outputTokens: 1, estimated: false },
            },
          ],
        },
      ],
    };
    const { simulation } = machine({ a: unpriced, b: unpriced });
    await simulation.start(workflow([think('a'), think('b', { dependsOn: ['a'] })], capped(1)));
    await simulation.untilIdle();
    const asked = await simulation.gate('a');
    expect(asked.shown.budget).toMatchObject({ scope: 'price', cap: 1 });
    expect(asked.allow).toEqual(['approve', 'skip', 'cancel']);
    await simulation.decide('a', 'approve');
    const state = await simulation.untilIdle();
    expect(state.phase).toBe('completed');
    expect(state.spent.unpriced).toEqual(['claude/claude-test']);
    expect(state.steps['a']?.status === 'completed' && state.steps['a'].usage.usd).toBeUndefined();
  });

  it('leaves optional steps out on wish, and asks about required ones again', async () => {
    const { simulation, wire } = machine({ need: twice });
    const optional = { continueOnError: true };
    await simulation.start(
      workflow(
        [
          think('nice', optional),
          think('need'),
          think('later', { ...optional, dependsOn: ['need'] }),
          step('rules', { ...optional, dependsOn: ['need'] }),
          step('end', { dependsOn: ['later', 'nice', 'rules'] }),
        ],
        capped(0.12, { parallelism: 1 }),
      ),
    );
    await simulation.untilIdle();
    expect((await simulation.gate()).step).toBe('need');
    await simulation.decide('need', 'skip');
    const again = await simulation.gate('need');
    expect(again.allow).toEqual(['approve', 'modify', 'cancel']);
    const state = await simulation.state();
    expect(state.steps['later']).toMatchObject({ status: 'skipped', reason: 'person' });
    await simulation.decide('need', 'modify', { value: 1 });
    const done = await simulation.untilIdle();
    expect(done.phase).toBe('completed');
    expect(done.steps['rules']).toMatchObject({ status: 'completed' });
    expect(wire.asked.map(({ step: key }) => key)).toEqual(['nice', 'need', 'need']);
    expect(violations(simulation.events)).toEqual([]);
  });

  it('leaves the asking step out when it is optional', async () => {
    const { simulation } = machine({ nice: twice });
    await simulation.start(
      workflow(
        [think('nice', { continueOnError: true }), step('end', { dependsOn: ['nice'] })],
        capped(0.12),
      ),
    );
    await simulation.untilIdle();
    await simulation.decide('nice', 'skip');
    const state = await simulation.untilIdle();
    expect(state.phase).toBe('completed');
    expect(state.steps['nice']).toMatchObject({
      status: 'skipped',
      because: 'ada left it out to save its cost.',
    });
    expect(state.steps['end']?.status).toBe('completed');
  });

  it('cancels the run on wish', async () => {
    const { simulation } = machine({ a: twice });
    await simulation.start(workflow([think('a')], capped(0.12)));
    await simulation.untilIdle();
    await simulation.decide('a', 'cancel');
    expect((await simulation.untilIdle()).phase).toBe('cancelled');
  });

  it('ends the run instead of asking where the file says stop', async () => {
    const { simulation } = machine({ a: twice });
    await simulation.start(
      workflow([think('a'), think('b', { dependsOn: ['a'] })], { budget: { usd: 0.12, onExceed: 'stop' } }),
    );
    const state = await simulation.untilIdle();
    expect(state.phase).toBe('failed');
    expect(state.reason).toContain('The workflow stops at its budget of $0.12.');
    expect(violations(simulation.events)).toEqual([]);
  });

  it.each(['auto', 'batch'] as const)('is a question for a person under "%s" too', async (mode) => {
    const { simulation } = machine({ a: twice });
    await simulation.start(workflow([think('a')], capped(0.12)), { mode });
    expect(runStatus(await simulation.untilIdle())).toBe('waiting');
    expect((await simulation.gate('a')).kind).toBe('budget');
    const { id, shownHash } = await simulation.gate('a');
    const by = { name: 'ada', channel: 'auto' } as const;
    const refused = simulation.engine.decide(simulation.runId, id, { action: 'approve', shownHash }, by);
    expect(await simulation.waited(refused)).toMatchObject({
      ok: false,
      message: 'Only a person decides about money.',
    });
  });

  it('frees what a stopped attempt held back, at its worst case', async () => {
    const slow: StepScript = { calls: [{ requests: [{ takes: 60_000 }] }] };
    const { simulation } = machine({ a: slow });
    await simulation.start(
      workflow([think('a', { timeout: 100, continueOnError: true }), think('b')], capped(0.15)),
    );
    await simulation.untilIdle();
    // The request of a was on the wire: 0.10 of 0.15 count as spent, and b does not fit any more.
    expect((await simulation.gate('b')).shown.budget).toMatchObject({ spent: 0.1, reserved: 0, needed: 0.1 });
    const state = await simulation.state();
    expect(state.calls['a']?.[0]).toMatchObject({ status: 'lost', usage: { usd: 0.1, estimated: true } });
    expect(state.steps['a']).toMatchObject({ status: 'failed', usage: { usd: 0.1, estimated: true } });
  });
});

describe('an open budget question after a restart', () => {
  it('still waits, with all that was held, and goes on after the answer', async () => {
    const wire = new Wire();
    const scripts: Scripts = { a: twice, b: twice };
    const { simulation } = machine(scripts, {}, wire);
    await simulation.start(workflow([think('a'), think('b')], capped(0.1)));
    await simulation.untilIdle();
    const before = await simulation.state();
    expect(Object.values(before.steps).filter((own) => own.status === 'pending' && own.held)).toHaveLength(1);
    const next = machine(
      scripts,
      { clock: simulation.machine.clock, disk: simulation.disk, firstId: 500 },
      wire,
    ).simulation;
    next.runId = simulation.runId;
    await next.engine.recover();
    const opened = await next.untilIdle();
    expect(opened).toEqual(before);
    expect(runStatus(opened)).toBe('waiting');
    expect((await next.store.runs())[0]?.status).toBe('waiting');
    expect(next.events).toEqual([]);
    await next.decide(undefined, 'modify', { value: 1 });
    const state = await next.untilIdle();
    expect(state.phase).toBe('completed');
    expect(state.caps.usd).toBe(1);
    expect(wire.asked).toHaveLength(4);
    expect(WORST.usd).toBeGreaterThan(USAGE.usd ?? 0);
  });
});
