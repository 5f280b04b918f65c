/*
 * owns: how data (results of other steps, inputs, arguments) stands in a prompt: between marks, bounded in size.
 * must stay true: nothing between two marks can write the closing one, for the mark holds the hash of what stands between them;
 * and equal data gives equal text, or a recorded answer would not be found again.
 */
import { canonicalJson, isJsonObject, type JsonValue } from '../../base/json';
import type { UpstreamResult } from '../agent';

export type Sha256Of = (text: string) => string;

/** Characters of all results together, and of one of them. */
export const ALL_RESULTS = 60_000;
const ONE_RESULT = 24_000;
/** Less than this is not worth a place of its own: then only the summary is told. */
const WORTHWHILE = 200;
const MARK_LENGTH = 12;

/** One piece of data between its marks. `name` says what it is: `result of "lint"`. */
export function fenced(name: string, text: string, sha256: Sha256Of): string {
  const mark = `data-${sha256(`${name}\n${text}`).slice(0, MARK_LENGTH)}`;
  return `<${mark} what=${JSON.stringify(name)}>\n${text}\n</${mark}>`;
}

/** Results of the steps upstream, the nearest first, in at most `limit` characters; what does not fit is cut and said to be. */
export function fencedResults(
  upstream: readonly UpstreamResult[],
  sha256: Sha256Of,
  limit = ALL_RESULTS,
): string[] {
  let left = limit;
  return [...upstream].reverse().map((result) => {
    const name = `result of step "${result.key}" (${result.status})`;
    const whole = result.status === 'completed' ? textOf(result.output) : '';
    const room = Math.min(left, ONE_RESULT, Math.max(WORTHWHILE, Math.floor(limit / 2)));
    if (whole === '' || room < Math.min(WORTHWHILE, whole.length))
      return fenced(name, clipped(result.summary, WORTHWHILE * 2) || 'No result.', sha256);
    const text = clipped(whole, room);
    left -= Math.min(whole.length, room);
    return fenced(name, text, sha256);
  });
}

/** A text as it is, anything else as JSON. An answer of a model is its text. */
export function textOf(output: JsonValue): string {
  if (output === null) return '';
  if (typeof output === 'string') return output;
  if (isJsonObject(output) && Object.keys(output).length === 1 && typeof output['text'] === 'string')
    return output['text'];
  return canonicalJson(output);
}

/** At most `most` characters of it, never half a character, and a word where it was cut. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? most - 1 : most;
  return `${text.slice(0, end)}\n[cut here: ${end} of ${text.length} characters]`;
}
