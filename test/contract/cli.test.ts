import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { builtCli, eventsIn, finish, untilEvent, Workplace } from '../support/built-cli';

const TWO_STEPS = `
name: two-steps
steps:
  - key: one
    run: echo '{"answer":42}'
  - key: two
    dependsOn: [one]
    run: echo "it said $BATON_OUTPUT_ONE" | tee two.txt
`;
const GATE = `
name: with-gate
steps:
  - key: make
    run: echo "{\\"n\\":\${BATON_COMMENT:-1}}"; echo made >> made.txt
    approval: { message: Look at this }
  - key: use
    dependsOn: [make]
    run: echo "$BATON_OUTPUT_MAKE" > used.txt
`;
const SLOW = `
name: slow
steps:
  - key: quick
    run: echo quick >> effects.txt
  - key: slow
    dependsOn: [quick]
    idempotent: true
    run: echo slow >> effects.txt; test -e go || sleep 30
  - key: last
    dependsOn: [slow]
    run: echo last >> effects.txt
`;

interface Status {
  readonly runId: string;
  readonly status: string;
  readonly steps: readonly { readonly key: string; readonly status: string; readonly output?: unknown }[];
}

let place: Workplace;
const make = async (files: Record<string, string>) => (place = await Workplace.make(files));
const types = (stdout: string) => eventsIn(stdout).map(({ type }) => type);
const stepStatus = (status: Status) =>
  Object.fromEntries(status.steps.map((step) => [step.key, step.status]));

beforeAll(() => builtCli(), 120_000);
afterEach(() => place.remove());

