import { describe, expect, it } from 'vitest';
import { placeAt } from '../../src/extension/language/place';

/** The place of the "|" in a text. */
function at(text: string) {
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('|'));
  const character = lines[line]?.indexOf('|') ?? 0;
  lines[line] = lines[line]?.replace('|', '') ?? '';
  return placeAt((i) => lines[i] ?? '', line, character);
}

describe('the place of a cursor', () => {
  it('is the top of the file where nothing is indented', () => {
    expect(at('name: x\nst|')).toEqual({ path: [], word: 'st', start: 0 });
  });

  it('is an item of the list above, also when the list is not indented', () => {
    expect(at('steps:\n- key: a\n  ag|')).toMatchObject({ path: ['steps', '[]'], word: 'ag', start: 2 });
    expect(at('steps:\n  - key: a\n    ag|')).toMatchObject({ path: ['steps', '[]'], start: 4 });
  });

  it('does not see the items before it', () => {
    const text = 'steps:\n  - key: a\n    run: x\n  - key: b\n    retry:\n      max: 1\n    |';
    expect(at(text)).toMatchObject({ path: ['steps', '[]'], start: 4 });
    expect(at('steps:\n- key: a\n- key: b\n  |').path).toEqual(['steps', '[]']);
    expect(at('retry:\n  - on:\n      - error\n      - |').path).toEqual(['retry', '[]', 'on', '[]']);
  });

  it('is a value once the key and its colon are written', () => {
    expect(at('steps:\n  - key: a\n    agent: sec|')).toEqual({
      path: ['steps', '[]'],
      inValueOf: 'agent',
      word: 'sec',
      start: 11,
    });
  });

  it('is the last word of a list in brackets', () => {
    expect(at('steps:\n  - dependsOn: [lint, se|]')).toMatchObject({ inValueOf: 'dependsOn', word: 'se' });
  });

  it('is an item of a list below its key', () => {
    expect(at('steps:\n  - key: a\n    dependsOn:\n      - li|')).toMatchObject({
      path: ['steps', '[]', 'dependsOn', '[]'],
      word: 'li',
    });
  });

  it('leaves what stands beside it out of the path', () => {
    expect(
      at('inputs:\n  a: x\nsteps:\n  - key: b\n    approval:\n      when: after\n      al|'),
    ).toMatchObject({
      path: ['steps', '[]', 'approval'],
      word: 'al',
    });
  });

  it('does not mind comments and empty lines', () => {
    expect(at('steps:\n\n# about a\n  - key: a\n  # more\n\n    na|').path).toEqual(['steps', '[]']);
  });
});
