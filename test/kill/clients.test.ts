import { setTimeout as after } from 'node:timers/promises';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import type { RunSummary } from '../../src/core/storage/run-store';
import { openRunStore } from '../../src/core/storage/journal-run-store';
import { builtCli, eventsIn, finish, untilEvent, Workplace, type Ended } from '../support/built-cli';
import { createTestHost } from '../support/node-host';

/* Terminals on one folder run workflows, steer each other's, are killed and held up. Nothing is lost, and nothing is done twice. */

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
const TERMINALS = 3;
/** More of them in a long run. */
const TURNS = Number(process.env['TURNS'] ?? 4);
/** Each attempt writes a line of its own. */
const FLOW = `
name: flow
steps:
  - key: one
    idempotent: true
    run: echo "$BATON_STEP" >> effects.txt; sleep 0.1
  - key: two
    dependsOn: [one]
    idempotent: true
    run: sleep 0.1; echo "$BATON_STEP" >> effects.txt
  - key: three
    dependsOn: [two]
    idempotent: true
    run: echo "$BATON_STEP" >> effects.txt
`;

let place: Workplace;
let seed = SEED;
const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
const state = () => path.join(place.folder, 'runs');
const chance = (of: number) => random() < of;

beforeAll(() => builtCli(), 120_000);
afterEach(() => place.remove());

/** One person's terminal: a few commands, some of which end before their time. */
async function live(ended: Ended[]): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    const steers = turn > 0 && chance(0.25);
    const pauses = steers && chance(0.5);
    const command = pauses ? ['pause', 'last'] : steers ? ['resume', 'last'] : ['run', 'flow.yaml'];
    const child = place.start([...command, '--json', '--state', state()]);
    const done = finish(child);
    if (!pauses && chance(0.45)) {
      const wait = random() * 250;
      untilEvent(child, ({ type }) => type === 'step-started').then(
        () => setTimeout(() => child.kill('SIGKILL'), wait),
        () => undefined,
      );
    } else if (chance(0.2)) {
      await after(300 + random() * 300);
      child.kill('SIGSTOP');
      void after(random() * 2_500).then(() => child.kill('SIGCONT'));
    }
    const { stdout, ...how } = await done;
    // What pausing prints is no event.
    ended.push({ ...how, stdout: pauses ? '' : stdout });
  }
}

async function recorded(): Promise<{ runs: readonly RunSummary[]; events: readonly RunEvent[] }> {
  const store = await openRunStore(createTestHost(), state(), { epoch: 0, readOnly: true });
  const runs = await store.runs();
  const events: RunEvent[] = [];
  for (const { runId } of runs) events.push(...(await store.read(runId)));
  expect(await store.verify()).toEqual([]);
  await store.close();
  return { runs, events };
}

describe('terminals on one folder', () => {
  it(`run, steer, die and hang, and nothing is lost or done twice (seed ${SEED})`, async () => {
    place = await Workplace.make({ 'flow.yaml': FLOW });
    const ended: Ended[] = [];
    await Promise.all(Array.from({ length: TERMINALS }, () => live(ended)));
    for (const { runId, endedAt } of (await recorded()).runs)
      if (endedAt === undefined)
        expect(await place.baton(['resume', runId, '--state', state()])).toMatchObject({ code: 0 });

    const { runs, events } = await recorded();
    const said = new Map<string, number>();
    for (const { stdout } of ended)
      for (const { runId, seq } of eventsIn(stdout)) said.set(runId, Math.max(seq, said.get(runId) ?? 0));
    // Whatever anybody was told of is there, and every run came to its end.
    for (const [runId, seq] of said)
      expect(events.filter((event) => event.runId === runId).length, runId).toBeGreaterThanOrEqual(seq);
    expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'completed'));

    const effects = (await place.read('effects.txt')).trimEnd().split('\n');
    expect(new Set(effects).size).toBe(effects.length);
    const completed = events.flatMap((event) =>
      event.type === 'step-completed' ? [`${event.runId}/${event.step}/${event.attempt}`] : [],
    );
    expect(completed).toHaveLength(3 * runs.length);
    expect(new Set(completed.map((attempt) => attempt.replace(/\/\d+$/, ''))).size).toBe(completed.length);
    for (const attempt of completed) expect(effects).toContain(attempt);
    // One command starts one run, however often it had to be said.
    const clients = events.flatMap((event) =>
      event.type === 'run-started' && event.clientId !== undefined ? [event.clientId] : [],
    );
    expect(new Set(clients).size).toBe(clients.length);

    const taken = events.filter(({ type }) => type === 'owner-changed').length;
    const codes = ended.map(({ code }) => code);
    console.info(
      `seed ${SEED}: ${ended.length} commands, ${codes.filter((code) => code === 0).length} ended well, ` +
        `${codes.filter((code) => code === null).length} killed, ${codes.filter((code) => code === 1).length} refused; ` +
        `${runs.length} runs, ${clients.length} through an owner, ` +
        `${taken} taken over`,
    );
    expect(codes.filter((code) => code === 0).length).toBeGreaterThanOrEqual(3);
    expect(clients.length).toBeGreaterThanOrEqual(1);
    // In few turns it may be that nobody died who owned anything.
    if (TURNS > 5) expect(taken).toBeGreaterThanOrEqual(1);
  }, 120_000);
});
