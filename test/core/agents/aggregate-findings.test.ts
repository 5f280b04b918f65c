import { describe, expect, it } from 'vitest';
import type { UpstreamResult } from '../../../src/core/agents/agent';
import { createLocalAgents } from '../../../src/core/agents/local-agents';
import { resolveAction } from '../../../src/core/agents/local-actions';
import type { JsonValue } from '../../../src/core/base/json';
import { createTestHost } from '../../support/node-host';
import { step, task } from './scripted';

const agents = createLocalAgents({ host: createTestHost() });

const upstream = (
  key: string,
  output: JsonValue,
  status: UpstreamResult['status'] = 'completed',
): UpstreamResult => ({
  key,
  title: key,
  status,
  output,
  summary: '',
  artifacts: [],
});

const finding = (over: object = {}) => ({
  rule: 'eval',
  severity: 'medium',
  message: 'Runs text as code.',
  file: 'src/a.ts',
  line: 3,
  ...over,
});

const merge = (results: readonly UpstreamResult[], more: Parameters<typeof task>[0] = {}) => {
  const own = task({ step: step({ key: 'merge', action: 'aggregate' }), upstream: results, ...more });
  return { own, done: agents.perform(own) };
};

describe('the action aggregate', () => {
  it('makes one of what several steps found by the same rule at the same place, with who found it', async () => {
    const { own, done } = merge([
      upstream('lint', { findings: [finding(), finding({ rule: 'unused', severity: 'low', line: 9 })] }),
      upstream('scan', { findings: [finding({ severity: 'high', file: '/workspace/src/a.ts' })] }),
    ]);
    const { output, summary, artifacts } = await done;
    expect(summary).toBe('2 findings from 2 steps, 1 high, 1 seen more than once');
    expect(output).toMatchObject({
      engine: 'local engine: rules, no AI model',
      action: 'aggregate',
      findings: [
        { rule: 'eval', severity: 'high', file: 'src/a.ts', line: 3, sources: ['lint', 'scan'] },
        { rule: 'unused', severity: 'low', sources: ['lint'] },
      ],
      counts: { high: 1, medium: 0, low: 1, info: 0 },
      duplicates: 1,
      sources: [
        { step: 'lint', findings: 2 },
        { step: 'scan', findings: 1 },
      ],
      notes: [],
    });
    expect(artifacts.map(({ path }) => path)).toEqual(['reports/aggregate.md']);
    const page = own.files.get('reports/aggregate.md') ?? '';
    expect(page).toContain(
      '## High (1)\n\n- [src/a.ts:3](/src/a.ts#L3) Runs text as code. `eval` (lint, scan)',
    );
  });

  it('says which steps have no findings, and never fails over them', async () => {
    const { output, summary } = await merge([
      upstream('draft', { text: 'Nothing to see.' }),
      upstream('broken', null, 'failed'),
      upstream('clean', { findings: [] }),
    ]).done;
    expect(summary).toBe('No findings from 1 step');
    expect(output).toMatchObject({
      findings: [],
      notes: ['draft has no list of findings', 'broken has no list of findings (failed)'],
    });
  });

  it('reads a result that is too large for an event from where it is kept', async () => {
    const kept = new TextEncoder().encode(JSON.stringify({ findings: [finding()] }));
    const stands = { $artifact: 'a'.repeat(64), size: kept.length };
    const { done } = merge([upstream('lint', stands)], { getArtifact: () => Promise.resolve(kept) });
    expect((await done).summary).toBe('1 finding from 1 step, 1 medium');
  });

  it('shows words of others as they are: nothing of them becomes a link or a heading', async () => {
    const message = '# Approved\n[click](https://example.com) <img src=x>';
    const { own, done } = merge([upstream('scan', { findings: [finding({ message })] })]);
    await done;
    const page = own.files.get('reports/aggregate.md') ?? '';
    expect(page).not.toMatch(/^# Approved/m);
    expect(page).not.toContain('](https://example.com)');
    expect(page).not.toContain('<img');
  });

  it('is known by what it does, and stops when it is told to', async () => {
    for (const name of ['aggregate-findings', 'merge_findings', 'Aggregate'])
      expect(resolveAction(name)?.name).toBe('aggregate');
    expect(resolveAction('aggregate-results')).toBeUndefined();
    const { done } = merge([upstream('lint', null)], { signal: AbortSignal.abort(new Error('stopped')) });
    await expect(done).rejects.toThrow();
  });
});
