import { describe, expect, test } from 'vitest';
import { runAbilities } from '../../src/extension/views/run-abilities';
import { endedRun, filledRun } from '../webview/samples';

describe('what can be done with a run', () => {
  const { state } = filledRun();

  test('that goes on: pause and cancel', () => {
    expect(runAbilities(state, false)).toMatchObject({ canPause: true, canCancel: true, canResume: false });
  });

  test('that is interrupted or paused: resume and cancel', () => {
    expect(runAbilities(state, true)).toMatchObject({ canPause: false, canCancel: true, canResume: true });
    const paused = { ...state, phase: 'paused' as const };
    expect(runAbilities(paused, false)).toMatchObject({ canPause: false, canCancel: true, canResume: true });
  });

  test('that only an answer leads on: no resume', () => {
    const parked = { ...state, phase: 'parked' as const };
    expect(runAbilities(parked, false).canResume).toBe(false);
    expect(runAbilities({ ...parked, openApprovals: {} }, false).canResume).toBe(true);
  });

  test('that has ended, or is not known: nothing', () => {
    const nothing = { canPause: false, canCancel: false, canResume: false };
    expect(runAbilities(endedRun().state, false)).toMatchObject(nothing);
    expect(runAbilities(undefined, false)).toMatchObject(nothing);
  });
});
