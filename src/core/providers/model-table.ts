/*
 * owns: what is known of the vendors' models: prices, sizes, abilities, and which of them end when.
 * must stay true: a fact that could not be found is left out rather than guessed; each row says where and when it was read.
 */
import type { ModelFacts } from './model-shape';

/** The day the table was put together. Rows say until when what they were read from held good. */
export const TABLE_DATE = '2026-11-21';

const everything = { tools: true, structuredOutput: true, temperature: true };
/** The newer models think by themselves and refuse sampling parameters. */
const noTemperature = { ...everything, temperature: false };
const claude = { vendor: 'anthropic', asOf: '2026-10-16' } as const;
const gemini = { vendor: 'gemini', asOf: '2026-11-10' } as const;
const openai = { vendor: 'openai', asOf: '2026-10-28' } as const;

/** Claude Opus 5.5 and Sonnet 5.5 refuse a request that forces a tool. */
const noForcedTools = { ...noTemperature, forcedTools: false } as const;

/** OpenAI bills a whole request at twice the input and one and a half times the output price above 272,000 input tokens. */
const gptPrice = (input: number, cachedInput: number, output: number) => {
  const at = (factor: number) => ({
    input: input * factor,
    cachedInput: cachedInput * factor,
    cacheWrite: input * factor * 1.25,
  });
  return { ...at(1), output, longPrompt: { over: 272_000, ...at(2), output: output * 1.5 } };
};

const gptAbilities = { ...noTemperature, toolsWithoutReasoning: true } as const;

