import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { RunEvent } from '../../../src/core/model/events';
import type { CallUsage, WorstCase } from '../../../src/core/model/model-call';
import { foldAll, foldInto, ownCopy, begin, runStatus } from '../../../src/core/model/run-state';
import type { DecisionAction } from '../../../src/core/model/workflow';
import { RunTracker } from '../../../src/core/storage/run-tracker';
import { retry, step, workflow } from './definitions';
import { recomputed, violations } from './invariants';
import { CLAUDE, GEMINI, scriptedModels, Wire, type CallScript, type RequestScript } from './scripted-models';
import { happen, playToEnd, simulate, testStories, type OptionsFor, type Saw } from './random-stories';
import { BatonError, type Simulation } from './simulation';

/* Any workflow that asks models, any crashes, any people: money and answers. */

const request: fc.Arbitrary<RequestScript> = fc
  .record({
    cents: fc.integer({ min: 1, max: 12 }),
    share: fc.constantFrom(0.1, 0.5, 1, 1),
    takes: fc.integer({ min: 0, max: 120 }),
    fails: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    isPriced: fc.integer({ min: 0, max: 11 }).map((n) => n > 0),
  })
  .map(({ cents, share, takes, fails, isPriced }): RequestScript => {
    const tokens = { inputTokens: cents * 10, outputTokens: cents * 40 };
    const worst: WorstCase = { ...tokens, ...(isPriced && { usd: cents / 100 }) };
    const usage: CallUsage = {
      inputTokens: tokens.inputTokens,
      outputTokens: Math.round(tokens.outputTokens * share),
      ...(isPriced && { usd: (cents * share) / 100 }),
      estimated: false,
    };
    return { worst, usage, takes, ...(fails && { fault: 'overloaded' as const }) };
  });

const call: fc.Arbitrary<CallScript> = fc.record({
  requests: fc
    .array(request, { minLength: 1, maxLength: 3 })
    .map((requests) =>
      requests.map((each, index) => ({ ...each, model: index % 2 === 0 ? CLAUDE : GEMINI })),
    ),
});

const story = fc.record({
  steps: fc.array(
    fc.record({
      after: fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 2 }),
      calls: fc.array(call, { minLength: 1, maxLength: 4 }),
      parallel: fc.boolean(),
      optional: fc.boolean(),
      retries: fc.nat({ max: 1 }),
      failsFirst: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  cents: fc.integer({ min: 1, max: 60 }),
  unit: fc.constantFrom('usd', 'usd', 'tokens'),
  onExceed: fc.constantFrom('ask', 'ask', 'ask', 'ask', 'stop'),
  parallelism: fc.integer({ min: 1, max: 4 }),
  happenings: fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 150 }) }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          type: fc.constant('decide' as const),
          action: fc.constantFrom('approve', 'approve', 'modify', 'skip'),
          more: fc.integer({ min: -5, max: 20 }),
        }),
      },
      { weight: 3, arbitrary: fc.constant({ type: 'crash' as const }) },
      { weight: 1, arbitrary: fc.constant({ type: 'close' as const }) },
      { weight: 1, arbitrary: fc.constant({ type: 'pause' as const }) },
      { weight: 2, arbitrary: fc.constant({ type: 'resume' as const }) },
    ),
    { maxLength: 14 },
  ),
  syncMs: fc.constantFrom(undefined, 1, 7, 30),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

describe('any run that asks models', () => {
  testStories('never books more than its caps, and asks for nothing twice that was answered', story, play, {
    'run-completed': 60,
    'run-failed': 10,
    'held: budget': 60,
    'held: pause': 2,
    'call-answered': 500,
    'call-failed': 80,
    reused: 60,
    lost: 40,
    raised: 60,
    'step-skipped': 10,
    'owner-changed': 60,
    'asked at a restart': 10,
  });
});

function definitionOf(told: Story) {
  const cap = told.unit === 'usd' ? { usd: told.cents / 100 } : { tokens: told.cents * 50 };
  return workflow(
    told.steps.map(({ after, optional, retries }, index) =>
      step(`s${index}`, {
        action: 'think',
        dependsOn: after.filter((other) => other < index).map((other) => `s${other}`),
        continueOnError: optional,
        ...(retries > 0 && { retry: [retry({ max: retries, delay: 20 })] }),
      }),
    ),
    { parallelism: told.parallelism, budget: { ...cap, onExceed: told.onExceed } },
  );
}

