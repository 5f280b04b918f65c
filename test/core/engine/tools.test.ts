import { describe, expect, it } from 'vitest';
import type { AskedCall } from '../../../src/core/model/tool-call';
import { gate, retry, step, workflow } from './definitions';
import { violations } from './invariants';
import { scriptedTools, World, type ToolStepScript } from './scripted-tools';
import { BatonError, Simulation, type SimulationOptions } from './simulation';

/** A run of one step "a" whose agent follows the script, over crashes. */
async function begin(
  script: (attempt: number) => ToolStepScript,
  more: Parameters<typeof step>[1] = {},
  options: SimulationOptions & { readonly mode?: 'auto' | 'batch' | 'interactive' } = {},
) {
  const world = new World();
  let current: Simulation;
  const agents = scriptedTools(
    () => current.machine.host.clock,
    (_, attempt) => script(attempt),
    world,
  );
  current = new Simulation({ agents, ...options });
  await current.waited(
    current.start(workflow([step('a', { prompt: 'Work.', ...more })]), {
      ...(options.mode && { mode: options.mode }),
    }),
  );
  return {
    world,
    get now() {
      return current;
    },
    async crash() {
      current = await current.crash({ agents });
      await current.waited(current.engine.recover());
      await current.waited(current.engine.resume(current.runId, { by: 'ada' }));
      return current;
    },
    async events() {
      return (await current.store.read(current.runId)) ?? [];
    },
  };
}

const publish = { arguments: { command: 'npm publish' }, asks: true } as const;
const build = { arguments: { command: 'npm run build' } } as const;
const PUBLISH = 'run_command npm publish';
const BUILD = 'run_command npm run build';

describe('a call that a person has to allow', () => {
  it('holds the attempt, and goes on where it was once it is allowed', async () => {
    const run = await begin(() => ({ turns: [[build], [publish]] }));
    await run.now.untilIdle();
    const asked = await run.now.gate('a');
    expect(asked).toMatchObject({
      kind: 'policy',
      summary: 'quality wants to run a command.',
      allow: ['approve', 'retry', 'skip', 'cancel'],
    });
    expect(asked.shown.calls?.map(({ shown }) => shown)).toEqual([{ command: 'npm publish' }]);
    expect(run.world.begun).toEqual([BUILD]);
    await run.now.decide('a', 'approve');
    const state = await run.now.untilIdle();
    expect(state.phase).toBe('completed');
    expect(run.world.begun).toEqual([BUILD, PUBLISH]);
    expect(run.world.asked).toBe(2);
    expect(run.now.log()).toEqual([
      'run-started',
      'step-started a',
      'call-answered a',
      'tool-started a',
      'tool-completed a',
      'call-answered a',
      'step-held a',
      'approval-requested a policy',
      'approval-decided a approve',
      'step-started a#2',
      'tool-started a#2',
      'tool-completed a#2',
      'step-completed a#2',
      'run-completed',
    ]);
    expect(violations(await run.events())).toEqual([]);
  });

  it('is refused with a word to the agent, which goes on without', async () => {
    const run = await begin(() => ({ turns: [[build, publish], [build]] }));
    await run.now.untilIdle();
    await run.now.decide('a', 'retry', { comment: 'not on a Friday' });
    await run.now.untilIdle();
    expect(run.world.told).toContain('Refused: not on a Friday');
    expect(run.world.count(BUILD)).toBe(2);
    expect(run.world.count(PUBLISH)).toBe(0);
    // The comment is about the call; the task stays what it was, and so do the turns.
    expect(run.world.comments).toEqual([undefined, undefined]);
    expect(run.world.asked).toBe(2);
  });

  it('is asked about together with the others of its turn, and each can be refused', async () => {
    const other = { arguments: { command: 'npm version' }, asks: true };
    const run = await begin(() => ({ turns: [[publish, build, other]] }));
    await run.now.untilIdle();
    const { shown } = await run.now.gate('a');
    expect(shown.calls).toHaveLength(2);
    const [first] = shown.calls as readonly [AskedCall, AskedCall];
    await run.now.decide('a', 'approve', { value: { refuse: [first.key] } });
    await run.now.untilIdle();
    expect(run.world.begun).toEqual([BUILD, 'run_command npm version']);
  });

  it('is allowed for the rest of the run when the person says so', async () => {
    const forRun = { says: 'npm publish', allowances: [{ tool: 'run_command' }] };
    const run = await begin(() => ({ turns: [[{ ...publish, forRun }], [{ ...publish, forRun }]] }));
    await run.now.untilIdle();
    await run.now.decide('a', 'approve', { value: { forRun: true } });
    const state = await run.now.untilIdle();
    expect(state.phase).toBe('completed');
    expect(run.world.count(PUBLISH)).toBe(2);
    expect(state.allowances).toEqual(forRun.allowances);
  });

  it.each(['auto', 'batch'] as const)(
    'is asked at once in mode %s, and never answered by it',
    async (mode) => {
      const run = await begin(() => ({ turns: [[publish]] }), { approval: gate() }, { mode });
      await run.now.untilIdle();
      expect(await run.now.gate('a')).toMatchObject({ kind: 'policy' });
      expect(run.world.begun).toEqual([]);
    },
  );

  it('is decided by people only, and only as it was shown', async () => {
    const run = await begin(() => ({ turns: [[{ ...publish, files: ['a.ts', 'b.ts'] }]] }));
    await run.now.untilIdle();
    const { id, shownHash, shown } = await run.now.gate('a');
    const key = shown.calls?.[0]?.key ?? '';
    for (const channel of ['auto', 'expiry', 'rehearsal'] as const) {
      const by = { name: 'ada', channel };
      const decision = { action: 'approve', shownHash } as const;
      const outcome = await run.now.waited(run.now.engine.decide(run.now.runId, id, decision, by));
      expect(outcome).toMatchObject({ ok: false, code: 'refused' });
    }
    for (const value of [
      'yes',
      { all: true },
      { refuse: ['0'.repeat(64)] },
      { without: { [key]: ['c.ts'] } },
      { without: { ['0'.repeat(64)]: [] } },
    ])
      expect(await run.now.decide('a', 'approve', { value })).toMatchObject({ ok: false, code: 'refused' });
    expect(await run.now.decide('a', 'modify', { value: {} })).toMatchObject({ ok: false });
    expect(await run.now.decide('a', 'approve', { shownHash: 'other' })).toMatchObject({ ok: false });
    expect(run.world.begun).toEqual([]);
    expect(await run.now.decide('a', 'approve', { value: { without: { [key]: ['a.ts'] } } })).toEqual({
      ok: true,
    });
  });

  it('leaves its step out when the person says so', async () => {
    const run = await begin(() => ({ turns: [[publish]] }));
    await run.now.untilIdle();
    await run.now.decide('a', 'skip', { value: 'nothing' });
    const state = await run.now.untilIdle();
    expect(state.steps['a']).toMatchObject({ status: 'skipped', output: 'nothing' });
  });

  it('waits over a restart, and goes on after the decision', async () => {
    const run = await begin(() => ({ turns: [[build], [publish]] }));
    await run.now.untilIdle();
    await run.crash();
    expect(await run.now.gate('a')).toMatchObject({ kind: 'policy' });
    await run.now.decide('a', 'approve');
    await run.now.untilIdle();
    expect(run.world.begun).toEqual([BUILD, PUBLISH]);
    expect(run.world.asked).toBe(2);
  });
});

