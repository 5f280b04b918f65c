import { describe, expect, it } from 'vitest';
import type { AgentTask } from '../../../src/core/agents/agent';
import { BatonError } from '../../../src/core/model/errors';
import type { RunEvent } from '../../../src/core/model/events';
import { gate, retry, step, workflow } from './definitions';
import { settleDown } from './simulated-clock';
import { simpleAgents, Simulation } from './simulation';

const chain = workflow([step('a', { run: 'a' }), step('b', { dependsOn: ['a'], run: 'b' })]);
const gated = workflow([
  step('a', { run: 'a', approval: gate() }),
  step('b', { dependsOn: ['a'], run: 'b' }),
]);

describe('starting', () => {
  it('twice with one client id gives one run, also after a crash', async () => {
    const simulation = new Simulation();
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => simulation.start(gated, { clientId: 'click' })),
    );
    expect(new Set(ids).size).toBe(1);
    await simulation.untilIdle();
    const next = await simulation.crash();
    await next.engine.recover();
    expect(await next.start(gated, { clientId: 'click' })).toBe(ids[0]);
    expect((await next.store.runs()).length).toBe(1);
    expect(await next.start(gated, { clientId: 'another' })).not.toBe(ids[0]);
  });

  it('that could not be recorded starts nothing that has effects', async () => {
    const simulation = new Simulation({
      beforeDurable: async () => {
        throw new BatonError('store-failed', 'no');
      },
    });
    await expect(simulation.start(chain)).rejects.toMatchObject({ code: 'store-failed' });
    await simulation.pass(1_000);
    expect(simulation.machine.effects).toEqual([]);
  });
});

describe('deciding', () => {
  it('twice at once counts once', async () => {
    const simulation = new Simulation();
    await simulation.start(gated);
    await simulation.untilIdle();
    const { id, shownHash } = await simulation.gate('a');
    const by = { name: 'ada', channel: 'editor' } as const;
    const value = { big: 'x'.repeat(100_000) };
    const outcomes = await Promise.all([
      simulation.engine.decide(simulation.runId, id, { action: 'modify', value, shownHash }, by),
      simulation.engine.decide(simulation.runId, id, { action: 'approve', shownHash }, by),
      simulation.engine.decide(simulation.runId, id, { action: 'skip', shownHash }, by),
    ]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.filter((outcome) => !outcome.ok && outcome.code === 'unknown-approval')).toHaveLength(2);
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });

  it('says when there is no such run, no such question, or nothing left to decide', async () => {
    const simulation = new Simulation();
    const by = { name: 'ada', channel: 'editor' } as const;
    const decision = { action: 'approve', shownHash: '' } as const;
    expect(await simulation.engine.decide('nobody', 'x', decision, by)).toMatchObject({
      code: 'unknown-run',
    });
    await simulation.start(gated);
    await simulation.untilIdle();
    expect(await simulation.engine.decide(simulation.runId, 'x', decision, by)).toMatchObject({
      code: 'unknown-approval',
    });
    await simulation.decide('a', 'approve');
    await simulation.untilIdle();
    expect(await simulation.engine.decide(simulation.runId, 'x', decision, by)).toMatchObject({
      code: 'finished',
    });
    expect(await simulation.engine.cancel(simulation.runId, 'ada')).toMatchObject({ code: 'finished' });
  });

  it('only stores what it leads to where nothing may move', async () => {
    const simulation = new Simulation();
    await simulation.start(gated);
    await simulation.untilIdle();
    const decider = await simulation.crash({ moves: 'none' });
    await decider.engine.recover();
    expect(await decider.decide('a', 'approve')).toEqual({ ok: true });
    await decider.untilIdle();
    expect(decider.machine.effects).toEqual([]);
    expect((await decider.state()).steps['a']).toMatchObject({ status: 'completed', how: 'approved' });
    // Nobody runs it, and that is what everybody sees.
    expect((await decider.state()).phase).toBe('paused');
    const mover = await decider.crash();
    await mover.engine.recover();
    expect((await mover.state()).phase).toBe('paused');
  });
});

