import type { Tool } from '../tool';
import { LARGEST_CHANGE, prepareChanges, readForChange } from './file-changes';
import { locate } from './locate';
import { decodeText, encodeText, inLineEndsOf, type TextFile } from './text-file';
import { checkArguments, textOf, wrongArguments } from './tool-arguments';

/** Replaces one exact piece of a text file; everything else stays, byte for byte. */
export const editFileTool: Tool = {
  declaration: {
    name: 'edit_file',
    description:
      'Replaces a piece of text in a file of the workspace. old_text must occur exactly once, with its spaces and line breaks; include lines around it until it does. Line ends of the file are kept.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Path relative to the workspace, with forward slashes.' },
        old_text: { type: 'string', description: 'The text as it stands in the file.', minLength: 1 },
        new_text: { type: 'string', description: 'What stands there instead; empty to remove it.' },
        replace_all: { type: 'boolean', description: 'Replace every occurrence. Default: false.' },
      },
      required: ['path', 'old_text', 'new_text'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const place = await locate(textOf(args, 'path'), scope);
    const before = await readForChange(place);
    if (before === undefined) throw wrongArguments(`There is no file ${place.relative}.`);
    const file = decodeText(before);
    if (file === undefined)
      throw wrongArguments(`${place.relative} is not UTF-8 text, so it cannot be edited.`);
    const text = replaceExact(file, {
      path: place.relative,
      old: textOf(args, 'old_text'),
      fresh: textOf(args, 'new_text'),
      isForAll: args['replace_all'] === true,
    });
    const after = encodeText(text, file.hasMark);
    if (after.length > LARGEST_CHANGE)
      throw wrongArguments(`The file would be larger than ${LARGEST_CHANGE} bytes.`);
    return prepareChanges(scope, [{ place, before, after }]);
  },
};

interface Replacement {
  readonly path: string;
  readonly old: string;
  readonly fresh: string;
  readonly isForAll: boolean;
}

/** The new text of a file. Throws "tool-arguments" unless the old piece stands there once, or at all where all are meant. */
function replaceExact(file: TextFile, { path, old, fresh, isForAll }: Replacement): string {
  const from = inLineEndsOf(file, old);
  const to = inLineEndsOf(file, fresh);
  if (from === to) throw wrongArguments('old_text and new_text are the same.');
  // Pieces between are kept as they are; a replacement text with "$&" means just that.
  const parts = file.text.split(from);
  const count = parts.length - 1;
  if (count === 0)
    throw wrongArguments(
      `old_text does not occur in ${path}. It must be exact, spaces and line breaks included.`,
    );
  // "aa" stands twice in "aaa", though only one of the two can be cut out.
  const isAmbiguous = file.text.indexOf(from, file.text.indexOf(from) + 1) >= 0;
  if (!isForAll && isAmbiguous)
    throw wrongArguments(
      `old_text occurs ${Math.max(count, 2)} times in ${path}. Include more lines around it, or set replace_all.`,
    );
  if (from.length > 0 && file.text.length + count * (to.length - from.length) > LARGEST_CHANGE)
    throw wrongArguments(`The file would be larger than ${LARGEST_CHANGE} bytes.`);
  return parts.join(to);
}
