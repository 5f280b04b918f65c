import { describe, expect, it } from 'vitest';
import { tellWhoRuns } from '../../src/cli/who-runs';
import { waitForOthers } from '../../src/cli/wait-for-others';
import { Emitter } from '../../src/core/base/emitter';
import type { RunState } from '../../src/core/model/run-state';
import { fakeContext } from './fake-runtime';

/** A process in which runs of others are under way until a test lets them rest. */
function busyWith(...runIds: string[]) {
  const resting = new Map<string, () => void>();
  const others = new Map(runIds.map((runId) => [runId, { runId, from: 'terminal (pid 456)' }]));
  return {
    rest(runId: string) {
      others.delete(runId);
      resting.get(runId)?.();
    },
    runtime: {
      runsForOthers: () => [...others.values()],
      whenIdle: (runId: string) =>
        new Promise<RunState>((resolve) => resting.set(runId, () => resolve({} as RunState))),
    },
  };
}

describe('a terminal whose own run is over', () => {
  it('ends at once when nobody else needs it', async () => {
    const { context, err } = fakeContext();
    await waitForOthers(context, busyWith().runtime);
    expect(err).toEqual([]);
  });

  it('stays until the runs of others rest, and says so once for each', async () => {
    const { context, err } = fakeContext();
    const busy = busyWith('run1', 'run2');
    let isOver = false;
    const over = waitForOthers(context, busy.runtime).then(() => (isOver = true));
    busy.rest('run1');
    await Promise.resolve();
    expect(isOver).toBe(false);
    expect(err).toEqual([
      'Waiting for run run1, asked for by terminal (pid 456). Ctrl-C leaves it resumable.',
      'Waiting for run run2, asked for by terminal (pid 456). Ctrl-C leaves it resumable.',
    ]);
    await new Promise((resolve) => setImmediate(resolve));
    busy.rest('run2');
    await over;
    expect(err).toHaveLength(2);
  });

  it.each(['interrupt', 'terminate'] as const)('leaves them at an %s', async (signal) => {
    const fake = fakeContext();
    const over = waitForOthers(fake.context, busyWith('run1').runtime);
    fake[signal].fire('SIGTERM');
    await over;
    expect(fake[signal].hasListeners).toBe(false);
  });
});

describe('who runs what is followed', () => {
  it('is said when it is another process, and whenever that changes', () => {
    const { context, err } = fakeContext();
    const changed = new Emitter<void>();
    let owner: string | undefined = 'VS Code window (pid 123)';
    const telling = tellWhoRuns(context, {
      get otherOwner() {
        return owner === undefined ? undefined : { name: owner, pid: 1, epoch: 1 };
      },
      onDidChangeOwner: changed.event,
    });
    changed.fire();
    owner = 'terminal (pid 7)';
    changed.fire();
    owner = undefined;
    changed.fire();
    telling.dispose();
    owner = 'somebody';
    changed.fire();
    expect(err).toEqual([
      'VS Code window (pid 123) runs it.',
      'VS Code window (pid 123) is gone. terminal (pid 7) runs it.',
      'terminal (pid 7) is gone. The run goes on here.',
    ]);
  });

  it('is not said of this process', () => {
    const { context, err } = fakeContext();
    tellWhoRuns(context, { otherOwner: undefined, onDidChangeOwner: new Emitter<void>().event });
    expect(err).toEqual([]);
  });
});
