import { describe, expect, it } from 'vitest';
import type { Agents } from '../../../src/core/agents/agent';
import { gate, step, workflow } from './definitions';
import { Simulation } from './simulation';

/* What an agent read in one step is known where its words go. */

interface Seen {
  readonly step: string;
  readonly upstream: readonly string[];
  readonly inRun: boolean;
  readonly written: readonly string[];
}

/** Agents of which the one at `keys` reads a file that holds some, in a call that is recorded. */
function reading(seen: Seen[]): Agents {
  return {
    assign: () => ({ agent: 'quality', engine: 'model', why: 'scripted' }),
    isIdempotent: () => true,
    perform: async ({ step: { key }, upstream, tools }) => {
      seen.push({
        step: key,
        upstream: upstream.filter(({ hasReadKeys }) => hasReadKeys === true).map((one) => one.key),
        inRun: tools.keysWereRead(),
        written: [...tools.writtenWithKeys()],
      });
      const call = tools.begin();
      const made = { call, key: `${key} reads`, hash: 'x' };
      const by = { agent: 'quality', tool: 'read_file', arguments: {}, idempotent: true };
      await tools.started({ ...made, ...by, permit: { rule: 'inside', why: '' } });
      const result = {
        ...{ text: 'x'.repeat(key === 'keys' ? 100_000 : 1), isError: false, isForeign: true },
        ...(key === 'keys' && { readsSecrets: true as const }),
      };
      await tools.completed({ ...made, result, changes: [{ path: `${key}.txt` }], durationMs: 1 });
      return { output: null, summary: 'Read.', artifacts: [] };
    },
  };
}

const STEPS = [
  step('keys'),
  step('free'),
  step('next', { dependsOn: ['keys'] }),
  step('gated', {
    dependsOn: ['next'],
    approval: gate({ when: 'before' }),
  }),
];

describe('keys that one step has read', () => {
  it('are known in the steps that go on from it, however far, and to those who talk; also after a crash', async () => {
    const seen: Seen[] = [];
    const agents = reading(seen);
    const before = new Simulation({ agents });
    await before.start(workflow(STEPS));
    await before.untilIdle();
    const after = await before.crash({ agents });
    await after.engine.recover();
    await after.decide('gated', 'approve');
    expect((await after.untilIdle()).phase).toBe('completed');
    const of = (key: string) => seen.find((one) => one.step === key);
    expect(of('free')).toMatchObject({ upstream: [] });
    expect(of('next')).toEqual({ step: 'next', upstream: ['keys'], inRun: true, written: ['keys.txt'] });
    expect(of('gated')).toEqual({ step: 'gated', upstream: ['keys'], inRun: true, written: ['keys.txt'] });
  });
});
