import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkExpression,
  evaluateCondition,
  evaluateValue,
  wholeExpression,
  type ConditionContext,
} from '../../../src/core/workflow/expressions';

const context: ConditionContext = {
  inputs: { branch: 'main', count: 3, dry: false, 'target-env': 'test' },
  env: { REGION: 'north' },
  steps: {
    lint: { status: 'completed', output: { ok: true, files: ['a.ts', 'b.ts'], counts: { high: 2 } } },
    'smoke-tests': { status: 'failed', output: null },
  },
  success: false,
  failure: true,
  cancelled: false,
};
const value = (source: string) => evaluateValue(source, context);
const truth = (source: string, change: Partial<ConditionContext> = {}) =>
  evaluateCondition(source, { ...context, ...change });

describe('the value of an expression', () => {
  it('is typed', () => {
    expect(value('inputs.count').value).toBe(3);
    expect(value('inputs.dry').value).toBe(false);
    expect(value('steps.lint.output.files').value).toEqual(['a.ts', 'b.ts']);
    expect(value('steps.lint.output.counts.high > 1').value).toBe(true);
    expect(value("format('{0} of {1}', inputs.branch, env.REGION)").value).toBe('main of north');
    expect(value('null').value).toBeNull();
  });

  it('finds names with hyphens, by dot and by bracket', () => {
    expect(value("inputs.target-env == 'test'").value).toBe(true);
    expect(value("steps.smoke-tests.status == 'failed'").value).toBe(true);
    expect(value("steps['smoke-tests'].status").value).toBe('failed');
  });

  it('is null where a name leads to nothing', () => {
    expect(value('steps.lint.output.nothing.at.all')).toEqual({ value: null });
    expect(value('steps.smoke-tests.output.files')).toEqual({ value: null });
  });

  it('compares texts in any letter case, as GitHub does, and prefers the exact name of a key', () => {
    expect(value("inputs.branch == 'MAIN'").value).toBe(true);
    const both = { ...context, inputs: { Name: 'upper', name: 'lower' } };
    expect(evaluateValue('inputs.name', both).value).toBe('lower');
    expect(evaluateValue('inputs.Name', both).value).toBe('upper');
    expect(evaluateValue('inputs.NAME', both).value).toBe('upper');
  });

  it('reads every doubled quote of a text', () => {
    expect(value("'it''s ''so'''").value).toBe("it's 'so'");
  });

  it('joins, searches and reads JSON', () => {
    expect(value("join(steps.lint.output.files, ', ')").value).toBe('a.ts, b.ts');
    expect(value("contains(steps.lint.output.files, 'b.ts')").value).toBe(true);
    expect(value(`fromJSON('{"a":{"constructor":7}}').a.constructor`).value).toBe(7);
    expect(value('toJSON(steps.lint.output.counts)').value).toBe('{\n  "high": 2\n}');
    expect(value('steps.*.status').value).toEqual(['completed', 'failed']);
  });

  it('has no status functions', () => {
    expect(value('success()').error?.message).toContain('"if:" only');
  });
});

describe('a condition', () => {
  it('implies success() where it calls no status function', () => {
    expect(truth("inputs.branch == 'main'")).toEqual({ value: false });
    expect(truth("inputs.branch == 'main'", { success: true })).toEqual({ value: true });
    expect(truth('true')).toEqual({ value: false });
  });

  it('asks the engine what the status functions mean', () => {
    expect(truth('failure()').value).toBe(true);
    expect(truth('always() && inputs.count == 3').value).toBe(true);
    expect(truth('cancelled()').value).toBe(false);
    expect(truth('!success()').value).toBe(true);
    expect(truth("failure() || inputs.branch == 'x'", { failure: false }).value).toBe(false);
  });

  it('is false and told where it cannot be evaluated', () => {
    const told = truth('always() && fromJSON(inputs.branch)');
    expect(told.value).toBe(false);
    expect(told.error?.message).toContain('not JSON');
    expect(truth('inputs.branch ==').error?.message).toContain('Unexpected end of expression');
  });
});

