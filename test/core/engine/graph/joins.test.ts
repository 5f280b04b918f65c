import { describe, expect, it } from 'vitest';
import { blocker, Joins, letsOn, upstreamOf } from '../../../../src/core/engine/graph/joins';
import type { StepState } from '../../../../src/core/model/run-state';
import { step } from '../definitions';

const diamond = [
  step('a'),
  step('b', { dependsOn: ['a'] }),
  step('c', { dependsOn: ['a'] }),
  step('d', { dependsOn: ['b', 'c', 'b'] }),
];

const state = (key: string, rest: object): StepState => ({ key, attempt: 1, ...rest }) as StepState;

describe('joins', () => {
  it('free a step when the last of its dependencies settles, and only once', () => {
    const joins = new Joins(diamond);
    expect(joins.open()).toEqual(['a']);
    expect(joins.settle('a')).toEqual(['b', 'c']);
    expect(joins.settle('c')).toEqual([]);
    expect(joins.settle('b')).toEqual(['d']);
    expect(joins.settle('b')).toEqual([]);
    expect(joins.open()).toEqual(['d']);
  });

  it('know who comes right after a step', () => {
    expect(new Joins(diamond).dependants('a')).toEqual(['b', 'c']);
    expect(new Joins(diamond).dependants('nobody')).toEqual([]);
  });

  it.each([
    ['completed', state('x', { status: 'completed' }), true],
    ['left out by its own condition', state('x', { status: 'skipped', reason: 'condition' }), true],
    ['left out by a person', state('x', { status: 'skipped', reason: 'person' }), true],
    ['left out because its gate expired', state('x', { status: 'skipped', reason: 'expired' }), true],
    ['left out because of a failure', state('x', { status: 'skipped', reason: 'blocked' }), false],
    ['failed', state('x', { status: 'failed', tolerated: false }), false],
    ['failed where the file tolerates it', state('x', { status: 'failed', tolerated: true }), true],
    ['cancelled', state('x', { status: 'cancelled' }), false],
  ])('after a dependency that %s success() is %s', (_what, dependency, expected) => {
    expect(letsOn(dependency)).toBe(expected);
    expect(blocker(step('y', { dependsOn: ['x'] }), { x: dependency }) === undefined).toBe(expected);
  });

  it('know everything upstream, in the order of the work', () => {
    const steps = new Map(diamond.map((one) => [one.key, one]));
    const order = new Map(diamond.map((one, place) => [one.key, place]));
    expect(upstreamOf('d', steps, order)).toEqual(['a', 'b', 'c']);
    expect(upstreamOf('a', steps, order)).toEqual([]);
  });
});
