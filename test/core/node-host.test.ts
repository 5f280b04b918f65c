import { describe, expect, it } from 'vitest';
import { createNodeIds } from '../../src/core/node-ids';
import { createTestHost } from '../support/node-host';

describe('ids', () => {
  it('are sorted by time, also when the clock stands or goes back', () => {
    let now = 1_700_000_000_000;
    const ids = createNodeIds(() => now);
    const made: string[] = [];
    for (let count = 0; count < 2_000; count += 1) {
      made.push(ids.next());
      if (count % 100 === 0) now += count % 300 === 0 ? -5 : 7;
    }
    expect(made).toEqual([...made].sort());
    expect(new Set(made).size).toBe(2_000);
    for (const id of made) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
  });

  it('differ between two makers at the same moment', () => {
    const [one, two] = [createNodeIds(() => 5), createNodeIds(() => 5)];
    expect(one.next()).not.toBe(two.next());
  });
});

describe('the host of the machine', () => {
  it('hashes text as its UTF-8 bytes', () => {
    const host = createTestHost();
    const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(host.sha256('abc')).toBe(hash);
    expect(host.sha256(new TextEncoder().encode('abc'))).toBe(hash);
  });

  it('shows one variable of the environment by name, and makes secrets', () => {
    const host = createTestHost();
    expect(host.env('PATH')).toBe(process.env['PATH']);
    expect(host.env('NO_SUCH_VARIABLE')).toBeUndefined();
    expect(host.ids.secret()).toMatch(/^[0-9a-f]{64}$/);
    expect(host.ids.secret()).not.toBe(host.ids.secret());
  });
});
