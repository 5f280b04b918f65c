import { describe, expect, it } from 'vitest';
import { gate, step, workflow } from './definitions';
import { Simulation } from './simulation';

describe('a run', () => {
  it('goes from its first step to its end', async () => {
    const simulation = new Simulation();
    await simulation.start(workflow([step('a'), step('b', { dependsOn: ['a'] })]));
    const state = await simulation.untilIdle();
    expect(state.phase).toBe('completed');
    expect(simulation.log()).toEqual([
      'run-started',
      'step-started a',
      'step-completed a',
      'step-started b',
      'step-completed b',
      'run-completed',
    ]);
  });

  it('waits at a gate and goes on when it is approved', async () => {
    const simulation = new Simulation();
    await simulation.start(workflow([step('a', { approval: gate() }), step('b', { dependsOn: ['a'] })]));
    await simulation.untilIdle();
    expect(await simulation.decide('a', 'approve')).toEqual({ ok: true });
    expect((await simulation.untilIdle()).phase).toBe('completed');
    expect(simulation.log().slice(1, 8)).toEqual([
      'step-started a',
      'step-produced a',
      'approval-requested a gate',
      'approval-decided a approve',
      'step-completed a',
      'step-started b',
      'step-completed b',
    ]);
  });

  it('that has nothing to do is done', async () => {
    const simulation = new Simulation();
    await simulation.start(workflow([]));
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });
});
