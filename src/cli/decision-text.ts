import type { JsonValue } from '../core/base/json';
import type { Approval } from '../core/model/approval';
import { messageOf } from '../core/model/errors';

/** What a person edits when they approve with changes, and what kind of file that is. */
export function startingText(approval: Approval): { readonly text: string; readonly extension: string } {
  const value = subjectOf(approval);
  if (typeof value === 'string') return { text: value, extension: '.txt' };
  return { text: `${JSON.stringify(value ?? null, undefined, 2)}\n`, extension: '.json' };
}

/** The value of a text that a person gave: JSON where JSON was shown or meant, else the text itself. */
export function readDecisionText(
  approval: Approval,
  text: string,
): { readonly value: JsonValue } | { readonly problem: string } {
  const shown = subjectOf(approval);
  const asText = text.replace(/\r?\n$/, '');
  // A command or a prompt is text, even when it happens to look like a number.
  if (approval.kind === 'before' && typeof shown === 'string') return { value: asText };
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    const meansJson = /^\s*[[{]/.test(text);
    if (meansJson) return { problem: `This is not JSON: ${messageOf(error)}` };
    return { value: asText };
  }
}

/** What a change would replace: the result, or before the work the command or the prompt. */
function subjectOf({ kind, shown }: Approval): JsonValue | undefined {
  if (kind === 'before' && shown.command !== undefined) return shown.command;
  if (kind === 'before' && shown.prompt !== undefined) return shown.prompt;
  return shown.output;
}
