import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { FreshStarts } from '../../../src/core/engine/calls/fresh-starts';
import type { Approval } from '../../../src/core/model/approval';
import type { RunEvent } from '../../../src/core/model/events';
import { callAnswers } from '../../../src/core/model/policy-answer';
import { foldAll, runStatus } from '../../../src/core/model/run-state';
import type { FileChange } from '../../../src/core/model/tool-call';
import type { DecisionAction } from '../../../src/core/model/workflow';
import { RunTracker } from '../../../src/core/storage/run-tracker';
import { gate, retry, step, workflow } from './definitions';
import { violations } from './invariants';
import { scriptedTools, World, type ToolScript } from './scripted-tools';
import { happen, playToEnd, simulate, testStories, type OptionsFor, type Saw } from './random-stories';
import { BatonError, type Simulation } from './simulation';

/* Any agents with tools, any crashes, any people: effects, questions and what is said. */

const call = fc.record({
  kind: fc.constantFrom('read', 'effect', 'effect', 'asked', 'asked'),
  takes: fc.integer({ min: 0, max: 120 }),
  changes: fc.boolean(),
});

const story = fc.record({
  steps: fc.array(
    fc.record({
      after: fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 2 }),
      turns: fc.array(fc.array(call, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      talks: fc.boolean(),
      gated: fc.integer({ min: 0, max: 2 }).map((n) => n > 0),
      retries: fc.nat({ max: 1 }),
      failsFirst: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
      timeout: fc.constantFrom(undefined, undefined, undefined, 90),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  mode: fc.constantFrom('interactive', 'batch', 'auto'),
  parallelism: fc.integer({ min: 1, max: 4 }),
  happenings: fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 150 }) }),
      },
      {
        weight: 5,
        arbitrary: fc.record({
          type: fc.constant('decide' as const),
          action: fc.constantFrom('approve', 'approve', 'approve', 'modify', 'retry', 'skip'),
          refuses: fc.boolean(),
        }),
      },
      { weight: 3, arbitrary: fc.constant({ type: 'crash' as const }) },
      { weight: 1, arbitrary: fc.constant({ type: 'close' as const }) },
      { weight: 1, arbitrary: fc.constant({ type: 'pause' as const }) },
      { weight: 4, arbitrary: fc.constant({ type: 'resume' as const }) },
      { weight: 6, arbitrary: fc.constant({ type: 'undo' as const }) },
    ),
    { maxLength: 16 },
  ),
  undoes: fc.boolean(),
  repeats: fc.boolean(),
  syncMs: fc.constantFrom(undefined, 1, 7, 30),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

describe('any run whose agents use tools', () => {
  testStories('does nothing twice or unasked, and loses nothing that was done', story, play, {
    'run-completed': 60,
    'held: policy': 100,
    'held: uncertain': 15,
    'tool-completed': 500,
    'owner-changed': 60,
    'step-uncertain': 20,
    'changes-undone': 50,
    'agent-left interrupted': 25,
    again: 2,
    refused: 2,
  });
});

function scriptOf(told: Story, key: string, attempt: number) {
  const own = told.steps[Number(key.slice(1))];
  if (own === undefined) return {};
  const turns = own.turns.map((calls, turn) =>
    calls.map(({ kind, takes, changes }, at): ToolScript => {
      const command = `${key} ${turn} ${at}`;
      return {
        tool: kind,
        arguments: { command },
        takes,
        asks: kind === 'asked',
        idempotent: kind === 'read',
        ...(changes && kind !== 'read' && { changes: [change(`${key}-${at}.ts`)] }),
      };
    }),
  );
  const fails = own.failsFirst && attempt === 1 && new BatonError('output-schema', 'It does not fit.');
  return { turns, talks: own.talks, ...(fails && { fails }) };
}

const change = (path: string): FileChange => ({
  path,
  after: { hash: '4'.repeat(64), path, mediaType: 'text/plain', size: 1 },
});

function definitionOf(told: Story) {
  return workflow(
    told.steps.map(({ after, gated, retries, timeout }, index) =>
      step(`s${index}`, {
        prompt: 'Work.',
        dependsOn: after.filter((other) => other < index).map((other) => `s${other}`),
        ...(gated && { approval: gate() }),
        ...(retries > 0 && { retry: [retry({ max: retries, delay: 20 })] }),
        ...(timeout !== undefined && { timeout }),
      }),
    ),
    { parallelism: told.parallelism },
  );
}

async function play(told: Story, saw: Saw): Promise<void> {
  const world = new World();
  const options: OptionsFor = (simulation) => ({
    ...(told.syncMs !== undefined && { syncMs: told.syncMs }),
    agents: scriptedTools(
      () => simulation().machine.host.clock,
      ({ key }, attempt) => scriptOf(told, key, attempt),
      world,
    ),
  });
  let current = simulate(options);
  await current.waited(current.start(definitionOf(told), { mode: told.mode }));
  for (const happening of told.happenings) {
    const state = await current.state();
    if (state.endedAt !== undefined && happening.type !== 'undo') break;
    if (happening.type === 'decide') await decide(current, happening.action, happening.refuses);
    else if (happening.type === 'undo') await undo(current);
    else current = await happen(current, happening, options);
  }
  // A person who allows everything brings it to its end.
  await playToEnd(current, 120, async ({ openApprovals }, round) => {
    // Once: a retry at its gate would change them again.
    if (told.undoes && round === 0) await undo(current);
    const [open] = Object.values(openApprovals);
    const isCall = open?.kind === 'uncertain' && open.shown.calls !== undefined;
    if (open !== undefined) await decide(current, isCall && told.repeats ? 'retry' : 'approve', false);
  });
  if (told.undoes) await undo(current);
  await judge(current, world, saw);
  await current.waited(current.engine.close());
}

