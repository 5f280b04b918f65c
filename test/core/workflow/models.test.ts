import { describe, expect, it } from 'vitest';
import { faults, read, told, valid } from './reading';

const step = (keys: string, top = '') =>
  `name: a\n${top}steps:\n  - key: one\n    prompt: Say something.\n    ${keys}\n`;
const config = (keys: string) => step('agent: writer', `config: ${keys}\n`);

describe('what a step says about its model', () => {
  it('is read, each provider by its one name', () => {
    const { steps } = valid(
      step('provider: [anthropic, Google, copilot, local]\n    maxTokens: 900\n    temperature: 0.5'),
    );
    expect(steps[0]).toMatchObject({
      provider: ['claude', 'gemini', 'vscode', 'local'],
      maxTokens: 900,
      temperature: 0.5,
    });
    expect(valid(step('provider: claude\n    model: claude-opus-5-5')).steps[0]).toMatchObject({
      provider: ['claude'],
      model: 'claude-opus-5-5',
    });
  });

  it('takes the order of the file for steps that name no provider, after their own', () => {
    const order = (top: string) => valid(step('agent: writer', top)).config.providers;
    expect(order('providers: { order: [gemini, anthropic] }\n')).toEqual(['gemini', 'claude']);
    expect(order('config: { providers: [openai] }\n')).toEqual(['openai']);
    expect(order('config: { modelProvider: claude }\n')).toEqual(['claude']);
    expect(order('config: { providers: { primary: claude, fallback: [gemini] } }\n')).toEqual([
      'claude',
      'gemini',
    ]);
  });

  it('keeps that order apart from the step, which asks a model only when it says so itself', () => {
    const [own] = valid(step('provider: gemini', 'config: { providers: [openai] }\n')).steps;
    expect(own!.provider).toEqual(['gemini']);
    const [none] = valid(step('agent: writer', 'providers: { order: [claude] }\n')).steps;
    expect(none).not.toHaveProperty('provider');
  });

  it.each([
    ['maxTokens: 0', '5:16 wrong-value'],
    ['maxTokens: many', '5:16 wrong-type'],
    ['temperature: 1.5', '5:18 wrong-value'],
    ['temperature: warm', '5:18 wrong-type'],
  ])('refuses "%s"', (keys, fault) => {
    expect(faults(read(step(keys)))).toEqual([fault]);
  });

  it('warns of a provider that is misspelt, and of no server that a person may have', () => {
    expect(told(read(step('provider: cluade')))).toEqual([
      'flow.yaml:5:15 unknown-provider warning: "cluade" is no provider, unless you gave a server of yours that name. Did you mean "claude"?',
    ]);
    for (const name of ['ollama', 'openrouter', 'lm-studio', 'groq', 'azure', 'my-own']) {
      expect(told(read(step(`provider: ${name}`)))).toEqual([]);
    }
  });
});

describe('a model that a step names', () => {
  it.each([
    ['model: gemini-2.0-flash-exp', 'retired-model', 'Use "gemini-3.8-flash".'],
    ['model: claude-sonnet-4-5-20250929', 'deprecated-model', 'Use "claude-sonnet-5-5".'],
    ['model: claude-sonnet-4-5', 'deprecated-model', 'Use "claude-sonnet-5-5".'],
    ['model: gpt-4o', 'deprecated-model', 'Use "gpt-6-luna".'],
    ['model: openai/gpt-4o', 'deprecated-model', 'Use "gpt-6-luna".'],
    ['model: claude-3-opus-20240229', 'retired-model', 'Use "claude-opus-5-5".'],
    ['model: claude-sonet-5-5', 'unknown-model', 'Did you mean "claude-sonnet-5-5"?'],
  ])('is warned of on its line: "%s"', (keys, code, suggestion) => {
    const [diagnostic, ...more] = read(step(keys)).diagnostics;
    expect(more).toEqual([]);
    expect(diagnostic).toMatchObject({ severity: 'warning', code, suggestion });
    expect(diagnostic!.range.start).toEqual({ line: 5, column: 12 });
  });

  it('is never taken for one that answers no more', () => {
    expect(read(step('model: claude-3-opus-2024029')).diagnostics[0]).not.toHaveProperty('suggestion');
  });

  it.each([
    ['model: gpt-6.1-sol\n    agent: backend', ['5:12 missing-ability']],
    ['model: gpt-6.1-sol\n    with: { tools: [read_file] }', ['5:12 missing-ability']],
    ['model: gpt-6.1-sol\n    agent: backend\n    with: { tools: [] }', []],
    ['model: gpt-6.1-sol', []],
    ['model: gpt-6.1-terra\n    agent: backend', []],
  ])('is warned of where it cannot use the tools of its agent: "%s"', (keys, expected) => {
    expect(faults(read(step(keys)))).toEqual(expected);
  });

  it('is told to be unknown, and the file runs', () => {
    const parsed = read(step('model: something-else'));
    expect(faults(parsed)).toEqual(['5:12 unknown-model']);
    expect(parsed.definition!.steps[0]!.model).toBe('something-else');
  });

  it.each([
    'provider: ollama\n    model: llama3.3',
    'provider: [ollama, claude]\n    model: llama3.3',
    'provider: vscode\n    model: gpt-4o',
    'model: claude/claude-opus-5-5',
    'model: claude-haiku-5-5',
  ])('is not judged where it may be right: "%s"', (keys) => {
    expect(told(read(step(keys)))).toEqual([]);
  });

  it('is warned of when another provider is asked for it', () => {
    expect(faults(read(step('model: gpt-6-luna', 'providers: { order: [claude] }\n')))).toEqual([
      '6:12 model-of-another-provider',
    ]);
    expect(told(read(step('provider: gemini\n    model: gpt-6-luna')))).toEqual([
      'flow.yaml:6:12 model-of-another-provider warning: GPT-6 Luna is a model of "openai", and this step asks "gemini".',
    ]);
  });

  it('is warned of when it cannot do what the step asks', () => {
    const asks = (keys: string) => faults(read(step(keys)));
    expect(asks('model: gpt-6-luna\n    maxTokens: 200000')).toEqual(['5:12 answer-limit']);
    expect(asks('model: gpt-6-luna\n    temperature: 0.2')).toEqual(['5:12 missing-ability']);
    const long = 'word '.repeat(200_000);
    const flow = `steps:\n  - key: one\n    model: claude-haiku-4-5\n    prompt: ${long}\n`;
    expect(faults(read(flow))).toEqual(['3:12 small-context']);
  });

  it('is warned of in each step, also where aliases share it', () => {
    const text = 'x-m: &m gemini-2.0-flash-exp\nsteps:\n  - {key: a, prompt: x, model: *m}\n';
    expect(read(text).diagnostics.map(({ code }) => code)).toEqual(['retired-model']);
  });
});