describe('a call that had begun when the program ended', () => {
  it('is asked about, and made again only as often as a person says', async () => {
    const run = await begin(() => ({ turns: [[build], [{ ...publish, asks: false, takes: 100 }]] }));
    await run.now.pass(50);
    expect(run.world.count(PUBLISH)).toBe(1);
    await run.crash();
    await run.now.untilIdle();
    const asked = await run.now.gate('a');
    expect(asked).toMatchObject({
      kind: 'uncertain',
      message: expect.stringContaining('may have happened') as string,
    });
    expect(asked.allow).toEqual(['approve', 'modify', 'retry', 'skip', 'cancel']);
    expect((await run.now.state()).phase).toBe('parked');
    await run.now.decide('a', 'retry');
    await run.now.pass(50);
    expect(run.world.count(PUBLISH)).toBe(2);
    // That answer was about the first time.
    await run.crash();
    await run.now.untilIdle();
    expect(await run.now.gate('a')).toMatchObject({ kind: 'uncertain' });
    expect(run.world.count(PUBLISH)).toBe(2);
    await run.now.decide('a', 'modify', { value: { version: 2 } });
    const state = await run.now.untilIdle();
    expect(state.phase).toBe('completed');
    expect(run.world.count(PUBLISH)).toBe(2);
    expect(run.world.count(BUILD)).toBe(1);
    expect(run.world.told).toContain('It happened: {"version":2}');
    expect(run.world.asked).toBe(2);
    expect(violations(await run.events())).toEqual([]);
  });

  it('is made again without a question where that does no harm', async () => {
    const read = { tool: 'read_file', arguments: { command: 'a.ts' }, idempotent: true, takes: 100 };
    const run = await begin(() => ({ turns: [[build], [read]] }));
    await run.now.pass(50);
    await run.crash();
    const state = await run.now.untilIdle();
    expect(state.phase).toBe('completed');
    expect(run.world.count('read_file a.ts')).toBe(2);
    expect(run.world.count(BUILD)).toBe(1);
  });

  it('is ended before anything is said about it', async () => {
    const run = await begin(() => ({ turns: [[{ ...build, takes: 100 }]] }));
    await run.now.pass(50);
    await run.crash();
    expect(run.now.machine.endedGroups).toEqual([`${run.now.runId}/a/1`]);
  });
});

