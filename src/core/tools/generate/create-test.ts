import { isScript, languageOf } from '../../analyses/language';
import { readSource } from '../../analyses/source-file';
import type { CodeSymbol } from '../code/code-intelligence';
import { pythonSymbols } from '../code/python-code';
import { scriptSymbols } from '../code/script-code';
import { locate } from '../files/locate';
import { checkArguments, optionalText, textOf, wrongArguments } from '../files/tool-arguments';
import { visibleText } from '../files/visible-text';
import type { Tool } from '../tool';
import { prepareNewFiles } from './new-files';
import { readStack, type Stack } from './stack';

const LARGEST = 1_000_000;

/** A file of tests that are still to be written, one for each function that the file gives to others. */
export const createTestTool: Tool = {
  declaration: {
    name: 'create_test',
    description:
      'Creates a test file for the exported functions and classes of a file (JavaScript, TypeScript or Python), in the style of the test runner that the project has. Its tests are marked as to be written: fill them with edit_file.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'The file to be tested, relative to the workspace.' },
        name: { type: 'string', description: 'Only this function or class. Leave out for all.' },
      },
      required: ['path'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const place = await locate(textOf(args, 'path'), scope);
    const file = await place.files.read(place.relative, LARGEST).catch(() => undefined);
    const source = file === undefined ? undefined : readSource(place.relative, file.bytes);
    const language = languageOf(place.relative);
    if (source === undefined || 'skipped' in source || (!isScript(language) && language !== 'python'))
      throw wrongArguments(
        `create_test: ${visibleText(place.relative)} is no readable file of JavaScript, TypeScript or Python.`,
      );
    const wanted = optionalText(args, 'name');
    const symbols = (isScript(language) ? scriptSymbols(source) : pythonSymbols(source)).filter(
      (one) =>
        one.isExported &&
        one.container === undefined &&
        (one.kind === 'function' || one.kind === 'class') &&
        (wanted === undefined || wanted === one.name),
    );
    if (symbols.length === 0)
      throw wrongArguments('create_test: the file exports no such function or class by its name.');
    const stack = await readStack('', scope);
    const made = isScript(language)
      ? scriptTest(place.relative, symbols, stack)
      : pythonTest(place.relative, symbols);
    return prepareNewFiles(scope, [made]);
  },
};

function scriptTest(path: string, symbols: readonly CodeSymbol[], stack: Stack) {
  const [, folder = '', base = '', extension = ''] = /^(.*\/)?([^/]+)\.([cm]?[jt]sx?)$/.exec(path) ?? [];
  const names = [...new Set(symbols.map((one) => one.name))].sort();
  const isTyped = /^[cm]?tsx?$/.test(extension);
  const from = `./${base}${isTyped ? '' : `.${extension}`}`;
  const runner = stack.packages.has('vitest') ? 'vitest' : stack.packages.has('jest') ? 'jest' : 'node';
  const head =
    runner === 'vitest'
      ? [`import { describe, it } from 'vitest';`]
      : runner === 'jest'
        ? []
        : [`import { describe, it } from 'node:test';`];
  const groups = names.flatMap((name) => [
    '',
    `describe('${name}', () => {`,
    runner === 'node'
      ? `  it('does what its callers rely on', { todo: true }, () => void ${name});`
      : `  it.todo(\`does what its callers rely on: \${${name}.name}\`);`,
    '});',
  ]);
  return {
    path: `${folder}${base}.test.${extension}`,
    text: [...head, `import { ${names.join(', ')} } from '${from}';`, ...groups, ''].join('\n'),
  };
}

function pythonTest(path: string, symbols: readonly CodeSymbol[]) {
  const module = path.replace(/\.pyw?$/, '').replace(/\/__init__$/, '');
  const names = [...new Set(symbols.map((one) => one.name))].sort();
  if (!/^[A-Za-z_]\w*(?:\/[A-Za-z_]\w*)*$/.test(module))
    throw wrongArguments('create_test: the path of the file is no name of a Python module.');
  const tests = names.flatMap((name) => [
    '',
    '',
    `def test_${name}():`,
    `    assert ${name} is not None`,
    '    pytest.skip("to be written")',
  ]);
  // As most projects lay out their packages: "src" is where they are found, not a part of their names.
  const imported = module.replace(/^src\//, '').replaceAll('/', '.');
  return {
    path: `tests/test_${module.split('/').at(-1) ?? 'module'}.py`,
    text: ['import pytest', '', `from ${imported} import ${names.join(', ')}`, ...tests, ''].join('\n'),
  };
}
