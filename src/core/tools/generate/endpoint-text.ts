import type { NewFile } from './new-files';
import type { Stack } from './stack';

/** An endpoint of plain names: all of them are safe to be put into code. */
export interface Endpoint {
  readonly name: string;
  /** Lower case. */
  readonly method: string;
  readonly path: string;
  readonly fields: readonly { readonly name: string; readonly type: 'string' | 'number' | 'boolean' }[];
}

export function expressEndpoint(endpoint: Endpoint, stack: Stack): NewFile {
  const { name, method, path } = endpoint;
  const types = stack.isTypeScript;
  const [request, response] = types ? ['request: Request', 'response: Response'] : ['request', 'response'];
  const router = `${name}Router`;
  const isImported = types || stack.isModule;
  const check = [
    '  const faults = faultsIn(request.body);',
    '  if (faults.length > 0) {',
    '    response.status(400).json({ errors: faults });',
    '    return;',
    '  }',
  ];
  return scriptFile(endpoint, stack, [
    isImported
      ? `import { Router${types ? ', type Request, type Response' : ''} } from 'express';`
      : `const { Router } = require('express');`,
    '',
    `${isImported ? 'export ' : ''}const ${router} = Router();`,
    '',
    `${router}.${method}('${path}', (${request}, ${response}) => {`,
    ...(endpoint.fields.length > 0 ? check : []),
    `  response.status(501).json({ error: 'Not implemented' });`,
    '});',
    ...faultsFunction(endpoint, types),
    ...(isImported ? [] : ['', `module.exports = { ${router} };`]),
  ]);
}

export function fastifyEndpoint(endpoint: Endpoint, stack: Stack): NewFile {
  const { name, method, path, fields } = endpoint;
  const types = stack.isTypeScript;
  const isImported = types || stack.isModule;
  const schema = [
    '    schema: {',
    '      body: {',
    `        type: 'object',`,
    `        required: [${fields.map((field) => `'${field.name}'`).join(', ')}],`,
    '        properties: {',
    ...fields.map((field) => `          ${field.name}: { type: '${field.type}' },`),
    '        },',
    '      },',
    '    },',
  ];
  const routes = `${name}Routes`;
  return scriptFile(endpoint, stack, [
    ...(types ? [`import type { FastifyInstance } from 'fastify';`, ''] : []),
    `${isImported ? 'export ' : ''}async function ${routes}(app${types ? ': FastifyInstance' : ''}) {`,
    '  app.route({',
    `    method: '${method.toUpperCase()}',`,
    `    url: '${path}',`,
    ...(fields.length > 0 ? schema : []),
    `    handler: async (_request, reply) => reply.code(501).send({ error: 'Not implemented' }),`,
    '  });',
    '}',
    ...(isImported ? [] : ['', `module.exports = { ${routes} };`]),
  ]);
}

export function flaskEndpoint({ name, method, path, fields }: Endpoint): NewFile {
  const snake = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  const kinds = { string: 'str', number: '(int, float)', boolean: 'bool' };
  const parameters = [...path.matchAll(/:(\w+)/g)].map((found) => found[1] ?? '');
  const checks = [
    '    body = request.get_json(silent=True)',
    '    if not isinstance(body, dict):',
    '        return jsonify(errors=["The body is a JSON object"]), 400',
    '    faults = [name for name, kind in FIELDS.items() if not isinstance(body.get(name), kind)]',
    '    if faults:',
    '        return jsonify(errors=faults), 400',
  ];
  const table = [
    '',
    'FIELDS = {',
    ...fields.map((field) => `    "${field.name}": ${kinds[field.type]},`),
    '}',
  ];
  return {
    path: `routes/${snake}.py`,
    text: `${[
      `from flask import Blueprint, jsonify${fields.length > 0 ? ', request' : ''}`,
      '',
      `${snake}_routes = Blueprint("${snake}", __name__)`,
      ...(fields.length > 0 ? table : []),
      '',
      '',
      `@${snake}_routes.${method}("${path.replace(/:(\w+)/g, '<$1>')}")`,
      `def ${method}_${snake}(${parameters.join(', ')}):`,
      ...(fields.length > 0 ? checks : []),
      '    return jsonify(error="Not implemented"), 501',
    ].join('\n')}\n`,
  };
}

function faultsFunction({ fields }: Endpoint, types: boolean): string[] {
  if (fields.length === 0) return [];
  return [
    '',
    `function faultsIn(body${types ? ': unknown' : ''})${types ? ': string[]' : ''} {`,
    `  if (typeof body !== 'object' || body === null) return ['The body is a JSON object'];`,
    `  const fields = body${types ? ' as Record<string, unknown>' : ''};`,
    `  const faults${types ? ': string[]' : ''} = [];`,
    ...fields.map(
      ({ name, type }) => `  if (typeof fields.${name} !== '${type}') faults.push('${name} is a ${type}');`,
    ),
    '  return faults;',
    '}',
  ];
}

function scriptFile({ name }: Endpoint, stack: Stack, lines: readonly string[]): NewFile {
  const folder = stack.names.has('src') ? 'src/routes' : 'routes';
  return { path: `${folder}/${name}.${stack.isTypeScript ? 'ts' : 'js'}`, text: `${lines.join('\n')}\n` };
}
