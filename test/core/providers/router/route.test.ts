import { describe, expect, it } from 'vitest';
import type { ModelRef } from '../../../../src/core/model/model-call';
import type { RouteWish } from '../../../../src/core/providers/routing';
import { SimulatedClock } from '../../engine/simulated-clock';
import { answerOf, callOf, factsOf, routerOver, scripted, unpricedFacts } from './scripted';

const needs = { tools: false, structuredOutput: false, context: 0 };

function three(options: Parameters<typeof routerOver>[2] = {}) {
  const clock = new SimulatedClock();
  const claude = scripted(clock, 'claude', [], { kind: 'anthropic' });
  const gemini = scripted(clock, 'gemini', [], { kind: 'gemini' });
  const openai = scripted(clock, 'openai', [], { kind: 'openai' });
  const ollama = scripted(clock, 'ollama', [], { keyless: true });
  const vendors: Record<string, 'anthropic' | 'gemini' | 'openai'> = {
    'claude-x': 'anthropic',
    'gpt-x': 'openai',
  };
  const facts = ({ model }: ModelRef) => {
    const vendor = vendors[model];
    return vendor && factsOf(model, { vendor });
  };
  const router = routerOver(clock, [claude, gemini, openai, ollama], { facts, ...options });
  const chainOf = (wish: Partial<RouteWish>) => {
    const route = router.route({ needs, ...wish });
    return 'none' in route ? route.none : route.chain.map(({ provider, model }) => `${provider}/${model}`);
  };
  return { clock, router, chainOf };
}

const all = ['claude/claude-model', 'gemini/gemini-model', 'openai/openai-model', 'ollama/ollama-model'];

