import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from '@babel/parser';
import { afterEach, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { neverAborted } from '../../../../src/core/base/abort';
import type { JsonObject } from '../../../../src/core/base/json';
import { createApiEndpointTool } from '../../../../src/core/tools/generate/create-api-endpoint';
import { createDockerConfigTool } from '../../../../src/core/tools/generate/create-docker-config';
import { createTestTool } from '../../../../src/core/tools/generate/create-test';
import { generateDocsTool } from '../../../../src/core/tools/generate/generate-docs';
import { validateCodeTool } from '../../../../src/core/tools/generate/validate-code';
import type { Tool } from '../../../../src/core/tools/tool';
import { projectWith, type Project } from '../build/scope';

const made: Project[] = [];
afterEach(async () => {
  for (const project of made.splice(0)) await project.remove();
});

async function use(tool: Tool, files: Readonly<Record<string, string>>, args: JsonObject) {
  const project = await projectWith(files);
  made.push(project);
  const call = await tool.prepare(args, project.scope);
  const outcome = await call.run({ signal: neverAborted, onText: () => {} });
  const read = (file: string) => readFile(path.join(project.folder, file), 'utf8');
  return { call, outcome, read };
}

const needs = (...names: string[]) =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1'])) });
const order: JsonObject = {
  name: 'orders',
  method: 'POST',
  path: '/shops/:shop/orders',
  fields: [
    { name: 'count', type: 'number' },
    { name: 'note', type: 'string' },
  ],
};

describe('create_api_endpoint', () => {
  it('writes one file, and says so before', async () => {
    const { call, read } = await use(createApiEndpointTool, { 'package.json': needs('express') }, order);
    expect(call.effects).toMatchObject([{ type: 'write', relative: 'routes/orders.js' }]);
    expect(JSON.stringify(call.shown)).toContain('+ordersRouter.post(');
    const text = await read('routes/orders.js');
    expect(text).toContain(`ordersRouter.post('/shops/:shop/orders', (request, response) => {`);
    expect(text).toContain(`if (typeof fields.count !== 'number') faults.push('count is a number');`);
  });

  it.each<[string, Record<string, string>, string]>([
    ['Express', { 'package.json': needs('express') }, 'routes/orders.js'],
    [
      'Express in TypeScript',
      { 'package.json': needs('express'), 'tsconfig.json': '{}', 'src/a.ts': '' },
      'src/routes/orders.ts',
    ],
    ['Fastify', { 'package.json': needs('fastify') }, 'routes/orders.js'],
    [
      'Fastify in TypeScript',
      { 'package.json': needs('fastify'), 'tsconfig.json': '{}' },
      'routes/orders.ts',
    ],
  ])('writes code that can be parsed for %s', async (_name, files, file) => {
    const { read } = await use(createApiEndpointTool, files, order);
    const text = await read(file);
    expect(() => parse(text, { sourceType: 'unambiguous', plugins: ['typescript'] })).not.toThrow();
    expect(text).toContain('501');
  });

  it('writes Python for Flask', async () => {
    const { read } = await use(createApiEndpointTool, { 'requirements.txt': 'flask==3.1\n' }, order);
    const text = await read('routes/orders.py');
    expect(text).toContain('@orders_routes.post("/shops/<shop>/orders")\ndef post_orders(shop):');
    expect(text).toContain('    "count": (int, float),');
  });

  it.each<[string, JsonObject]>([
    ['a name that is code', { ...order, name: "x'); evil('" }],
    ['a path that is code', { ...order, path: "/a', evil(), '" }],
    ['a field that is code', { ...order, fields: [{ name: 'a-b', type: 'string' }] }],
    ['a parameter that is a word of the language', { ...order, path: '/a/:class' }],
    ['a body for GET', { ...order, method: 'GET' }],
    ['a folder that is not there', { ...order, folder: 'nowhere' }],
  ])('refuses %s', async (_name, args) => {
    await expect(
      use(createApiEndpointTool, { 'package.json': needs('express') }, args),
    ).rejects.toMatchObject({ code: 'tool-arguments' });
  });

  it('replaces nothing, and refuses folders outside of the workspace', async () => {
    const files = { 'package.json': needs('express'), 'routes/orders.js': 'mine' };
    await expect(use(createApiEndpointTool, files, order)).rejects.toThrow('exists already');
    await expect(use(createApiEndpointTool, files, { ...order, folder: '../..' })).rejects.toMatchObject({
      code: 'tool-refused',
    });
  });
});

describe('create_test', () => {
  const code = 'export function add(a: number) { return a; }\nexport class Cart {}\nfunction hidden() {}\n';

  it('makes a file of tests to be written for the runner of the project', async () => {
    const { read } = await use(
      createTestTool,
      { 'package.json': needs('vitest'), 'src/cart.ts': code },
      { path: 'src/cart.ts' },
    );
    const text = await read('src/cart.test.ts');
    expect(text).toContain(`import { describe, it } from 'vitest';\nimport { Cart, add } from './cart';`);
    expect(text).toContain(`describe('add', () => {`);
    expect(text).not.toContain('hidden');
    expect(() => parse(text, { sourceType: 'module', plugins: ['typescript'] })).not.toThrow();
  });

  it("falls back to Node's own runner", async () => {
    const { read } = await use(
      createTestTool,
      { 'src/cart.mjs': 'export const add = () => 1;\n' },
      { path: 'src/cart.mjs' },
    );
    const text = await read('src/cart.test.mjs');
    expect(text).toContain(`from 'node:test';\nimport { add } from './cart.mjs';`);
    expect(text).toContain('{ todo: true }');
  });

  it('writes pytest for Python', async () => {
    const { read } = await use(
      createTestTool,
      { 'src/shop/cart.py': 'def add(a):\n    return a\n' },
      { path: 'src/shop/cart.py' },
    );
    expect(await read('tests/test_cart.py')).toContain(
      'from shop.cart import add\n\n\ndef test_add():\n    assert add is not None\n    pytest.skip("to be written")',
    );
  });

  it.each<[string, string, JsonObject]>([
    ['a file without exports', 'const a = 1;\n', { path: 'a.ts' }],
    ['a name that the file does not export', code, { path: 'a.ts', name: 'constructor' }],
    ['a file that is not there', code, { path: 'b.ts' }],
    ['what is no code', code, { path: 'readme.md' }],
  ])('refuses %s', async (_name, text, args) => {
    await expect(use(createTestTool, { 'a.ts': text, 'readme.md': '' }, args)).rejects.toMatchObject({
      code: 'tool-arguments',
    });
  });
});

describe('create_docker_config', () => {
  it('makes three files for Node.js that run without rights', async () => {
    const manifest = JSON.stringify({ scripts: { build: 'tsc', start: 'node dist' } });
    const files = { 'package.json': manifest, 'package-lock.json': '{}' };
    const { read } = await use(createDockerConfigTool, files, { port: 3000 });
    const docker = await read('Dockerfile');
    expect(docker).toContain('RUN npm ci\nCOPY . .\nRUN npm run build\n');
    expect(docker).toContain('USER node\nEXPOSE 3000\nCMD ["npm", "start"]\n');
    expect(parseYaml(await read('compose.yaml'))).toEqual({
      services: { app: { build: '.', ports: ['127.0.0.1:3000:3000'], restart: 'unless-stopped' } },
    });
    expect(await read('.dockerignore')).toBe('.git\n.env\n.env.*\nnode_modules\ndist\n');
  });

  it.each([
    [{ 'requirements.txt': 'Flask\n' }, 'CMD ["flask", "run"'],
    [{ 'pom.xml': '' }, 'FROM eclipse-temurin:21-jre'],
  ])('knows the stack of %j', async (files, text) => {
    const { read } = await use(createDockerConfigTool, files, {});
    expect(await read('Dockerfile')).toContain(text);
  });

  it('leaves what is there, and refuses where nothing is to be done', async () => {
    const { call } = await use(createDockerConfigTool, { 'package.json': '{}', Dockerfile: 'mine' }, {});
    expect(call.effects.map((effect) => 'relative' in effect && effect.relative)).toEqual([
      'compose.yaml',
      '.dockerignore',
    ]);
    await expect(use(createDockerConfigTool, { 'readme.md': '' }, {})).rejects.toMatchObject({
      code: 'tool-arguments',
    });
  });
});

describe('generate_docs', () => {
  const files = {
    'src/cart.ts':
      '/**\n * Adds one.\n * And more.\n */\nexport function add(a: number) {\n  return a;\n}\nfunction hidden() {}\n',
    'src/prices.py': 'def total(a):\n    """The sum."""\n    return a\n',
    'docs/api.md': 'old',
  };

  it('describes what is exported, and shows what it replaces', async () => {
    const { call, read } = await use(generateDocsTool, files, { path: 'src' });
    expect(JSON.stringify(call.shown)).toContain('-old');
    expect(await read('docs/api.md')).toBe(
      [
        '# API',
        '',
        '## src/cart.ts',
        '',
        '### add',
        '',
        '    export function add(a: number)',
        '',
        'Adds one.\nAnd more.',
        '',
        '## src/prices.py',
        '',
        '### total',
        '',
        '    def total(a):',
        '',
        'The sum.',
        '',
      ].join('\n'),
    );
  });

  it('writes Markdown only, and only where there is something to say', async () => {
    for (const args of [{ path: 'src', to: 'a.js' }, { path: 'docs' }])
      await expect(use(generateDocsTool, files, args)).rejects.toMatchObject({ code: 'tool-arguments' });
  });
});

describe('validate_code', () => {
  it('touches nothing and finds what cannot be parsed', async () => {
    const { call, outcome } = await use(
      validateCodeTool,
      {},
      { code: 'if (a == ) {', language: 'typescript' },
    );
    expect(call.effects).toEqual([]);
    expect(call.idempotent).toBe(true);
    expect(outcome.data).toMatchObject({ isValid: false });
    expect(outcome.text).toContain('line 1, high, lint/parse-error');
  });

  it.each([
    ['const a: number = 1;\nexport { a };\n', 'typescript', true],
    ['{"a": 1}', 'json', true],
    ['{"a": }', 'json', false],
    ['def a()\n    pass\n', 'python', false],
  ])('says of %j in %s whether it is valid: %s', async (code, language, isValid) => {
    const { outcome } = await use(validateCodeTool, {}, { code, language });
    expect(outcome.data).toMatchObject({ isValid });
  });

  it('does not claim to have parsed what it only looks at', async () => {
    const { outcome } = await use(validateCodeTool, {}, { code: 'fn main() {', language: 'rust' });
    expect(outcome.data).toMatchObject({ isParsed: false });
    expect(outcome.text).toContain('do not parse this language');
  });
});