async function play(told: Story, saw: Saw): Promise<void> {
  const wire = new Wire();
  const options: OptionsFor = (simulation) => ({
    ...(told.syncMs !== undefined && { syncMs: told.syncMs }),
    agents: scriptedModels(
      () => simulation().machine.host.clock,
      ({ key }, attempt) => {
        const { calls, parallel, failsFirst } = told.steps[Number(key.slice(1))] ?? { calls: [] };
        return {
          calls,
          ...(parallel && { parallel: true }),
          ...(failsFirst && attempt === 1 && { fails: new BatonError('output-schema', 'It does not fit.') }),
        };
      },
      wire,
    ),
  });
  let current = simulate(options);
  await current.waited(current.start(definitionOf(told)));
  for (const happening of told.happenings) {
    const state = await current.state();
    if (state.endedAt !== undefined) break;
    if (happening.type === 'decide') {
      await decide(current, happening.action, happening.more / 100);
      continue;
    }
    const isRestart = happening.type === 'close' || happening.type === 'crash';
    if (isRestart && Object.keys(state.openApprovals).length > 0) saw('asked at a restart');
    current = await happen(current, happening, options);
  }
  // A person with money brings it to its end.
  await playToEnd(current, 60, async ({ openApprovals }) => {
    if (Object.keys(openApprovals).length > 0) await decide(current, 'approve', 0);
  });
  await judge(current, wire, saw);
  await current.waited(current.engine.close());
}

async function decide(simulation: Simulation, action: DecisionAction, more: number): Promise<void> {
  const [open] = Object.values((await simulation.state()).openApprovals);
  if (open === undefined) return;
  const asked = open.shown.budget;
  if (asked === undefined) throw new Error(`${open.kind} is no question about money`);
  const offered = open.allow.includes(action) ? action : 'approve';
  const value = asked.unit === 'usd' ? asked.cap + more : Math.round(asked.cap + more * 5_000);
  await simulation.decide(open.step, offered, offered === 'modify' ? { value } : {});
}

async function judge(simulation: Simulation, wire: Wire, saw: Saw): Promise<void> {
  const events = await simulation.store.read(simulation.runId);
  expect(violations(events)).toEqual([]);
  expect(recomputed(events)).toEqual([]);
  expect(overCaps(events)).toEqual([]);
  expect(askedAgain(events)).toEqual([]);
  expect(await simulation.engine.state(simulation.runId)).toEqual(foldAll(events));
  expect(simulation.machine.logged).toEqual([]);
  const state = foldAll(events);
  // Whatever the providers charged is booked.
  if (state !== undefined) expect(state.spent.usd).toBeGreaterThanOrEqual(paidFor(events) - 1e-9);
  for (const event of events) {
    saw(event.type);
    if (event.type === 'step-held') saw(`held: ${event.reason}`);
    if (event.type === 'approval-decided' && event.refused === undefined && event.decision.action !== 'skip')
      saw('raised');
  }
  for (let count = 0; count < wire.reused.length; count += 1) saw('reused');
  for (const calls of Object.values(state?.calls ?? {}))
    for (const { status } of calls) if (status === 'lost') saw('lost');
}

/** Wherever what is booked, and what a crash right there would book besides, is more than a cap. */
function overCaps(events: readonly RunEvent[]): string[] {
  const [first, ...rest] = events;
  if (first === undefined) return ['no events'];
  const state = ownCopy(begin(first));
  const tracker = new RunTracker(first.runId);
  tracker.apply(first);
  const found: string[] = [];
  for (const event of rest) {
    foldInto(state, event);
    tracker.apply(event);
    if (tracker.status() !== runStatus(state))
      found.push(`${event.seq}: the line says ${tracker.status()}, the state ${runStatus(state)}`);
    let usd = state.spent.usd;
    let tokens = state.spent.inputTokens + state.spent.outputTokens;
    for (const { status, reserved } of Object.values(state.calls).flat()) {
      if (status !== 'asked' || reserved === undefined) continue;
      usd += reserved.usd ?? 0;
      tokens += reserved.inputTokens + reserved.outputTokens;
    }
    if (usd > (state.caps.usd ?? Infinity) + 1e-9)
      found.push(`${event.seq} ${event.type}: ${usd} of ${state.caps.usd} dollars`);
    if (tokens > (state.caps.tokens ?? Infinity))
      found.push(`${event.seq} ${event.type}: ${tokens} of ${state.caps.tokens} tokens`);
    if (Object.values(state.openApprovals).filter(({ kind }) => kind === 'budget').length > 1)
      found.push(`${event.seq}: two questions about money`);
  }
  return found;
}

/** Requests for which an answer was recorded and that were answered again, with no failure or wish for another try between. */
function askedAgain(events: readonly RunEvent[]): string[] {
  const answered = new Map<string, Set<string>>();
  const found: string[] = [];
  for (const event of events) {
    if (event.type === 'step-failed') answered.delete(event.step);
    if (event.type !== 'call-answered') continue;
    const hashes = answered.get(event.step) ?? new Set();
    if (hashes.has(event.requestHash)) found.push(`${event.seq}: ${event.step} asked again`);
    answered.set(event.step, hashes.add(event.requestHash));
  }
  return found;
}

function paidFor(events: readonly RunEvent[]): number {
  return events.reduce(
    (sum, event) => sum + (event.type === 'call-answered' ? (event.usage.usd ?? 0) : 0),
    0,
  );
}
