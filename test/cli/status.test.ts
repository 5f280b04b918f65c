import { describe, expect, it } from 'vitest';
import { resume } from '../../src/cli/commands/run';
import { status } from '../../src/cli/commands/status';
import { approve, steer } from '../../src/cli/commands/steer';
import type { RunSummary } from '../../src/core/storage/run-store';
import type { Runtime } from '../../src/core/runtime-port';
import { body, stateOf, step } from './events';
import { fakeContext } from './fake-runtime';

/** A run that stands in the middle of a step, whatever its summary says, and a person before it. */
function before(summaryStatus: string, otherOwner?: Runtime['otherOwner']) {
  const summary: RunSummary = {
    runId: 'run1',
    workflow: 'w',
    rehearsal: false,
    status: summaryStatus,
    startedAt: 0,
    settledSteps: 0,
    steps: 1,
    openApprovals: 0,
  };
  const runtime: Partial<Runtime> = {
    runs: async () => [summary],
    state: async () => stateOf(body.started(step('lint')), body.begins('lint')),
    progress: async () => undefined,
    ...(otherOwner && { otherOwner }),
  };
  return fakeContext([], { open: async () => runtime as Runtime });
}

describe('the state of a run', () => {
  it('is interrupted where nobody drives it', async () => {
    const { context, out, err } = before('running');
    await status(context, 'last');
    expect(out[0]).toContain('‖ interrupted');
    expect(err).toEqual([
      'It was interrupted: its process has ended, and nothing of it runs now.',
      'Go on with: baton resume run1',
    ]);
  });

  it('is running where another process drives it', async () => {
    const { context, out, err } = before('running', { name: 'VS Code', pid: 1, epoch: 1 });
    await status(context, 'last');
    expect(out[0]).toContain('● running');
    expect(err.join()).not.toContain('interrupted');
  });

  it('is damaged where records are lost, and nothing is said to go on', async () => {
    const { context, out, err } = before('damaged');
    await status(context, 'last');
    expect(out[0]).toContain('✗ damaged');
    expect(err).toEqual(['Records of it are lost. This is what the others say; it cannot go on.']);
    const json = before('damaged');
    await status({ ...json.context, json: true }, 'last');
    expect(JSON.parse(json.out.join(''))).toMatchObject({ status: 'damaged' });
  });

  it('lets nobody act upon what is left of a damaged run', async () => {
    const { context } = before('damaged');
    const why = 'Records of run run1 are lost, so it cannot go on. What is left of it: baton status run1';
    await expect(resume(context, { name: 'resume', run: 'last' })).rejects.toThrow(why);
    await expect(steer(context, 'cancel', 'last')).rejects.toThrow(why);
    const command = { name: 'approve', run: 'last', step: 'lint', action: 'approve' } as const;
    await expect(approve(context, command)).rejects.toThrow(why);
  });
});
