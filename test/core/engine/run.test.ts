import { describe, expect, it } from 'vitest';
import { BatonError } from '../../../src/core/model/errors';
import { gate, step, workflow } from './definitions';
import { simpleAgents, Simulation } from './simulation';

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

  it('says that it failed in the words by which people know its steps', async () => {
    const fails = new BatonError('broken', 'It broke.');
    const lint = step('lint', { title: 'Check the style' });
    const test = step('test', { title: 'Run the tests' });
    const reasonOf = async (...steps: (typeof lint)[]) => {
      const simulation = new Simulation({ agents: simpleAgents(() => ({ fails })) });
      await simulation.start(workflow(steps));
      return (await simulation.untilIdle()).reason;
    };
    expect(await reasonOf(lint)).toBe('Check the style failed: It broke.');
    expect(await reasonOf(lint, test)).toBe('2 steps failed: Check the style, Run the tests.');
  });

  it('that has nothing to do is done', async () => {
    const simulation = new Simulation();
    await simulation.start(workflow([]));
    expect((await simulation.untilIdle()).phase).toBe('completed');
  });
});
