/** Where a value stands, and what is wrong with it. Never repeats the value: it may be a key. */
export type Note = (path: readonly (string | number)[], message: string) => void;

/** Gathers what is told to people, each sentence once and with its path, where it has one: `"policy.deny[0].path" must be a text.` */
export function notesIn(notes: string[], from = ''): Note {
  return (path, message) => {
    const where = path.map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? visible(part) : `.${visible(part)}`,
    );
    const note = path.length === 0 ? `${from}${message}` : `${from}"${where.join('')}" ${message}`;
    if (!notes.includes(note)) notes.push(note);
  };
}

/** Names come from files: what could hide or fake a line is gone. */
function visible(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
  return plain.length > 80 ? `${plain.slice(0, 80)}…` : plain;
}
