/** Control characters but tab and line ends, and those that turn the reading direction around. */
const CONTROL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069]/;
/** Also what cannot be seen (formats, line separators, variation selectors): fine in prose, never in a name. */
const INVISIBLE = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Variation_Selector}|\u034f/u;
const EACH_INVISIBLE = new RegExp(INVISIBLE.source, 'gu');
const LONGEST_MESSAGE = 600;

/** The first place of a control character, else -1. */
export function findControlCharacter(text: string): number {
  return text.search(CONTROL);
}

/** The first place of a character that cannot be seen, else -1. */
export function findInvisible(text: string): number {
  return text.search(INVISIBLE);
}

/** A text from a file as it may be shown anywhere: of bounded length, and what cannot be seen is spelt out. */
export function visible(text: string): string {
  const short = text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}...` : text;
  return INVISIBLE.test(short) ? short.replace(EACH_INVISIBLE, (sign) => codePoint(sign, 0)) : short;
}

/** "U+202E" */
export function codePoint(text: string, at: number): string {
  return `U+${(text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
