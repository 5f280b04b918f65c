import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../src/core/base/emitter';
import { LONGEST_MESSAGE } from '../../src/core/host';
import type { RunEvent } from '../../src/core/model/events';
import { createRuntime } from '../../src/core/runtime';
import { Answers, type OwnerParts } from '../../src/core/runtime-answers';
import type { LiveOutput, Runtime } from '../../src/core/runtime-port';
import { createTestHost, temporaryFolder } from '../support/node-host';

const host = createTestHost();
const alive = new AbortController().signal;

/** An owner whose time stands still until a test moves it. */
function standing({ isBrief = false } = {}) {
  let now = 1_000;
  const later: (() => void)[] = [];
  const done: string[] = [];
  const events = new Emitter<RunEvent>();
  const live = new Emitter<LiveOutput>();
  const act = (verb: string) => async (runId: unknown) => {
    done.push(`${verb} ${String(runId)}`);
    return { ok: true } as const;
  };
  const answers = new Answers({
    clock: {
      now: () => now,
      monotonic: () => now,
      after: (_delay, callback) => {
        later.push(callback);
        return { dispose() {} };
      },
    },
    isBrief,
    workspace: async () => '/w',
    isTrusted: () => false,
  });
  const commands: unknown = {
    pause: act('pause'),
    decide: act('decide'),
    resume: act('resume'),
    goOn: act('go-on'),
    start: async (request: { trusted: boolean }) => {
      done.push(`start ${request.trusted ? 'trusted' : 'untrusted'}`);
      return { runId: 'run2', warnings: [] };
    },
  };
  let rest = () => {};
  answers.serve({
    commands: commands as OwnerParts['commands'],
    events: async (runId) =>
      runId === 'run9' ? [{ type: 'run-started', startedIn: 'run1' } as unknown as RunEvent] : [],
    whenIdle: () => new Promise((resolve) => (rest = () => resolve({} as never))),
    onEvent: events.event,
    onLive: live.event,
  });
  answers.open();
  return {
    answers,
    done,
    events,
    live,
    rest: () => rest(),
    move: (milliseconds: number) => (now += milliseconds),
    goOn: () => later.splice(0).forEach((callback) => callback()),
    say: (message: object) => answers.answer(message, alive),
  };
}

const pause = { verb: 'pause', runId: 'run1', by: 'ada' };
const from = { name: 'terminal (pid 2)', workspace: '/w' };
const command = (asked: object, more: object = {}) => ({
  type: 'command',
  id: 'one',
  until: 2_500,
  from,
  command: asked,
  ...more,
});

