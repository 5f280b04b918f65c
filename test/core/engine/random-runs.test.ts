import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldAll } from '../../../src/core/model/run-state';
import type { RunEvent } from '../../../src/core/model/events';
import type { DecisionAction, Step } from '../../../src/core/model/workflow';
import type { CommandScript } from './simulated-host';
import { gate, retry, step, workflow } from './definitions';
import { recomputed, violations } from './invariants';
import { happen, playToEnd, simulate, type OptionsFor, type Outside } from './random-stories';
import type { Simulation } from './simulation';

/* Any graph, any failures, any people: what must be true of every run. */

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
const RUNS = Number(process.env['RUNS'] ?? 150);

interface RandomStep {
  readonly after: readonly number[];
  readonly outcomes: readonly ('good' | 'bad' | 'slow' | 'killed')[];
  readonly takes: number;
  readonly gate: 'none' | 'after' | 'before';
  readonly idempotent: boolean;
  readonly tolerated: boolean;
  readonly asks: boolean;
  readonly retries: number;
  readonly condition: string | undefined;
}

interface RandomDecision {
  readonly type: 'decide';
  readonly action: DecisionAction;
  readonly which: number;
  readonly stale: boolean;
}

type Happening = Outside | RandomDecision;

const randomStep: fc.Arbitrary<RandomStep> = fc.record({
  after: fc.uniqueArray(fc.nat({ max: 9 }), { maxLength: 3 }),
  outcomes: fc.array(fc.constantFrom('good', 'good', 'good', 'bad', 'slow', 'killed'), {
    minLength: 1,
    maxLength: 3,
  }),
  takes: fc.integer({ min: 0, max: 300 }),
  gate: fc.constantFrom('none', 'none', 'after', 'before'),
  idempotent: fc.boolean(),
  tolerated: fc.boolean(),
  asks: fc.boolean(),
  retries: fc.nat({ max: 2 }),
  condition: fc.constantFrom(undefined, undefined, undefined, 'always()', 'failure()', 'success()', '1 == 2'),
});

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('decide' as const),
      action: fc.constantFrom('approve', 'modify', 'retry', 'skip'),
      which: fc.nat({ max: 3 }),
      stale: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'pause' as const }) },
  { weight: 2, arbitrary: fc.constant({ type: 'resume' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'crash' as const }) },
);

