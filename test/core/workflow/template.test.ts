import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ValueContext } from '../../../src/core/workflow/expressions';
import {
  asText,
  lookup,
  parsePath,
  placeholders,
  render,
  renderArguments,
  renderWith,
} from '../../../src/core/workflow/template';

const context: ValueContext = {
  inputs: { branch: 'main', count: 2, nothing: null, list: ['a', 'b'] },
  env: { REGION: 'north' },
  steps: {
    'security-scan': { status: 'completed', output: { findings: [{ rule: 'x/1' }], total: 1 } },
    skipped: { status: 'skipped', output: null },
  },
};
const strict = { missing: 'error' } as const;

describe('a template', () => {
  it('is filled in from inputs, env and outputs, by names with hyphens', () => {
    const text =
      'Look at {{inputs.branch}} in {{ env.REGION }}: {{ steps.security-scan.output.findings[0].rule }}.';
    expect(render(text, context, strict)).toEqual({
      text: 'Look at main in north: x/1.',
      value: 'Look at main in north: x/1.',
      notes: [],
      faults: [],
    });
  });

  it('shows objects and lists as indented JSON, numbers and truth as words', () => {
    expect(render('{{ inputs.list }} {{ inputs.count }}', context, strict).text).toBe(
      '[\n  "a",\n  "b"\n] 2',
    );
    expect(asText(true)).toBe('true');
    expect(asText(null)).toBe('');
  });

  it('takes expressions in prose, too', () => {
    expect(render('${{ inputs.count > 1 }} and ${{ inputs.branch }}', context, strict).text).toBe(
      'true and main',
    );
  });

  it('leaves what a skipped step would have said empty, and notes it', () => {
    const { text, notes, faults } = render(
      '<{{ steps.skipped.output.summary }}{{ inputs.nothing }}>',
      context,
      strict,
    );
    expect(text).toBe('<>');
    expect(notes).toEqual(['steps.skipped.output.summary is empty.', 'inputs.nothing is empty.']);
    expect(faults).toEqual([]);
  });

  it('tells a name that leads to nothing, as the rule says', () => {
    const text = 'a {{ steps.security-scan.output.cost }} b';
    expect(render(text, context, strict).faults).toEqual([
      '{{ steps.security-scan.output.cost }} leads to nothing.',
    ]);
    expect(render(text, context, { missing: 'placeholder' }).text).toBe(
      'a <steps.security-scan.output.cost> b',
    );
    const empty = render(text, context, { missing: 'empty' });
    expect(empty.text).toBe('a  b');
    expect(empty.notes).toHaveLength(1);
  });

  it('never says "undefined"', () => {
    for (const name of [
      'inputs.gone',
      'steps.gone.output.x',
      'env.gone',
      'gone',
      'steps',
      'inputs.branch.deep',
    ]) {
      for (const missing of ['placeholder', 'error', 'empty'] as const) {
        expect(render(`{{ ${name} }}`, context, { missing }).text).not.toContain('undefined');
      }
    }
  });

  it('keeps braces that are quoted, and an opening without an end', () => {
    expect(render(`{{ '{{' }} inputs.branch {{ '}}' }}`, context, strict).text).toBe('{{ inputs.branch }}');
    expect(render('a {{ inputs.branch', context, strict).text).toBe('a {{ inputs.branch');
    expect(render("{{ inputs.branch }} isn't {{ env.REGION }}", context, strict).text).toBe(
      "main isn't north",
    );
  });

  it('reaches own properties only', () => {
    for (const name of [
      'inputs.constructor',
      'inputs.__proto__',
      'steps.toString',
      'inputs.list.constructor',
    ]) {
      expect(lookup(parsePath(name)!, context)).toEqual({ found: false, because: 'missing' });
    }
    expect(lookup(['inputs', 'list', 'length'], context)).toEqual({ found: true, value: 2 });
  });

  it.each([
    '${inputs.branch}',
    '<%= 7 * 7 %>',
    '#{7*7}',
    '$(id)',
    '%{x}',
    '${`${1}`}',
    '{inputs.branch}',
    '${\n}',
    '{ {a} }',
  ])('leaves %j of other programs as it is', (text) =>
    expect(render(text, context, strict)).toMatchObject({ text, faults: [] }),
  );

  it('does not fill in what was filled in', () => {
    const tricky = { ...context, inputs: { a: '{{ inputs.b }}', b: 'secret' } };
    expect(render('{{ inputs.a }}', tricky, strict).text).toBe('{{ inputs.b }}');
  });

  it('stops before a text gets out of hand', () => {
    const large = { ...context, inputs: { x: 'x'.repeat(1_000_000) } };
    const { faults } = render('{{ inputs.x }}'.repeat(20), large, strict);
    expect(faults[0]).toContain('longer than');
  });

  it('keeps any text without braces, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, inside) => {
        fc.pre(!before.includes('{{'));
        expect(render(before, context, strict).text).toBe(before);
        const { text } = render(`${before}{{${inside}}}`, context, { missing: 'empty' });
        // What stands directly before may be a part of the opening: `${{` and `{{{` open as well.
        expect(text.startsWith(before.replace(/\$?\{?$/, ''))).toBe(true);
      }),
    );
  });
});

