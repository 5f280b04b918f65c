import { isJsonObject, type JsonValue } from '../core/base/json';
import { readAmount } from '../core/model/budget-words';
import type { Approval } from '../core/model/approval';
import { messageOf } from '../core/model/errors';
import { budgetOf } from './show/budget-lines';

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
  const budget = budgetOf(approval);
  if (budget !== undefined) {
    const read = readAmount(budget, text);
    return 'amount' in read ? { value: read.amount } : read;
  }
  const asText = text.replace(/\r?\n$/, '');
  const read = parseJson(text);
  if (approval.kind === 'before' && typeof subjectOf(approval) === 'string') {
    // A command or a prompt is text, even when it happens to look like a number; unless it says which part it replaces.
    return 'value' in read && namesParts(read.value) ? read : { value: asText };
  }
  if ('value' in read) return read;
  return /^\s*[[{]/.test(text) ? { problem: `This is not JSON: ${read.problem}` } : { value: asText };
}

/** What a change would replace: the result, or before the work the command, the prompt or the arguments. */
function subjectOf({ kind, shown }: Approval): JsonValue | undefined {
  return kind === 'before' ? (shown.command ?? shown.prompt ?? shown.with) : shown.output;
}

function namesParts(value: JsonValue): boolean {
  return isJsonObject(value) && ['prompt', 'command', 'with'].some((name) => Object.hasOwn(value, name));
}

function parseJson(text: string): { readonly value: JsonValue } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}