const story = fc.record({
  steps: fc.array(randomStep, { minLength: 1, maxLength: 10 }),
  parallelism: fc.integer({ min: 1, max: 4 }),
  failFast: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  mode: fc.constantFrom('interactive', 'batch', 'auto'),
  happenings: fc.array(happening, { maxLength: 12 }),
  cancels: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
  syncMs: fc.constantFrom(undefined, 1, 7),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

describe('any run', () => {
  it(
    `keeps its promises (seed ${SEED}, ${RUNS} runs)`,
    async () => {
      const kinds = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(story, async (told) => {
          for (const event of await play(told)) kinds.set(event.type, (kinds.get(event.type) ?? 0) + 1);
        }),
        { numRuns: RUNS, seed: SEED },
      );
      // A run in which nothing happens keeps every promise: all kinds of events must have been seen.
      if (RUNS >= 100)
        for (const kind of EXPECTED)
          expect(kinds.get(kind) ?? 0, `${kind} never happened`).toBeGreaterThan(0);
    },
    Math.max(60_000, RUNS * 400),
  );
});

const EXPECTED: readonly RunEvent['type'][] = [
  'step-completed',
  'step-failed',
  'step-skipped',
  'step-uncertain',
  'approval-requested',
  'approval-decided',
  'run-paused',
  'run-resumed',
  'run-parked',
  'run-completed',
  'run-failed',
  'owner-changed',
];

function definitionOf(told: Story) {
  const steps = told.steps.map((random, index): Step => {
    const dependsOn = random.after.filter((other) => other < index).map((other) => `s${other}`);
    return step(`s${index}`, {
      run: `s${index}`,
      dependsOn,
      idempotent: random.idempotent,
      continueOnError: random.tolerated,
      onError: random.asks ? 'ask' : 'fail',
      timeout: 1_000,
      ...(random.condition !== undefined && { condition: random.condition }),
      ...(random.retries > 0 && { retry: [retry({ max: random.retries, delay: 100 })] }),
      ...(random.gate !== 'none' && { approval: gate({ when: random.gate }) }),
    });
  });
  return workflow(steps, { parallelism: told.parallelism, failFast: told.failFast });
}

async function play(told: Story): Promise<readonly RunEvent[]> {
  const begun = new Map<string, number>();
  const faults: string[] = [];
  const options: OptionsFor = (simulation) => ({
    ...(told.syncMs !== undefined && { syncMs: told.syncMs }),
    commands: (command, request) => {
      const random = told.steps[Number(command.slice(1).replace(/\D.*$/, ''))];
      const time = begun.get(command) ?? 0;
      begun.set(command, time + 1);
      faults.push(...faultsAtStart(simulation(), request.env['BATON_STEP'] ?? ''));
      return scriptOf(random, time);
    },
  });
  let simulation = simulate(options);
  await simulation.waited(simulation.start(definitionOf(told), { mode: told.mode }));
  for (const happening of told.happenings) {
    if (happening.type === 'decide') await decide(simulation, happening);
    else simulation = await happen(simulation, happening, options);
  }
  if (told.cancels) {
    await simulation.waited(simulation.engine.cancel(simulation.runId, 'ada'));
    await simulation.untilIdle();
  }
  await finish(simulation);
  const events = await simulation.store.read(simulation.runId);
  expect(violations(events)).toEqual([]);
  expect(recomputed(events)).toEqual([]);
  expect(faults).toEqual([]);
  expect(foldAll(events)).toEqual(await simulation.engine.state(simulation.runId));
  expect(events.at(-1)?.type).toMatch(/^run-(completed|failed|cancelled)$/);
  expect(wronglyEnded(events)).toEqual([]);
  await simulation.engine.close();
  return events;
}

/** What the disk has to hold when an effect begins. */
function faultsAtStart(simulation: Simulation, mark: string): string[] {
  const [, key = '', attempt = ''] = mark.split('/');
  const events = simulation.disk.runs.get(simulation.runId) ?? [];
  const first = events[0];
  if (first?.type !== 'run-started') return [];
  const declared = first.definition.steps.find((candidate) => candidate.key === key);
  if (declared === undefined) return [`${mark} is no step`];
  const isOn = events.some(
    (event) => event.type === 'step-started' && event.step === key && event.attempt === Number(attempt),
  );
  const faults: string[] = [];
  if (declared.idempotent !== true && !isOn) faults.push(`${mark} began before its start was stored`);
  const state = foldAll(events);
  for (const dependency of declared.dependsOn) {
    const status = state?.steps[dependency]?.status ?? '';
    if (!['completed', 'skipped', 'failed', 'cancelled'].includes(status))
      faults.push(`${mark} began while the disk says that ${dependency} is ${status}`);
  }
  return faults;
}

function scriptOf(random: RandomStep | undefined, time: number): CommandScript {
  const outcome = random?.outcomes[time] ?? 'good';
  const takes = random?.takes ?? 10;
  switch (outcome) {
    case 'good':
      return { takes };
    case 'bad':
      return { takes, exitCode: 1 };
    case 'slow':
      return { takes: 100_000, ignoresTerm: time % 2 === 1 };
    case 'killed':
      return { takes, killedBy: 'SIGKILL' };
    default:
      return outcome satisfies never;
  }
}

async function decide(simulation: Simulation, { action, which, stale }: RandomDecision): Promise<void> {
  const { engine, runId } = simulation;
  const open = Object.values((await simulation.state()).openApprovals);
  const approval = open[which % Math.max(1, open.length)];
  if (approval === undefined) return;
  const value =
    action === 'modify' ? (approval.kind === 'before' ? approval.step : { given: true }) : undefined;
  const decision = {
    action,
    shownHash: stale ? 'something else' : approval.shownHash,
    ...(value !== undefined && { value }),
  };
  await simulation.waited(engine.decide(runId, approval.id, decision, { name: 'ada', channel: 'terminal' }));
}

/** Answers and resumes until the end. */
function finish(simulation: Simulation): Promise<void> {
  const { engine, runId } = simulation;
  return playToEnd(simulation, 100, async ({ openApprovals }) => {
    const approval = Object.values(openApprovals)[0];
    if (approval === undefined) return;
    const action = approval.allow.includes('approve') ? 'approve' : 'skip';
    const decision = { action, shownHash: approval.shownHash } as const;
    await simulation.waited(
      engine.decide(runId, approval.id, decision, { name: 'ada', channel: 'terminal' }),
    );
  });
}

/** A run that says it completed has no failure but tolerated ones; one that failed has another. */
function wronglyEnded(events: readonly RunEvent[]): string[] {
  const state = foldAll(events);
  const failed = Object.values(state?.steps ?? {}).filter((one) => one.status === 'failed' && !one.tolerated);
  if (state?.phase === 'completed' && failed.length > 0) return failed.map(({ key }) => `${key} failed`);
  if (state?.phase === 'failed' && failed.length === 0) return ['nothing failed'];
  return [];
}