describe('run', () => {
  it('prints each event as a line of JSON, hands outputs on, and exits with 0', async () => {
    await make({ 'flow.yaml': TWO_STEPS });
    const { code, stdout, stderr } = await place.baton(['run', 'flow.yaml', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const events = eventsIn(stdout);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events[0]).toMatchObject({ type: 'run-started', mode: 'interactive' });
    expect(events.at(-1)).toMatchObject({ type: 'run-completed' });
    expect(events.find((event) => event.type === 'step-completed')).toMatchObject({ output: { answer: 42 } });
    expect(await place.read('two.txt')).toBe('it said {"answer":42}\n');
  });

  it('prints one plain line for each event into a pipe', async () => {
    await make({ 'flow.yaml': TWO_STEPS });
    const { stdout } = await place.baton(['execute', 'flow.yaml']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}run \w+ of two-steps started: 2 steps$/);
    expect(lines.at(-1)).toMatch(/run completed in/);
    expect(stdout).not.toContain('\u001b');
  });

  it('says which wishes of the file only a person may choose', async () => {
    await make({ 'flow.yaml': `config: { approvals: auto }\n${GATE.trimStart()}` });
    const { code, stderr } = await place.baton(['run', 'flow.yaml']);
    expect(code).toBe(3);
    expect(stderr).toContain('config.approvals: auto is ignored');
    expect((await place.baton(['run', 'flow.yaml', '--approvals', 'auto'])).stderr).not.toContain('ignored');
  });

  it('fails with 1, and says at which line of the file', async () => {
    await make({ 'flow.yaml': 'name: fails\nsteps:\n  - key: bad\n    run: echo why >&2; exit 4\n' });
    const { code, stdout, stderr } = await place.baton(['run', 'flow.yaml']);
    expect(code).toBe(1);
    expect(stdout).toContain('bad  failed: exit-code');
    expect(stderr).toContain('(flow.yaml:3)');
  });

  it('refuses an invalid file with 2, every fault as file:line:column code message, and records nothing', async () => {
    await make({
      'flow.yaml': 'name: x\nsteps:\n  - key: a\n    run: echo\n    dependsOn: [b]\n    if: "${{ nope( }}"\n',
    });
    const { code, stdout, stderr } = await place.baton(['run', 'flow.yaml']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(
      stderr.split('\n').filter((line) => /^flow\.yaml:\d+:\d+ [a-z-]+ ./.test(line)).length,
    ).toBeGreaterThan(1);
    expect(await place.json<{ runs: unknown[] }>('list', '--runs')).toEqual({ runs: [] });
  });

  it('refuses what only a model can do, and a missing input, before it starts', async () => {
    await make({
      'model.yaml': 'name: m\nsteps:\n  - key: think\n    agent: writer\n    prompt: Write a poem\n',
      'input.yaml':
        'name: i\ninputs:\n  who: { type: string, required: true }\nsteps:\n  - key: a\n    run: echo hi\n',
    });
    expect(await place.baton(['run', 'model.yaml'])).toMatchObject({ code: 2, stdout: '' });
    const missing = await place.baton(['run', 'input.yaml']);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('who');
    expect(await place.baton(['run', 'input.yaml', '--input', 'who=me'])).toMatchObject({ code: 0 });
  });

  it('rehearses without a command, marked on every event', async () => {
    await make({ 'flow.yaml': GATE });
    const { code, stdout } = await place.baton(['run', 'flow.yaml', '--rehearse', '--json']);
    expect(code).toBe(0);
    expect(eventsIn(stdout).every((event) => event.rehearsal === true)).toBe(true);
    expect(await place.read('made.txt')).toBe('');
    expect((await place.baton(['list', '--runs'])).stdout).toMatch(/^REHEARSAL\n/);
  });

  it('goes on to its end when its reader goes away', async () => {
    await make({ 'flow.yaml': TWO_STEPS });
    const child = place.start(['run', 'flow.yaml', '--json']);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await untilEvent(child, (event) => event.type === 'run-started');
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect(await ended).toBe(0);
    expect(await place.read('two.txt')).toContain('it said');
  });

  it('shows what a file or a step says as text, and obeys none of it', async () => {
    await make({
      'flow.yaml':
        'name: x\nsteps:\n  - key: bad\n    run: printf "\\033]0;title\\007" >&2; printf "\\342\\200\\256txt"\n    approval: true\n',
    });
    const { stdout, stderr } = await place.baton(['run', 'flow.yaml', '--approvals', 'ask'], {
      input: 'v\na\n',
    });
    expect(stdout + stderr).not.toMatch(/[\u0007\u001b\u202e]/);
    expect(stderr).toContain('U+202Etxt');
  });
});

describe('a gate', () => {
  const toGate = async () => {
    await make({ 'flow.yaml': GATE });
    const { code, stdout } = await place.baton(['run', 'flow.yaml', '--json']);
    expect(code).toBe(3);
    expect(types(stdout)).toContain('approval-requested');
    return eventsIn(stdout)[0]?.runId ?? '';
  };
  const decide = (run: string, ...args: string[]) =>
    place.baton(['approve', run, 'make', '--action', ...args]);

  it('stays open without a terminal, is listed, and is only decided by approve', async () => {
    const run = await toGate();
    const { approvals } = await place.json<{ approvals: unknown[] }>('approvals');
    expect(approvals).toEqual([
      expect.objectContaining({
        run,
        step: 'make',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        expires: null,
      }),
    ]);
    const decided = await decide(run, 'approve', '--comment', 'looks good');
    expect(decided).toMatchObject({ code: 0, stderr: '' });
    expect(decided.stdout).toContain(`baton resume ${run}`);
    expect(await place.read('used.txt')).toBe('');
    expect(await place.baton(['resume', run])).toMatchObject({ code: 0 });
    expect(await place.read('used.txt')).toBe('{"n":1}\n');
    expect(await place.read('made.txt')).toBe('made\n');
  });

  it('takes another result on modify', async () => {
    const run = await toGate();
    await place.write('new.json', '{"n": 7}');
    expect(await decide(run, 'modify', '--with', 'new.json')).toMatchObject({ code: 0 });
    expect(await place.baton(['resume', 'last'])).toMatchObject({ code: 0 });
    expect(await place.read('used.txt')).toBe('{"n":7}\n');
  });

  it('does the step again on retry, with the comment, and asks again', async () => {
    const run = await toGate();
    expect(await decide(run, 'retry', '--comment', '5')).toMatchObject({ code: 0 });
    expect(await place.read('made.txt')).toBe('made\n');
    expect(await place.baton(['resume', run])).toMatchObject({ code: 3 });
    expect(await place.read('made.txt')).toBe('made\nmade\n');
    await decide(run, 'approve');
    expect(await place.baton(['resume', run])).toMatchObject({ code: 0 });
    expect(await place.read('used.txt')).toBe('{"n":5}\n');
  });

  it('goes on without the result on skip', async () => {
    const run = await toGate();
    expect(await decide(run, 'skip')).toMatchObject({ code: 0 });
    expect(await place.baton(['resume', run])).toMatchObject({ code: 0 });
    expect(stepStatus(await place.json<Status>('status', run))).toEqual({
      make: 'skipped',
      use: 'completed',
    });
  });

  it('cancels the run on cancel; resume then starts nothing and exits with 130', async () => {
    const run = await toGate();
    expect(await decide(run, 'cancel')).toMatchObject({ code: 0 });
    expect(await place.json<Status>('status', run)).toMatchObject({ status: 'cancelled' });
    const resumed = await place.baton(['resume', run, '--json']);
    expect(resumed.code).toBe(130);
    expect(
      resumed.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ runId: run, status: 'cancelled' }]);
    expect(await place.read('used.txt')).toBe('');
  });

  it('is asked where answers are typed', async () => {
    await make({ 'flow.yaml': GATE });
    const { code, stderr } = await place.baton(['run', 'flow.yaml', '--approvals', 'ask'], {
      input: 'r 9\na\n',
    });
    expect(code).toBe(0);
    expect(stderr).toContain('Look at this');
    expect(stderr).toContain('Next: use');
    expect(await place.read('used.txt')).toBe('{"n":9}\n');
  });

  it('is passed unseen in mode auto, which is stored with the run', async () => {
    await make({ 'flow.yaml': GATE });
    const { code, stdout } = await place.baton(['run', 'flow.yaml', '--approvals', 'auto', '--json']);
    expect(code).toBe(0);
    expect(eventsIn(stdout)[0]).toMatchObject({ mode: 'auto' });
    expect(eventsIn(stdout).find((event) => event.type === 'approval-decided')).toMatchObject({
      by: { channel: 'auto' },
    });
  });

  it('turns down what makes no sense', async () => {
    const run = await toGate();
    expect(await place.baton(['approve', run, 'use', '--action', 'approve'])).toMatchObject({ code: 1 });
    expect(await place.baton(['approve', 'nosuchrun', 'make', '--action', 'approve'])).toMatchObject({
      code: 1,
    });
    await place.write('bad.json', '{"n": ');
    expect(await decide(run, 'modify', '--with', 'bad.json')).toMatchObject({ code: 2 });
    expect((await place.json<{ approvals: unknown[] }>('approvals')).approvals).toHaveLength(1);
  });

  it('is not decided by a process that a step of the run started', async () => {
    const run = await toGate();
    const env = { BATON_STEP: `${run}/make/1` };
    for (const args of [
      ['approve', run, 'make', '--action', 'approve'],
      ['resume', run],
      ['cancel', run],
      ['pause', run],
    ]) {
      const refused = await place.baton(args, { env });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('a step may not');
    }
    expect((await place.json<{ approvals: unknown[] }>('approvals')).approvals).toHaveLength(1);
    expect(await place.baton(['status', run], { env })).toMatchObject({ code: 0 });
  });
});

