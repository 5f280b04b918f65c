import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../../src/core/base/abort';
import type { CallFault } from '../../../../src/core/model/model-call';
import { FAULT_POLICY } from '../../../../src/core/providers/fault-policy';
import type { RouterEvent } from '../../../../src/core/providers/routing';
import { settleDown, SimulatedClock } from '../../engine/simulated-clock';
import { callOf, CountingPurse, factsOf, routerOver, scripted, usage, type Scripted } from './scripted';

/* Any providers, any faults, any cancellation: what must be true of every call. */

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
const RUNS = Number(process.env['RUNS'] ?? 400);

const faults = Object.keys(FAULT_POLICY) as CallFault[];
const right = 'right:';

const step: fc.Arbitrary<Scripted> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ answers: fc.constant(right), takesMs: fc.nat({ max: 3_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Scripted>({ answers: ' ' }, { answers: '', finish: 'tool-calls' }),
  },
  { weight: 1, arbitrary: fc.constant<Scripted>({ throws: new TypeError('terminated') }) },
  {
    weight: 8,
    arbitrary: fc.record(
      {
        fault: fc.constantFrom(...faults),
        retryAfterMs: fc.oneof(fc.nat({ max: 3_000 }), fc.nat({ max: 200_000 })),
        raw: fc.constantFrom('ECONNREFUSED', 'ECONNRESET'),
        says: fc.string({ maxLength: 40 }),
        usage: fc.constant({ ...usage, estimated: true }),
        takesMs: fc.nat({ max: 5_000 }),
      },
      { requiredKeys: ['fault'] },
    ),
  },
  { weight: 1, arbitrary: fc.constant<Scripted>({ hangs: true }) },
);

const world = fc.record({
  providers: fc.array(
    fc.record({
      script: fc.array(step, { maxLength: 30 }),
      maxRetries: fc.nat({ max: 5 }),
      rateLimitPerMinute: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      context: fc.constantFrom(1_000, 100_000),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  /** When each call begins, and how long after that it is cancelled. */
  calls: fc.array(
    fc.record({
      at: fc.nat({ max: 30_000 }),
      cancelAfter: fc.option(fc.nat({ max: 60_000 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  slowPurse: fc.boolean(),
});

interface Outcome {
  readonly events: readonly RouterEvent[];
  readonly answer?: { readonly provider: string; readonly text: string; readonly requests: number };
  readonly error?: unknown;
  /** Simulated milliseconds from the signal to the end. */
  readonly lateness?: number;
}

/** Calls that hang for good are cancelled after this, so that every world comes to its end. */
const HOPELESS_MS = 20 * 60_000;

async function play({
  providers: described,
  calls,
  slowPurse,
}: typeof world extends fc.Arbitrary<infer T> ? T : never) {
  const clock = new SimulatedClock();
  const providers = described.map(({ script, maxRetries, rateLimitPerMinute }, at) =>
    scripted(clock, `p${at}`, [...script], {
      maxRetries,
      ...(rateLimitPerMinute !== undefined && { rateLimitPerMinute }),
    }),
  );
  const router = routerOver(clock, providers, {
    facts: ({ provider, model }) =>
      factsOf(model, { context: described[Number(provider.slice(1))]?.context ?? 0 }),
  });
  const purse = new CountingPurse();
  if (slowPurse) purse.before = () => new Promise((resolve) => void clock.after(50, resolve));
  const outcomes: Outcome[] = [];
  for (const { at, cancelAfter } of calls)
    clock.after(at, () => {
      const stop = new AbortController();
      const { call, events } = callOf({ purse, signal: stop.signal });
      let stoppedAt = Number.POSITIVE_INFINITY;
      const cancel = clock.after(cancelAfter ?? HOPELESS_MS, () => {
        stoppedAt = clock.monotonic();
        stop.abort();
      });
      router
        .ask(call)
        .then(
          ({ answer, model, requests }) =>
            outcomes.push({ events, answer: { provider: model.provider, text: answer.text, requests } }),
          (error: unknown) =>
            outcomes.push({
              events,
              error,
              ...(stop.signal.aborted && { lateness: clock.monotonic() - stoppedAt }),
            }),
        )
        .finally(() => cancel.dispose());
    });
  do await settleDown();
  while (clock.step());
  return { providers, purse, outcomes };
}

describe('any faults in any order', () => {
  let answered = 0;
  let cancelled = 0;
  let failed = 0;
  let fellOver = 0;

  it(`keep every promise of a call (SEED=${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(world, async (described) => {
        const { providers, purse, outcomes } = await play(described);
        expect(outcomes).toHaveLength(described.calls.length);

        let booked = 0;
        for (const { events, answer, error, lateness } of outcomes) {
          const sent = requestsIn(events);
          const total = [...sent.values()].reduce((sum, count) => sum + count, 0);
          expect(total).toBeLessThanOrEqual(6);
          for (const [provider, count] of sent) {
            const { maxRetries } = described.providers[Number(provider.slice(1))] ?? { maxRetries: 0 };
            expect(count).toBeLessThanOrEqual(Math.min(maxRetries + 1, 3));
          }
          for (const event of events)
            if (event.type === 'error' && event.usage)
              booked += event.usage.inputTokens + event.usage.outputTokens;
          if (answer !== undefined) {
            answered += 1;
            if (answer.requests > 1) fellOver += 1;
            expect([right, answer.provider]).toContain(answer.text);
            booked += usage.inputTokens + usage.outputTokens;
          } else if (lateness !== undefined) {
            cancelled += 1;
            expect(error).toBeInstanceOf(CancelledError);
            expect(lateness).toBe(0);
          } else {
            failed += 1;
            expect(['providers-failed', 'no-provider', 'content-blocked', 'context-too-long']).toContain(
              (error as { code?: string }).code,
            );
          }
        }
        // All that was held is settled or released, once each, and what was booked is what the events and answers say;
        // beyond it only requests that were under way when their call was cancelled.
        expect([purse.open, purse.reserved, purse.twice]).toEqual([0, 0, 0]);
        const underWay = providers.reduce((sum, { got }) => sum + got.length, 0) - endedRequests(outcomes);
        expect(underWay).toBeGreaterThanOrEqual(0);
        if (underWay === 0) expect(purse.spentTokens).toBe(booked);
        else expect(purse.spentTokens).toBeGreaterThan(booked);
        for (const [at, { got }] of providers.entries()) {
          const limit = described.providers[at]?.rateLimitPerMinute;
          if (limit !== undefined)
            for (const [first, { at: begun }] of got.entries())
              expect((got[first + limit]?.at ?? Number.POSITIVE_INFINITY) - begun).toBeGreaterThanOrEqual(
                60_000,
              );
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
    // Worlds in which nothing ever happens would prove nothing.
    expect(answered).toBeGreaterThan(RUNS / 4);
    expect(fellOver).toBeGreaterThan(RUNS / 10);
    expect(cancelled).toBeGreaterThan(RUNS / 10);
    expect(failed).toBeGreaterThan(RUNS / 10);
  }, 60_000);
});

/** Requests that ended, by provider, as the events tell. */
function requestsIn(events: readonly RouterEvent[]): Map<string, number> {
  const sent = new Map<string, number>();
  for (const event of events)
    if (event.type !== 'routing-decision')
      sent.set(event.model.provider, (sent.get(event.model.provider) ?? 0) + 1);
  return sent;
}

function endedRequests(outcomes: readonly Outcome[]): number {
  return outcomes.flatMap(({ events }) => events).filter(({ type }) => type !== 'routing-decision').length;
}