describe('a disk that does not take everything', () => {
  it('pauses every run when it is full, says so once, and goes on when there is room and somebody resumes', async () => {
    const simulation = new Simulation({ commands: () => ({ takes: 1_000 }) });
    await simulation.start(chain);
    await simulation.pass(100);
    simulation.store.fill();
    const paused = await simulation.untilIdle();
    expect(paused).toMatchObject({ phase: 'paused', reason: 'storage' });
    // What ran was recorded, and nothing new was begun.
    expect(paused.steps).toMatchObject({ a: { status: 'completed' }, b: { status: 'pending' } });
    expect(simulation.notices).toHaveLength(1);
    expect(await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada' }))).toEqual({
      ok: true,
    });
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });

  it('ends what is in memory when it loses an event, and goes on from what it has', async () => {
    let isBroken = false;
    const lose = async (events: readonly RunEvent[]) => {
      if (isBroken && events.length > 0) throw new BatonError('store-failed', 'lost');
    };
    const simulation = new Simulation({ beforeDurable: lose, commands: () => ({ takes: 100 }) });
    await simulation.start(chain);
    await simulation.pass(50);
    isBroken = true;
    await simulation.pass(100);
    expect(simulation.notices[0]).toContain('lost');
    expect(simulation.engine.isLive(simulation.runId)).toBe(false);
    // Nobody was shown what the disk forgot.
    expect(simulation.log()).toEqual(['run-started', 'step-started a']);
    isBroken = false;
    await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada' }));
    await simulation.untilIdle();
    expect((await simulation.state()).steps['a']).toMatchObject({ status: 'uncertain' });
    await simulation.decide('a', 'approve');
    expect((await simulation.untilIdle()).phase).toBe('completed');
    expect(simulation.machine.count('a')).toBe(1);
  });
});

describe('a result that cannot be stored', () => {
  it('is asked about, and never taken for a failure that may be repeated', async () => {
    const simulation = new Simulation({
      commands: () => ({ stdout: JSON.stringify({ n: 'x'.repeat(100_000) }) }),
    });
    simulation.store.artifacts.put = async () => {
      throw new BatonError('store-full', 'The disk is full; an artifact could not be stored.');
    };
    await simulation.start(workflow([step('pay', { run: 'pay', retry: [retry({ max: 3 })] })]));
    const state = await simulation.untilIdle();
    expect(state.steps['pay']).toMatchObject({ status: 'uncertain' });
    expect(simulation.machine.count('pay')).toBe(1);
  });
});

describe('opening again', () => {
  it('ends what an earlier process left running before anything else', async () => {
    const simulation = new Simulation({ commands: () => ({ takes: 1_000 }) });
    await simulation.start(workflow([step('a', { run: 'a' }), step('b', { run: 'b', idempotent: true })]));
    await simulation.pass(100);
    const next = await simulation.crash();
    await next.engine.recover();
    const { runId } = simulation;
    expect(next.machine.endedGroups.sort()).toEqual([`${runId}/a/1`, `${runId}/b/1`]);
  });

  it('says nothing about a run that merely waits, however often', async () => {
    let simulation = new Simulation();
    await simulation.start(gated);
    await simulation.untilIdle();
    const before = (await simulation.store.read(simulation.runId)).length;
    for (let round = 0; round < 5; round += 1) {
      simulation = await simulation.crash();
      await simulation.engine.recover();
    }
    expect((await simulation.store.read(simulation.runId)).length).toBe(before);
    await simulation.decide('a', 'approve');
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });

  it('is not stopped by one run that cannot be opened', async () => {
    const simulation = new Simulation();
    await simulation.start(gated);
    await simulation.untilIdle();
    const good = simulation.runId;
    simulation.disk.runs.set('broken', [
      { type: 'run-started', runId: 'broken', seq: 1, at: 0 } as unknown as RunEvent,
    ]);
    // A run of which only nonsense is left.
    const next = await simulation.crash();
    const { store } = next;
    store.unfinished = () => ['broken', good];
    await next.engine.recover();
    expect(next.notices).toEqual([expect.stringContaining('broken')]);
    expect(next.engine.isLive(good)).toBe(true);
  });

  it('parks a run that takes its host down again and again, until a person resumes it', async () => {
    let simulation = new Simulation({ commands: () => ({ takes: 1_000 }) });
    await simulation.start(workflow([step('a', { run: 'a', idempotent: true })]));
    for (let round = 0; round < 3; round += 1) {
      await simulation.pass(100);
      simulation = await simulation.crash({ commands: () => ({ takes: 1_000 }) });
      await simulation.engine.recover();
      expect((await simulation.state()).phase).toBe('paused');
      const resumed = simulation.engine.resume(simulation.runId, { by: 'setting', automatic: true });
      expect(await simulation.waited(resumed)).toEqual({ ok: true });
    }
    await simulation.pass(100);
    simulation = await simulation.crash();
    await simulation.engine.recover();
    expect((await simulation.state()).phase).toBe('parked');
    const automatic = simulation.engine.resume(simulation.runId, { by: 'setting', automatic: true });
    expect(await simulation.waited(automatic)).toMatchObject({ code: 'refused' });
    await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada' }));
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });

  it('leaves a run that was closed as one that can be resumed, with nothing running', async () => {
    const simulation = new Simulation({ commands: () => ({ takes: 60_000, ignoresTerm: true }) });
    await simulation.start(workflow([step('a', { run: 'a' }), step('b', { run: 'b', idempotent: true })]));
    await simulation.pass(100);
    await simulation.waited(simulation.engine.close());
    expect(simulation.machine.effects.map(({ ended }) => ended)).toEqual(['kill', 'kill']);
    const next = await simulation.crash();
    await next.engine.recover();
    expect((await next.state()).steps).toMatchObject({
      a: { status: 'uncertain' },
      b: { status: 'pending' },
    });
  });
});

