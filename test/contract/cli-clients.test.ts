import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { builtCli, eventsIn, finish, untilEvent, Workplace, type Ended } from '../support/built-cli';

/** After its gate it waits while there is a file "hold". */
const GATE = `
name: with-gate
steps:
  - key: make
    run: echo made | tee -a made.txt
    approval: { message: Look at this }
  - key: use
    dependsOn: [make]
    run: while test -e hold; do sleep 0.05; done; echo used >> used.txt
`;
/** Goes on once there is a file "go". */
const SLOW = `
name: slow
steps:
  - key: quick
    run: echo quick >> effects.txt
  - key: slow
    dependsOn: [quick]
    idempotent: true
    run: echo slow >> effects.txt; while ! test -e go; do sleep 0.05; done
  - key: last
    dependsOn: [slow]
    run: echo last >> effects.txt
`;

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly run: string;
}

let place: Workplace;
const going: ChildProcess[] = [];

/** A terminal whose run has come to a step that waits for the file "go". */
async function toSlow(): Promise<Running> {
  const child = place.start(['run', 'slow.yaml', '--json']);
  going.push(child);
  const ended = finish(child);
  const events = await untilEvent(child, (event) => event.type === 'step-started' && event.step === 'slow');
  return { child, ended, run: events[0]?.runId ?? '' };
}

const statusOf = async (run: string) => (await place.json<{ status: string }>('status', run)).status;
const usedTimes = async () => (await place.read('used.txt')).trimEnd().split('\n').length;

beforeAll(() => builtCli(), 120_000);
afterEach(async () => {
  for (const child of going.splice(0)) child.kill('SIGKILL');
  await place.remove();
});

describe('a terminal where another one owns the runs', { timeout: 60_000 }, () => {
  it('runs a workflow there, is asked at its gates, and steers the runs of the other', async () => {
    place = await Workplace.make({ 'slow.yaml': SLOW, 'gate.yaml': GATE });
    const owner = await toSlow();
    const name = `terminal (pid ${owner.child.pid})`;

    const asked = await place.baton(['run', 'gate.yaml', '--approvals', 'ask'], { input: 'a\n' });
    expect(asked.code).toBe(0);
    expect(asked.stderr).toContain(`${name} runs it.`);
    expect(asked.stderr).toContain('Look at this');
    expect(asked.stdout).toMatch(/run completed in/);
    expect(await usedTimes()).toBe(1);
    expect(await statusOf(owner.run)).toBe('running');

    const waiting = await place.baton(['run', 'gate.yaml', '--json']);
    expect(waiting.code).toBe(3);
    const run = eventsIn(waiting.stdout)[0]?.runId ?? '';
    const hold = await place.write('hold', '');
    const decided = await place.baton(['approve', run, 'make', '--action', 'approve']);
    expect(decided).toMatchObject({ code: 0, stderr: '' });
    expect(decided.stdout).toContain(`The run goes on in ${name}.`);
    await rm(hold);
    expect(await place.baton(['resume', run])).toMatchObject({ code: 0 });
    expect(await usedTimes()).toBe(2);

    expect(await place.baton(['pause', owner.run])).toMatchObject({ code: 0 });
    expect(await statusOf(owner.run)).toBe('paused');
    const resuming = place.start(['resume', owner.run, '--json']);
    const resumed = finish(resuming);
    await untilEvent(resuming, (event) => event.type === 'run-resumed');
    expect(await place.baton(['cancel', owner.run])).toMatchObject({ code: 0 });
    expect((await resumed).code).toBe(130);
    expect((await owner.ended).code).toBe(130);
  });

  it('leaves its run to the other when it is ended, and the other stays until that run rests', async () => {
    place = await Workplace.make({
      'gate.yaml': GATE.replace('echo made', 'while ! test -e first; do sleep 0.05; done; echo made'),
      'slow.yaml': SLOW,
    });
    const owner = place.start(['run', 'gate.yaml', '--json']);
    going.push(owner);
    const ownerEnded = finish(owner);
    await untilEvent(owner, (event) => event.type === 'step-started');
    const client = await toSlow();
    client.child.kill('SIGTERM');
    const left = await client.ended;
    expect(left.code).toBe(3);
    expect(left.stderr).toContain(`The run goes on in terminal (pid ${owner.pid}).`);
    const said = new Promise<string>((resolve) => {
      owner.stderr?.on('data', (text: string) => text.includes('Waiting for run') && resolve(text));
    });
    await place.write('first', '');
    expect(await said).toContain(
      `Waiting for run ${client.run}, asked for by terminal (pid ${client.child.pid}).`,
    );
    await place.write('go', '');
    expect((await ownerEnded).code).toBe(3);
    expect(await statusOf(client.run)).toBe('completed');
    expect(await place.read('effects.txt')).toBe('quick\nslow\nlast\n');
  });

  it('goes on with its run when the other is killed, and does nothing twice that has a result', async () => {
    place = await Workplace.make({
      'gate.yaml': GATE,
      'slow.yaml': SLOW,
      'hold.yaml': SLOW.replaceAll('effects', 'held'),
    });
    const owner = place.start(['run', 'hold.yaml', '--json']);
    going.push(owner);
    const ownerEnded = finish(owner);
    await untilEvent(owner, (event) => event.type === 'step-started');
    const client = await toSlow();
    owner.kill('SIGKILL');
    await ownerEnded;
    await place.write('go', '');
    const { code, stdout, stderr } = await client.ended;
    expect(stderr).toContain(`terminal (pid ${owner.pid}) is gone. The run goes on here.`);
    expect(code).toBe(0);
    const events = eventsIn(stdout);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.filter(({ type }) => type === 'owner-changed')).toHaveLength(1);
    expect(await place.read('effects.txt')).toMatch(/^quick\n(slow\n){1,2}last\n$/);
  });

  it('says who does not answer after two seconds, and nothing of it happens later', async () => {
    place = await Workplace.make({ 'gate.yaml': GATE, 'slow.yaml': SLOW });
    const owner = await toSlow();
    owner.child.kill('SIGSTOP');
    const refused = await Promise.all([
      place.baton(['cancel', owner.run]),
      place.baton(['run', 'gate.yaml']),
      place.baton(['pause', owner.run]),
    ]);
    for (const { code, stderr } of refused) {
      expect(code).toBe(1);
      expect(stderr).toContain(`terminal (pid ${owner.child.pid})`);
      expect(stderr).toContain('does not answer. Nothing was changed.');
    }
    owner.child.kill('SIGCONT');
    await place.write('go', '');
    const { code, stdout } = await owner.ended;
    expect(code).toBe(0);
    const types = eventsIn(stdout).map(({ type }) => type);
    expect(types).not.toContain('run-paused');
    expect(types.at(-1)).toBe('run-completed');
    expect(await place.read('effects.txt')).toBe('quick\nslow\nlast\n');
    expect(await place.read('made.txt')).toBe('');
    expect((await place.json<{ runs: unknown[] }>('list', '--runs')).runs).toHaveLength(1);
  });
});
