import { describe, expect, it } from 'vitest';
import type { InputDeclaration } from '../../../src/core/model/workflow';
import { resolveInputs } from '../../../src/core/workflow/inputs';

const declared: Record<string, InputDeclaration> = {
  branch: { type: 'string', required: true },
  count: { type: 'number', required: false, default: 3 },
  dry: { type: 'boolean', required: false },
  target: { type: 'choice', required: false, options: ['test', 'live'], default: 'test' },
  extra: { type: 'json', required: false },
};

describe('the inputs of a run', () => {
  it('are converted to their declared types, and defaults fill the gaps', () => {
    const { values, problems } = resolveInputs(declared, { branch: 'main', dry: 'TRUE', extra: '{"a":[1]}' });
    expect(problems).toEqual([]);
    expect({ ...values }).toEqual({ branch: 'main', count: 3, dry: true, target: 'test', extra: { a: [1] } });
  });

  it('keep values that have their type already', () => {
    const given = { branch: 'x', count: 0.5, dry: false, target: 'live', extra: [1] };
    expect({ ...resolveInputs(declared, given).values }).toEqual(given);
    expect(resolveInputs(declared, { branch: 7 }).values['branch']).toBe('7');
  });

  it('are refused by name, each with its reason', () => {
    const given = { branch: '', count: 'many', dry: 'perhaps', target: 'moon', extra: '{', brunch: 'x' };
    expect(resolveInputs(declared, given).problems.map(({ input, code }) => `${input} ${code}`)).toEqual([
      'brunch unknown-input',
      'branch missing-input',
      'count input-type',
      'dry input-type',
      'target input-choice',
      'extra input-type',
    ]);
    expect(resolveInputs(declared, given).problems[0]!.message).toContain('Did you mean "branch"?');
  });

  it('are told with what they are for where one is missing', () => {
    const described = { branch: { ...declared['branch']!, description: 'The branch to look at.' } };
    expect(resolveInputs(described, {}).problems[0]!.message).toBe(
      'The input "branch" has no value (The branch to look at).',
    );
  });

  it('may be missing in a rehearsal', () => {
    const { values, problems } = resolveInputs(declared, {}, { allowMissing: true });
    expect(problems).toEqual([]);
    expect(values).not.toHaveProperty('branch');
  });

  it('take an empty text where an empty text is fine', () => {
    const optional: Record<string, InputDeclaration> = {
      note: { type: 'string', required: false, default: 'x' },
    };
    expect(resolveInputs(optional, { note: '' }).values['note']).toBe('');
  });

  it('know own names only', () => {
    const { problems } = resolveInputs(declared, { branch: 'a', constructor: 'x' });
    expect(problems.map(({ input }) => input)).toEqual(['constructor']);
  });
});