describe('what an owner answers', () => {
  it('takes a command at once, does it afterwards, and does it once', async () => {
    const owner = standing();
    expect(await owner.say(command(pause))).toEqual({ type: 'taken' });
    expect(owner.done).toEqual([]);
    expect(await owner.say(command(pause))).toEqual({ type: 'taken' });
    const told = owner.say({ type: 'result', id: 'one' });
    owner.goOn();
    expect(await told).toEqual({ type: 'outcome', outcome: { ok: true } });
    expect(await owner.say(command(pause))).toEqual({ type: 'taken' });
    expect(await owner.say({ type: 'result', id: 'one' })).toEqual(await told);
    expect(owner.done).toEqual(['pause run1']);
  });

  it('does nothing that it reads too late, nor what it took and could not begin in time', async () => {
    const owner = standing();
    expect(await owner.say(command(pause))).toEqual({ type: 'taken' });
    owner.move(1_501);
    const told = owner.say({ type: 'result', id: 'one' });
    owner.goOn();
    expect(await told).toEqual({ type: 'declined', why: 'late' });
    expect(await owner.say(command(pause, { id: 'two' }))).toEqual({ type: 'declined', why: 'late' });
    expect(owner.done).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    ['an unknown word', { type: 'explode' }],
    ['an unknown command', command({ verb: 'explode', runId: 'run1', by: 'ada' })],
    ['what a newer version adds', command({ ...pause, force: true })],
    ['a number for a name', command({ ...pause, by: 7 })],
    ['a name without end', command({ ...pause, by: 'a'.repeat(2_000) })],
    ['no deadline', { ...command(pause), until: undefined }],
    ['a value of endless depth', command(deciding({ value: deep(5_000) }))],
    ['a list for an object', command([])],
  ])('does not understand %s', async (_what, message) => {
    const owner = standing();
    expect(await owner.say(message)).toBeUndefined();
    owner.goOn();
    expect(owner.done).toEqual([]);
  });

  it('refuses who is no person, and a process that a step of that run started', async () => {
    const owner = standing();
    const outcome = async (id: string, asked: object, more: object = {}) => {
      await owner.say(command(asked, { id, ...more }));
      owner.goOn();
      return owner.say({ type: 'result', id });
    };
    for (const channel of ['auto', 'expiry', 'rehearsal'])
      expect(await outcome(channel, deciding({}, channel))).toMatchObject({ outcome: { code: 'refused' } });
    // The second one is of a run that a step of the first run asked for.
    for (const mark of ['run1/make/1', 'run9/make/1']) {
      const inside = { from: { ...from, mark } };
      expect(await outcome(mark, pause, inside)).toMatchObject({ outcome: { code: 'refused' } });
    }
    expect(owner.done).toEqual([]);
    const other = { from: { ...from, mark: 'run7/make/1' } };
    expect(await outcome('other', pause, other)).toMatchObject({ outcome: { ok: true } });
    expect(await outcome('person', deciding({}))).toMatchObject({ outcome: { ok: true } });
  });

  it('trusts a file no more than its own folder, and runs nothing for another folder', async () => {
    const owner = standing();
    const start = {
      verb: 'start',
      request: {
        workflow: { text: 'x', path: 'x.yaml' },
        inputs: {},
        mode: 'interactive',
        rehearsal: false,
        by: 'ada',
        trusted: true,
      },
    };
    const elsewhere = { from: { ...from, workspace: '/v' } };
    expect(await owner.say(command(start, elsewhere))).toEqual({ type: 'declined', why: 'elsewhere' });
    await owner.say(command(start));
    owner.goOn();
    await owner.say({ type: 'result', id: 'one' });
    expect(owner.done).toEqual(['start untrusted']);
    expect(owner.answers.runsForOthers).toEqual([{ runId: 'run2', from: from.name }]);
    owner.rest();
    await Promise.resolve();
    await Promise.resolve();
    expect(owner.answers.runsForOthers).toEqual([]);
    const brief = standing({ isBrief: true });
    expect(await brief.say(command(start))).toEqual({ type: 'declined', why: 'brief' });
    expect(await brief.say(command(pause))).toEqual({ type: 'taken' });
  });

  it('tells nobody that a run rests because this process ends, and begins nothing then', async () => {
    const owner = standing();
    let isTold = false;
    void owner.say({ type: 'idle', runId: 'run1' }).then(() => (isTold = true));
    await Promise.resolve();
    await Promise.resolve();
    owner.answers.close();
    owner.rest();
    expect(await owner.say(command(pause))).toEqual({ type: 'declined', why: 'closing' });
    expect(isTold).toBe(false);
  });

  it('tells what is new when it comes, to each client what it has not heard, and keeps only so much', async () => {
    const owner = standing();
    const first = await owner.say({ type: 'news' });
    expect(first).toEqual({ type: 'news', seen: 0, heard: 0, live: [] });
    const told = owner.say({ type: 'news', seen: 0, heard: 0 });
    const output = (text: string): LiveOutput => ({ runId: 'run1', step: 'make', attempt: 1, text });
    owner.live.fire(output('a'));
    expect(await told).toEqual({ type: 'news', seen: 0, heard: 1, live: [output('a')] });
    owner.live.fire(output('b'));
    owner.events.fire({ runId: 'run1' } as RunEvent);
    const next = await owner.say({ type: 'news', seen: 0, heard: 1 });
    expect(next).toEqual({ type: 'news', seen: 1, heard: 2, live: [output('b')] });
    for (let index = 0; index < 100; index += 1) owner.live.fire(output('x'.repeat(10_000)));
    const late = await owner.say({ type: 'news', seen: 1, heard: 2 });
    expect(late).toMatchObject({ heard: 102 });
    expect(JSON.stringify(late).length).toBeLessThan(300_000);
    // One that hangs up leaves nothing behind that waits.
    const gone = new AbortController();
    const never = owner.answers.answer({ type: 'news', seen: 1, heard: 102 }, gone.signal);
    gone.abort();
    expect(await never).toBeUndefined();
  });
});

describe('the line of a real owner', () => {
  let folder: { path: string; remove: () => Promise<void> };
  let owner: Runtime;

  beforeEach(async () => {
    folder = await temporaryFolder();
    await mkdir(path.join(folder.path, 'workspace'));
    owner = await createRuntime({
      host,
      workspace: path.join(folder.path, 'workspace'),
      stateDirectory: path.join(folder.path, 'state'),
      access: 'run',
      owner: { name: 'owner' },
    });
  });
  afterEach(async () => {
    await owner.close();
    await folder.remove();
  });

  it('survives what is too long, what is no message and who has no token', async () => {
    const ask = (message: unknown) => host.locks.ask(owner.stateFolder, message, 5_000);
    expect(await ask('x'.repeat(LONGEST_MESSAGE + 1))).toBeUndefined();
    for (const token of [undefined, '', 'guess', 7, { length: 64 }])
      expect(await ask({ ...command(pause), token })).toEqual({ error: 'wrong token' });
    const bytes = await host.files.read(host.files.join(owner.stateFolder, 'token'));
    const token = new TextDecoder().decode(bytes);
    expect(await ask({ type: 'explode', token })).toEqual({ error: 'not understood' });
    const until = Date.now() + 5_000;
    expect(await ask({ ...command(pause, { until }), token })).toEqual({ type: 'taken' });
    const told = await ask({ type: 'result', id: 'one', token });
    expect(told).toMatchObject({ type: 'outcome', outcome: { code: 'unknown-run' } });
  });
});

function deciding(more: object, channel = 'terminal') {
  const decision = { action: 'approve', shownHash: 'hash', ...more };
  return { verb: 'decide', runId: 'run1', approval: 'gate', decision, by: { name: 'ada', channel } };
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
