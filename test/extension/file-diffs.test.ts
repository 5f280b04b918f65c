import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fileDiffs } from '../../src/extension/documents/file-diffs';

const kept = new Map<string, Uint8Array>();
function keep(content: string | Uint8Array): string {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const hash = createHash('sha256').update(bytes).digest('hex');
  kept.set(hash, bytes);
  return hash;
}
const read = (hash: string) => {
  const bytes = kept.get(hash);
  return bytes === undefined ? Promise.reject(new Error('gone')) : Promise.resolve(bytes);
};

test('an edited, a new and a deleted file are compared and counted', async () => {
  const one = keep('a\nb\n-- c\n');
  const two = keep('a\nB\n++ d\ne\n');
  const diffs = await fileDiffs(
    [
      { path: 'edited', before: one, after: two },
      { path: 'new', after: one },
      { path: 'deleted', before: two },
    ],
    read,
  );
  expect(diffs.map(({ path, added, removed }) => [path, added, removed])).toEqual([
    ['edited', 3, 2],
    ['new', 3, 0],
    ['deleted', 0, 4],
  ]);
  expect(diffs[0]?.text).toContain('\n-b\n');
});

test('what cannot be compared says why', async () => {
  const text = keep('text');
  const [binary, large, gone, other] = await fileDiffs(
    [
      { path: 'b', before: text, after: keep(new Uint8Array([1, 0, 2])) },
      { path: 'l', before: text, after: keep('x\n'.repeat(1_000_000)) },
      { path: 'g', before: 'f'.repeat(64), after: text },
      { path: 'o', before: keep(new Uint8Array([0xc3, 0x28])), after: text },
    ],
    read,
  );
  expect(binary?.problem).toBe('Not text: 4 bytes became 3 bytes.');
  expect(large?.problem).toContain('Too large');
  expect(gone?.problem).toContain('no longer kept');
  expect(other?.problem).toContain('Not text');
});

test('two long texts with nothing in common give up in time', async () => {
  const lines = (sign: string) =>
    Array.from({ length: 60_000 }, (_none, index) => `${sign}${index * 7}`).join('\n');
  const [diff] = await fileDiffs([{ path: 'a', before: keep(lines('a')), after: keep(lines('b')) }], read);
  expect(diff?.text === undefined ? diff?.problem : 'compared').toMatch(
    /too little in common|compared|Too long/,
  );
});
