import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentAtWork } from '../../../../../src/core/agents/loop/agent-at-work';
import { createLocalTools } from '../../../../../src/core/agents/loop/tools/local-tools';
import type { AnalysisToolOptions } from '../../../../../src/core/agents/loop/tools/run-analysis-tool';
import { loadProfile } from '../../../../../src/core/agents/profile/load-profile';
import { neverAborted } from '../../../../../src/core/base/abort';
import type { JsonObject } from '../../../../../src/core/base/json';
import type { AnalysisOutput } from '../../../../../src/core/model/finding';
import { temporaryFolder } from '../../../../support/node-host';
import { profile } from '../at-work';
import { step, task } from '../../scripted';
import { scopeOf } from './talking';

const working = (fields: Partial<AgentAtWork> & { readonly action?: string } = {}): AgentAtWork => {
  const { action, ...more } = fields;
  return {
    agent: 'quality',
    participant: 'review',
    task: task({ step: step(action === undefined ? {} : { action }) }),
    rights: {},
    chain: ['quality'],
    allowance: { asks: 1 },
    join: () => Promise.reject(new Error('nobody talks here')),
    ask: () => Promise.reject(new Error('nobody is asked here')),
    ...more,
  };
};

const toolFor = (work: AgentAtWork, options: Omit<AnalysisToolOptions, 'actions'> = {}) =>
  createLocalTools(options)(work)[0];

const actionsOf = (work: AgentAtWork): unknown => {
  const properties = toolFor(work)?.declaration.parameters['properties'] as
    Record<string, JsonObject> | undefined;
  return properties?.['action']?.['enum'];
};

describe('who is offered analyses', () => {
  it('a step whose action is one, under any of its names', () => {
    expect(actionsOf(working({ action: 'security_scan' }))).toEqual(['scan-vulnerabilities']);
  });

  it('agents whose profile names some, for exactly these', async () => {
    const security = await loadProfile('security');
    expect(security).toBeDefined();
    expect(actionsOf(working({ profile: security! }))).toEqual([
      'scan-vulnerabilities',
      'analyze-dependencies',
    ]);
    expect(actionsOf(working({ profile: security!, action: 'lint' }))).toEqual([
      'lint-codebase',
      'scan-vulnerabilities',
      'analyze-dependencies',
    ]);
  });

  it('nobody else: a report and a merge look at no folder', () => {
    expect(
      toolFor(working({ profile: profile({ actions: ['create-review-report', 'aggregate'] }) })),
    ).toBeUndefined();
    expect(toolFor(working({ action: 'deploy' }))).toBeUndefined();
  });
});

describe('the analyses as a tool', () => {
  let workspace: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    workspace = await temporaryFolder();
  });
  afterEach(() => workspace.remove());

  const prepare = (args: JsonObject, options: Omit<AnalysisToolOptions, 'actions'> = {}) => {
    const tool = toolFor(working({ action: 'lint-codebase' }), options);
    if (tool === undefined) throw new Error('It is not offered.');
    return tool.prepare(args, { ...scopeOf(), workspace: workspace.path });
  };
  const run = async (args: JsonObject, signal = neverAborted) =>
    (await prepare(args)).run({ signal, onText: () => {} });

  it('finds what stands in the files, as words of others with all of it in the data', async () => {
    await mkdir(path.join(workspace.path, 'src'));
    await writeFile(path.join(workspace.path, 'src/a.js'), 'export const a = 1;\ndebugger;\n');
    const { text, data, isError, isForeign } = await run({ action: 'lint-codebase' });
    expect({ isError, isForeign }).toEqual({ isError: false, isForeign: true });
    expect(JSON.parse(text)).toMatchObject({
      action: 'lint-codebase',
      summary: '1 finding, 1 medium',
      findings: [{ rule: 'lint/debugger', file: 'src/a.js', line: 2 }],
    });
    expect((data as unknown as AnalysisOutput).engine).toBe('local engine: rules, no AI model');
  });

  it('looks at a part when it is told to, and never outside of the folder', async () => {
    await mkdir(path.join(workspace.path, 'src'));
    await writeFile(path.join(workspace.path, 'src/a.js'), 'debugger;\n');
    await writeFile(path.join(workspace.path, 'b.js'), 'debugger;\n');
    const { text } = await run({ action: 'lint-codebase', paths: ['src'] });
    expect((JSON.parse(text) as AnalysisOutput).findings.map(({ file }) => file)).toEqual(['src/a.js']);
    for (const paths of [['../other'], ['/etc']])
      await expect(prepare({ action: 'lint-codebase', paths })).rejects.toMatchObject({
        code: 'tool-arguments',
      });
  });

  it('only reads: one effect, the same again, and the arguments are what they say', async () => {
    const call = await prepare({ action: 'lint-codebase' });
    expect(call).toMatchObject({
      effects: [{ type: 'list', path: workspace.path }],
      shown: { action: 'lint-codebase' },
      idempotent: true,
    });
    for (const args of [
      {},
      { action: 'scan-vulnerabilities' },
      { action: 'lint-codebase', projectLinter: true },
    ])
      await expect(prepare(args)).rejects.toMatchObject({ code: 'tool-arguments' });
  });

  it('tells the worst of many findings, and how many are left out', async () => {
    const findings = Array.from({ length: 1_000 }, (_, at) => ({
      rule: 'lint/debugger',
      severity: at === 0 ? ('high' as const) : ('low' as const),
      message: 'A statement that stops the program in a debugger was left in the code.',
      file: `src/file-${at}.js`,
      line: 1,
    }));
    const output: AnalysisOutput = {
      engine: 'local engine: rules, no AI model',
      action: 'lint-codebase',
      findings,
      counts: { high: 1, medium: 0, low: 999, info: 0 },
      scanned: { files: 1_000, lines: 1_000, skipped: 0 },
      metrics: {},
      notes: [],
    };
    const call = await prepare(
      { action: 'lint-codebase' },
      { run: () => Promise.resolve({ output, markdown: '' }) },
    );
    const { text, data } = await call.run({ signal: neverAborted, onText: () => {} });
    expect(text.length).toBeLessThan(30_000);
    const told = JSON.parse(text) as { findings: readonly { file: string }[]; notListed: number };
    expect(told.findings[0]?.file).toBe('src/file-0.js');
    expect(told.findings.length + told.notListed).toBe(1_000);
    expect((data as unknown as AnalysisOutput).findings).toHaveLength(1_000);
  });

  it('stops with the signal', async () => {
    await writeFile(path.join(workspace.path, 'a.js'), 'debugger;\n');
    await expect(run({ action: 'lint-codebase' }, AbortSignal.abort(new Error('stopped')))).rejects.toThrow();
  });
});