export const MODELS: readonly ModelFacts[] = [
  {
    ...claude,
    id: 'claude-opus-5-5',
    title: 'Claude Opus 5.5',
    status: 'current',
    context: 1_000_000,
    maxOutput: 128_000,
    price: { input: 4, output: 20, cachedInput: 0.2, cacheWrite: 5 },
    abilities: noForcedTools,
    source: 'https://platform.claude.com/docs/en/models/opus-5-5/overview',
  },
  {
    ...claude,
    id: 'claude-sonnet-5-5',
    title: 'Claude Sonnet 5.5',
    status: 'current',
    context: 1_000_000,
    maxOutput: 128_000,
    // Cached input went from 0.20 to 0.10 in October 2026; pages differ, so the dearer one is counted.
    price: { input: 2, output: 10, cachedInput: 0.2, cacheWrite: 2.5 },
    abilities: noForcedTools,
    source: 'https://platform.claude.com/docs/en/models/sonnet-5-5/overview',
  },
  {
    ...claude,
    id: 'claude-haiku-5-5',
    title: 'Claude Haiku 5.5',
    status: 'current',
    context: 1_000_000,
    maxOutput: 128_000,
    price: {
      input: 0.1,
      output: 0.5,
      cachedInput: 0.01,
      cacheWrite: 0.125,
      longPrompt: { over: 100_000, input: 0.5, output: 2.5, cachedInput: 0.05, cacheWrite: 0.625 },
    },
    abilities: noTemperature,
    source: 'https://platform.claude.com/docs/en/models/haiku-5-5/overview',
  },
  {
    ...claude,
    id: 'claude-sonnet-5',
    title: 'Claude Sonnet 5',
    status: 'current',
    successor: 'claude-sonnet-5-5',
    context: 1_000_000,
    maxOutput: 128_000,
    price: { input: 2, output: 10, cachedInput: 0.2, cacheWrite: 2.5 },
    abilities: noTemperature,
    source: 'https://platform.claude.com/docs/en/models/sonnet-5/overview',
  },
  {
    ...claude,
    id: 'claude-haiku-4-5-20251001',
    aliases: ['claude-haiku-4-5'],
    title: 'Claude Haiku 4.5',
    status: 'current',
    context: 200_000,
    maxOutput: 64_000,
    price: { input: 1, output: 5 },
    abilities: everything,
    source: 'https://platform.claude.com/docs/en/models/overview',
  },
  {
    ...claude,
    id: 'claude-sonnet-4-5-20250929',
    aliases: ['claude-sonnet-4-5'],
    title: 'Claude Sonnet 4.5',
    status: 'deprecated',
    endsOn: '2026-11-30',
    successor: 'claude-sonnet-5-5',
    context: 200_000,
    maxOutput: 64_000,
    price: { input: 3, output: 15 },
    abilities: everything,
    source: 'https://platform.claude.com/docs/en/models/sonnet-4-5/overview',
  },
  {
    ...gemini,
    id: 'gemini-4-argon',
    title: 'Gemini 4 Argon',
    status: 'current',
    context: 1_048_576,
    maxOutput: 65_536,
    price: { input: 2, output: 10, cachedInput: 0.1 },
    laterPrice: { from: '2026-12-01', input: 4, output: 20, cachedInput: 0.2 },
    abilities: everything,
    source:
      'https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/start/get-started-with-gemini-4',
  },
  {
    ...gemini,
    id: 'gemini-3.8-flash',
    title: 'Gemini 3.8 Flash',
    status: 'current',
    context: 1_048_576,
    maxOutput: 65_536,
    price: { input: 0.75, output: 3.75, cachedInput: 0.075 },
    laterPrice: { from: '2027-01-01', input: 1.5, output: 7.5, cachedInput: 0.15 },
    abilities: everything,
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
  },
  {
    ...gemini,
    id: 'gemini-3.5-flash-lite',
    title: 'Gemini 3.5 Flash-Lite',
    status: 'current',
    context: 1_048_576,
    maxOutput: 65_536,
    price: { input: 0.3, output: 2.5, cachedInput: 0.03 },
    abilities: everything,
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
  },
  {
    ...gemini,
    id: 'gemini-2.5-pro',
    title: 'Gemini 2.5 Pro',
    status: 'deprecated',
    endsOn: '2026-12-01',
    successor: 'gemini-3.8-flash',
    context: 1_048_576,
    maxOutput: 65_536,
    price: { input: 1.25, output: 10, longPrompt: { over: 200_000, input: 2.5, output: 15 } },
    abilities: everything,
    source: 'https://ai.google.dev/gemini-api/docs/deprecations',
  },
  {
    ...gemini,
    id: 'gemini-2.5-flash',
    title: 'Gemini 2.5 Flash',
    status: 'deprecated',
    endsOn: '2026-12-01',
    successor: 'gemini-3.5-flash-lite',
    context: 1_048_576,
    maxOutput: 65_536,
    price: { input: 0.3, output: 2.5 },
    abilities: everything,
    source: 'https://ai.google.dev/gemini-api/docs/deprecations',
  },
  {
    ...gemini,
    id: 'gemini-2.0-flash',
    aliases: ['gemini-2.0-flash-001'],
    title: 'Gemini 2.0 Flash',
    status: 'retired',
    endsOn: '2026-06-01',
    successor: 'gemini-3.8-flash',
    context: 1_048_576,
    maxOutput: 8_192,
    abilities: everything,
    source: 'https://ai.google.dev/gemini-api/docs/deprecations',
  },
  {
    // An experiment that never became stable; its own last day is on no page that could be found.
    ...gemini,
    id: 'gemini-2.0-flash-exp',
    title: 'Gemini 2.0 Flash (experiment)',
    status: 'retired',
    successor: 'gemini-3.8-flash',
    context: 1_048_576,
    maxOutput: 8_192,
    abilities: everything,
    source:
      'https://ai.google.dev/gemini-api/docs/deprecations (the whole 2.0 Flash family ended by 2026-06-01)',
  },
  {
    // Its tools work only over OpenAI's Responses API, which is not what is spoken here.
    ...openai,
    id: 'gpt-6.1-sol',
    title: 'GPT-6.1 Sol',
    status: 'current',
    context: 1_050_000,
    maxOutput: 128_000,
    price: gptPrice(2, 0.1, 10),
    abilities: { ...noTemperature, tools: false },
    source: 'https://developers.openai.com/api/docs/models/gpt-6.1-sol',
  },
  {
    ...openai,
    id: 'gpt-6.1-terra',
    title: 'GPT-6.1 Terra',
    status: 'current',
    context: 1_050_000,
    maxOutput: 128_000,
    price: gptPrice(1, 0.05, 5),
    abilities: gptAbilities,
    source: 'https://developers.openai.com/api/docs/models/gpt-6.1-terra',
  },
  {
    ...openai,
    id: 'gpt-6-luna',
    title: 'GPT-6 Luna',
    status: 'current',
    context: 1_050_000,
    maxOutput: 128_000,
    price: gptPrice(0.1, 0.01, 0.5),
    abilities: gptAbilities,
    source: 'https://developers.openai.com/api/docs/models/gpt-6-luna',
  },
  {
    ...openai,
    id: 'gpt-6-sol',
    title: 'GPT-6 Sol',
    status: 'current',
    successor: 'gpt-6.1-sol',
    context: 1_050_000,
    maxOutput: 128_000,
    price: gptPrice(2, 0.2, 10),
    abilities: gptAbilities,
    source: 'https://developers.openai.com/api/docs/models/gpt-6-sol',
  },
  {
    ...openai,
    id: 'gpt-4o',
    aliases: ['gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'],
    title: 'GPT-4o',
    status: 'deprecated',
    endsOn: '2027-01-14',
    successor: 'gpt-6-luna',
    context: 128_000,
    maxOutput: 16_384,
    price: { input: 2.5, output: 10, cachedInput: 1.25 },
    abilities: everything,
    source: 'https://developers.openai.com/api/docs/deprecations',
  },
  {
    ...openai,
    id: 'gpt-4o-mini',
    aliases: ['gpt-4o-mini-2024-07-18'],
    title: 'GPT-4o mini',
    status: 'deprecated',
    endsOn: '2027-01-14',
    successor: 'gpt-6-luna',
    context: 128_000,
    maxOutput: 16_384,
    price: { input: 0.15, output: 0.6, cachedInput: 0.075 },
    abilities: everything,
    source: 'https://developers.openai.com/api/docs/deprecations',
  },
];
