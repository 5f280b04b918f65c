import { placeholdersIn, type Redactor } from '../../base/redactor';
import { refused } from './locate';
import { decodeText } from './text-file';

/**
 * Throws "tool-refused" for a change that would cost a value that Baton hides: one that writes the placeholder where the value stood,
 * and one of a file that holds the value, for its images could not be kept as they are, nor come back.
 */
export function checkNothingHidden(
  requested: string,
  { before, after }: { readonly before?: Uint8Array; readonly after?: Uint8Array },
  redactor: Pick<Redactor, 'bytes'> | undefined,
): void {
  const fresh = placeholdersOf(after);
  const old = placeholdersOf(before);
  const added = fresh.find(
    (text) => fresh.filter((one) => one === text).length > old.filter((one) => one === text).length,
  );
  if (added !== undefined)
    throw refused(
      requested,
      `The new text holds ${added}, which stands for a value that you were not shown: it would take the value's place. Change other lines only, with edit_file.`,
    );
  const hides = (data: Uint8Array | undefined) =>
    data !== undefined && redactor !== undefined && redactor.bytes(data) !== data;
  if (hides(before) || hides(after))
    throw refused(
      requested,
      'The file holds a value that Baton hides, so it could not be shown or restored. A person has to change it.',
    );
}

function placeholdersOf(data: Uint8Array | undefined): readonly string[] {
  const text = data === undefined ? undefined : decodeText(data)?.text;
  return text === undefined ? [] : placeholdersIn(text);
}