describe('a run that is interrupted', () => {
  const toSlow = async (args: readonly string[] = []) => {
    await make({ 'flow.yaml': SLOW });
    const child = place.start(['run', 'flow.yaml', '--json', ...args]);
    const ended = finish(child);
    const events = await untilEvent(child, (event) => event.type === 'step-started' && event.step === 'slow');
    return { child, ended, run: events[0]?.runId ?? '' };
  };
  const goOn = async (run: string) => {
    await place.write('go', '');
    const { code, stdout } = await place.baton(['resume', run, '--json']);
    expect(code).toBe(0);
    return eventsIn(stdout);
  };

  it('by kill -9 goes on with resume, and does nothing twice that has a result', async () => {
    const { child, ended, run } = await toSlow();
    child.kill('SIGKILL');
    await ended;
    // Nothing says that it runs while nobody runs it.
    expect((await place.baton(['status', run])).stderr).toContain('It was interrupted');
    expect((await place.baton(['list', '--runs'])).stdout).toContain('interrupted');
    const events = await goOn(run);
    // The output begins where this process began.
    expect(events[0]?.seq).toBeGreaterThan(1);
    expect(events.filter((event) => event.type === 'step-started').map((event) => event.step)).toEqual([
      'slow',
      'last',
    ]);
    expect(await place.read('effects.txt')).toMatch(/^quick\n(slow\n)?slow\nlast\n$/);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('by %s is resumable at once', async (signal) => {
    const { child, ended, run } = await toSlow();
    child.kill(signal);
    expect(await ended).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`baton resume ${run}`) as string,
    });
    expect((await place.json<Status>('status', run)).status).not.toBe('cancelled');
    await goOn(run);
  });

  it('by Ctrl-C is cancelled with 130, and its command is gone', async () => {
    const { child, ended, run } = await toSlow();
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(types(stdout).at(-1)).toBe('run-cancelled');
    expect(await place.json<Status>('status', run)).toMatchObject({ status: 'cancelled' });
  });

  it('with a step that may have happened asks a person, and goes on with the answer', async () => {
    await make({ 'flow.yaml': SLOW.replace('idempotent: true', 'idempotent: false') });
    const child = place.start(['run', 'flow.yaml', '--json']);
    const ended = finish(child);
    const [first] = await untilEvent(
      child,
      (event) => event.type === 'step-started' && event.step === 'slow',
    );
    child.kill('SIGKILL');
    await ended;
    const run = first?.runId ?? '';
    const resumed = await place.baton(['resume', run, '--json']);
    expect(resumed.code).toBe(3);
    const needsYou = 'needs you: 1 step may have happened';
    expect((await place.baton(['pause', run])).stdout).toContain(needsYou);
    expect((await place.baton(['list', '--runs'])).stdout).toContain(`? ${needsYou}`);
    expect(await place.json('list', '--runs')).toMatchObject({ runs: [{ status: 'parked' }] });
    expect(types(resumed.stdout)).toContain('step-uncertain');
    expect(await place.baton(['approve', run, 'slow', '--action', 'retry'])).toMatchObject({ code: 0 });
    await goOn(run);
  });

  it('can be paused and cancelled from outside once nobody owns it', async () => {
    const { child, ended, run } = await toSlow();
    child.kill('SIGKILL');
    await ended;
    expect(await place.baton(['pause', run])).toMatchObject({ code: 0 });
    expect(await place.json<Status>('status', run)).toMatchObject({ status: 'paused' });
    expect(await place.baton(['cancel', run])).toMatchObject({ code: 0 });
    expect(await place.json<Status>('status', run)).toMatchObject({ status: 'cancelled' });
    expect(await place.baton(['resume', run])).toMatchObject({ code: 130 });
  });
});