describe('config', () => {
  it('reads budget, routing and response cache', () => {
    const parsed = read(
      config(
        '{ budget: { usd: 2.5, tokens: 100000, minutes: 30, onExceed: stop }, routing: cheapest, responseCache: true }',
      ),
    );
    expect(told(parsed)).toEqual([]);
    expect(parsed.unsupported).toEqual([]);
    expect(parsed.definition!.config).toMatchObject({
      budget: { usd: 2.5, tokens: 100_000, minutes: 30, onExceed: 'stop' },
      routing: 'cheapest',
      responseCache: true,
    });
  });

  it('asks at the cap when nothing else is said', () => {
    expect(valid(config('{ budget: { usd: 1 } }')).config.budget).toEqual({ usd: 1, onExceed: 'ask' });
  });

  it.each(['warn', 'downgrade'])('treats onExceed: %s as ask, and says so', (word) => {
    const parsed = read(config(`{ budget: { usd: 1, onExceed: ${word} } }`));
    expect(parsed.definition!.config.budget).toEqual({ usd: 1, onExceed: 'ask' });
    expect(faults(parsed)).toEqual(['2:39 no-effect']);
  });

  it.each([
    ['{ budget: { usd: "5" } }', 'wrong-type'],
    ['{ budget: { usd: $5 } }', 'wrong-type'],
    ['{ budget: { usd: -1 } }', 'wrong-value'],
    ['{ budget: { usd: 0 } }', 'wrong-value'],
    ['{ budget: { tokens: 1.5 } }', 'wrong-value'],
    ['{ budget: { usd: lots } }', 'wrong-type'],
    ['{ budget: { usd: 1, onExceed: stopp } }', 'wrong-value'],
    ['{ budget: 5 }', 'wrong-type'],
    ['{ budget: { usd: .inf } }', 'wrong-value'],
    ['{ routing: best }', 'wrong-value'],
    ['{ responseCache: always }', 'wrong-type'],
  ])('never reads a cap as no cap: %s', (keys, code) => {
    const parsed = read(config(keys));
    expect(parsed.diagnostics.map((one) => one.code)).toEqual([code]);
    expect(parsed.definition === undefined || parsed.plan === undefined).toBe(true);
  });

  it('warns of a budget that caps nothing, and of a cap that is misspelt', () => {
    expect(faults(read(config('{ budget: { onExceed: stop } }')))).toEqual(['2:19 no-effect']);
    expect(told(read(config('{ budget: { usd: 1, token: 5 } }')))).toEqual([
      'flow.yaml:2:29 unknown-key warning: "token" is no key of "config.budget" and has no effect. Did you mean "tokens"?',
    ]);
  });

  it('reads the budget beside the steps, and limits as other systems write them', () => {
    expect(valid(step('agent: writer', 'budget: { usd: 3 }\n')).config.budget).toEqual({
      usd: 3,
      onExceed: 'ask',
    });
    const limits = '{ budget_usd: 4, timeout_seconds: 90, max_iterations: 10, budget_mode: enforce }';
    for (const top of [`limits: ${limits}\n`, `config: { limits: ${limits} }\n`]) {
      const parsed = read(step('agent: writer', top));
      expect(parsed.definition!.config).toMatchObject({
        budget: { usd: 4, onExceed: 'stop' },
        timeout: 90_000,
      });
      expect(parsed.diagnostics.map(({ code }) => code)).toEqual(['no-effect']);
    }
    const audit = read(step('agent: writer', 'limits: { budget_usd: 4, budget_mode: audit }\n'));
    expect(audit.definition!.config.budget).toEqual({ usd: 4, onExceed: 'ask' });
    expect(audit.diagnostics.map(({ code }) => code)).toEqual(['no-effect']);
  });

  it('lets what stands in config win over what stands beside the steps', () => {
    const text = step('agent: writer', 'budget: { usd: 3 }\nconfig: { budget: { usd: 1 } }\n');
    expect(valid(text).config.budget).toEqual({ usd: 1, onExceed: 'ask' });
  });
});