/** Takes the first change of the first step back that made some. */
async function undo(simulation: Simulation): Promise<void> {
  const { changes } = await simulation.state();
  const [key = 's0'] = Object.keys(changes).filter((step) => (changes[step] ?? []).length > 0);
  const restore = (all: readonly FileChange[]) =>
    Promise.resolve({ restored: all.slice(0, 1).map(({ path }) => path), changedSince: [] });
  await simulation.waited(simulation.engine.undo(simulation.runId, key, 'ada', restore));
}

async function decide(simulation: Simulation, action: DecisionAction, refuses: boolean): Promise<void> {
  const open = Object.values((await simulation.state()).openApprovals)[0];
  if (open === undefined) return;
  const key = open.shown.calls?.[0]?.key ?? '';
  const value =
    action === 'modify' ? { given: true } : open.kind === 'policy' && refuses ? { refuse: [key] } : undefined;
  await simulation.decide(open.step, open.allow.includes(action) ? action : 'approve', {
    ...(value !== undefined && { value }),
    ...(action === 'retry' && { comment: 'once more' }),
  });
}

async function judge(simulation: Simulation, world: World, saw: Saw): Promise<void> {
  const events = await simulation.store.read(simulation.runId);
  expect(violations(events)).toEqual([]);
  expect(await simulation.engine.state(simulation.runId)).toEqual(foldAll(events));
  expect(simulation.machine.logged).toEqual([]);
  expect(unasked(events, saw)).toEqual([]);
  // Each effect was on the disk before it began.
  for (const key of new Set(world.effects)) {
    const begun = world.effects.filter((one) => one === key).length;
    const recorded = events.filter((event) => event.type === 'tool-started' && event.key === key).length;
    expect(begun, key).toBeLessThanOrEqual(recorded);
  }
  const state = foldAll(events);
  expect(Object.values(state?.talk.participants ?? {}).filter(({ isHere }) => isHere)).toEqual([]);
  expect(
    Object.values(state?.tools ?? {})
      .flat()
      .filter(({ status }) => status === 'running'),
  ).toEqual([]);
  const tracker = new RunTracker(simulation.runId);
  for (const event of events) tracker.apply(event);
  expect(tracker.summary().status).toBe(state && runStatus(state));
  for (const event of events) {
    saw(event.type);
    if (event.type === 'step-held') saw(`held: ${event.reason}`);
    if (event.type === 'agent-left') saw(`agent-left ${event.reason}`);
  }
}

/** Calls made without being allowed, made again without a word, or made again after they were done; turns asked for twice. */
function unasked(events: readonly RunEvent[], saw: Saw): string[] {
  const found: string[] = [];
  const freshStarts = new FreshStarts();
  const open = new Map<string, Approval>();
  /** By step, of the conversation that goes on. */
  const done = new Map<string, Set<string>>();
  const begun = new Map<string, Set<string>>();
  const allowed = new Map<string, Set<string>>();
  const turns = new Map<string, Set<string>>();
  const of = (map: Map<string, Set<string>>, name: string) => {
    const set = map.get(name) ?? new Set<string>();
    map.set(name, set);
    return set;
  };
  for (const event of events) {
    const say = (what: string) => found.push(`${event.seq} ${event.type}: ${what}`);
    if (event.type === 'approval-requested') open.set(event.approval.id, event.approval);
    if (event.type === 'approval-decided' && event.refused === undefined) {
      const approval = open.get(event.id);
      for (const [key, answer] of approval === undefined ? [] : callAnswers(approval, event.decision)) {
        if (answer.type === 'allow' || answer.type === 'again') of(allowed, event.step).add(key);
        else of(allowed, event.step).delete(key);
        if (answer.type === 'again' || answer.type === 'happened') of(begun, event.step).delete(key);
        if (answer.type === 'again') saw('again');
      }
    }
    const fresh = freshStarts.next(event);
    if (fresh !== undefined) for (const map of [done, begun, allowed, turns]) map.delete(fresh.step);
    if (event.type === 'call-answered') {
      if (of(turns, event.step).has(event.requestHash)) say('the turn was answered before');
      of(turns, event.step).add(event.requestHash);
    }
    if (event.type === 'tool-started' && !event.idempotent) {
      if (of(done, event.step).has(event.key)) say(`${event.tool} was done before`);
      if (of(begun, event.step).has(event.key)) say(`${event.tool} had begun before`);
      if (event.tool === 'asked' && !of(allowed, event.step).has(event.key)) say('nobody allowed it');
      of(begun, event.step).add(event.key);
    }
    if (event.type === 'tool-completed') {
      of(done, event.step).add(event.key);
      if (event.refused !== undefined) saw('refused');
    }
  }
  return found;
}
