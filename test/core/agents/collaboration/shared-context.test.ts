import { describe, expect, it } from 'vitest';
import { CancelledError, neverAborted } from '../../../../src/core/base/abort';
import type { Locked } from '../../../../src/core/agents/collaboration/shared-context';
import { agentOf, group, settle } from './recorder';

const wait = { waitMs: 1_000, signal: neverAborted };
const atOnce = { waitMs: 0, signal: neverAborted };

async function release(locked: Locked): Promise<void> {
  if (!locked.locked) throw new Error('It is not locked.');
  await locked.release();
}

describe('shared context', () => {
  it('changes a key only from the version it was decided on', async () => {
    const all = await group(['api', 'writer']);
    const [api, writer] = [agentOf(all, 'api').context, agentOf(all, 'writer').context];
    expect(await api.change('plan', { steps: 1 }, 0)).toEqual({ changed: true, version: 1 });
    expect(await writer.change('plan', { steps: 2 }, 0)).toEqual({
      changed: false,
      why: 'version',
      version: 1,
    });
    expect(await writer.change('plan', { steps: 2 }, 1)).toEqual({ changed: true, version: 2 });
    expect(api.read('plan')).toEqual({ key: 'plan', value: { steps: 2 }, version: 2, by: 'writer' });
    expect(api.read('other')).toBeUndefined();
    expect(api.history('plan').map(({ version, by }) => `${version} ${by}`)).toEqual(['1 api', '2 writer']);
  });

  it('shows a value only when it is on the disk, and tells of a newer version only then', async () => {
    const all = await group(['api', 'writer']);
    const [api, writer] = [agentOf(all, 'api').context, agentOf(all, 'writer').context];
    all.recorder.holds = true;
    const changing = api.change('plan', 1, 0);
    let told = false;
    const refused = writer.change('plan', 2, 0).then((changed) => ((told = true), changed));
    await settle();
    expect(writer.read('plan')).toBeUndefined();
    expect(told).toBe(false);
    all.recorder.sync();
    expect(await changing).toMatchObject({ changed: true });
    expect(await refused).toEqual({ changed: false, why: 'version', version: 1 });
    expect(writer.read('plan')?.value).toBe(1);
  });

  it('keeps its own copy of a value', async () => {
    const all = await group(['api']);
    const value = { steps: [1] };
    await agentOf(all, 'api').context.change('plan', value, 0);
    value.steps.push(2);
    expect(agentOf(all, 'api').context.read('plan')?.value).toEqual({ steps: [1] });
  });

  it('lets only the holder of a lock change the key', async () => {
    const all = await group(['api', 'writer']);
    const [api, writer] = [agentOf(all, 'api').context, agentOf(all, 'writer').context];
    const lock = await api.lock('plan', wait);
    expect(await writer.change('plan', 1, 0)).toEqual({ changed: false, why: 'locked', holder: 'api' });
    expect(await writer.lock('plan', atOnce)).toEqual({ locked: false, why: 'held', holder: 'api' });
    expect(await api.lock('plan', wait)).toEqual({ locked: false, why: 'held', holder: 'api' });
    expect(await api.change('plan', 1, 0)).toMatchObject({ changed: true });
    await release(lock);
    expect(await writer.change('plan', 2, 1)).toMatchObject({ changed: true });
  });

  it('gives a lock to those who wait in the order they came', async () => {
    const all = await group(['api', 'writer', 'security']);
    const order: string[] = [];
    const first = await agentOf(all, 'api').context.lock('plan', wait);
    const others = ['writer', 'security'].map(async (name) => {
      const lock = await agentOf(all, name).context.lock('plan', wait);
      order.push(name);
      await release(lock);
    });
    await settle();
    expect(order).toEqual([]);
    await release(first);
    await Promise.all(others);
    expect(order).toEqual(['writer', 'security']);
  });

  it('frees the locks of an agent that leaves, and its place in the queue', async () => {
    const all = await group(['api', 'writer', 'security']);
    await agentOf(all, 'api').context.lock('plan', wait);
    const gone = agentOf(all, 'writer').context.lock('plan', wait);
    const next = agentOf(all, 'security').context.lock('plan', wait);
    await settle();
    await agentOf(all, 'writer').leave();
    expect(await gone).toMatchObject({ locked: false, why: 'refused' });
    await agentOf(all, 'api').leave();
    expect(await next).toMatchObject({ locked: true });
    expect(all.clock.pending).toBe(0);
  });

  it('frees the locks of a process that died', async () => {
    const before = await group(['api']);
    await agentOf(before, 'api').context.lock('plan', wait);
    const after = await group(['writer'], { from: before.recorder.durable });
    expect(await agentOf(after, 'writer').context.lock('plan', atOnce)).toMatchObject({ locked: true });
  });

  it('does not let a former attempt release the lock of the next one', async () => {
    const all = await group(['api', 'writer']);
    const old = await agentOf(all, 'api').context.lock('plan', wait);
    await agentOf(all, 'api').leave();
    const again = await all.collaboration.join('api', 'step-api', 2);
    expect(await again.context.lock('plan', atOnce)).toMatchObject({ locked: true });
    await release(old);
    expect(await agentOf(all, 'writer').context.lock('plan', atOnce)).toMatchObject({ locked: false });
  });

  it('waits for a lock as long as it was told, or until it is cancelled', async () => {
    const all = await group(['api', 'writer']);
    const lock = await agentOf(all, 'api').context.lock('plan', wait);
    const late = agentOf(all, 'writer').context.lock('plan', wait);
    const stop = new AbortController();
    const cancelled = agentOf(all, 'writer').context.lock('plan', { waitMs: 5_000, signal: stop.signal });
    await settle();
    all.clock.step();
    expect(await late).toEqual({ locked: false, why: 'held', holder: 'api' });
    stop.abort(new CancelledError());
    await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
    await release(lock);
    expect(all.recorder.count('context-locked')).toBe(1);
    expect(all.clock.pending).toBe(0);
  });

  it('refuses names that are none, values that are too large, and more keys than it holds', async () => {
    const all = await group(['api'], { limits: { keys: 1, characters: 100 } });
    const { context } = agentOf(all, 'api');
    expect(await context.change('a b', 1, 0)).toMatchObject({ refused: { code: 'bad-name' } });
    expect(await context.change('a', 'x'.repeat(200), 0)).toMatchObject({ refused: { code: 'too-large' } });
    expect(await context.change('a', 1, 0)).toMatchObject({ changed: true });
    expect(await context.change('b', 1, 0)).toMatchObject({ refused: { code: 'quota' } });
  });

  it('is not touched by names that objects have of themselves', async () => {
    const all = await group(['api']);
    const { context } = agentOf(all, 'api');
    const hostile = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}') as object;
    expect(await context.change('__proto__', hostile as never, 0)).toMatchObject({ changed: true });
    expect(await context.change('constructor', 1, 0)).toMatchObject({ changed: true });
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
    expect(JSON.stringify(context.read('__proto__')?.value)).toBe(JSON.stringify(hostile));
  });
});
