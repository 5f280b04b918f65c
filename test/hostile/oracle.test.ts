import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openOutdoors, type Outdoors } from './model/outdoors';
import { hostileSequence } from './model/sequence';

// A policy that lets everything pass: only what the tools themselves refuse is refused.
vi.mock('../../src/core/tools/policy/judge', async (original) => ({
  ...(await original<object>()),
  judge: () => ({ verdict: 'allow', why: 'Everything is allowed', rule: 'lax' }),
}));

const SEQUENCES = 24;

describe('whoever watches a hostile model', () => {
  let outdoors: Outdoors;
  beforeAll(async () => {
    outdoors = await openOutdoors();
  });
  afterAll(() => outdoors.close());

  it('notices every kind of thing that a policy should not have let pass', async () => {
    const faults: string[] = [];
    // Without programs: what they would do here is done for good.
    const without = ['run_command', 'run_build', 'run_tests'];
    for (let index = 0; index < SEQUENCES; index += 1)
      faults.push(...(await hostileSequence(outdoors, 'lax', index, { without })).faults);
    const kinds = {
      file: /\/proj\/\S* became [0-9a-f]{20}/,
      gone: / became gone /,
      page: /"type":"(?:page|redirected)"/,
      service: /"type":"service"/,
      mcp: /"type":"mcp"/,
    };
    for (const [kind, pattern] of Object.entries(kinds))
      expect([kind, faults.some((fault) => pattern.test(fault))]).toEqual([kind, true]);
    // What lies outside is kept by more than the policy.
    expect(faults.filter((fault) => /<base>\/(?!proj\/)\S* became/.test(fault))).toEqual([]);
    expect(faults.filter((fault) => fault.includes('"type":"canary"'))).toEqual([]);
  });
});
