import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOfShown, makeApproval, refusalOf } from '../../../../src/core/engine/gates/approvals';
import type { ApprovalKind, ShownContent } from '../../../../src/core/model/approval';
import { gate, step } from '../definitions';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const by = { name: 'ada', channel: 'terminal' } as const;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);

function approval(
  shown: ShownContent,
  kind: ApprovalKind = 'gate',
  declared = step('a', { approval: gate() }),
) {
  return makeApproval(
    { kind, step: declared, attempt: 1, shown, summary: 's' },
    { id: 'x', now: 5, sha256, next: [], onExpire: 'pause' },
  );
}

const anyShown: fc.Arbitrary<ShownContent> = fc.record(
  {
    artifacts: fc.array(
      fc.record({
        hash: fc.string(),
        path: fc.string(),
        mediaType: fc.constant('text/plain'),
        size: fc.nat(),
      }),
      { maxLength: 2 },
    ),
    command: fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 })),
    prompt: fc.string(),
    output: fc.jsonValue() as fc.Arbitrary<NonNullable<ShownContent['output']>>,
    error: fc.string(),
  },
  { requiredKeys: ['artifacts'] },
);

describe('a decision', () => {
  it(`counts only for exactly what was shown (seed ${SEED})`, () => {
    let different = 0;
    fc.assert(
      fc.property(anyShown, anyShown, (shown, changed) => {
        const isSame = JSON.stringify(shown) === JSON.stringify(changed);
        const decision = { action: 'approve', shownHash: hashOfShown(shown, sha256) } as const;
        expect(refusalOf(approval(shown), decision, by, step('a'))).toBeUndefined();
        if (isSame) return;
        if (hashOfShown(changed, sha256) !== decision.shownHash) different += 1;
        else expect(JSON.parse(JSON.stringify(changed))).toEqual(JSON.parse(JSON.stringify(shown)));
      }),
      { numRuns: 500, seed: SEED },
    );
    expect(different).toBeGreaterThan(200);
  });

  it.each<[string, ShownContent, ShownContent]>([
    ['a command', { artifacts: [], command: 'make' }, { artifacts: [], command: 'make all' }],
    ['an argument', { artifacts: [], command: ['a', 'b c'] }, { artifacts: [], command: ['a', 'b', 'c'] }],
    ['a text that reads like a list', { artifacts: [], command: '["a"]' }, { artifacts: [], command: ['a'] }],
    ['a number that reads like a text', { artifacts: [], output: 1 }, { artifacts: [], output: '1' }],
    ['an argument of an action', { artifacts: [], with: { n: 1 } }, { artifacts: [], with: { n: 2 } }],
    ['what else is shown', { artifacts: [], extra: { a: 1 } }, { artifacts: [], extra: { a: 2 } }],
  ])('is refused when %s has changed', (_what, shown, changed) => {
    const decision = { action: 'approve', shownHash: hashOfShown(shown, sha256) } as const;
    expect(refusalOf(approval(changed), decision, by, step('a'))).toContain('changed');
  });

  it('is refused from anybody but the approvers, whatever kind of question it is', () => {
    const declared = step('a', { approval: gate({ approvers: ['grace'] }) });
    for (const kind of ['gate', 'before', 'error', 'uncertain'] as const) {
      const asked = approval({ artifacts: [] }, kind, declared);
      const decision = { action: 'skip', shownHash: asked.shownHash } as const;
      expect(refusalOf(asked, decision, by, declared)).toContain('Only grace');
      expect(refusalOf(asked, decision, { ...by, name: 'grace' }, declared)).toBeUndefined();
    }
  });

  it.each([
    ['gate', 'approve modify retry skip cancel'],
    ['before', 'approve modify skip cancel'],
    ['error', 'retry modify skip cancel'],
    ['uncertain', 'approve modify retry skip cancel'],
  ] as const)('at %s may be one of: %s', (kind, offered) => {
    const asked = approval({ artifacts: [] }, kind);
    expect(asked.allow.join(' ')).toBe(offered);
    for (const action of ['approve', 'modify', 'retry', 'skip', 'cancel'] as const) {
      const decision = { action, shownHash: asked.shownHash, ...(action === 'modify' && { value: 'text' }) };
      expect(refusalOf(asked, decision, by, step('a')) === undefined).toBe(offered.includes(action));
    }
  });

  it('to modify says what it is to become, and that fits', () => {
    const declared = step('a', { output: { schema: { type: 'number' }, artifacts: [] } });
    const asked = approval({ artifacts: [] }, 'gate', declared);
    const decision = { action: 'modify', shownHash: asked.shownHash } as const;
    expect(refusalOf(asked, decision, by, declared)).toContain('give what');
    expect(refusalOf(asked, { ...decision, value: 'x' }, by, declared)).toContain('does not fit');
    expect(refusalOf(asked, { ...decision, value: 3 }, by, declared)).toBeUndefined();
  });

  it('offers only what the file allows', () => {
    const declared = step('a', { approval: gate({ allow: ['approve', 'cancel'] }) });
    expect(approval({ artifacts: [] }, 'gate', declared).allow).toEqual(['approve', 'cancel']);
    // What is asked when nobody knows what happened is not the file's to narrow.
    expect(approval({ artifacts: [] }, 'uncertain', declared).allow).toHaveLength(5);
  });
});
