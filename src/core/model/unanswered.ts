import type { ProviderName } from './model-call';

/** Why one provider gave no answer. */
export interface Unanswered {
  readonly provider: ProviderName;
  /** As people know it: "Claude". */
  readonly title: string;
  /** failed: it was asked; unable: it could not be asked; off: a person switched it off, and nobody named it. */
  readonly standing: 'failed' | 'unable' | 'off';
  /** failed: what follows its name, "is overloaded (3 requests)"; else the reason by itself, "no key". */
  readonly why: string;
}

const MOST_NAMES = 3;
const MOST_REASONS = 4;

/**
 * All of them as parts of one sentence, those that were asked first: "Claude is overloaded; Gemini, OpenAI: no key; 2 others are
 * switched off". Who could not be asked for the same reason stands together, and who was switched off is only counted: a dozen
 * providers must not make a page.
 */
export function unansweredInWords(all: readonly Unanswered[]): string {
  const failed = all.filter(({ standing }) => standing === 'failed');
  const off = all.filter(({ standing }) => standing === 'off');
  const parts = [
    ...failed.map(({ title, why }) => `${title} ${why}`),
    ...unableInWords(all.filter(({ standing }) => standing === 'unable')),
  ];
  if (off.length > 0) parts.push(offInWords(off, parts.length > 0));
  return parts.join('; ');
}

function unableInWords(unable: readonly Unanswered[]): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { title, why } of unable) byReason.set(why, [...(byReason.get(why) ?? []), title]);
  const groups = [...byReason];
  // One more costs less room than the words that say there is one.
  const shown = groups.length > MOST_REASONS + 1 ? groups.slice(0, MOST_REASONS) : groups;
  const others = groups.slice(shown.length).reduce((sum, [, titles]) => sum + titles.length, 0);
  return [
    ...shown.map(([why, titles]) => `${names(titles)}: ${why}`),
    ...(others > 0 ? [`${others} others cannot be asked either`] : []),
  ];
}

function names(titles: readonly string[]): string {
  if (titles.length <= MOST_NAMES + 1) return titles.join(', ');
  return `${titles.slice(0, MOST_NAMES).join(', ')} and ${titles.length - MOST_NAMES} more`;
}

function offInWords(off: readonly Unanswered[], hasOthers: boolean): string {
  const [only] = off;
  if (off.length === 1 && only !== undefined) return `${only.title} is switched off`;
  return hasOthers ? `${off.length} others are switched off` : `all ${off.length} providers are switched off`;
}
