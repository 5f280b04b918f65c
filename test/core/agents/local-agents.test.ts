import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentTask } from '../../../src/core/agents/agent';
import { createLocalAgents } from '../../../src/core/agents/local-agents';
import { localActions, resolveAction } from '../../../src/core/agents/local-actions';
import type { JsonValue } from '../../../src/core/base/json';
import type { AnalysisOutput } from '../../../src/core/model/finding';
import { emptyPurse, nobodyJoins, noCalls, noTools } from '../../../src/core/engine/work/no-calls';
import type { Step } from '../../../src/core/model/workflow';
import { silentLog } from '../../../src/core/node-host';
import { createTestHost, temporaryFolder } from '../../support/node-host';

const host = createTestHost();
const agents = createLocalAgents({ host });

const step = (fields: Partial<Step>): Step => ({
  key: 'step',
  title: 'step',
  with: {},
  dependsOn: [],
  continueOnError: false,
  onError: 'fail',
  retry: [],
  ...fields,
});

describe('local agents, before a run', () => {
  it.each(localActions.map((action) => [action.name, action.agent]))('does %s as %s', (name, agent) => {
    expect(agents.assign(step({ action: name }))).toEqual({
      agent,
      engine: 'local',
      why: `${agent} does ${name}`,
    });
    expect(agents.isIdempotent(step({ action: name }))).toBe(true);
  });

  it('keeps the agent that the file names', () => {
    expect(agents.assign(step({ agent: 'architecture', action: 'review-architecture' }))).toEqual({
      agent: 'architect',
      engine: 'local',
      why: 'named in the file',
    });
  });

  it("keeps the name of a folder's own agent that is another name of Baton's", () => {
    const asked = step({ agent: 'reviewer', action: 'lint-codebase' });
    const withOwn = createLocalAgents({ host, ownNames: () => new Set(['reviewer']) });
    expect(withOwn.assign(asked)).toMatchObject({ agent: 'reviewer', engine: 'local' });
    expect(agents.assign(asked)).toMatchObject({ agent: 'quality' });
  });

  it('says when a name was read as another', () => {
    expect(agents.assign(step({ agent: 'security', action: 'security_scan' }))).toMatchObject({
      why: 'named in the file; security_scan is scan-vulnerabilities',
    });
  });

  it('says that a provider is a preference the rules do without', () => {
    const assigned = agents.assign(
      step({ agent: 'writer', action: 'create-review-report', provider: ['claude'] }),
    );
    expect(assigned).toMatchObject({
      engine: 'local',
      why: "named in the file; provider claude is a preference; the local engine's rules run",
    });
  });

  it('refuses what only a model can do, and says why', () => {
    expect(agents.assign(step({ agent: 'backend', prompt: 'Write a poem' }))).toEqual({
      needsModel: 'only a model can answer its prompt',
    });
    expect(agents.assign(step({ agent: 'code-generation', action: 'generate_project' }))).toEqual({
      needsModel: 'the local engine has no rules for the action "generate_project"',
    });
    expect(agents.assign(step({ agent: 'backend' }))).toEqual({
      needsModel: 'it names no action that the local engine knows',
    });
  });

  it('suggests the action that was probably meant', () => {
    expect(agents.assign(step({ action: 'lint-codebse' }))).toEqual({
      needsModel: 'the local engine has no rules for the action "lint-codebse" (did you mean lint-codebase?)',
    });
  });

  it('knows no action by two names of different meaning', () => {
    const names = localActions.flatMap((action) => [action.name, ...action.aliases]);
    expect(new Set(names).size).toBe(names.length);
    expect(resolveAction('analyse_dependencies')?.name).toBe('analyze-dependencies');
    expect(resolveAction('run-test-suite')).toBeUndefined();
  });

  it("repeats everything without harm but the project's own linter", () => {
    expect(agents.isIdempotent(step({ action: 'lint-codebase', with: { projectLinter: true } }))).toBe(false);
    expect(agents.isIdempotent(step({ action: 'review-architecture', with: { projectLinter: true } }))).toBe(
      true,
    );
    expect(agents.isIdempotent(step({ prompt: 'x' }))).toBe(false);
  });
});

