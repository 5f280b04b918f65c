import type { Tool } from '../tool';
import { prepareChanges, readForChange } from './file-changes';
import { locate } from './locate';
import { checkArguments, textOf, wrongArguments } from './tool-arguments';

/** Deletes one file; its content is kept, so that it can come back. Folders are not deleted. */
export const deleteFileTool: Tool = {
  declaration: {
    name: 'delete_file',
    description: 'Deletes one file of the workspace. Folders cannot be deleted.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Path relative to the workspace, with forward slashes.' },
      },
      required: ['path'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const place = await locate(textOf(args, 'path'), scope);
    const before = await readForChange(place);
    if (before === undefined) throw wrongArguments(`There is no file ${place.relative}.`);
    return prepareChanges(scope, [{ place, before }]);
  },
};