describe('a folder that is not trusted', () => {
  it('lets nothing but rehearsals go on, whoever asks and whatever clock rings', async () => {
    const first = new Simulation();
    await first.start(
      workflow([
        step('a', { run: 'a', approval: gate({ expires: 1_000, onExpire: 'skip' }) }),
        step('b', { dependsOn: ['a'], run: 'b' }),
      ]),
    );
    await first.untilIdle();
    const simulation = await first.crash({ isTrusted: () => false });
    await simulation.engine.recover();
    await simulation.pass(10_000);
    expect((await simulation.state()).steps['a']?.status).toBe('skipped');
    expect(await simulation.engine.resume(simulation.runId, { by: 'ada' })).toMatchObject({
      code: 'refused',
    });
    expect(simulation.machine.effects).toEqual([]);
    await simulation.start(chain, { rehearsal: true, mode: 'auto' });
    expect((await simulation.untilIdle()).phase).toBe('completed');
    expect(simulation.machine.effects).toEqual([]);
  });
});

describe('cancelling', () => {
  it('gives a command 300 ms to end, then ends it', async () => {
    const simulation = new Simulation({ commands: () => ({ takes: 60_000, ignoresTerm: true }) });
    await simulation.start(chain);
    await simulation.pass(100);
    const begun = simulation.machine.clock.monotonic();
    await simulation.waited(simulation.engine.cancel(simulation.runId, 'ada'));
    expect(simulation.machine.clock.monotonic() - begun).toBe(300);
    expect((await simulation.state()).phase).toBe('cancelled');
  });

  it('does not wait for ever for an agent that does not listen', async () => {
    const agents = { ...simpleAgents(), perform: () => new Promise<never>(() => {}) };
    const simulation = new Simulation({ agents });
    await simulation.start(workflow([step('a')]));
    await simulation.pass(10);
    await simulation.waited(simulation.engine.cancel(simulation.runId, 'ada'));
    expect((await simulation.state()).phase).toBe('cancelled');
    expect(simulation.machine.clock.monotonic()).toBeLessThan(2_000);
  });
});

describe('resuming', () => {
  it('keeps the mode unless told, and records the new one', async () => {
    const simulation = new Simulation();
    await simulation.start(
      workflow([
        step('a', { run: 'a', approval: gate() }),
        step('b', { dependsOn: ['a'], run: 'b', approval: gate() }),
      ]),
    );
    await simulation.untilIdle();
    await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada', mode: 'auto' }));
    // Resuming only goes on: what was asked before still waits for its answer.
    expect((await simulation.state()).openApprovals).not.toEqual({});
    await simulation.decide('a', 'approve');
    const done = await simulation.untilIdle();
    expect(done).toMatchObject({ phase: 'completed', mode: 'auto' });
    expect(done.closedApprovals.map(({ by }) => by?.channel)).toEqual(['terminal', 'auto']);
  });
});

