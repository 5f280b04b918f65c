import type { ModelFacts } from '../model-shape';
import { everything } from './abilities';

/* Models that answer no more and that older files still name: what is told of them is when they ended and what takes their place. */

const ended = (
  vendor: ModelFacts['vendor'],
  facts: {
    readonly source: string;
    readonly asOf: string;
    readonly endsOn?: string;
    readonly successor: string;
  },
  titles: Readonly<Record<string, string>>,
): readonly ModelFacts[] =>
  Object.entries(titles).map(([id, title]) => ({
    ...facts,
    id,
    vendor,
    title,
    status: 'retired',
    context: Number.POSITIVE_INFINITY,
    maxOutput: Number.POSITIVE_INFINITY,
    abilities: everything,
  }));

const ofClaude = {
  source: 'https://platform.claude.com/docs/en/about-claude/model-deprecations',
  asOf: '2026-10-16',
};
const ofGemini = { source: 'https://ai.google.dev/gemini-api/docs/deprecations', asOf: '2026-11-10' };
const ofOpenAI = { source: 'https://developers.openai.com/api/docs/deprecations', asOf: '2026-10-28' };

export const ENDED_MODELS: readonly ModelFacts[] = [
  ...ended(
    'anthropic',
    { ...ofClaude, endsOn: '2026-06-15', successor: 'claude-opus-5-5' },
    {
      'claude-opus-4-20250514': 'Claude Opus 4',
      'claude-opus-4-0': 'Claude Opus 4',
    },
  ),
  ...ended(
    'anthropic',
    { ...ofClaude, endsOn: '2026-06-15', successor: 'claude-sonnet-5-5' },
    {
      'claude-sonnet-4-20250514': 'Claude Sonnet 4',
      'claude-sonnet-4-0': 'Claude Sonnet 4',
    },
  ),
  ...ended(
    'anthropic',
    { ...ofClaude, endsOn: '2026-02-19', successor: 'claude-sonnet-5-5' },
    {
      'claude-3-7-sonnet-20250219': 'Claude Sonnet 3.7',
      'claude-3-7-sonnet-latest': 'Claude Sonnet 3.7',
    },
  ),
  // Its last day is on no page that could be found.
  ...ended(
    'anthropic',
    { ...ofClaude, successor: 'claude-haiku-5-5' },
    {
      'claude-3-5-haiku-20241022': 'Claude Haiku 3.5',
      'claude-3-5-haiku-latest': 'Claude Haiku 3.5',
    },
  ),
  ...ended(
    'anthropic',
    { ...ofClaude, endsOn: '2025-10-28', successor: 'claude-sonnet-5-5' },
    {
      'claude-3-5-sonnet-20241022': 'Claude Sonnet 3.5',
      'claude-3-5-sonnet-20240620': 'Claude Sonnet 3.5',
      'claude-3-5-sonnet-latest': 'Claude Sonnet 3.5',
    },
  ),
  ...ended(
    'anthropic',
    { ...ofClaude, endsOn: '2026-01-05', successor: 'claude-opus-5-5' },
    {
      'claude-3-opus-20240229': 'Claude Opus 3',
      'claude-3-opus-latest': 'Claude Opus 3',
    },
  ),
  ...ended(
    'anthropic',
    { ...ofClaude, endsOn: '2025-07-21', successor: 'claude-sonnet-5-5' },
    {
      'claude-3-sonnet-20240229': 'Claude Sonnet 3',
    },
  ),
  ...ended(
    'gemini',
    { ...ofGemini, endsOn: '2026-06-01', successor: 'gemini-3.8-flash' },
    {
      'gemini-2.0-flash': 'Gemini 2.0 Flash',
      'gemini-2.0-flash-001': 'Gemini 2.0 Flash',
    },
  ),
  ...ended(
    'gemini',
    { ...ofGemini, endsOn: '2026-06-01', successor: 'gemini-3.5-flash-lite' },
    {
      'gemini-2.0-flash-lite': 'Gemini 2.0 Flash-Lite',
      'gemini-2.0-flash-lite-001': 'Gemini 2.0 Flash-Lite',
    },
  ),
  ...ended(
    'gemini',
    { ...ofGemini, endsOn: '2026-03-09', successor: 'gemini-4-argon' },
    {
      'gemini-3-pro-preview': 'Gemini 3 Pro (preview)',
    },
  ),
  // On no page that could be found is the last day of these.
  ...ended(
    'gemini',
    { ...ofGemini, successor: 'gemini-3.8-flash' },
    {
      'gemini-2.0-flash-exp': 'Gemini 2.0 Flash (experiment)',
      'gemini-1.5-pro': 'Gemini 1.5 Pro',
      'gemini-1.5-flash': 'Gemini 1.5 Flash',
    },
  ),
  ...ended(
    'openai',
    { ...ofOpenAI, endsOn: '2026-10-23', successor: 'gpt-6.1-terra' },
    {
      'gpt-4': 'GPT-4',
      'gpt-4-0613': 'GPT-4',
      'gpt-4-1106-preview': 'GPT-4 Turbo (preview)',
      'gpt-4-turbo': 'GPT-4 Turbo',
      'gpt-4-turbo-2024-04-09': 'GPT-4 Turbo',
      'gpt-4o-2024-05-13': 'GPT-4o (May 2024)',
      o1: 'OpenAI o1',
      'o1-2024-12-17': 'OpenAI o1',
      'o3-mini': 'OpenAI o3-mini',
      'o3-mini-2025-01-31': 'OpenAI o3-mini',
      'o4-mini': 'OpenAI o4-mini',
      'o4-mini-2025-04-16': 'OpenAI o4-mini',
      'gpt-3.5-turbo': 'GPT-3.5 Turbo',
      'gpt-3.5-turbo-0125': 'GPT-3.5 Turbo',
    },
  ),
  ...ended(
    'openai',
    { ...ofOpenAI, endsOn: '2026-10-23', successor: 'gpt-6-luna' },
    {
      'gpt-4.1-nano': 'GPT-4.1 nano',
      'gpt-4.1-nano-2025-04-14': 'GPT-4.1 nano',
    },
  ),
];
