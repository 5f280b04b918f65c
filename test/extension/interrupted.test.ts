import { expect, test } from 'vitest';
import { isInterrupted, type Standing } from '../../src/extension/runs/interrupted';

const running: Standing = {
  status: 'running',
  state: { phase: 'active' },
  isLive: false,
  isElsewhere: false,
};
const found: Standing = { ...running, status: 'paused', state: { phase: 'paused', reason: 'interrupted' } };

test('a run that goes on is interrupted when nobody drives it', () => {
  expect(isInterrupted(running)).toBe(true);
  expect(isInterrupted({ ...running, state: undefined, status: 'pending' })).toBe(true);
  expect(isInterrupted({ ...running, isLive: true })).toBe(false);
});

test('what another process runs is driven there', () => {
  expect(isInterrupted({ ...running, isElsewhere: true })).toBe(false);
});

test('a run found after a crash waits for Resume, whoever owns the folder', () => {
  expect(isInterrupted(found)).toBe(true);
  expect(isInterrupted({ ...found, isLive: true })).toBe(true);
  expect(isInterrupted({ ...found, isElsewhere: true })).toBe(true);
});

test('a run that a person paused, that waits or that has ended is not interrupted', () => {
  expect(isInterrupted({ ...found, state: { phase: 'paused', reason: 'person' } })).toBe(false);
  expect(isInterrupted({ ...running, status: 'waiting' })).toBe(false);
  expect(isInterrupted({ ...running, status: 'completed', state: { phase: 'completed' } })).toBe(false);
});