describe('an attempt that ends in the middle of a call', () => {
  it('is uncertain when it took too long, whatever its retries say of failures', async () => {
    const run = await begin(() => ({ turns: [[{ ...publish, asks: false, takes: 500 }]] }), {
      timeout: 100,
      retry: [retry()],
    });
    const state = await run.now.untilIdle();
    expect(state.steps['a']).toMatchObject({
      status: 'uncertain',
      message: expect.stringContaining(`${PUBLISH} had begun`) as string,
    });
    expect(run.world.count(PUBLISH)).toBe(1);
    await run.now.decide('a', 'retry');
    await run.now.untilIdle();
    // Sent back as a whole: a conversation of its own.
    expect(run.world.asked).toBe(2);
    expect(run.world.count(PUBLISH)).toBe(2);
  });

  it('is tried again when the file names that failure, or says that all of the step may be repeated', async () => {
    for (const more of [
      { retry: [retry({ on: ['timeout'], max: 1 })] },
      { retry: [retry({ max: 1 })], idempotent: true },
    ]) {
      const run = await begin((attempt) => ({ turns: [[{ ...build, takes: attempt === 1 ? 500 : 10 }]] }), {
        timeout: 100,
        ...more,
      });
      const state = await run.now.untilIdle();
      expect(state.phase).toBe('completed');
      expect(run.world.count(BUILD)).toBe(2);
    }
  });

  it('is tried again when nothing was under way, and takes nothing over', async () => {
    const run = await begin(
      (attempt) => ({
        turns: [[build]],
        ...(attempt === 1 && { fails: new BatonError('output-schema', 'It does not fit.') }),
      }),
      { retry: [retry({ max: 1 })] },
    );
    const state = await run.now.untilIdle();
    expect(state.phase).toBe('completed');
    expect(run.world.count(BUILD)).toBe(2);
    expect(run.world.asked).toBe(2);
  });

  it('says what had begun when its run is cancelled', async () => {
    const run = await begin(() => ({ turns: [[{ ...publish, asks: false, takes: 500 }]] }));
    await run.now.pass(50);
    await run.now.waited(run.now.engine.cancel(run.now.runId, 'ada'));
    const state = await run.now.untilIdle();
    expect(state.steps['a']).toMatchObject({
      status: 'cancelled',
      message: expect.stringContaining(PUBLISH) as string,
    });
  });
});

describe('what is recorded of calls', () => {
  it('is not taken over when a person sends the result back', async () => {
    const run = await begin(() => ({ turns: [[build]] }), { approval: gate() });
    await run.now.untilIdle();
    await run.now.decide('a', 'retry', { comment: 'once more' });
    await run.now.untilIdle();
    expect(run.world.count(BUILD)).toBe(2);
    expect(run.world.comments).toEqual([undefined, 'once more']);
  });

  it('holds large arguments and results as stand-ins, and gives them back whole', async () => {
    const text = 'x'.repeat(100_000);
    const run = await begin(() => ({
      turns: [[{ ...build, text, arguments: { ...build.arguments, input: text } }], [publish]],
    }));
    await run.now.untilIdle();
    const events = await run.events();
    expect(JSON.stringify(events).length).toBeLessThan(20_000);
    await run.now.decide('a', 'approve');
    const state = await run.now.untilIdle();
    expect(JSON.stringify(state.tools).length).toBeLessThan(20_000);
    const output = state.steps['a']?.status === 'completed' ? JSON.stringify(state.steps['a'].output) : '';
    expect(output).toContain('$artifact');
    expect(run.world.count(BUILD)).toBe(1);
  });
});

describe('agents that take part in a run', () => {
  it('have left when their attempt ends, whatever way', async () => {
    const run = await begin(
      (attempt) => ({
        talks: true,
        turns: [[publish]],
        ...(attempt === 2 && { fails: new BatonError('output-schema', 'It does not fit.') }),
      }),
      { retry: [retry({ max: 1 })] },
    );
    await run.now.untilIdle();
    expect((await run.now.state()).talk.participants['a']).toMatchObject({ attempt: 1, isHere: false });
    await run.now.decide('a', 'approve');
    await run.now.untilIdle();
    await run.now.decide('a', 'approve');
    const state = await run.now.untilIdle();
    expect(state.phase).toBe('completed');
    expect(state.talk).toMatchObject({ sent: 4, participants: { a: { attempt: 4, isHere: false } } });
    const events = await run.events();
    expect(violations(events)).toEqual([]);
    expect(events.at(-1)?.type).toBe('run-completed');
  });

  it('were interrupted when their process died, and come back under their name', async () => {
    const run = await begin(() => ({ talks: true, turns: [[build]], thinks: 100 }));
    await run.now.pass(50);
    await run.crash();
    const state = await run.now.untilIdle();
    expect(state.phase).toBe('completed');
    const talk = (await run.events()).filter(({ type }) => type.startsWith('agent-'));
    expect(talk.map((event) => ('reason' in event ? event.reason : event.type))).toEqual([
      'agent-joined',
      'interrupted',
      'agent-joined',
      'ended',
    ]);
  });

  it('leave before a cancelled run ends', async () => {
    const run = await begin(() => ({ talks: true, thinks: 100 }));
    await run.now.pass(50);
    await run.now.waited(run.now.engine.cancel(run.now.runId, 'ada'));
    const types = (await run.events()).map(({ type }) => type);
    expect(types.slice(-3)).toEqual(['agent-left', 'step-cancelled', 'run-cancelled']);
  });
});
