import { applyPatch, parsePatch, type StructuredPatch } from 'diff';
import type { Tool, ToolScope } from '../tool';
import { LARGEST_CHANGE, prepareChanges, readForChange, type PlannedChange } from './file-changes';
import { locate } from './locate';
import { decodeText, encodeText } from './text-file';
import { checkArguments, textOf, wrongArguments } from './tool-arguments';

const LONGEST_PATCH = 500_000;
const MOST_FILES = 50;

/** Changes several files by one unified diff: all of it fits, or nothing is changed. */
export const applyPatchTool: Tool = {
  declaration: {
    name: 'apply_patch',
    description:
      'Applies a unified diff to files of the workspace: --- a/PATH, +++ b/PATH and @@ hunks with exact context lines. /dev/null on one side creates or deletes the file. Renames are not supported.',
    parameters: {
      type: 'object',
      properties: { patch: { type: 'string', description: 'The unified diff.', minLength: 1 } },
      required: ['patch'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const planned = new Map<string, PlannedChange>();
    for (const patch of parse(textOf(args, 'patch'))) await plan(patch, planned, scope);
    return prepareChanges(scope, [...planned.values()]);
  },
};

function parse(text: string): StructuredPatch[] {
  if (text.length > LONGEST_PATCH)
    throw wrongArguments(`The patch is longer than ${LONGEST_PATCH} characters.`);
  if (/^(?:rename|copy) (?:from|to) /m.test(text))
    throw wrongArguments('Renames are not supported: delete the one file and create the other.');
  let patches: StructuredPatch[];
  try {
    // The last line's end is often forgotten.
    patches = parsePatch(text.endsWith('\n') ? text : `${text}\n`);
  } catch (error) {
    throw wrongArguments(
      `This is no unified diff: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const useful = patches.filter((patch) => patch.hunks.length > 0);
  if (useful.length === 0) throw wrongArguments('The patch holds no hunk (@@ -1,3 +1,4 @@).');
  if (useful.length > MOST_FILES) throw wrongArguments(`The patch changes more than ${MOST_FILES} files.`);
  return useful;
}

async function plan(
  patch: StructuredPatch,
  planned: Map<string, PlannedChange>,
  scope: ToolScope,
): Promise<void> {
  const [from, to] = [nameOf(patch.oldFileName, 'a/'), nameOf(patch.newFileName, 'b/')];
  const path = to ?? from;
  if (path === undefined) throw wrongArguments('The patch does not name its file (--- a/PATH, +++ b/PATH).');
  if (from !== undefined && to !== undefined && from !== to)
    throw wrongArguments('Renames are not supported: delete the one file and create the other.');
  const place = await locate(path, scope);
  const earlier = planned.get(place.relative);
  const before = earlier === undefined ? await readForChange(place) : earlier.before;
  const current = earlier === undefined ? before : earlier.after;
  if (from === undefined && current !== undefined) throw wrongArguments(`${path} exists already.`);
  if (from !== undefined && current === undefined) throw wrongArguments(`There is no file ${path}.`);
  const after = patched(path, current, patch);
  if (to === undefined && after.length > 0)
    throw wrongArguments(`The patch deletes ${path}, but does not remove all of its lines.`);
  planned.set(place.relative, {
    place: earlier?.place ?? place,
    ...(before !== undefined && { before }),
    ...(to !== undefined && { after }),
  });
}

/** Undefined for /dev/null and for no name. */
function nameOf(name: string | undefined, prefix: string): string | undefined {
  if (name === undefined || name === '/dev/null' || name.trim() === '') return undefined;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function patched(path: string, bytes: Uint8Array | undefined, patch: StructuredPatch): Uint8Array {
  const file = decodeText(bytes ?? new Uint8Array());
  if (file === undefined) throw wrongArguments(`${path} is not UTF-8 text, so it cannot be patched.`);
  const text = applyPatch(file.text, patch);
  if (text === false)
    throw wrongArguments(
      `The patch does not fit ${path}: its context lines must be exactly those of the file.`,
    );
  const after = encodeText(text, file.hasMark);
  if (after.length > LARGEST_CHANGE)
    throw wrongArguments(`${path} would be larger than ${LARGEST_CHANGE} bytes.`);
  return after;
}
