/** A reason with too many parts for the line of a notice. */
export interface LongReason {
  readonly start: string;
  readonly rest: readonly string[];
}

/** About two lines of a panel of usual width. */
const LONGEST = 240;
const SHOWN = 2;

/**
 * "No model answered: Claude is overloaded; Gemini has no key; …" as its first parts and the others, where there are many.
 * Undefined for what is short, and for what is no list: that is shown as it is.
 */
export function longReason(text: string): LongReason | undefined {
  if (text.length <= LONGEST) return undefined;
  const parts = text.replace(/\.$/, '').split('; ');
  // One more costs less room than the words that say there is one.
  if (parts.length <= SHOWN + 1) return undefined;
  return { start: `${parts.slice(0, SHOWN).join('; ')};`, rest: parts.slice(SHOWN) };
}
