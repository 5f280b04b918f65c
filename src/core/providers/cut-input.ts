import type { CallUsage, CutInput } from '../model/model-call';
import { estimateRequest } from './pricing';
import type { ChatRequest } from './provider';

/** Of less nobody can say that it is missing. */
const LEAST_MISSING = 200;

/**
 * What a server left out of a request without a word, where its own count of what it read proves it: servers on one's own machine cut
 * what is longer than the context that they were started with, and answer what is left. A word is a token or more in every
 * tokenizer, so fewer tokens than words were read is certain; how many were sent is an estimate. Undefined where nothing is proven.
 */
export function cutInputOf(
  request: ChatRequest,
  { inputTokens, estimated }: CallUsage,
): CutInput | undefined {
  if (estimated) return undefined;
  const missing = wordsIn(request) - inputTokens;
  if (missing < LEAST_MISSING) return undefined;
  return { read: inputTokens, sent: estimateRequest(request) };
}

/** Of what every template passes on: tools and what they were given stand in some of them only. */
function wordsIn({ system, messages }: ChatRequest): number {
  let words = countWords(system ?? '');
  for (const message of messages) {
    if (message.role !== 'tool') words += countWords(message.text);
    else for (const { text } of message.results) words += countWords(text);
  }
  return words;
}

/** Runs of letters that follow each other after a space or at the beginning. */
function countWords(text: string): number {
  let words = 0;
  let isBefore = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (isLetter && isBefore) words += 1;
    isBefore = code <= 32;
  }
  return words;
}
