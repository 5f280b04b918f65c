import { describe, expect, it } from 'vitest';
import { afterFailure, delayOf, retriesUsedIn, ruleFor } from '../../../../src/core/engine/graph/retry';
import type { RunEvent } from '../../../../src/core/model/events';
import type { FailureClass } from '../../../../src/core/model/workflow';
import { retry, step } from '../definitions';

const error = (failure: FailureClass) => ({ code: 'x', message: 'x', class: failure });

describe('what follows from a failed attempt', () => {
  it('is another one as long as the rule allows, further apart each time', () => {
    const rules = { retry: [retry({ max: 2, delay: 1_000, backoff: 3 })] };
    expect(afterFailure(rules, false, error('error'), [], 0)).toEqual({
      type: 'retry',
      delayMs: 1_000,
      used: [1],
    });
    expect(afterFailure(rules, false, error('error'), [1], 0)).toEqual({
      type: 'retry',
      delayMs: 3_000,
      used: [2],
    });
    expect(afterFailure(rules, false, error('error'), [2], 0)).toEqual({ type: 'failed' });
  });

  it('follows the first rule that is for it, and each rule counts for itself', () => {
    const rules = {
      retry: [retry({ on: ['rate_limit'], max: 5, delay: 20_000 }), retry({ on: ['server_error'], max: 1 })],
    };
    expect(afterFailure(rules, false, error('server_error'), [4, 0], 0)).toMatchObject({
      type: 'retry',
      used: [4, 1],
    });
    expect(afterFailure(rules, false, error('server_error'), [0, 1], 0)).toEqual({ type: 'failed' });
    expect(afterFailure(rules, false, error('rate_limit'), [0, 1], 0)).toMatchObject({ delayMs: 20_000 });
    expect(afterFailure(rules, false, error('error'), [], 0)).toEqual({ type: 'failed' });
  });

  it.each(['timeout', 'killed', 'network_error'] as const)(
    'is uncertain after %s, unless the file says otherwise',
    (failure) => {
      expect(afterFailure({ retry: [] }, false, error(failure), [], 0)).toEqual({ type: 'uncertain' });
      // "any" means every failure that is known to be one.
      expect(afterFailure({ retry: [retry()] }, false, error(failure), [], 0)).toEqual({ type: 'uncertain' });
      expect(afterFailure({ retry: [retry({ on: [failure] })] }, false, error(failure), [], 0)).toMatchObject(
        { type: 'retry' },
      );
      expect(afterFailure({ retry: [retry({ on: [failure] })] }, false, error(failure), [2], 0)).toEqual({
        type: 'failed',
      });
      expect(afterFailure({ retry: [retry()] }, true, error(failure), [], 0)).toMatchObject({
        type: 'retry',
      });
      expect(afterFailure({ retry: [] }, true, error(failure), [], 0)).toEqual({ type: 'failed' });
    },
  );

  it('keeps delays below their limit, and jitter takes up to half of them', () => {
    expect(delayOf(retry({ delay: 1_000, backoff: 10, maxDelay: 5_000 }), 3, 0)).toBe(5_000);
    const jittered = retry({ delay: 1_000, jitter: true });
    expect(delayOf(jittered, 0, 0)).toBe(1_000);
    expect(delayOf(jittered, 0, 1)).toBe(500);
  });

  it('counts the rules that were used from the events of a run', () => {
    const rules = [retry({ on: ['rate_limit'] }), retry({ on: ['timeout'] })];
    const steps = new Map([['a', step('a', { retry: rules })]]);
    const failed = (failure: FailureClass, retryAt?: number) =>
      ({
        type: 'step-failed',
        step: 'a',
        attempt: 1,
        error: error(failure),
        ...(retryAt && { retryAt }),
      }) as RunEvent;
    const events = [
      failed('rate_limit', 5),
      failed('timeout', 6),
      failed('rate_limit', 7),
      failed('rate_limit'),
    ];
    expect(retriesUsedIn(events, steps).get('a')).toEqual([2, 1]);
    expect(ruleFor(rules, 'error', true)).toBe(-1);
  });

  it('counts a failure in the middle of a call that may have happened for the rule that names it', () => {
    const rules = [retry(), retry({ on: ['timeout'] })];
    const steps = new Map([['a', step('a', { prompt: 'Work.', retry: rules })]]);
    const event = (type: RunEvent['type'], more: object) =>
      ({ type, step: 'a', attempt: 1, ...more }) as unknown as RunEvent;
    const begun = [
      event('step-started', { idempotent: true }),
      event('tool-started', { call: 1, idempotent: false }),
    ];
    const failed = event('step-failed', { error: error('timeout'), retryAt: 5 });
    expect(retriesUsedIn([...begun, failed], steps).get('a')).toEqual([0, 1]);
    const done = event('tool-completed', { call: 1 });
    expect(retriesUsedIn([...begun, done, failed], steps).get('a')).toEqual([1, 0]);
  });
});
