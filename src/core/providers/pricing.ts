import type { CallUsage, WorstCase } from '../model/model-call';
import type { ModelFacts, ModelPrice } from './model-facts';
import type { ChatMessage, ChatRequest } from './provider';

/** The usage with what it cost. Without a known price it has no `usd`: what nobody knows is not 0. */
export function priced(usage: CallUsage, facts: Pick<ModelFacts, 'price'> | undefined): CallUsage {
  if (facts?.price === undefined) return usage;
  const price = priceAt(facts.price, usage.inputTokens);
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  const usd =
    (usage.inputTokens - cached) * price.input +
    cached * (price.cachedInput ?? price.input) +
    usage.outputTokens * price.output;
  return { ...usage, usd: usd / 1_000_000 };
}

/** What a request may cost at most: its input counted generously, and an answer as long as it may be. */
export function worstCase(
  request: Omit<ChatRequest, 'model'>,
  facts: Pick<ModelFacts, 'price'> | undefined,
): WorstCase {
  const inputTokens = Math.ceil(estimateRequest(request) * MARGIN) + FRAME;
  const outputTokens = request.maxOutputTokens;
  if (facts?.price === undefined) return { inputTokens, outputTokens };
  const price = priceAt(facts.price, inputTokens);
  const input = Math.max(price.input, price.cacheWrite ?? 0);
  return { inputTokens, outputTokens, usd: (inputTokens * input + outputTokens * price.output) / 1_000_000 };
}

/** The newer tokenizers make up to a third more tokens of the same text than the ones the estimate was made for. */
const MARGIN = 1.35;
/** What a vendor puts around a conversation by itself: system words for tools and formats. */
const FRAME = 400;
const PER_MESSAGE = 12;
const PER_TOOL = 40;

/** Tokens of the request's input, estimated. */
export function estimateRequest(request: Omit<ChatRequest, 'model'>): number {
  let tokens = estimateTokens(request.system ?? '');
  for (const message of request.messages) tokens += PER_MESSAGE + estimateMessage(message);
  for (const tool of request.tools) {
    tokens += PER_TOOL + estimateTokens(tool.name) + estimateTokens(tool.description);
    tokens += estimateTokens(JSON.stringify(tool.parameters));
  }
  if (request.output) tokens += PER_TOOL + estimateTokens(JSON.stringify(request.output.schema));
  return tokens;
}

function estimateMessage(message: ChatMessage): number {
  switch (message.role) {
    case 'user':
      return estimateTokens(message.text);
    case 'assistant': {
      const calls = message.toolCalls.map(({ name, arguments: given }) => name + JSON.stringify(given));
      const opaque = message.opaque === undefined ? '' : JSON.stringify(message.opaque.data);
      return estimateTokens(message.text + opaque) + estimateAll(calls);
    }
    case 'tool':
      return estimateAll(message.results.map(({ name, text }) => name + text));
    default:
      return message satisfies never;
  }
}

function estimateAll(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + PER_MESSAGE + estimateTokens(text), 0);
}

/**
 * Tokens of a text, rounded up: 3.6 letters make one, digits and signs need twice as many, and characters beyond ASCII are
 * counted by their bytes.
 */
export function estimateTokens(text: string): number {
  let weight = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) weight += isLetterOrSpace(code) ? 1 : 2;
    else weight += code < 0x800 ? 2 : 3;
  }
  return Math.ceil(weight / 3.6);
}

function isLetterOrSpace(code: number): boolean {
  return code <= 32 || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

function priceAt(price: ModelPrice, inputTokens: number): Omit<ModelPrice, 'longPrompt'> {
  return price.longPrompt !== undefined && inputTokens > price.longPrompt.over ? price.longPrompt : price;
}
