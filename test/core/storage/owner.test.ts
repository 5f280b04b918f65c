import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DisposableStore } from '../../../src/core/base/disposable';
import { openRunStore } from '../../../src/core/storage/journal-run-store';
import { openOwner, type OwnerOptions, type Ownership } from '../../../src/core/storage/owner';
import { runStarted, started } from '../../support/events';
import { createTestHost, temporaryFolder } from '../../support/node-host';

const host = createTestHost();
const at = { at: 1, rehearsal: false };
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let open: DisposableStore;

beforeEach(async () => {
  folder = await temporaryFolder();
  open = new DisposableStore();
});
afterEach(async () => {
  open.dispose();
  await folder.remove();
});

async function owner(name: string, options: Partial<OwnerOptions> = {}): Promise<Ownership> {
  return open.add(await openOwner(host, folder.path, { name, pid: 1, kind: 'window', ...options }));
}

describe('the owner of a state folder', () => {
  it('is the first who comes; the second learns who that is', async () => {
    const first = await owner('VS Code window (pid 1)', { isAlive: async () => true });
    const second = await owner('terminal (pid 2)', { kind: 'terminal' });
    expect(first.isOwner).toBe(true);
    expect(second.isOwner).toBe(false);
    expect(second.other).toEqual({ name: 'VS Code window (pid 1)', pid: 1, epoch: 1 });
    expect(second.epoch).toBe(0);
  });

  it('raises the epoch each time the folder changes hands', async () => {
    for (const epoch of [1, 2, 3]) {
      const next = await owner('window');
      expect(next.epoch).toBe(epoch);
      next.dispose();
    }
  });

  it('never takes an epoch that the journal has seen, even when the epoch file is lost', async () => {
    const first = await owner('window');
    const store = await openRunStore(host, folder.path, { epoch: first.epoch });
    await store.append('a', [runStarted(['one'])], at).durable;
    await store.close();
    first.dispose();
    await host.files.remove(host.files.join(folder.path, 'epoch'));
    expect((await owner('window')).epoch).toBe(2);
  });

  it('lets exactly one of many who come at once be it', async () => {
    for (let round = 0; round < 25; round += 1) {
      const all = await Promise.all(['a', 'b', 'c', 'd'].map((name) => owner(name, { kind: 'terminal' })));
      expect(all.filter((one) => one.isOwner)).toHaveLength(1);
      expect(all.find((one) => one.isOwner)?.epoch).toBe(round + 1);
      for (const one of all) one.dispose();
    }
  });

  it('passes to who waits as soon as it is free', async () => {
    const first = await owner('first', { isAlive: async () => true });
    const second = await owner('second');
    let changes = 0;
    second.onDidChange(() => (changes += 1));
    const taken = second.takeWhenFree();
    first.dispose();
    expect(await taken).toBe(true);
    expect(second.isOwner).toBe(true);
    expect(second.other).toBeUndefined();
    expect(changes).toBe(1);
  });

  it('stops waiting when it is disposed', async () => {
    await owner('first', { isAlive: async () => true });
    const second = await owner('second');
    const taken = second.takeWhenFree();
    second.dispose();
    expect(await taken).toBe(false);
  });

  it('hands over when its workbench is gone and a window asks', async () => {
    let closed = 0;
    const ghost = await owner('ghost', {
      isAlive: () => new Promise(() => {}),
      onHandOver: async () => void (closed += 1),
    });
    const fresh = await owner('fresh');
    expect(closed).toBe(1);
    expect(fresh.isOwner).toBe(true);
    expect(fresh.epoch).toBe(2);
    expect(fresh.continuedFrom?.name).toBe('ghost');
    expect(ghost.isOwner).toBe(false);
  });

  it('keeps the folder when its workbench answers, and when a terminal asks', async () => {
    const alive = await owner('alive', { isAlive: async () => true });
    const window = await owner('window');
    expect([alive.isOwner, window.isOwner]).toEqual([true, false]);
    window.dispose();
    alive.dispose();
    const ghost = await owner('ghost', { isAlive: async () => false });
    const terminal = await owner('terminal', { kind: 'terminal' });
    expect([ghost.isOwner, terminal.isOwner]).toEqual([true, false]);
  });

  it('fences out a ghost that did not close its store in time', async () => {
    const ghost = await owner('ghost', {
      isAlive: async () => false,
      onHandOver: () => new Promise(() => {}),
    });
    const old = await openRunStore(host, folder.path, { epoch: ghost.epoch });
    await old.append('a', [runStarted(['one'])], at).durable;
    const fresh = await owner('fresh');
    const store = await openRunStore(host, folder.path, { epoch: fresh.epoch });
    await expect(old.append('a', [started('one')], at).durable).rejects.toMatchObject({
      code: 'stale-owner',
    });
    await store.append('a', [started('one')], at).durable;
    expect(await store.read('a')).toHaveLength(2);
    await old.close();
    await store.close();
  });

  it('answers nobody without the token of the folder', async () => {
    const first = await owner('first', { isAlive: async () => false });
    for (const message of [
      { type: 'who' },
      { type: 'hand-over', kind: 'window', token: 'guess' },
      null,
      'who',
      [],
    ])
      expect(await host.locks.ask(folder.path, message, 1_000)).toHaveProperty('error');
    expect(first.isOwner).toBe(true);
    const { stat } = await import('node:fs/promises');
    expect((await stat(host.files.join(folder.path, 'token'))).mode & 0o777).toBe(0o600);
  });

  it('says from its notes who owns the folder when the owner is silent', async () => {
    const { lock } = (await host.locks.acquire(folder.path, () => new Promise(() => {}))) as {
      lock: { dispose(): void };
    };
    open.add(lock);
    await host.files.writeAtomic(
      host.files.join(folder.path, 'owner.json'),
      JSON.stringify({ name: 'VS Code window (pid 9)', pid: 9, epoch: 4 }),
    );
    const second = await owner('terminal', { kind: 'terminal' });
    expect(second.other).toEqual({ name: 'VS Code window (pid 9)', pid: 9, epoch: 4 });
  });
});