describe('local agents, at work', () => {
  let workspace: Awaited<ReturnType<typeof temporaryFolder>>;
  const artifacts = new Map<string, string>();

  beforeEach(async () => {
    workspace = await temporaryFolder();
    artifacts.clear();
  });
  afterEach(() => workspace.remove());

  const task = (fields: Partial<AgentTask> & { step: Step }): AgentTask => ({
    runId: 'run',
    attempt: 1,
    assignment: { agent: 'quality', engine: 'local', why: '' },
    workspace: workspace.path,
    with: {},
    inputs: {},
    upstream: [],
    signal: new AbortController().signal,
    onText: () => {},
    onProgress: () => {},
    putArtifact: async (file, mediaType, data) => {
      artifacts.set(file, String(data));
      return { hash: 'h', path: file, mediaType, size: data.length };
    },
    getArtifact: async () => new Uint8Array(),
    log: silentLog,
    config: { parallelism: 1, failFast: false, checkpoint: 'level' },
    isRetry: false,
    calls: noCalls,
    tools: noTools,
    join: nobodyJoins,
    purse: emptyPurse,
    onVoid: () => {},
    onUsage: () => {},
    ...fields,
  });

  it('looks at the folder and hands back findings and a page', async () => {
    await mkdir(path.join(workspace.path, 'src'));
    await writeFile(path.join(workspace.path, 'src/a.js'), 'export const a = 1;\ndebugger;\n');
    const result = await agents.perform(task({ step: step({ action: 'lint-codebase' }) }));
    const output = result.output as unknown as AnalysisOutput;
    expect(output.engine).toBe('local engine: rules, no AI model');
    expect(output.findings).toMatchObject([{ rule: 'lint/debugger', file: 'src/a.js', line: 2 }]);
    expect(result.summary).toBe('1 finding, 1 medium');
    expect(result.artifacts.map((artifact) => artifact.path)).toEqual(['reports/lint-codebase.md']);
    expect(artifacts.get('reports/lint-codebase.md')).toContain('[src/a.js:2](/src/a.js#L2)');
  });

  it('writes a report over what the steps upstream found', async () => {
    await writeFile(path.join(workspace.path, 'a.js'), 'debugger;\n');
    const found: JsonValue = {
      findings: [{ rule: 'lint/debugger', severity: 'medium', message: 'Left', file: 'a.js', line: 1 }],
    };
    const upstream = [
      {
        key: 'lint',
        title: 'Lint',
        status: 'completed' as const,
        output: found,
        summary: '1',
        artifacts: [],
      },
    ];
    const result = await agents.perform(task({ step: step({ action: 'create-review-report' }), upstream }));
    expect(result.summary).toBe('Report ready: 1 finding, 1 medium');
    expect(artifacts.get('reports/create-review-report.md')).toContain('[a.js:1](/a.js#L1)');
  });

  it('says nothing in place of a model', async () => {
    await expect(agents.perform(task({ step: step({ prompt: 'Write a poem' }) }))).rejects.toMatchObject({
      code: 'needs-model',
    });
  });

  it('treats a missing linter of the project as a note', async () => {
    const options = { projectLinter: true };
    const result = await agents.perform(
      task({ step: step({ action: 'lint-codebase', with: options }), with: options }),
    );
    expect((result.output as unknown as AnalysisOutput).notes).toContain(
      'The project has no linter of its own that could be run',
    );
  });

  it("runs the project's own linter when asked, shows the command, and reads what it says", async () => {
    const script = `node -e "console.log('a.js:1:1: Something is off'); process.exit(1)"`;
    await writeFile(
      path.join(workspace.path, 'package.json'),
      JSON.stringify({ name: 'x', scripts: { lint: script } }),
    );
    await writeFile(path.join(workspace.path, 'a.js'), 'export const a = 1;\n');
    const options = { projectLinter: true };
    let text = '';
    const result = await agents.perform(
      task({
        step: step({ action: 'lint-codebase', with: options }),
        with: options,
        onText: (more) => (text += more),
      }),
    );
    const output = result.output as unknown as AnalysisOutput;
    expect(output.findings).toContainEqual({
      rule: 'project/linter',
      severity: 'low',
      message: 'Something is off',
      file: 'a.js',
      line: 1,
    });
    expect(text).toContain('$ npm run --silent lint');
    expect(output.notes.join()).toContain('npm run --silent lint (exit code 1)');
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(
      agents.perform(task({ step: step({ action: 'lint-codebase' }), signal: stop.signal })),
    ).rejects.toThrow('enough');
  });
});
