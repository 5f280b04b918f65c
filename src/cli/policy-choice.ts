import { toJson, type JsonValue } from '../core/base/json';
import type { Approval, Decision } from '../core/model/approval';
import { allowingAllBut, askedParts } from '../core/model/asked-parts';

/** What can be chosen where an agent asks, as a menu says it. */
export function policyMenuWords({ allow, shown }: Approval): string[] {
  const calls = shown.calls ?? [];
  const parts = askedParts(calls);
  return [
    ...(allow.includes('approve') ? [parts.length > 1 ? 'a allow (a 1 3: only these)' : 'a allow'] : []),
    ...(allow.includes('approve') && calls.some(({ forRun }) => forRun !== undefined)
      ? ['f allow for this run']
      : []),
    ...(allow.includes('retry') ? ["d don't allow"] : []),
    ...(allow.includes('skip') ? ['s skip the step'] : []),
    ...(allow.includes('cancel') ? ['c cancel the run'] : []),
  ];
}

/** The decision that a person typed; an empty problem when nothing was typed. */
export function readPolicyChoice(
  approval: Approval,
  text: string,
): { readonly decision: Decision } | { readonly problem: string } {
  const [key = '', ...rest] = text.trim().split(/\s+/);
  const { shownHash } = approval;
  const comment = rest.length === 0 ? {} : { comment: rest.join(' ') };
  switch (key.toLowerCase()) {
    case '':
      return { problem: '' };
    case 'a':
    case 'allow':
    case 'approve': {
      const read = onlyThese(approval, rest);
      if ('problem' in read) return read;
      return { decision: { action: 'approve', shownHash, value: read.value } };
    }
    case 'f': {
      if (rest.length > 0)
        return { problem: 'For the run, everything that is shown is allowed, or nothing.' };
      const read = allowing(approval, [], true);
      return 'problem' in read ? read : { decision: { action: 'approve', shownHash, value: read.value } };
    }
    case 'd':
      return { decision: { action: 'retry', shownHash, ...comment } };
    case 's':
    case 'skip':
      return { decision: { action: 'skip', shownHash, ...comment } };
    case 'c':
    case 'cancel':
      return { decision: { action: 'cancel', shownHash, ...comment } };
    default:
      return { problem: `"${key.slice(0, 20)}" is not one of them.` };
  }
}

/** The answer that allows all but the numbers, which count from 1 as things are shown. */
export function allowing(
  { shown }: Approval,
  refused: readonly number[],
  forRun: boolean,
): { readonly value: JsonValue } | { readonly problem: string } {
  const calls = shown.calls ?? [];
  const parts = askedParts(calls);
  const wrong = refused.find((number) => number > parts.length);
  if (wrong !== undefined)
    return { problem: `There is no number ${wrong}; the last one is ${parts.length}.` };
  if (forRun && calls.every((call) => call.forRun === undefined))
    return { problem: 'This is allowed one by one only, not for the run.' };
  const left = parts.filter((_part, index) => refused.includes(index + 1));
  return { value: toJson(allowingAllBut(calls, left, forRun)) };
}

function onlyThese(
  approval: Approval,
  words: readonly string[],
): { readonly value: JsonValue } | { readonly problem: string } {
  if (words.length === 0) return allowing(approval, [], false);
  const parts = askedParts(approval.shown.calls ?? []);
  const numbers = words.flatMap((word) => word.split(',')).map(Number);
  const wrong = numbers.find(
    (number) => !(Number.isInteger(number) && number >= 1 && number <= parts.length),
  );
  if (wrong !== undefined) return { problem: `Say numbers from 1 to ${parts.length}, as in "a 1 3".` };
  const refused = parts.map((_part, index) => index + 1).filter((number) => !numbers.includes(number));
  return allowing(approval, refused, false);
}
