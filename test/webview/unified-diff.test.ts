import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsText, readDiff } from '../../webview/changes/unified-diff';

const patch = (before: string, after: string, context = 3) =>
  createTwoFilesPatch('a', 'a', before, after, undefined, undefined, { context });

describe('a unified diff', () => {
  test('is read into lines with their numbers on both sides', () => {
    const { lines, added, removed } = readDiff(patch('one\ntwo\nthree\n', 'one\n2\nthree\nfour\n'));
    expect(lines).toEqual([
      { kind: 'same', before: 1, after: 1, text: 'one' },
      { kind: 'removed', before: 2, text: 'two' },
      { kind: 'added', after: 2, text: '2' },
      { kind: 'same', before: 3, after: 3, text: 'three' },
      { kind: 'added', after: 4, text: 'four' },
    ]);
    expect({ added, removed }).toEqual({ added: 2, removed: 1 });
  });

  test('says where it leaves unchanged lines out', () => {
    const numbers = Array.from({ length: 40 }, (_none, index) => `${index + 1}`);
    const changed = numbers.with(1, 'x').with(35, 'y');
    const { lines } = readDiff(patch(`${numbers.join('\n')}\n`, `${changed.join('\n')}\n`));
    expect(lines.filter(({ kind }) => kind === 'gap').map(({ text }) => text)).toEqual(['Lines 33 to 39']);
  });

  test('of a whole text that was not compared is all of it, as added', () => {
    const { lines, added } = readDiff('--- /dev/null\n+++ a\n(all lines)\nconst a = 1;\n- b\n');
    expect(lines.map(({ text, kind }) => [kind, text])).toEqual([
      ['added', 'const a = 1;'],
      ['added', '- b'],
    ]);
    expect(added).toBe(2);
  });

  test('keeps what it does not understand as a note', () => {
    expect(readDiff('Binary: 12 bytes become 14 bytes').lines).toEqual([
      { kind: 'note', text: 'Binary: 12 bytes become 14 bytes' },
    ]);
    const { lines } = readDiff('@@ -1,1 +1,1 @@\n-a\n+b\n@@ broken @@\n+smuggled');
    expect(lines.map(({ text }) => text)).toEqual(['a', 'b', '@@ broken @@', '+smuggled']);
  });

  test('shows line ends only where they differ', () => {
    expect(readDiff(patch('a\r\nb\r\n', 'a\r\nc\r\n')).lines.map(({ text }) => text)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(readDiff(patch('a\r\n', 'a\n')).lines.map(({ text }) => text)).toEqual(['a\r', 'a']);
  });

  test('gives both texts back, whatever signs their lines begin with', () => {
    const line = fc.stringMatching(/^[-+ @\\=a-c]{0,6}$/);
    const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.map((one) => `${one}\n`).join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { lines } = readDiff(patch(before, after, 1_000));
        if (before === after) return;
        const side = (own: 'removed' | 'added') =>
          lines
            .filter(({ kind }) => kind === 'same' || kind === own)
            .map((one) => `${one.text}\n`)
            .join('');
        expect(side('removed')).toBe(before);
        expect(side('added')).toBe(after);
        expect(lines.filter(({ kind }) => kind === 'note')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('counts in words', () => {
    expect(countsText({ added: 1, removed: 0 })).toBe('1 line added');
    expect(countsText({ added: 2, removed: 3 })).toBe('2 lines added, 3 removed');
    expect(countsText({ added: 0, removed: 0 })).toBe('no line changed');
  });
});
