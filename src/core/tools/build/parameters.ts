import type { JsonObject } from '../../base/json';
import { BUILD_SYSTEMS } from './build-system';

/** The arguments of both tools, in the part of JSON Schema that all vendors take. `target`: what it means, where it is taken. */
export function projectParameters(target?: string): JsonObject {
  return {
    type: 'object',
    properties: {
      folder: {
        type: 'string',
        description: 'Folder of the project, relative to the workspace. Leave out for the workspace itself.',
      },
      system: {
        type: 'string',
        enum: [...BUILD_SYSTEMS],
        description: 'Only where a folder has several. Leave out to let the files decide.',
      },
      ...(target === undefined ? {} : { target: { type: 'string', description: target } }),
    },
    required: [],
    additionalProperties: false,
  };
}
