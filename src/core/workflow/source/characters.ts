import type { Span } from './node';
import type { Report } from './report';

/** Control characters but tab and line ends, and those that turn the reading direction around. */
const CONTROL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069]/;
/** Also what cannot be seen (formats, line separators, variation selectors): fine in prose, never in a name. */
const INVISIBLE = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Variation_Selector}|\u034f/u;

/** Reports the first control character of a text that came from `at`. True when there was one. */
export function refuseControlCharacters(text: string, at: Span, report: Report): boolean {
  const place = text.search(CONTROL);
  if (place < 0) return false;
  report.error(
    'control-character',
    `The text holds the control character ${codePoint(text, place)}.`,
    at,
    'Remove it: what is shown would not be what runs.',
  );
  return true;
}

/** The first place in the raw text of a control character, else -1. */
export function findControlCharacter(text: string): number {
  return text.search(CONTROL);
}

/** Reports an invisible character in a name. True when there was one. */
export function refuseInvisible(name: string, at: Span, report: Report): boolean {
  // Control characters were told when the text was read.
  if (CONTROL.test(name)) return true;
  const place = name.search(INVISIBLE);
  if (place < 0) return false;
  report.error(
    'invisible-character',
    `The name holds the invisible character ${codePoint(name, place)}.`,
    at,
    'Type the name again.',
  );
  return true;
}

export function codePoint(text: string, at: number): string {
  return `U+${(text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
