/*
 * owns: what is known of the vendors' models: prices, sizes, abilities, and which of them end when.
 * must stay true: a fact that could not be found is left out rather than guessed; each row says where and when it was read.
 */
import { CLAUDE_MODELS } from './model-rows/claude';
import { ENDED_MODELS } from './model-rows/ended';
import { GEMINI_MODELS } from './model-rows/gemini';
import { OPENAI_MODELS } from './model-rows/openai';
import type { ModelFacts } from './model-shape';

/** The day the table was put together. Rows say until when what they were read from held good. */
export const TABLE_DATE = '2026-11-21';

export const MODELS: readonly ModelFacts[] = [
  ...CLAUDE_MODELS,
  ...GEMINI_MODELS,
  ...OPENAI_MODELS,
  ...ENDED_MODELS,
];
