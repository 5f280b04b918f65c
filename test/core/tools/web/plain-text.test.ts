import { describe, expect, it } from 'vitest';
import { cut, inertMarkdown, plainLine, plainText } from '../../../../src/core/tools/web/plain-text';

describe('text of others', () => {
  it.each([
    ['\u001b[2J\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;https://evil.example.net\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['\u009b31mred', 'red'],
    ['a\u202eb\u2066c\u200bd\ufeffe', 'abcde'],
    ['tag\u{e0069}\u{e0067}ged', 'tagged'],
    ['line\r\nnext\rlast\tend', 'line\nnext\nlast\tend'],
    [
      'half \ud83d and whole \u{1f600} and family \u{1f469}\u200d\u{1f467}',
      'half \ufffd and whole \u{1f600} and family \u{1f469}\u200d\u{1f467}',
    ],
  ])('%j is read as %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('cuts a line between characters', () => {
    expect(plainLine('  a\n\n b  ', 10)).toBe('a b');
    expect(cut('ab\u{1f600}c', 4)).toBe('ab…');
  });

  it.each([
    ['![a](https://evil.example.net?q=1)', '![a\\](https://evil.example.net?q=1)'],
    ['[a\nb](x)', '[a\nb\\](x)'],
    ['[a[b]](x)', '[a[b]\\](x)'],
    ['[a][b]\n\n[b]: https://evil.example.net', '[a\\][b]\n\n[b\\]: https://evil.example.net'],
    ['[a\\](x)', '[a\\](x)'],
    ['[a\\\\](x)', '[a\\\\\\](x)'],
    ['<img src=x> <a href=y>b</a> Array<string>', '\\<img src=x> \\<a href=y>b</a> Array<string>'],
    ['[x] done, list[0], #![feature(x)]', '[x] done, list[0], #![feature(x)]'],
  ])('%j does nothing as %j', (text, inert) => {
    expect(inertMarkdown(text)).toBe(inert);
    expect(inertMarkdown(inert)).toBe(inert);
  });
});