describe('a route', () => {
  it('goes by priority where a step wishes for nothing', () => {
    const { router, chainOf } = three();
    expect(chainOf({})).toEqual(all);
    expect(router.route({ needs })).toMatchObject({ why: 'Claude is first by priority' });
  });

  it('keeps to the providers that a step names, in their order', () => {
    const { router, chainOf } = three();
    expect(chainOf({ providers: ['openai', 'claude'] })).toEqual([
      'openai/openai-model',
      'claude/claude-model',
    ]);
    expect(router.route({ needs, providers: ['openai'] })).toMatchObject({
      why: 'Openai is the first that the step names',
    });
  });

  it('tells of providers that do not exist', () => {
    const { router, chainOf } = three();
    expect(router.route({ needs, providers: ['nobody', 'claude'] })).toMatchObject({
      chain: [{ provider: 'claude' }],
      warnings: ['There is no provider "nobody".', expect.anything()],
    });
    expect(chainOf({ providers: ['nobody'] })).toBe('No model can be asked: there is no provider "nobody".');
  });

  it('takes "provider/model" by its word', () => {
    expect(three().chainOf({ model: 'gemini/new-model' })).toEqual(['gemini/new-model']);
  });

  it('gives a model’s id to the provider that has it', () => {
    const { router, chainOf } = three();
    expect(chainOf({ model: 'gpt-x' })).toEqual(['openai/gpt-x']);
    expect(router.route({ needs, model: 'gpt-x' })).toMatchObject({ why: 'Openai has gpt-x', warnings: [] });
    expect(chainOf({ model: 'ollama-model' })).toEqual(['ollama/ollama-model']);
  });

  it('falls over to the models of the others where a step names both', () => {
    const { chainOf } = three();
    expect(chainOf({ model: 'gpt-x', providers: ['openai', 'claude'] })).toEqual([
      'openai/gpt-x',
      'claude/claude-model',
    ]);
    expect(chainOf({ model: 'claude/claude-x', providers: ['claude', 'gemini'] })).toEqual([
      'claude/claude-x',
      'gemini/gemini-model',
    ]);
  });

  it('takes ids with a slash that is not a provider’s', () => {
    expect(three().chainOf({ model: 'meta/llama', providers: ['ollama'] })).toEqual(['ollama/meta/llama']);
  });

  it('asks the first for a model that no table knows, and warns', () => {
    const { router } = three();
    expect(router.route({ needs, model: 'brand-new', providers: ['gemini', 'openai'] })).toMatchObject({
      chain: [
        { provider: 'gemini', model: 'brand-new' },
        { provider: 'openai', model: 'openai-model' },
      ],
      warnings: [expect.stringContaining('brand-new of Gemini is in no table'), expect.anything()],
    });
  });

  it('gives a model that no table knows to the vendor that names its models so', () => {
    expect(three().chainOf({ model: 'gemini-99' })).toEqual(['gemini/gemini-99']);
    expect(three().chainOf({ model: 'gpt-99', providers: ['claude', 'openai'] })[0]).toBe('openai/gpt-99');
  });

  it('leaves out who cannot do what is needed, and says so', () => {
    const facts = ({ model }: ModelRef) =>
      factsOf(model, {
        context: model === 'claude-model' ? 1_000 : 9_000,
        abilities: {
          tools: model !== 'gemini-model',
          structuredOutput: model !== 'openai-model',
          temperature: true,
        },
      });
    const { chainOf } = three({ facts });
    expect(chainOf({ needs: { tools: true, structuredOutput: false, context: 5_000 } })).toEqual([
      all[2],
      all[3],
    ]);
    expect(chainOf({ providers: ['openai'], needs: { ...needs, structuredOutput: true } })).toBe(
      'No model can be asked: Openai: openai-model cannot keep to a schema.',
    );
    expect(chainOf({ providers: ['claude'], needs: { ...needs, context: 5_000 } })).toBe(
      'No model can be asked: Claude: claude-model takes 1000 tokens, and the request may need 5000.',
    );
  });

  it('warns of retired models and of unknown prices', () => {
    const old = three({ facts: () => factsOf('x', { status: 'retired', successor: 'y' }) });
    expect(old.router.route({ needs, providers: ['claude'] })).toMatchObject({
      warnings: ['claude-model has been retired by its vendor. y takes its place.'],
    });
    expect(
      three({ facts: () => unpricedFacts('x') }).router.route({ needs, providers: ['claude'] }),
    ).toMatchObject({
      warnings: ['What claude-model costs is not known.'],
    });
  });

  it('asks the cheapest first when told to, servers of one’s own before all', () => {
    const prices: Record<string, number> = { 'claude-model': 5, 'gemini-model': 1, 'openai-model': 3 };
    const facts = ({ model }: ModelRef) => {
      const input = prices[model];
      return input === undefined ? undefined : factsOf(model, { price: { input, output: input } });
    };
    const { router, chainOf } = three({ facts });
    expect(chainOf({ routing: 'cheapest' })).toEqual([all[3], all[1], all[2], all[0]]);
    expect(router.route({ needs, routing: 'cheapest' })).toMatchObject({ why: 'Ollama is the cheapest' });
  });

  it('asks the fastest first when told to, once all were measured', async () => {
    const clock = new SimulatedClock();
    const slow = scripted(clock, 'slow', () => ({ answers: 'x', takesMs: 900 }));
    const quick = scripted(clock, 'quick', () => ({ answers: 'x', takesMs: 200 }));
    const router = routerOver(clock, [slow, quick], { routing: () => 'fastest' });
    const why: string[] = [];
    const answeredBy: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { call, events } = callOf();
      answeredBy.push((await answerOf(clock, router.ask(call))).model.provider);
      const [first] = events;
      if (first?.type === 'routing-decision') why.push(first.why);
    }
    expect(answeredBy).toEqual(['slow', 'quick', 'quick']);
    expect(why).toEqual([
      'Slow was not measured yet',
      'Quick was not measured yet',
      'Quick is the fastest (0.2 s)',
    ]);
  });

  it('says that a provider is switched off or has no model', () => {
    const clock = new SimulatedClock();
    const off = scripted(clock, 'off', [], { enabled: false });
    const { settings, provider } = scripted(clock, 'bare');
    const router = routerOver(clock, [off, { settings, provider }]);
    expect(router.route({ needs })).toEqual({
      none: 'No model can be asked: Bare: no model is chosen; Off is switched off.',
    });
    expect(router.route({ needs, providers: ['off'] })).toEqual({
      none: 'No model can be asked: Off: switched off.',
    });
  });

  it('says what switched a provider off when that was not the person', () => {
    const clock = new SimulatedClock();
    const off = scripted(clock, 'off', [], { enabled: false, offBecause: 'switched off by a file' });
    expect(routerOver(clock, [{ ...off, unusable: 'switched off by a file' }]).route({ needs })).toEqual({
      none: 'No model can be asked: Off: switched off by a file.',
    });
  });

  it('says why nobody can be asked in one short sentence, with a dozen providers too', () => {
    const clock = new SimulatedClock();
    const dozen = Array.from({ length: 12 }, (_, at) => ({
      ...scripted(clock, `provider-${at}`),
      unusable: 'no key',
    }));
    const route = routerOver(clock, dozen).route({ needs });
    expect('none' in route && route.none).toBe(
      'No model can be asked: Provider-0, Provider-1, Provider-2 and 9 more: no key.',
    );
  });

  it('takes less than 0.05 ms', () => {
    const { router } = three();
    const wish: RouteWish = { needs, providers: ['openai', 'claude', 'gemini'], model: 'gpt-x' };
    for (let i = 0; i < 2_000; i++) router.route(wish);
    const times = Array.from({ length: 2_000 }, () => {
      const begun = performance.now();
      router.route(wish);
      return performance.now() - begun;
    }).sort((a, b) => a - b);
    expect(times[1_000]).toBeLessThan(0.05);
  });
});
