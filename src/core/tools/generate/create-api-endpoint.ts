import { isJsonObject, type JsonObject } from '../../base/json';
import { checkArguments, optionalText, textOf, wrongArguments } from '../files/tool-arguments';
import type { Tool } from '../tool';
import { expressEndpoint, fastifyEndpoint, flaskEndpoint, type Endpoint } from './endpoint-text';
import { prepareNewFiles } from './new-files';
import { inFolder, readStack, type Stack } from './stack';

/** One endpoint as a file of its own, whose answer is still to be written. */
export const createApiEndpointTool: Tool = {
  declaration: {
    name: 'create_api_endpoint',
    description:
      'Creates a file with one HTTP endpoint for the framework found in the folder (Express, Fastify or Flask): its route, and checks of the fields of the body. It answers 501 until it is filled with edit_file, and has to be registered in the app.',
    parameters: {
      type: 'object',
      properties: {
        folder: { type: 'string', description: 'Folder of the project. Leave out for the workspace itself.' },
        name: { type: 'string', description: 'What it is about, in camel case: "orders".' },
        method: { type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
        path: { type: 'string', description: 'The route, parameters with a colon: "/orders/:id".' },
        fields: {
          type: 'array',
          description: 'Fields that the body must have.',
          items: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              type: { type: 'string', enum: ['string', 'number', 'boolean'] },
            },
            required: ['name', 'type'],
            additionalProperties: false,
          },
        },
      },
      required: ['name', 'method', 'path'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const stack = await readStack(optionalText(args, 'folder') ?? '', scope);
    const made = generate(readEndpoint(args), stack);
    return prepareNewFiles(scope, [{ ...made, path: inFolder(stack, made.path) }]);
  },
};

/** Everything here becomes code, so nothing but plain names gets through. */
function readEndpoint(args: JsonObject): Endpoint {
  const name = textOf(args, 'name');
  if (!isPlainName(name))
    throw wrongArguments('create_api_endpoint: "name" is a word of letters and digits.');
  const path = textOf(args, 'path');
  if (path.length > 200 || !/^(?:\/(?::?[A-Za-z][\w-]*)?)+$/.test(path) || /:[\w]*-/.test(path))
    throw wrongArguments('create_api_endpoint: "path" is like "/orders/:id".');
  const given = args['fields'];
  const fields = (Array.isArray(given) ? given : []).filter(isJsonObject).map((field) => ({
    name: textOf(field, 'name'),
    type: textOf(field, 'type') as Endpoint['fields'][number]['type'],
  }));
  if (fields.length > 50 || !fields.every((field) => isPlainName(field.name)))
    throw wrongArguments(
      'create_api_endpoint: each field is a word of letters and digits, at most 50 of them.',
    );
  const parameters = [...path.matchAll(/:(\w+)/g)].map((found) => found[1] ?? '');
  if (new Set(parameters).size < parameters.length || parameters.some((one) => reserved.has(one)))
    throw wrongArguments(
      'create_api_endpoint: a parameter of "path" is named twice or is a word of the language.',
    );
  const method = textOf(args, 'method').toLowerCase();
  if (method === 'get' && fields.length > 0) throw wrongArguments('create_api_endpoint: GET has no body.');
  return { name, path, fields, method };
}

/** Words of Python, whose functions take the parameters by name. */
const reserved: ReadonlySet<string> = new Set(
  (
    'and as assert async await break class continue def del elif else except False finally for from global if import in is ' +
    'lambda None nonlocal not or pass raise return True try while with yield'
  ).split(' '),
);

const isPlainName = (name: string): boolean => /^[A-Za-z][A-Za-z0-9]{0,60}$/.test(name);

function generate(endpoint: Endpoint, stack: Stack) {
  if (stack.packages.has('fastify')) return fastifyEndpoint(endpoint, stack);
  if (stack.packages.has('express')) return expressEndpoint(endpoint, stack);
  if (/^\s*"?'?flask\b/im.test(stack.pythonNeeds)) return flaskEndpoint(endpoint);
  throw wrongArguments('create_api_endpoint: the folder depends on none of Express, Fastify and Flask.');
}
