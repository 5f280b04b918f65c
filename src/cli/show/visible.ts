// Control characters, and the marks that reorder or hide what a person reads. Line feed and tab are dealt with by the callers.
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\ufe00-\ufe0d]|[\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;

/**
 * Text from outside (a step, a file, a model) as it may be shown on a terminal: nothing in it can move the cursor,
 * set a title, reach the clipboard or reorder the line. Line feeds and tabs stay.
 */
export function visibleText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(HIDDEN, (found) => (found === '\n' || found === '\t' ? found : pictureOf(found)));
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visibleText(text.trim().replace(/\s*[\r\n]\s*/g, ' ')).replaceAll('\t', ' ');
}

/** JSON that is still the same JSON, but harmless on a terminal: what JSON leaves unescaped is escaped too. */
export function visibleJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(HIDDEN, (found) =>
    found === '\n' && indent !== undefined
      ? found
      : [...Array(found.length).keys()]
          .map((index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

/** ␛ for escape, U+202E for what has no picture. */
function pictureOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
