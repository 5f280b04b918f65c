/** A piece of text, and whether it stands for a character that would otherwise be invisible or misleading. */
export interface VisiblePart {
  readonly text: string;
  readonly invisible: boolean;
}

// Control characters, and the marks that reorder or hide what a person reads in a command.
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/gu;

const SHORT_NAMES: Readonly<Record<number, string>> = {
  0: 'NUL',
  7: 'BEL',
  8: 'BS',
  12: 'FF',
  13: 'CR',
  27: 'ESC',
  127: 'DEL',
};

/**
 * What is approved must be what is seen: every control or direction character becomes a readable mark.
 * Tabs and line feeds stay, because they are visible as layout.
 */
export function visibleParts(text: string): readonly VisiblePart[] {
  const parts: VisiblePart[] = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), invisible: false });
    const code = match[0].codePointAt(0) ?? 0;
    parts.push({
      text: SHORT_NAMES[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
      invisible: true,
    });
    end = match.index + match[0].length;
  }
  if (end < text.length || parts.length === 0) parts.push({ text: text.slice(end), invisible: false });
  return parts;
}

/** Terminal output as plain text: colours and cursor moves are taken out, a carriage return starts the line again. */
export function plainOutput(text: string): string {
  const plain = text
    .replace(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, '')
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, '')
    .replace(/\u001b[@-_]/g, '');
  // Line by line and not with one pattern: a line of many thousand letters, as models write, must not cost its square.
  const lines = plain.includes('\r') ? plain.split('\n').map(afterReturn).join('\n') : plain;
  return lines.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}

function afterReturn(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}
