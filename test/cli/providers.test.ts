import { describe, expect, it } from 'vitest';
import { Emitter } from '../../src/core/base/emitter';
import type { AutomaticChoice, Models, ProviderStatus, Runtime } from '../../src/core/runtime-port';
import { providers } from '../../src/cli/commands/providers';
import type { Context } from '../../src/cli/context';
import { fakeContext } from './fake-runtime';

const nothing = { calls: 0, usd: 0, tokens: 0, estimated: false };
const status = (more: Partial<ProviderStatus>): ProviderStatus => ({
  name: 'claude',
  title: 'Claude',
  enabled: true,
  priority: 1,
  state: 'ready',
  detail: '',
  requestsPerMinute: 0,
  today: nothing,
  ...more,
});

const statuses: readonly ProviderStatus[] = [
  status({
    model: 'claude-sonnet-5-5',
    keyFrom: 'ANTHROPIC_API_KEY',
    latencyMs: 420.4,
    errorRate: 0.02,
    requestsPerMinute: 3,
    today: { calls: 4, usd: 0.12, tokens: 12_345, estimated: true },
  }),
  status({
    name: 'gemini',
    title: 'Gemini',
    state: 'no-key',
    detail: 'There is no key for Gemini.',
    fix: 'set-key',
    model: 'gemini-3.8-flash',
  }),
  status({
    name: 'openai',
    title: 'OpenAI',
    state: 'disabled',
    enabled: false,
    detail: 'Switched off in your settings.',
    fix: 'enable',
  }),
  status({
    name: 'ollama',
    title: 'Ollama',
    state: 'unreachable',
    detail: 'Nobody answers.',
    fix: 'start-server',
    address: '127.0.0.1:11434',
    today: { calls: 1, usd: 0, tokens: 900, estimated: false },
  }),
];

function runtimeWith(models: Partial<Models>): Context['open'] {
  const all: Models = {
    status: async () => statuses,
    automatic: async (): Promise<AutomaticChoice> => ({
      model: { provider: 'claude', model: 'claude-sonnet-5-5' },
      why: ['Claude: key from ANTHROPIC_API_KEY, model claude-sonnet-5-5'],
    }),
    notes: async () => ['baton.config.json: "prices" is ignored: a folder cannot set prices.'],
    refresh: async () => {},
    test: async (name) => {
      if (name === 'ollama') throw new Error('Ollama does not answer at 127.0.0.1:11434.');
      return { latencyMs: 84.2, detail: '12 models offered' };
    },
    offered: async () => [],
    onDidChange: new Emitter<void>().event,
    ...models,
  };
  return async () => ({ models: all }) as unknown as Runtime;
}

describe('baton providers', () => {
  it('shows each provider, why it stands so, and what to do', async () => {
    const { context, out, err } = fakeContext([], { open: runtimeWith({}) });
    expect(await providers(context, { test: false })).toBe(0);
    expect(out.join('\n').split('\n')).toEqual([
      '✓ Claude  ready            claude-sonnet-5-5  key from ANTHROPIC_API_KEY, 420 ms, 2 % errors, 3/min, ~$0.12 today (12.3k tokens, 4 calls)',
      '○ Gemini  no key           gemini-3.8-flash   nothing spent today',
      '    There is no key for Gemini. Set GEMINI_API_KEY in the environment.',
      '– OpenAI  switched off     -                  nothing spent today',
      '    Switched off in your settings. Set "enabled": true for "openai" in baton.config.json.',
      '✗ Ollama  does not answer  -                  at 127.0.0.1:11434, unpriced today (900 tokens, 1 call)',
      '    Nobody answers. Start the server at 127.0.0.1:11434.',
      '',
      'When a step names nobody: Claude: key from ANTHROPIC_API_KEY, model claude-sonnet-5-5',
    ]);
    expect(err).toEqual(['baton.config.json: "prices" is ignored: a folder cannot set prices.']);
  });

  it('tells how long one cools down, and every rung to the local engine', async () => {
    const cooling = status({ state: 'cooling-down', until: 0, detail: 'Too many requests.', fix: 'try-now' });
    const { context, out } = fakeContext([], {
      open: runtimeWith({
        status: async () => [{ ...cooling, until: context.host.clock.now() + 12_500 }],
        automatic: async () => ({ why: ['Claude: cooling down', 'Local engine: rules, no AI model'] }),
      }),
    });
    await providers(context, { test: false });
    expect(out[0]).toMatch(/^◐ Claude {2}cooling down for 12 s {2}-/);
    expect(out.slice(1)).toEqual([
      '    Too many requests. Try it now: baton providers --test',
      '',
      'When a step names nobody: Local engine: rules, no AI model',
      '  Claude: cooling down',
    ]);
  });

  it('asks with --test only those that could answer, and fails when one does not', async () => {
    const asked: string[] = [];
    const { context, out } = fakeContext([], {
      open: runtimeWith({
        test: async (name) => {
          asked.push(name);
          if (name === 'ollama') throw new Error('Ollama does not answer.');
          return { latencyMs: 84.2, detail: '12 models offered' };
        },
      }),
    });
    expect(await providers(context, { test: true })).toBe(1);
    expect(asked).toEqual(['claude', 'ollama']);
    expect(out).toContain('    answers: 84 ms, 12 models offered');
    expect(out).toContain('    does not answer: Ollama does not answer.');
  });

  it('is one document with --json', async () => {
    const { context, out } = fakeContext([], { open: runtimeWith({}), json: true });
    expect(await providers(context, { test: true })).toBe(1);
    const document = JSON.parse(out.join('')) as { providers: { name: string; tested?: unknown }[] };
    expect(document).toMatchObject({
      automatic: { model: { provider: 'claude' } },
      notes: [expect.stringContaining('prices')],
    });
    expect(document.providers.map(({ name, tested }) => [name, tested])).toEqual([
      ['claude', { answers: true, detail: '84 ms, 12 models offered' }],
      ['gemini', undefined],
      ['openai', undefined],
      ['ollama', { answers: false, detail: 'Ollama does not answer at 127.0.0.1:11434.' }],
    ]);
  });

  it('ends a test when the person does', async () => {
    const { context, interrupt } = fakeContext([], {
      open: runtimeWith({
        test: (_name, options) =>
          new Promise((_resolve, reject) => {
            options!.signal!.addEventListener('abort', () => reject(new Error('Cancelled')));
            setImmediate(() => interrupt.fire('SIGINT'));
          }),
      }),
    });
    expect(await providers(context, { test: true })).toBe(1);
  });

  it('shows nothing of what a server says that could move the cursor', async () => {
    const { context, out } = fakeContext([], {
      open: runtimeWith({ status: async () => [status({ state: 'unreachable', detail: 'a\u001b[2Jb' })] }),
    });
    await providers(context, { test: false });
    expect(out.join('')).not.toContain('\u001b');
  });

  it('says so when there is nobody', async () => {
    const { context, out } = fakeContext([], { open: runtimeWith({ status: async () => [] }) });
    await providers(context, { test: false });
    expect(out[0]).toBe('No model can be asked here.');
  });
});
