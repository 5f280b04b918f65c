import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../../../src/core/model/events';
import { nothingSpent, type CallUsage } from '../../../src/core/model/model-call';
import { fold, begin, isSettled, runStatus } from '../../../src/core/model/run-state';
import { RunTracker } from '../../../src/core/storage/run-tracker';
import { completed, decided, failed, requested, runStarted, started } from '../../support/events';

const step = fc.constantFrom('a', 'b', 'c', 'unknown');
const approval = fc.constantFrom('x', 'y');
const attempt = fc.integer({ min: 0, max: 2 });
const model = fc.constantFrom('m', 'unpriced').map((name) => ({ provider: 'claude', model: name }));
const usage: fc.Arbitrary<CallUsage> = fc
  .tuple(fc.nat(9), fc.boolean(), fc.boolean())
  .map(([tokens, isPriced, estimated]) => ({
    inputTokens: tokens,
    outputTokens: 1,
    ...(isPriced && { usd: tokens / 10 }),
    estimated,
  }));
const call: fc.Arbitrary<RunEventBody> = fc
  .tuple(step, attempt, fc.integer({ min: 1, max: 2 }), model, usage, fc.nat(4))
  .map(([key, count, number, chosen, took, kind]): RunEventBody => {
    const place = { step: key, attempt: count, call: number };
    if (kind < 2)
      return { type: 'routing-decision', ...place, chosen, chain: [chosen], why: '', reserved: took };
    if (kind === 2)
      return { type: 'call-failed', ...place, model: chosen, fault: 'server', message: '', next: 'retry' };
    if (kind === 3)
      return {
        type: 'call-failed',
        ...place,
        model: chosen,
        fault: 'incomplete',
        message: '',
        next: 'fallback',
        usage: took,
      };
    return {
      type: 'call-answered',
      ...place,
      model: chosen,
      requestHash: '3'.repeat(64),
      answer: null,
      usage: took,
      ...(count === 0 && { cached: true }),
      latencyMs: 1,
    };
  });
const body: fc.Arbitrary<RunEventBody> = fc.oneof(
  { arbitrary: call, weight: 4 },
  step.map((key) => started(key)),
  fc.tuple(step, attempt).map(([key, count]) => completed(key, null, count)),
  step.map((key) => failed(key)),
  step.map((key) => failed(key, 1, 5)),
  fc.tuple(step, approval).map(([key, id]) => requested(key, id)),
  fc.tuple(step, approval).map(([key, id]) => requested(key, id, 'uncertain')),
  fc.tuple(step, approval).map(([key, id]) => requested(key, id, 'budget')),
  fc.tuple(step, approval).map(([key, id]) => decided(key, id)),
  fc.tuple(step, approval).map(([key, id]) => decided(key, id, 'retry')),
  step.map((key): RunEventBody => ({
    type: 'step-held',
    step: key,
    attempt: 1,
    reason: 'budget',
    message: '',
  })),
  fc
    .tuple(step, approval)
    .map(([key, id]): RunEventBody => ({ type: 'approval-voided', step: key, attempt: 1, id, reason: '' })),
  step.map((key): RunEventBody => ({
    type: 'step-skipped',
    step: key,
    attempt: 0,
    reason: 'condition',
    output: null,
  })),
  step.map((key): RunEventBody => ({ type: 'step-uncertain', step: key, attempt: 1, message: '' })),
  step.map((key): RunEventBody => ({ type: 'step-cancelled', step: key, attempt: 1, message: '' })),
  fc.constantFrom<RunEventBody>(
    { type: 'run-paused', by: 'ada', reason: 'person' },
    { type: 'run-resumed', by: 'ada' },
    { type: 'run-parked', reason: 'uncertain', message: '' },
    { type: 'run-completed', tolerated: [] },
    { type: 'run-failed', failed: [], message: '' },
    { type: 'owner-changed', epoch: 2, owner: 'x', recovery: false },
    { type: 'owner-changed', epoch: 3, owner: 'x', recovery: true },
  ),
);

/** A recovery takes back the only attempt that ran. */
const takenBack: RunEventBody[] = [
  started('b'),
  requested('a', 'x'),
  { type: 'owner-changed', epoch: 3, owner: 'x', recovery: true },
];

describe('the line of a run', () => {
  it('says after every event what folding the whole list says', () => {
    fc.assert(
      fc.property(fc.array(body, { maxLength: 40 }), (bodies) => {
        const tracker = new RunTracker('r');
        let state: ReturnType<typeof begin> | undefined;
        for (const [index, next] of [runStarted(['a', 'b<a', 'c<a,b']), ...bodies].entries()) {
          const event: RunEvent = { runId: 'r', seq: index + 1, at: 10 + index, ...next };
          tracker.apply(event);
          state = state === undefined ? begin(event) : fold(state, event);
          expect(tracker.summary()).toEqual({
            runId: 'r',
            workflow: 'flow',
            path: 'flow.yaml',
            rehearsal: false,
            status: runStatus(state),
            startedAt: 10,
            ...(state.endedAt !== undefined && { endedAt: state.endedAt }),
            settledSteps: Object.values(state.steps).filter(isSettled).length,
            steps: 3,
            openApprovals: Object.keys(state.openApprovals).length,
            ...(state.spent !== nothingSpent && { spent: state.spent }),
          });
        }
      }),
      { numRuns: 400, seed: 7_341, examples: [[takenBack]] },
    );
  });
});
