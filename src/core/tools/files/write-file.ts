import type { Tool } from '../tool';
import { LARGEST_CHANGE, prepareChanges, readForChange } from './file-changes';
import { locate } from './locate';
import { checkArguments, textOf, wrongArguments } from './tool-arguments';

/** Puts a whole file in place. */
export const writeFileTool: Tool = {
  declaration: {
    name: 'write_file',
    description:
      'Writes a whole text file of the workspace: creates it with its folders, or replaces all that it holds. To change a part of a file use edit_file.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Path relative to the workspace, with forward slashes.' },
        content: { type: 'string', description: 'The whole new content, exactly as it shall stand there.' },
      },
      required: ['path', 'content'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const after = new TextEncoder().encode(textOf(args, 'content'));
    if (after.length > LARGEST_CHANGE)
      throw wrongArguments(`The content is larger than ${LARGEST_CHANGE} bytes.`);
    const place = await locate(textOf(args, 'path'), scope);
    const before = await readForChange(place);
    return prepareChanges(scope, [{ place, ...(before !== undefined && { before }), after }]);
  },
};
