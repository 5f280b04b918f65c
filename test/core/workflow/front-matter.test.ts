import { describe, expect, it } from 'vitest';
import { FrontMatter } from '../../../src/core/workflow/front-matter';
import { processorTime } from '../../support/processor-time';

const codes = (text: string) => new FrontMatter(text).diagnostics().map(({ code }) => code);

describe('front matter', () => {
  it('gives the fields and the body apart', () => {
    const head = new FrontMatter('---\nname: a\ntools: [x, y]\n---\n\n# Title\n---\nmore\n');
    expect(head.keys()).toEqual(['name', 'tools']);
    expect(head.value('tools')).toEqual(['x', 'y']);
    expect(head.value('other')).toBeUndefined();
    expect(head.body).toBe('\n# Title\n---\nmore\n');
    expect(head.bodyLine).toBe(5);
    expect(head.diagnostics()).toEqual([]);
  });

  it.each([
    ['line ends of Windows', '---\r\nname: a\r\n---\r\nbody'],
    ['a byte order mark', '\ufeff---\nname: a\n---\nbody'],
    ['spaces behind the dashes', '---  \nname: a\n--- \t\nbody'],
  ])('takes %s', (_what, text) => {
    const head = new FrontMatter(text);
    expect(head.diagnostics()).toEqual([]);
    expect(head.value('name')).toBe('a');
    expect(head.body).toBe('body');
  });

  it('says where a field and an item stand', () => {
    const head = new FrontMatter('---\nname: a\ntools:\n  - x\n  - why\n---\n');
    expect(head.range('name').start).toEqual({ line: 2, column: 7 });
    expect(head.range(['tools', 1]).start).toEqual({ line: 5, column: 5 });
    expect(head.range('absent').start).toEqual({ line: 1, column: 1 });
    head.error('wrong', 'Wrong.', ['tools', 1]);
    expect(head.hasErrors).toBe(true);
    expect(head.diagnostics()[0]?.range.start.line).toBe(5);
  });

  it.each([
    ['no dashes at all', '# Title\n'],
    ['nothing', ''],
    ['an open end', '---\nname: a\n'],
    ['a list', '---\n- a\n---\n'],
    ['nothing between the dashes', '---\n---\nbody'],
  ])('refuses %s', (_what, text) => {
    expect(codes(text)).toEqual(['no-front-matter']);
  });

  it('gives the whole text as the body where there is no head', () => {
    expect(new FrontMatter('# Title\n').body).toBe('# Title\n');
  });

  it.each([
    ['too large', `---\nname: ${'a'.repeat(40_000)}\n---\n`, 'too-large'],
    ['a key twice', '---\nname: a\nname: b\n---\n', 'duplicate-key'],
    ['a control character', '---\nname: a\u0007\n---\n', 'control-character'],
    ['an included file', '---\nname: !file /etc/passwd\n---\n', 'file-not-included'],
  ])('refuses a head that is %s', (_what, text, code) => {
    const head = new FrontMatter(text);
    expect(head.hasErrors).toBe(true);
    const told = head.diagnostics().map((diagnostic) => diagnostic.code);
    if (code !== 'file-not-included') expect(told).toContain(code);
    expect(JSON.stringify(head.value('name') ?? null)).not.toContain('root:');
  });

  it('ends a bomb of aliases before it grows', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &a${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]`,
    );
    const took = processorTime(() =>
      expect(new FrontMatter(`---\n${levels.join('\n')}\n---\n`).hasErrors).toBe(true),
    );
    expect(took).toBeLessThan(1_000);
  });

  it('ends one of depth', () => {
    expect(new FrontMatter(`---\na: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n---\n`).hasErrors).toBe(true);
  });

  it('makes no prototype of a field', () => {
    const head = new FrontMatter(
      '---\n__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n---\n',
    );
    expect(head.value('__proto__')).toEqual({ polluted: true });
    expect(head.value('toString')).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(head.value('constructor'))).toBeNull();
  });
});
