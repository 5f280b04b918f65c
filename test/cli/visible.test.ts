import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStyle, columns, fit, widthOf } from '../../src/cli/show/style';
import { visibleJson, visibleLine, visibleText } from '../../src/cli/show/visible';

/** What a terminal would obey or hide. */
const ACTIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

describe('text from outside', () => {
  it.each([
    ['a colour', '\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['the clipboard', '\u001b]52;c;aGk=\u0007', '␛]52;c;aGk=␇'],
    ['a link', '\u001b]8;;http://x\u001b\\y', '␛]8;;http://x␛\\y'],
    ['a one-byte escape', '\u009b2J', 'U+009B2J'],
    ['a reordered line', 'abc\u202edcb', 'abcU+202Edcb'],
    ['a tag', 'a\u{e0041}b', 'aU+E0041b'],
    ['half a character', 'a\ud800b', 'aU+D800b'],
    ['a deletion', 'rm\u0008\u0008ls\u007f', 'rm␈␈ls␡'],
    ['an overwritten line', 'safe\rrm -rf', 'safe␍rm -rf'],
  ])('shows %s instead of obeying it', (_what, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('keeps line feeds and tabs where there are lines, and makes one line where there is one', () => {
    expect(visibleText('a\r\n\tb\n')).toBe('a\n\tb\n');
    expect(visibleLine(' a\r\n\tb\nc ')).toBe('a b c');
  });

  it('holds nothing active, whatever it was, and JSON stays the same JSON', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, (any) => {
        expect(visibleText(any)).not.toMatch(ACTIVE);
        expect(visibleLine(any)).not.toMatch(/\n/);
        for (const indent of [undefined, 2]) {
          const json = visibleJson({ any: [any], [any]: 1 }, indent);
          expect(json).not.toMatch(ACTIVE);
          expect(JSON.parse(json)).toEqual({ any: [any], [any]: 1 });
        }
      }),
    );
  });
});

describe('columns and widths', () => {
  it('counts wide characters twice, marks and colours not at all', () => {
    const style = createStyle(true);
    expect(widthOf('日本')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
    expect(widthOf(style.tone('bad', 'no'))).toBe(2);
    expect(createStyle(false).tone('bad', 'no')).toBe('no');
  });

  it('cuts what is too wide and closes its colour', () => {
    const style = createStyle(true);
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(fit('日本語', 5)).toBe('日本…');
    expect(fit(style.tone('good', 'abcdef'), 4)).toBe('\u001b[32mabc…\u001b[0m');
    expect(fit('abc', 3)).toBe('abc');
  });

  it('puts cells under each other', () => {
    expect(
      columns([
        ['a', '1', 'x'],
        ['long', '22', ''],
      ]),
    ).toEqual(['a     1   x', 'long  22']);
  });
});
