/** An argument list is shown element by element, so that a space inside one cannot pass for a border between two. */
export function commandText(command: string | readonly string[]): string {
  if (typeof command === 'string') return command;
  return command.map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : JSON.stringify(part))).join(' ');
}
