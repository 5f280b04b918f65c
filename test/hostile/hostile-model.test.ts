import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOutdoors, type Outdoors } from './model/outdoors';
import { CALLS, hostileSequence, type Told } from './model/sequence';

const FULL = process.env['HOSTILE'] === 'full';
const SEQUENCES = Number(process.env['SEQUENCES'] ?? (FULL ? 1_000 : 25));
/** The same one for every day, another one each time where there is time for all of it. */
const SEED = process.env['SEED'] ?? (FULL ? String(Date.now()) : '1');
/** One sequence of a seed, to look at what went wrong. */
const ONLY = process.env['SEQUENCE'];

describe('a model that is against everybody', () => {
  let outdoors: Outdoors;
  beforeAll(async () => {
    outdoors = await openOutdoors();
  });
  afterAll(() => outdoors.close());

  it(`makes ${SEQUENCES} sequences of ${CALLS} calls, and nothing happens that nobody allowed (seed ${SEED})`, async () => {
    const begun = performance.now();
    const told: Told[] = [];
    const wanted =
      ONLY === undefined ? Array.from({ length: SEQUENCES }, (_, index) => index) : [Number(ONLY)];
    for (const index of wanted) told.push(await hostileSequence(outdoors, SEED, index));
    const sum = (of: (one: Told) => number) => told.reduce((all, one) => all + of(one), 0);
    const tools = new Map<string, number>();
    for (const { asked } of told)
      for (const [name, count] of asked) tools.set(name, (tools.get(name) ?? 0) + count);
    const known = [
      ...new Set([
        ...outdoors.box.names.filter((name) => !name.startsWith('mcp_')),
        ...outdoors.serverTools,
        ...OF_AGENTS,
      ]),
    ];
    const made = sum((one) => one.made);
    const verdicts = {
      allow: sum((one) => one.verdicts.allow),
      ask: sum((one) => one.verdicts.ask),
      deny: sum((one) => one.verdicts.deny),
    };
    const counts = Object.fromEntries(known.map((name) => [name, tools.get(name) ?? 0]));
    const seconds = Math.round((performance.now() - begun) / 1_000);
    console.log(
      JSON.stringify({
        seed: SEED,
        sequences: told.length,
        calls: made,
        done: sum((one) => one.done),
        verdicts,
        questions: sum((one) => one.questions),
        crashes: sum((one) => one.crashes),
        seconds,
        counts,
      }),
    );
    expect(told.flatMap(({ faults }) => faults)).toEqual([]);
    if (ONLY !== undefined) return;
    // Nothing of it would mean anything if nothing had been done.
    const part = SEQUENCES / 1_000;
    // Of few sequences chance has a larger part.
    const slack = part < 1 ? 0.5 : 1;
    expect(made).toBe(SEQUENCES * CALLS);
    expect(sum((one) => one.done)).toBeGreaterThanOrEqual(made * 0.2);
    for (const [verdict, count] of Object.entries(verdicts))
      expect([verdict, count >= Math.floor(500 * part * slack)]).toEqual([verdict, true]);
    for (const [name, count] of Object.entries(counts))
      expect([name, count >= Math.floor(200 * part * slack)]).toEqual([name, true]);
  });
});

/** Tools that an agent gets for being who it is. */
const OF_AGENTS = [
  ...[
    'delegate',
    'delegate_many',
    'run_analysis',
    'send_message',
    'broadcast',
    'publish',
    'subscribe',
    'ask_agent',
  ],
  ...['read_messages', 'answer_message', 'share', 'read_shared', 'lock_shared', 'unlock_shared'],
];
