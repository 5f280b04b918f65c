import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import { builtCli, eventsIn, finish, untilEvent, Workplace } from '../support/built-cli';
import { agentSays, toldTo, type Turn } from '../support/scripted-agents';
import { environmentOf, startVendorServer, type VendorServer } from '../support/vendor-servers';

/* The built command line is killed while an agent's tool works. Whatever it was doing is never done twice. */

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
const LINES = 12;
const DONE = {
  json: {
    summary: 'Everything is written down.',
    files: [{ path: 'out/log.txt', change: 'edited', purpose: 'The log' }],
    failureModes: [{ when: 'The process dies', response: 'It goes on where it was' }],
    verifiedBy: ['Nothing was run.'],
    questions: [],
  },
} as const;

/** Notes that it began, then runs until it is let go. */
const HOLD = `import { appendFileSync, existsSync, watch } from 'node:fs';
appendFileSync('effects.log', 'began\\n');
const done = () => existsSync('go') && process.exit(0);
watch('.', done);
done();
`;

let place: Workplace;
let claude: VendorServer;
beforeAll(() => builtCli(), 120_000);
beforeEach(async () => {
  claude = await startVendorServer();
});
afterEach(async () => {
  // A command that outlived its parent ends, too.
  await place.write('go', '');
  await claude.stop();
  await place.remove();
});

const of = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) =>
  events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
const env = () => environmentOf({ claude });
const baton = async (...args: readonly string[]) => {
  const ended = await place.baton([...args, '--json'], { env: env() });
  return { ...ended, events: args[0] === 'approve' ? [] : eventsIn(ended.stdout) };
};

describe('an agent that changes files', () => {
  it(`is killed again and again at its writes, and every line is written once (seed ${SEED})`, async () => {
    place = await Workplace.make({
      'flow.yaml':
        "name: flow\nsteps:\n  - key: log\n    agent: backend\n    writes: ['out/**']\n    prompt: Write it down.\n",
      'out/log.txt': 'end\n',
    });
    const edit = (line: number): Turn => [
      ['edit_file', { path: 'out/log.txt', old_text: 'end\n', new_text: `line ${line}\nend\n` }],
    ];
    const numbers = Array.from({ length: LINES }, (_none, index) => index + 1);
    agentSays(claude, 'backend', [...numbers.map(edit), DONE]);
    let seed = SEED;
    const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;

    const all: RunEvent[] = [];
    let kills = 0;
    for (let life = 0; life < 30; life += 1) {
      const args = life === 0 ? ['run', 'flow.yaml'] : ['resume', 'last'];
      const child = place.start([...args, '--json'], env());
      const ended = finish(child);
      if (kills < 8) {
        const begins = 1 + Math.floor(random() * 2);
        let begun = 0;
        untilEvent(child, ({ type }) => type === 'tool-started' && ++begun >= begins).then(
          () => setTimeout(() => child.kill('SIGKILL'), random() * 12),
          () => undefined,
        );
      }
      const { code, signal, stdout } = await ended;
      all.push(...eventsIn(stdout));
      if (signal === null) {
        expect(code).toBe(0);
        break;
      }
      kills += 1;
    }
    expect(kills).toBeGreaterThanOrEqual(4);
    expect(await place.read('out/log.txt')).toBe(`${numbers.map((line) => `line ${line}\n`).join('')}end\n`);
    // No question to anybody: what became of a file can be seen in the file.
    expect(of(all, 'approval-requested')).toEqual([]);
    const events = await recorded();
    const completed = of(events, 'tool-completed');
    expect(completed.map(({ isError }) => isError)).toEqual(numbers.map(() => false));
    expect(new Set(completed.map(({ key }) => key)).size).toBe(LINES);
    expect(completed.every(({ changes }) => changes?.length === 1)).toBe(true);

    // The way back is whole, though the work was done by many processes.
    expect((await place.baton(['undo', 'last', 'log'])).code).toBe(0);
    expect(await place.read('out/log.txt')).toBe('end\n');
  }, 180_000);
});

describe('an agent that runs a command', () => {
  const begin = async () => {
    place = await Workplace.make({
      'flow.yaml': 'name: flow\nsteps:\n  - key: check\n    agent: performance\n    prompt: Measure it.\n',
      'hold.mjs': HOLD,
    });
    agentSays(claude, 'performance', [
      [['run_command', { program: 'node', arguments: ['hold.mjs'] }]],
      {
        json: {
          summary: 'It was measured once.',
          goal: 'To know how long it takes',
          hotspots: [],
          measurements: [],
          questions: [],
        },
      },
    ]);
    expect((await baton('run', 'flow.yaml')).code).toBe(3);
    expect((await baton('approve', 'last', 'check', '--action', 'approve')).code).toBe(0);
    const child = place.start(['resume', 'last', '--json'], env());
    const ended = finish(child);
    await untilEffects('began\n');
    child.kill('SIGKILL');
    expect(of(eventsIn((await ended).stdout), 'tool-started')).toMatchObject([
      { tool: 'run_command', idempotent: false },
    ]);
    const resumed = await baton('resume', 'last');
    expect(resumed.code).toBe(3);
    const asked = of(resumed.events, 'approval-requested').map(({ approval }) => approval);
    expect(asked).toMatchObject([
      { kind: 'uncertain', step: 'check', shown: { calls: [{ tool: 'run_command', agent: 'performance' }] } },
    ]);
    expect(JSON.stringify(asked[0]?.shown.calls)).toContain('hold.mjs');
    // Asked, and not done: neither now nor by a second look.
    expect((await baton('resume', 'last')).code).toBe(3);
    expect(await effects()).toBe('began\n');
  };

  it('and was killed in it asks whether it happened, and goes on at the word that it did', async () => {
    await begin();
    expect(
      (await baton('approve', 'last', 'check', '--action', 'modify', '--value', 'It took 3 s')).code,
    ).toBe(0);
    const { code, events } = await baton('resume', 'last');
    expect(code).toBe(0);
    expect(of(events, 'step-completed')).toHaveLength(1);
    expect(await effects()).toBe('began\n');
    const told = toldTo(claude, 'performance').at(-1);
    expect(told).toContain('A person says that it happened. What came of it: It took 3 s');
    expect(claude.asked()).toBe(2);
  }, 120_000);

  it('and was killed in it runs it again only when told to', async () => {
    await begin();
    await place.write('go', '');
    expect((await baton('approve', 'last', 'check', '--action', 'retry')).code).toBe(0);
    const { code } = await baton('resume', 'last');
    expect(code).toBe(0);
    expect(await effects()).toBe('began\nbegan\n');
    expect(claude.asked()).toBe(2);
  }, 120_000);
});

const effects = () => place.read('effects.log');

/** Resolves once the commands have noted this. */
async function untilEffects(text: string): Promise<void> {
  const changes = watch(place.workspace);
  try {
    while ((await effects()) !== text)
      await Promise.race([new Promise((resolve) => changes.once('change', resolve)), after(1_000)]);
  } finally {
    changes.close();
  }
}

/** All that the run left behind, as it is exported. */
async function recorded(): Promise<readonly RunEvent[]> {
  const folder = path.join(place.folder, 'exported');
  const { files } = await place.json<{ readonly files: readonly string[] }>('export', 'last', folder);
  const name = files.find((file) => file.endsWith('events.jsonl')) ?? '';
  return eventsIn(await readFile(path.resolve(folder, name), 'utf8'));
}
