import { describe, expect, it } from 'vitest';
import { crashesInARow, workingTime } from '../../../src/core/engine/recovery';
import type { RunEvent, RunEventBody } from '../../../src/core/model/events';
import { completed, failed, requested, runStarted, started } from '../../support/events';

const events = (...bodies: (RunEventBody | readonly [number, RunEventBody])[]): RunEvent[] =>
  bodies.map((entry, index) => {
    const [at, body] = Array.isArray(entry)
      ? (entry as readonly [number, RunEventBody])
      : [index, entry as RunEventBody];
    return { ...body, runId: 'r', seq: index + 1, at };
  });

const recovered: RunEventBody = { type: 'owner-changed', epoch: 2, owner: 'x', recovery: true };
const interrupted: RunEventBody = { type: 'run-paused', by: 'recovery', reason: 'interrupted' };
const byPerson: RunEventBody = { type: 'run-resumed', by: 'ada' };
const bySetting: RunEventBody = { type: 'run-resumed', by: 'setting', automatic: true };

describe('crashes in a row', () => {
  it('are recoveries since something came of the run', () => {
    const begin = runStarted(['a', 'b']);
    expect(crashesInARow(events(begin))).toBe(0);
    expect(crashesInARow(events(begin, recovered, interrupted, recovered))).toBe(2);
    expect(crashesInARow(events(begin, recovered, started('a'), completed('a'), recovered))).toBe(1);
  });

  it('are not forgotten because the step that crashes was started again by a setting', () => {
    const round = [recovered, interrupted, bySetting, started('a')];
    expect(crashesInARow(events(runStarted(['a']), ...round, ...round, ...round))).toBe(3);
  });

  it('are not forgotten because a call of an agent began again, but because it ended', () => {
    const call = { step: 'a', attempt: 1, call: 1, key: '1'.repeat(64) } as const;
    const toolStarted: RunEventBody = {
      ...{ type: 'tool-started', ...call, agent: 'quality', tool: 'read_file', arguments: {} },
      ...{ permit: { rule: 'read', why: 'It reads.' }, idempotent: true, hash: '2'.repeat(64) },
    };
    const joined: RunEventBody = { type: 'agent-joined', participant: 'a', step: 'a', attempt: 1 };
    const left: RunEventBody = { type: 'agent-left', participant: 'a', reason: 'interrupted' };
    const round = [recovered, left, interrupted, bySetting, started('a'), joined, toolStarted];
    expect(crashesInARow(events(runStarted(['a']), ...round, ...round))).toBe(2);
    const result = { text: '', isError: false, isForeign: false };
    const toolCompleted: RunEventBody = {
      ...{ type: 'tool-completed', ...call, result, preview: '', isError: false, durationMs: 1 },
    };
    expect(crashesInARow(events(runStarted(['a']), ...round, toolCompleted, recovered))).toBe(1);
  });

  it('are forgotten when a person resumes', () => {
    expect(
      crashesInARow(events(runStarted(['a']), recovered, interrupted, byPerson, started('a'), recovered)),
    ).toBe(1);
  });
});

describe('the time a run worked', () => {
  const begin = runStarted(['a', 'b']);

  it('leaves out waiting, pauses and what a crash took', () => {
    expect(
      workingTime(events([0, begin], [10, started('a')], [40, completed('a')], [99, started('b')])),
    ).toBe(30);
    expect(
      workingTime(
        events([0, begin], [0, started('a')], [50, interrupted], [80, byPerson], [90, completed('a')]),
      ),
    ).toBe(60);
    expect(workingTime(events([0, begin], [0, started('a')], [20, started('b')], [1_000, recovered]))).toBe(
      20,
    );
  });

  it('counts waiting for the next attempt, not for a person', () => {
    const list = events(
      [0, begin],
      [0, started('a')],
      [10, failed('a', 1, 110)],
      [110, started('a', 2)],
      [120, requested('a', 'x')],
    );
    expect(workingTime(list)).toBe(120);
  });
});
