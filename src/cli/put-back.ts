import type { FileChange } from '../core/model/tool-call';
import type { UndoOutcome } from '../core/runtime-port';
import { visibleLine } from './show/visible';

/** How a menu says that changed files can be put back as they were, and new ones be removed. Empty when nothing was changed. */
export function putBackWords(changes: readonly FileChange[]): string[] {
  if (changes.length === 0) return [];
  const isNew = (change: FileChange) => change.before === undefined;
  if (changes.length === 1) return [changes.every(isNew) ? 'u remove the new file' : 'u put the file back'];
  const word = !changes.some(isNew)
    ? 'put back'
    : changes.every(isNew)
      ? 'remove new'
      : 'put back, remove new';
  return [`u ${word} (u 1 3: these, u all)`];
}

/** The files that a person named by their numbers. */
export function readPutBack(
  changes: readonly FileChange[],
  words: readonly string[],
): { readonly paths: readonly string[] } | { readonly problem: string } {
  const paths = changes.map(({ path }) => path);
  if (words[0] === 'all' || (words.length === 0 && paths.length === 1)) return { paths };
  const numbers = words.flatMap((word) => word.split(',')).map(Number);
  const isNumber = (number: number) => Number.isInteger(number) && number >= 1 && number <= paths.length;
  if (numbers.length === 0 || !numbers.every(isNumber))
    return { problem: `Say which: numbers from 1 to ${paths.length}, or "u all".` };
  return { paths: paths.filter((_path, index) => numbers.includes(index + 1)) };
}

/** What became of files that were to be put back. */
export function putBackLines(outcome: UndoOutcome, changes: readonly FileChange[]): string[] {
  if (!outcome.ok) return [visibleLine(outcome.message)];
  return [
    ...outcome.restored.map((path) => {
      // A file that the step made is gone again, which is no putting back.
      const isNew = changes.some((change) => change.path === path && change.before === undefined);
      return `${isNew ? 'Removed' : 'Put back'} ${visibleLine(path)}`;
    }),
    ...outcome.changedSince.map(
      (path) => `Changed since, left as it is: ${visibleLine(path)} (baton undo --anyway overwrites it)`,
    ),
  ];
}