describe('checking an expression', () => {
  it('names what it uses and where', () => {
    const checked = checkExpression("success() && inputs.branch == 'x' || steps['a-b'].output[0].name");
    expect(checked.callsStatus).toBe(true);
    expect(checked.references).toEqual([
      { path: ['inputs', 'branch'], offset: 13 },
      { path: ['steps', 'a-b', 'output', '0', 'name'], offset: 37 },
    ]);
  });

  it('ends a path where a part is computed', () => {
    const { references } = checkExpression('steps[inputs.branch].output');
    expect(references.map(({ path }) => path.join('.'))).toEqual(['inputs.branch', 'steps']);
  });

  it.each([
    ['', 0],
    ['inputs.', 6],
    ['inputs.a ==', 9],
    ['inputs.a == "x"', 12],
    ['  github.KEY', 2],
    ['true &&\n  github.actor', 10],
    ['contains(inputs.a)', 0],
    ['system()', 0],
    ["'open", 0],
    ['1 +', 2],
    ['a'.repeat(9_000), 0],
  ])('tells the place of the fault in %j', (source, offset) => {
    const { fault } = checkExpression(source);
    expect(fault).toBeDefined();
    expect(fault!.message).not.toBe('');
    expect(fault!.offset).toBe(offset);
  });
});

describe('an expression cannot leave its data', () => {
  const reach = [
    'constructor',
    "constructor.constructor('return process')()",
    "inputs.constructor.constructor('return process')()",
    'toString()',
    'valueOf(inputs)',
    "__defineGetter__('a', 'b')",
    'hasOwnProperty()',
    'globalThis.process',
    'process.env',
    'this',
  ];
  it.each(reach)('%s is refused', (source) => {
    expect(evaluateValue(source, context).value).toBeNull();
    expect(checkExpression(source).fault).toBeDefined();
  });

  it.each([
    'inputs.constructor',
    "inputs['__proto__']",
    'steps.toString',
    'steps.lint.output.__proto__.polluted',
  ])('%s is nothing', (source) => expect(evaluateValue(source, context)).toEqual({ value: null }));

  it('keeps keys with such names when they are data', () => {
    const own = { ...context, inputs: { data: JSON.parse('{"constructor":1,"toString":2}') as never } };
    expect(evaluateValue('inputs.data.constructor', own).value).toBe(1);
    expect(evaluateValue('toJSON(inputs.data)', own).value).toBe(
      '{\n  "constructor": 1,\n  "toString": 2\n}',
    );
  });

  it('makes no endless text', () => {
    const large = { ...context, inputs: { x: 'x'.repeat(500_000) } };
    const format = `format('${'{0}'.repeat(1000)}', inputs.x)`;
    expect(evaluateValue(format, large).error?.message).toContain('longer than');
    const list = { ...context, inputs: { x: Array.from({ length: 900 }, () => 'x'.repeat(2000)) } };
    expect(evaluateValue("join(inputs.x, '-')", list).error?.message).toContain('longer than');
  });

  it('survives data and sources of any depth', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 5_000; i++) deep = [deep];
    const nested = { ...context, inputs: { deep: deep as never } };
    expect(evaluateValue('toJSON(inputs.deep)', nested).error).toBeDefined();
    for (const part of ['(', '!', '[', 'a==', 'a&&', 'a||', "format('{0}',"]) {
      expect(checkExpression(part.repeat(2_000)).fault).toBeDefined();
    }
  });

  it('never throws, whatever it is given', () => {
    const words = fc.constantFrom(
      'inputs',
      'steps',
      '.',
      '[',
      ']',
      '(',
      ')',
      "'",
      '&&',
      '!',
      'a-b',
      '1',
      ',',
      'always',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((parts) => parts.join('')),
        ),
        (source) => {
          const checked = checkExpression(source);
          const { value, error } = evaluateValue(source, context);
          if (checked.fault) expect(error).toBeDefined();
          expect(JSON.stringify(value)).toBeTypeOf('string');
        },
      ),
    );
  });
});

describe('the braces', () => {
  it('are taken off when they hold the whole text', () => {
    expect(wholeExpression('${{ inputs.a }}')).toBe(' inputs.a ');
    expect(wholeExpression(' ${{a}} ')).toBe('a');
    expect(wholeExpression('${{ a }} ${{ b }}')).toBeUndefined();
    expect(wholeExpression('inputs.a')).toBeUndefined();
  });
});