describe('looking', () => {
  it('validates with 0 and 2', async () => {
    await make({ 'good.yaml': TWO_STEPS, 'bad.yaml': 'name: x\nsteps:\n  - key: a\n    run: [1, {a: b}]\n' });
    expect(await place.baton(['validate', 'good.yaml'])).toMatchObject({ code: 0, stderr: '' });
    const bad = await place.baton(['validate', 'bad.yaml', '--json']);
    expect(bad.code).toBe(2);
    expect(JSON.parse(bad.stdout)).toMatchObject({ file: 'bad.yaml', valid: false });
    expect(bad.stderr).toMatch(/^bad\.yaml:\d+:\d+ /);
    expect(await place.baton(['validate', 'none.yaml'])).toMatchObject({ code: 2 });
  });

  it('validates and plans where no state can be kept', async () => {
    await make({ 'flow.yaml': TWO_STEPS });
    const env = { XDG_STATE_HOME: path.join(place.workspace, 'flow.yaml') };
    for (const verb of ['validate', 'plan'])
      expect(await place.baton([verb, 'flow.yaml'], { env })).toMatchObject({ code: 0, stderr: '' });
    const run = await place.baton(['run', 'flow.yaml'], { env });
    expect(run).toMatchObject({ code: 1, stdout: '' });
  });

  it('plans the levels and runs nothing', async () => {
    await make({ 'flow.yaml': GATE });
    const { code, stdout } = await place.baton(['plan', 'flow.yaml']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /level 1\n {2}make .*gate after the work\n( {6}.*\n)*\nlevel 2\n {2}use .*after make/,
    );
    const plan = await place.json<{ levels: { key: string }[][] }>('plan', 'flow.yaml');
    expect(plan.levels.map((level) => level.map(({ key }) => key))).toEqual([['make'], ['use']]);
    expect(await place.read('made.txt')).toBe('');
  });

  it('lists workflows with their last run, and says what to do where there are none', async () => {
    await make({});
    expect((await place.baton(['list'])).stdout).toContain('baton run workflows/NAME.yaml');
    await place.write('workflows/two.yaml', TWO_STEPS);
    await place.write('workflows/settings.yaml', 'colour: blue\n');
    await place.write('deep/down/gate.baton.yaml', GATE);
    await place.write('.github/workflows/ci.yaml', 'on: push\njobs: {}\n');
    await place.baton(['run', 'workflows/two.yaml']);
    const { workflows } = await place.json<{ workflows: unknown[] }>('list');
    expect(workflows).toMatchObject([
      { path: 'deep/down/gate.baton.yaml', name: 'with-gate' },
      { path: 'workflows/two.yaml', name: 'two-steps', lastRun: { status: 'completed' } },
    ]);
  });

  it('finds a run by the beginning of its id, and last', async () => {
    await make({ 'flow.yaml': TWO_STEPS });
    const { stdout } = await place.baton(['run', 'flow.yaml', '--json']);
    const run = eventsIn(stdout)[0]?.runId ?? '';
    for (const name of [run, run.slice(0, 6), 'last']) {
      expect(await place.json<Status>('status', name)).toMatchObject({ runId: run, status: 'completed' });
    }
    expect(await place.baton(['resume', 'last'])).toMatchObject({ code: 0 });
    expect(await place.baton(['status', 'zzz'])).toMatchObject({ code: 1 });
  });

  it('exports a run as files', async () => {
    await make({
      'flow.yaml':
        'name: report\nsteps:\n  - key: write\n    run: mkdir -p out && echo "# Report" > out/report.md\n    output: { artifacts: ["out/**"] }\n',
    });
    await place.baton(['run', 'flow.yaml']);
    const { files, run } = await place.json<{ files: string[]; run: string }>('export', 'last', 'laid-out');
    expect(files.length).toBeGreaterThan(0);
    const report = path.join(place.workspace, 'laid-out', 'artifacts', run, 'out/report.md');
    expect(await readFile(report, 'utf8')).toBe('# Report\n');
  });

  it('goes on from a position when it is the last one, and says so when it is not', async () => {
    await make({ 'flow.yaml': GATE });
    const { stdout } = await place.baton(['run', 'flow.yaml', '--json']);
    const run = eventsIn(stdout)[0]?.runId ?? '';
    const past = await place.baton(['resume', `${run}@1`]);
    expect(past.code).toBe(1);
    expect(past.stderr).toContain(`${run}@1`);
    await place.baton(['approve', run, 'make', '--action', 'approve']);
    const { seq } = await place.json<{ seq: number }>('status', run);
    expect(await place.baton(['resume', `${run}@${seq}`])).toMatchObject({ code: 0 });
  });

  it('keeps runs where --state says, for another folder too', async () => {
    await make({ 'flow.yaml': TWO_STEPS });
    const state = path.join(place.folder, 'elsewhere');
    const workspace = ['--workspace', place.workspace, '--state', state];
    expect(await place.baton(['run', path.join(place.workspace, 'flow.yaml'), ...workspace])).toMatchObject({
      code: 0,
    });
    expect((await place.json<{ runs: unknown[] }>('list', '--runs')).runs).toHaveLength(0);
    expect((await place.json<{ runs: unknown[] }>('list', '--runs', '--state', state)).runs).toHaveLength(1);
  });
});

describe('the command line', () => {
  it('explains itself', async () => {
    await make({});
    expect((await place.baton(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await place.baton(['--help'])).toMatchObject({ code: 0, stderr: '' });
    expect(await place.baton(['run', '--help'])).toMatchObject({ code: 0, stderr: '' });
    const typo = await place.baton(['run', 'flow.yaml', '--rehearsal']);
    expect(typo).toMatchObject({ code: 2, stdout: '' });
    expect(typo.stderr).toContain('--rehearse');
    expect(await place.baton(['list', '--workspace', 'nowhere'])).toMatchObject({ code: 2 });
  });

  it('adds nothing for CI=1', async () => {
    await make({ 'flow.yaml': GATE });
    expect(await place.baton(['run', 'flow.yaml'], { env: { CI: '1' } })).toMatchObject({ code: 3 });
  });
});
