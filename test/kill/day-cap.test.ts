import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import { builtCli, eventsIn, finish, untilEvent, Workplace } from '../support/built-cli';
import { temporaryFolder } from '../support/node-host';
import { environmentOf, startVendorServer, type VendorServer } from '../support/vendor-servers';

/* Terminals in folders of their own, at the same time, and one cap for the day of the person who has them all. */

const PLACES = 4;
const STEPS = 5;
const MAY_LEAVE = 5;
/** All of them come to their calls at the same moment: when the person's file is there. */
const flow = (go: string) => `name: flow
config: { parallelism: ${STEPS} }
steps:
  - { key: start, run: 'until [ -e ${go} ]; do sleep 0.01; done' }
${Array.from(
  { length: STEPS },
  (_none, index) => `  - { key: think-${index}, dependsOn: [start], prompt: How is it?, maxTokens: 1000 }\n`,
).join('')}`;

let person: Awaited<ReturnType<typeof temporaryFolder>>;
let places: Workplace[];
let claude: VendorServer;
/** Requests that came, answered or not. */
let asked: number;
let letGo: () => void;

beforeAll(() => builtCli(), 120_000);
beforeEach(async () => {
  person = await temporaryFolder('baton-person');
  places = await Promise.all(
    Array.from({ length: PLACES + 1 }, () => Workplace.make({ 'flow.yaml': flow(goFile()) })),
  );
  claude = await startVendorServer();
});
afterEach(async () => {
  letGo();
  await claude.stop();
  await Promise.all(places.map((place) => place.remove()));
  await person.remove();
});

const of = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) =>
  events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
const env = () => ({
  ...environmentOf({ claude }),
  XDG_STATE_HOME: path.join(person.path, 'state'),
  XDG_CONFIG_HOME: path.join(person.path, 'config'),
});
const run = (place: Workplace) => place.start(['run', 'flow.yaml', '--json', '--approvals', 'none'], env());
const resume = (place: Workplace) => place.baton(['resume', 'last', '--json'], { env: env() });
const answersIn = (stdout: string) => of(eventsIn(stdout), 'call-answered').length;
const goFile = () => path.join(person.path, 'go');

/** Every answer waits until it is let go, and takes exactly what was held back for it. */
function holdAnswers(input_tokens: number): void {
  asked = 0;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  claude.mock.clearFixtures().onMessage(/./, async () => {
    asked += 1;
    await held;
    return { content: 'It is so.', usage: { input_tokens, output_tokens: 1000 } };
  });
}

/** What one of the calls may take at most, as it is told before it leaves. */
async function capForFive(): Promise<{ readonly input: number; readonly cap: number }> {
  holdAnswers(10);
  letGo();
  await writeFile(goFile(), '');
  const [place] = places;
  const ended = await finish(run(place as Workplace));
  expect(ended.code).toBe(0);
  await rm(goFile());
  const worst = of(eventsIn(ended.stdout), 'routing-decision').map(({ reserved }) => reserved);
  const input = Math.max(...worst.map(({ inputTokens }) => inputTokens));
  expect(worst).toHaveLength(STEPS);
  expect(worst.every((each) => each.inputTokens === input && each.outputTokens === 1000)).toBe(true);
  const cap = STEPS * 1010 + MAY_LEAVE * (input + 1000) + 500;
  await mkdir(path.join(person.path, 'config/baton'), { recursive: true });
  await writeFile(
    path.join(person.path, 'config/baton/baton.config.json'),
    JSON.stringify({ budget: { tokensPerDay: cap } }),
  );
  return { input, cap };
}

const spending = () => path.join(person.path, 'state/baton/spending');

interface Waiting {
  readonly step: string;
  readonly approval: { readonly shown: unknown };
}

/** Calls that wanted money under a cap, whether they got it or not. */
async function wanted(): Promise<number> {
  const files = await readdir(spending());
  const texts = await Promise.all(files.map((file) => readFile(path.join(spending(), file), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter((line) => line.includes('"cap"')).length;
}

/** Resolves once so many calls wanted money, and as many have left as may. */
async function untilAllWanted(count: number): Promise<void> {
  const changes = watch(spending());
  try {
    while ((await wanted()) < count || asked < MAY_LEAVE)
      await Promise.race([new Promise((resolve) => changes.once('change', resolve)), after(200)]);
  } finally {
    changes.close();
  }
}

describe('the cap for a day over several processes', () => {
  it('lets five of twenty calls leave where there is money for five; what a killed process may have taken stays counted', async () => {
    const { input, cap } = await capForFive();
    holdAnswers(input);
    const children = places.slice(0, PLACES).map(run);
    const ends = children.map(finish);
    const isAsking = children.map((child) => untilEvent(child, ({ type }) => type === 'routing-decision'));
    const oneThatAsks = Promise.any(isAsking.map((asks, index) => asks.then(() => index)));
    await Promise.all(children.map((child) => untilEvent(child, ({ type }) => type === 'step-started')));
    await writeFile(goFile(), '');
    await untilAllWanted(PLACES * STEPS);
    expect(asked).toBe(MAY_LEAVE);

    const killed = await oneThatAsks;
    children[killed]?.kill('SIGKILL');
    await ends[killed];
    letGo();
    const ended = await Promise.all(ends);
    expect(ended.map(({ signal }) => signal).filter((signal) => signal !== null)).toEqual(['SIGKILL']);
    const answered = ended.reduce((sum, { stdout }) => sum + answersIn(stdout), 0);
    expect(answered).toBeLessThan(MAY_LEAVE);
    expect(asked).toBe(MAY_LEAVE);

    // Nobody knows what became of its calls: they count, for others and for itself.
    const [place, other] = [places[killed], places[PLACES]] as [Workplace, Workplace];
    expect((await finish(run(other))).code).toBe(3);
    expect((await resume(place)).code).toBe(3);
    expect(asked).toBe(MAY_LEAVE);

    const listed = await place.baton(['approvals', '--json'], { env: env() });
    const { approvals } = JSON.parse(listed.stdout) as { readonly approvals: readonly Waiting[] };
    expect(approvals).toMatchObject([{ approval: { shown: { budget: { scope: 'day', cap } } } }]);
    const raised = String(cap + STEPS * (input + 1000));
    const step = approvals[0]?.step ?? '';
    const approve = ['approve', 'last', step, '--action', 'modify', '--value', raised];
    expect((await place.baton(approve, { env: env() })).code).toBe(0);
    expect((await resume(place)).code).toBe(0);
    expect(asked).toBe(MAY_LEAVE + STEPS - answersIn(ended[killed]?.stdout ?? ''));
  }, 120_000);
});