describe('an agent', () => {
  it('is given what came before it, its files, and what a person said', async () => {
    const tasks: AgentTask[] = [];
    const agents = simpleAgents();
    const simulation = new Simulation({
      agents: {
        ...agents,
        perform: async (task) => {
          tasks.push(task);
          task.onText('working\n');
          task.onProgress(0.5);
          const artifact = await task.putArtifact('report.md', 'text/markdown', '# hi');
          return { output: { n: tasks.length }, summary: 'done', artifacts: [artifact] };
        },
      },
    });
    const live: unknown[] = [];
    simulation.engine.onLive((output) => live.push(output));
    await simulation.start(
      workflow([
        step('a'),
        step('b', { dependsOn: ['a'] }),
        step('c', { dependsOn: ['b'], approval: gate(), prompt: 'Sum up {{ steps.b.output.n }}' }),
      ]),
    );
    await simulation.untilIdle();
    await simulation.decide('c', 'retry', { comment: 'shorter' });
    await simulation.untilIdle();
    const last = tasks.at(-1);
    expect(last).toMatchObject({
      attempt: 2,
      comment: 'shorter',
      prompt: 'Sum up 2',
      workspace: '/workspace',
    });
    expect(last?.upstream.map(({ key, output }) => [key, output])).toEqual([
      ['a', { n: 1 }],
      ['b', { n: 2 }],
    ]);
    const [file] = last?.upstream[0]?.artifacts ?? [];
    expect(file && new TextDecoder().decode(await last?.getArtifact(file))).toBe('# hi');
    expect(await simulation.store.logs.read(simulation.runId, 'a', 1)).toBe('working\n');
    expect(live).toContainEqual({ runId: simulation.runId, step: 'a', attempt: 1, progress: 0.5 });
  });
});

describe('a gate that expires', () => {
  it('moves a run only in the process where a person made it go', async () => {
    const simulation = new Simulation();
    await simulation.start(
      workflow([
        step('a', { run: 'a', approval: gate({ expires: 1_000, onExpire: 'skip' }) }),
        step('b', { dependsOn: ['a'], run: 'b' }),
      ]),
    );
    await simulation.untilIdle();
    const stranger = await simulation.crash({ moves: 'own' });
    await stranger.engine.recover();
    await stranger.pass(2_000);
    // The skip is said, nothing is begun, and nobody is told that it runs.
    expect(stranger.machine.effects).toEqual([]);
    expect(await stranger.state()).toMatchObject({
      phase: 'paused',
      reason: 'interrupted',
      steps: { a: { status: 'skipped' }, b: { status: 'pending' } },
    });
    const own = await stranger.crash({ moves: 'own' });
    await own.engine.recover();
    await own.waited(own.engine.resume(own.runId, { by: 'ada' }));
    expect((await own.untilIdle()).phase).toBe('completed');
    expect(own.machine.count('b')).toBe(1);
  });

  const expiring = (onExpire: 'skip' | 'pause', expires = 3_600_000) =>
    workflow([
      step('a', { run: 'a', approval: gate({ expires, onExpire }) }),
      step('b', { dependsOn: ['a'], run: 'b' }),
    ]);

  it('does so while nobody was there, as soon as the run is opened again', async () => {
    const simulation = new Simulation();
    await simulation.start(expiring('skip'));
    await simulation.untilIdle();
    simulation.machine.clock.sleep(100_000_000);
    const next = await simulation.crash();
    await next.engine.recover();
    await next.pass(100);
    const state = await next.state();
    expect(state.steps['a']).toMatchObject({ status: 'skipped', reason: 'expired' });
    expect(state.phase).toBe('completed');
  });

  it('pauses the run once, and not again after a person resumed it, nor after a crash', async () => {
    const simulation = new Simulation();
    await simulation.start(expiring('pause'));
    await simulation.untilIdle();
    await simulation.pass(3_600_100);
    expect((await simulation.state()).reason).toBe('expired');
    await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada' }));
    await simulation.pass(10_000_000);
    expect((await simulation.state()).phase).toBe('active');
    const next = await simulation.crash();
    await next.engine.recover();
    await next.pass(10_000_000);
    expect((await next.state()).phase).toBe('active');
  });

  it('goes by the wall clock: neither early when it was set back, nor late beyond any timer', async () => {
    const simulation = new Simulation();
    await simulation.start(expiring('skip', 3_000_000_000));
    await simulation.untilIdle();
    simulation.machine.clock.setWallClock(-60_000);
    await simulation.pass(3_000_000_001);
    expect((await simulation.state()).steps['a']?.status).toBe('waiting');
    await simulation.pass(60_001);
    await settleDown();
    expect((await simulation.state()).steps['a']?.status).toBe('skipped');
  });
});
