import { isJsonObject, type JsonValue } from '../../core/base/json';
import type { Approval } from '../../core/model/approval';

/** What a person edits before approving: a text stays a text, everything else is JSON. */
export interface DraftText {
  readonly text: string;
  /** Ending of the document's name; decides how it is read back. */
  readonly ending: 'md' | 'sh' | 'json';
}

/** The part of an approval that `modify` replaces: the result, or before the work what would run. */
export function draftOf(approval: Approval, whole: JsonValue | undefined): DraftText {
  if (approval.kind === 'before') {
    const { command, prompt } = approval.shown;
    if (typeof command === 'string') return { text: command, ending: 'sh' };
    if (command !== undefined) return { text: pretty([...command]), ending: 'json' };
    if (prompt !== undefined) return { text: prompt, ending: 'md' };
    return { text: pretty(approval.shown.with ?? {}), ending: 'json' };
  }
  if (typeof whole === 'string') return { text: whole, ending: 'md' };
  return { text: pretty(whole ?? null), ending: 'json' };
}

export type ReadDraft = { readonly value: JsonValue } | { readonly problem: string };

/** The edited text as a value; `problem` when JSON was broken, said by the parser. */
export function readDraft(text: string, ending: DraftText['ending']): ReadDraft {
  if (ending !== 'json') return { value: text };
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Hash of the artifact that holds an output too large for its event. */
export function largeOutputHash(output: JsonValue | undefined): string | undefined {
  if (!isJsonObject(output)) return undefined;
  const hash = output['$artifact'];
  return typeof hash === 'string' && typeof output['preview'] === 'string' ? hash : undefined;
}

function pretty(value: JsonValue): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
