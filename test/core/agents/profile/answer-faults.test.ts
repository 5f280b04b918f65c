import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json';
import { answerFaults, type AnswerCheck } from '../../../../src/core/agents/profile/answer-faults';

const faults = (check: AnswerCheck, answer: JsonValue) => answerFaults({ checks: [check] }, answer);
const cited: AnswerCheck = { type: 'in', every: 'claims[].sources[]', in: 'sources[].id', say: 'not listed' };
const single: AnswerCheck = { type: 'unique', unique: 'items[].id', say: 'twice' };
const calm: AnswerCheck = {
  type: 'never',
  if: 'ok',
  is: true,
  never: 'items[].bad',
  value: true,
  say: 'bad',
};

describe('what an answer must hold beyond its schema', () => {
  it('what is cited is listed', () => {
    const sources = [{ id: 'a' }, { id: 'b' }];
    expect(faults(cited, { claims: [{ sources: ['a', 'b'] }], sources })).toEqual([]);
    expect(faults(cited, { claims: [{ sources: ['c'] }, { sources: ['c', 'd'] }], sources })).toEqual([
      'not listed: "c"',
      'not listed: "d"',
    ]);
  });

  it('no two have one name', () => {
    expect(faults(single, { items: [{ id: 1 }, { id: 2 }] })).toEqual([]);
    expect(faults(single, { items: [{ id: 1 }, { id: 1 }, { id: 1 }] })).toEqual(['twice: 1']);
  });

  it('one value excludes another', () => {
    expect(faults(calm, { ok: true, items: [{ bad: false }] })).toEqual([]);
    expect(faults(calm, { ok: false, items: [{ bad: true }] })).toEqual([]);
    expect(faults(calm, { ok: true, items: [{ bad: false }, { bad: true }] })).toEqual(['bad: true']);
  });

  it('one value excludes anything at a place', () => {
    const none: AnswerCheck = { type: 'never', if: 'outcome', is: 'built', never: 'errors[]', say: 'errors' };
    expect(faults(none, { outcome: 'built', errors: [] })).toEqual([]);
    expect(faults(none, { outcome: 'built', errors: ['x'] })).toEqual(['errors: "x"']);
  });

  it('is looked at only where the schema holds', () => {
    const output = { type: 'object', required: ['items'] };
    expect(answerFaults({ output, checks: [single] }, {})).toEqual(['output.items is missing']);
  });

  it.each([null, 'text', [], { items: 'x' }, { items: [1, null, []] }, { __proto__: [] }])(
    'throws for no answer (%j)',
    (answer) => {
      for (const check of [cited, single, calm]) expect(faults(check, answer as JsonValue)).toEqual([]);
    },
  );

  it('finds nothing on a prototype', () => {
    const check: AnswerCheck = { type: 'in', every: 'constructor.name', in: 'a', say: 'x' };
    expect(faults(check, {})).toEqual([]);
  });

  it('tells at most five, each bounded', () => {
    const items = Array.from({ length: 20 }, (_, i) => ({ id: `${i % 10}${'x'.repeat(500)}` }));
    const found = faults(single, { items });
    expect(found).toHaveLength(5);
    for (const fault of found) expect(fault.length).toBeLessThan(140);
  });
});
