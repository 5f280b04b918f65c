import { describe, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../../../src/core/model/events';
import { checkpointsOf, levelsOf, listedCheckpoints } from '../../../src/core/storage/checkpoints';
import { completed, definition, failed, requested, runStarted, started } from '../../support/events';

const asEvents = (bodies: readonly RunEventBody[]): RunEvent[] =>
  bodies.map((body, index) => ({ runId: 'r', seq: index + 1, at: index, ...body }));
const short = (events: readonly RunEvent[]): string[] =>
  checkpointsOf(events).map(({ id, type, steps }) => `${id} ${type} ${steps.join(',')}`);

describe('checkpoints', () => {
  it('stand at each settled step, full where its level is settled', () => {
    const events = asEvents([
      runStarted(['a', 'b', 'c<a,b']),
      started('a'),
      started('b'),
      completed('a'),
      completed('b'),
      started('c'),
      completed('c'),
    ]);
    expect(short(events)).toEqual(['r@4 incremental a', 'r@5 full a,b', 'r@7 full c']);
  });

  it('do not stand where another attempt follows or a person is asked', () => {
    const run = runStarted(['a', 'b']);
    const asking: RunEventBody =
      run.type === 'run-started'
        ? {
            ...run,
            definition: {
              ...run.definition,
              steps: run.definition.steps.map((step) => ({
                ...step,
                onError: step.key === 'b' ? 'ask' : 'fail',
              })),
            },
          }
        : run;
    const events = asEvents([
      asking,
      started('a'),
      failed('a', 1, 10),
      started('a', 2),
      failed('a', 2),
      started('b'),
      failed('b'),
      requested('b', 'x'),
      completed('b'),
    ]);
    expect(short(events)).toEqual(['r@5 incremental a', 'r@9 full a,b']);
  });

  it('go away with a step that is done again, until it settles again', () => {
    const events = asEvents([
      runStarted(['a', 'b']),
      started('a'),
      failed('a'),
      started('b'),
      started('a', 2),
      completed('b'),
      completed('a', null, 2),
    ]);
    expect(short(events)).toEqual(['r@3 incremental a', 'r@6 incremental b', 'r@7 full a,b']);
  });

  it('are listed as the workflow wishes', () => {
    const all = checkpointsOf(asEvents([runStarted(['a', 'b']), completed('a'), completed('b')]));
    expect(listedCheckpoints(all, 'step')).toHaveLength(2);
    expect(listedCheckpoints(all, 'level').map((checkpoint) => checkpoint.id)).toEqual(['r@3']);
    expect(listedCheckpoints(all, 'none')).toEqual([]);
  });

  it('know the levels of any order of steps, and of a long chain quickly', () => {
    expect(levelsOf(definition(['c<a,b', 'd<c', 'a', 'b<a']))).toEqual([['a'], ['b'], ['c'], ['d']]);
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      index === 0 ? 's0' : `s${index}<s${index - 1}`,
    );
    expect(levelsOf(definition(chain))).toHaveLength(20_000);
  });
});
