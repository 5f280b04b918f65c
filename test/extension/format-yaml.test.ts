import { describe, expect, it } from 'vitest';
import { formatYaml } from '../../src/extension/language/format-yaml';

describe('formatting a workflow', () => {
  it('indents by two and keeps comments, blank lines, quotes and file tags', () => {
    const text = [
      '# what it is for',
      'name:   review # the name',
      '',
      'steps:',
      '    -   key: "lint"',
      '        agent: quality',
      '',
      '    # then',
      '    -   key: ask',
      '        prompt: !file prompts/ask.md',
      "        dependsOn: ['lint']",
      '',
    ].join('\n');
    expect(formatYaml(text, 2)).toBe(
      [
        '# what it is for',
        'name: review # the name',
        '',
        'steps:',
        '  - key: "lint"',
        '    agent: quality',
        '',
        '  # then',
        '  - key: ask',
        '    prompt: !file prompts/ask.md',
        "    dependsOn: ['lint']",
        '',
      ].join('\n'),
    );
  });

  it('leaves a long line and a block text as they are', () => {
    const text = `name: x\ndescription: ${'word '.repeat(60).trim()}\nprompt: |\n  one\n    two\n`;
    expect(formatYaml(text, 2)).toBe(text);
  });

  it('pads braces and not brackets', () => {
    expect(formatYaml('with: {a: [1, [2]], b: []}\n', 2)).toBe('with: { a: [1, [2]], b: [] }\n');
  });

  it('touches nothing while the text is broken', () => {
    expect(formatYaml('steps: [a\n', 2)).toBeUndefined();
  });

  it('changes nothing the second time', () => {
    const once = formatYaml('steps:\n- key: a\n  with: {a: [1, [2]]}\n', 2) ?? '';
    expect(formatYaml(once, 2)).toBe(once);
  });
});