describe('a path', () => {
  it.each([
    ['steps.a-b.output', ['steps', 'a-b', 'output']],
    ["steps['a b'].output[3]", ['steps', 'a b', 'output', '3']],
    ['inputs["x"].Größe', ['inputs', 'x', 'Größe']],
  ])('%s is read', (text, path) => expect(parsePath(text)).toEqual(path));

  it.each(['', '.a', 'a.', 'a..b', 'a b', '[0]', '#if x', 'a|b', 'a()', '.State'])('%j is none', (text) =>
    expect(parsePath(text)).toBeUndefined(),
  );
});

describe('placeholders', () => {
  it('are found with their places', () => {
    const text = 'x {{ a.b }} ${{ c }} {{ #bad }}';
    expect(placeholders(text).map(({ kind, start, end }) => [kind, text.slice(start, end)])).toEqual([
      ['path', '{{ a.b }}'],
      ['expression', '${{ c }}'],
      ['bad', '{{ #bad }}'],
    ]);
  });

  it('end at the first braces outside of quotes', () => {
    expect(placeholders("${{ format('}}') }} tail").map(({ source }) => source)).toEqual([" format('}}') "]);
  });
});

describe('arguments of an action', () => {
  it('get the typed value of a whole expression, and text everywhere else', () => {
    const given = {
      count: '${{ inputs.count }}',
      list: '${{ inputs.list }}',
      text: 'on {{ inputs.branch }}',
      inner: [{ flag: '${{ inputs.count == 2 }}' }, 7, null],
    };
    expect(JSON.parse(JSON.stringify(renderWith(given, context, strict).value))).toEqual({
      count: 2,
      list: ['a', 'b'],
      text: 'on main',
      inner: [{ flag: true }, 7, null],
    });
  });

  it('tell faults and empties of every string', () => {
    const { faults, notes } = renderWith(
      { a: '{{ inputs.gone }}', b: '${{ inputs.nothing }}' },
      context,
      strict,
    );
    expect(faults).toEqual(['{{ inputs.gone }} leads to nothing.']);
    expect(notes).toEqual(['${{ inputs.nothing }} has no value.']);
  });
});

describe('an argument list', () => {
  it('gets one argument for each whole value, whatever it holds', () => {
    const evil = { ...context, inputs: { branch: 'a; rm -rf / $(id)' } };
    const { value } = renderArguments(['git', 'switch', '{{ inputs.branch }}'], evil, strict);
    expect(value).toEqual(['git', 'switch', 'a; rm -rf / $(id)']);
  });
});
