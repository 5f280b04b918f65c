import { canonicalJson, type JsonValue } from '../../base/json';
import type { ToolResult } from '../../model/tool-call';
import type { ToolCall as AskedFor, ToolResult as ToldResult } from '../../providers/provider';
import { visibleText } from '../../tools/files/visible-text';
import type { ToolOutcome } from '../../tools/tool';
import { clipped, fenced, type Sha256Of } from '../chat/fenced-data';

/** Characters of one result that a model is told and the record keeps. */
const LONGEST_RESULT = 100_000;
/** Characters of what a result holds besides its text; more is left out. */
const LONGEST_DATA = 200_000;

/** Hides values that may be shown nowhere, at every depth. */
export type Redact = <T>(value: T) => T;

/** An outcome as it is recorded and told: without hidden values, with everything visible, bounded. */
export function resultOf(outcome: ToolOutcome, secret: boolean, redact: Redact): ToolResult {
  const data = outcome.data === undefined ? undefined : boundedData(redact(outcome.data));
  return {
    text: plainResult(outcome.text, redact),
    isError: outcome.isError,
    isForeign: outcome.isForeign,
    ...(secret && { readsSecrets: true }),
    ...(data !== undefined && { data }),
  };
}

export function plainResult(text: string, redact: Redact): string {
  return clipped(visibleText(redact(text)), LONGEST_RESULT);
}

/** What the model reads: words of others between marks, so that they cannot be taken for anybody's orders. */
export function toldResult(call: AskedFor, result: ToolResult, sha256: Sha256Of): ToldResult {
  const { text, isError, isForeign } = result;
  return {
    id: call.id,
    name: call.name,
    text: isForeign ? fenced(`result of ${visibleText(call.name)}`, text, sha256) : text,
    isError,
  };
}

function boundedData(data: JsonValue): JsonValue | undefined {
  return canonicalJson(data).length > LONGEST_DATA ? undefined : data;
}
