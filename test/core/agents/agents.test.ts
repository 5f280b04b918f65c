import { describe, expect, it } from 'vitest';
import { createAgents } from '../../../src/core/agents/agents';
import { createChatAgents } from '../../../src/core/agents/chat/chat-agent';
import { createLocalAgents, type LocalAgents } from '../../../src/core/agents/local-agents';
import { CancelledError } from '../../../src/core/base/abort';
import { BatonError } from '../../../src/core/model/errors';
import { sha256 } from '../../../src/core/node-sha256';
import { OverBudget } from '../../../src/core/providers/routing';
import { createTestHost } from '../../support/node-host';
import { answer, ScriptedRouter, step, task } from './scripted';

const REPORT = '# Lint\n\n7 findings.\n';

function make(script: ConstructorParameters<typeof ScriptedRouter>[0] = []) {
  const router = new ScriptedRouter(script);
  const rules = createLocalAgents({ host: createTestHost() });
  const worked: string[] = [];
  const local: LocalAgents = {
    ...rules,
    work: async ({ step: { key } }) => {
      worked.push(key);
      return { output: { count: 7 }, summary: '7 findings.', markdown: REPORT, path: 'reports/lint.md' };
    },
    perform: async ({ step: { key } }) => {
      worked.push(key);
      return { output: { count: 7 }, summary: '7 findings.', artifacts: [] };
    },
  };
  const chat = createChatAgents({ router, sha256 });
  return { router, worked, agents: createAgents({ local, chat, sha256, ready: async () => {} }) };
}

const lint = step({ key: 'lint', action: 'lint-codebase', provider: ['claude'] });

describe('who does a step', () => {
  it('is the local engine where it has rules, and a model where there are none', () => {
    const { agents } = make();
    expect(agents.assign(step({ action: 'lint-codebase' }))).toMatchObject({
      engine: 'local',
      why: 'quality does lint-codebase',
    });
    expect(agents.assign(step({ prompt: 'Think.' }))).toMatchObject({ engine: 'model' });
    expect(agents.assign(step({ agent: 'code-generation', action: 'generate-project' }))).toMatchObject({
      agent: 'code-generation',
      engine: 'model',
    });
  });

  it('says that a model writes an assessment where the step names one', () => {
    const { agents, router } = make();
    expect(agents.assign(lint)).toEqual({
      agent: 'quality',
      engine: 'local',
      why: 'quality does lint-codebase; then a model writes an assessment over the findings',
    });
    router.none = 'Claude: no key.';
    expect(agents.assign(lint)).toMatchObject({
      why: "quality does lint-codebase; provider claude is a preference; the local engine's rules run (Claude: no key.)",
    });
  });

  it('is nobody without a model: why, whom it looked at, and three ways out', () => {
    const { agents, router } = make();
    router.none = 'Claude: no key. Gemini: no key.';
    const assigned = agents.assign(step({ prompt: 'Think.' }));
    expect(assigned).toMatchObject({
      because: 'only a model can answer its prompt',
      none: 'Claude: no key. Gemini: no key.',
    });
    const text = 'needsModel' in assigned ? assigned.needsModel : '';
    for (const part of [
      'only a model',
      'Claude: no key',
      'Set API Key',
      "Allow the Editor's Models",
      'local server',
    ])
      expect(text).toContain(part);
  });

  it('asks no model for a step that wants none: "provider: local"', async () => {
    const { agents, router, worked } = make();
    const local = { ...lint, provider: ['local'] };
    expect(agents.assign(local)).toMatchObject({ engine: 'local' });
    await agents.perform(task({ step: local }));
    expect(worked).toEqual(['lint']);
    expect(router.asked).toHaveLength(0);
  });

  it('knows that a model without tools does no harm twice', () => {
    const { agents } = make();
    expect(agents.isIdempotent(step({ prompt: 'Think.' }))).toBe(true);
    expect(agents.isIdempotent(step({ action: 'lint-codebase', with: { projectLinter: true } }))).toBe(false);
  });
});

describe('rules with an assessment', () => {
  it('keep their findings, with the prose on top', async () => {
    const { agents, router, worked } = make([answer('Fix the first one.')]);
    const given = task({ step: lint });
    expect(await agents.perform(given)).toMatchObject({
      output: { count: 7, assessment: 'Fix the first one.', assessedBy: 'claude/claude-test' },
      summary: '7 findings.',
    });
    expect(worked).toEqual(['lint']);
    const page = given.files.get('reports/lint.md') ?? '';
    expect(page).toMatch(
      /^# Lint\n\n## Assessment\n\nFix the first one\.[^]*claude\/claude-test[^]*7 findings\.\n$/,
    );
    const [told] = router.asked[0]?.request.messages ?? [];
    expect(told && 'text' in told && told.text).toContain('7 findings.');
    expect(router.asked[0]?.request.maxOutputTokens).toBeLessThanOrEqual(1_500);
  });

  it('run alone, free, where no model can be asked', async () => {
    const { agents, router } = make();
    router.none = 'no key';
    expect(await agents.perform(task({ step: lint }))).toMatchObject({ output: { count: 7 } });
    expect(router.asked).toHaveLength(0);
  });

  it.each([
    new BatonError('providers-failed', 'Claude is overloaded. Gemini: no key.'),
    new BatonError('content-blocked', 'Claude is overloaded.'),
    new Error('Claude is overloaded.'),
  ])('stand without it when the model fails (%#), and say why', async (error) => {
    const { agents } = make([error]);
    const given = task({ step: lint });
    expect(await agents.perform(given)).toMatchObject({
      output: { count: 7 },
      summary: '7 findings. (no assessment: Claude is overloaded.)',
    });
    expect(given.files.get('reports/lint.md')).toBe(REPORT);
  });

  it('wait for the budget like every other call', async () => {
    const { agents } = make([new OverBudget({} as never)]);
    await expect(agents.perform(task({ step: lint }))).rejects.toMatchObject({ code: 'over-budget' });
  });

  it('end when they are cancelled', async () => {
    const stop = new AbortController();
    const { agents } = make(() => {
      stop.abort(new CancelledError());
      return answer('late');
    });
    await expect(agents.perform(task({ step: lint, signal: stop.signal }))).rejects.toThrow(CancelledError);
  });

  it('leave the result as the schema of the step wants it', async () => {
    const schema = { type: 'object', properties: { count: { type: 'number' } }, additionalProperties: false };
    const { agents } = make([answer('Fix the first one.')]);
    const given = task({ step: { ...lint, output: { schema, artifacts: [] } } });
    expect((await agents.perform(given)).output).toEqual({ count: 7 });
    expect(given.files.get('reports/lint.md')).toContain('Fix the first one.');
  });
});
