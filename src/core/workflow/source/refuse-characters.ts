import { codePoint, findControlCharacter, findInvisible } from './characters';
import type { Span } from './node';
import type { Report } from './report';

/** Reports the first control character of a text that came from `at`. True when there was one. */
export function refuseControlCharacters(text: string, at: Span, report: Report): boolean {
  const place = findControlCharacter(text);
  if (place < 0) return false;
  report.error(
    'control-character',
    `The text holds the control character ${codePoint(text, place)}.`,
    at,
    'Remove it: what is shown would not be what runs.',
  );
  return true;
}

/** Reports an invisible character in a name. True when there was one. */
export function refuseInvisible(name: string, at: Span, report: Report): boolean {
  // Control characters were told when the text was read.
  if (findControlCharacter(name) >= 0) return true;
  const place = findInvisible(name);
  if (place < 0) return false;
  report.error(
    'invisible-character',
    `The name holds the invisible character ${codePoint(name, place)}.`,
    at,
    'Type the name again.',
  );
  return true;
}
