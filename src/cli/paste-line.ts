import type { CommonOptions } from './command-line';
import { visibleLine } from './show/visible';

/**
 * A command line that a person can paste where they are: it leads to the same folder and the same state as the one that they gave.
 *
 * @param words what follows "baton"
 */
export function pasteLine(
  words: string,
  { workspace, state }: Pick<CommonOptions, 'workspace' | 'state'>,
): string {
  return [
    `baton ${words}`,
    ...(workspace === undefined ? [] : [optionOf('workspace', workspace)]),
    ...(state === undefined ? [] : [optionOf('state', state)]),
  ].join(' ');
}

function optionOf(name: string, value: string): string {
  // What begins with a dash would be read as another option.
  return `--${name}${value.startsWith('-') ? '=' : ' '}${quoted(visibleLine(value))}`;
}

/** Double quotes where every shell agrees on them; what a shell would read inside of them stands in single ones. */
function quoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/["$`!]/.test(text) && !/\\(\\|$)/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
