import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { neverAborted } from '../../../src/core/base/abort';
import { createNodeHost } from '../../../src/core/node-host';
import type { CodeIntelligence } from '../../../src/core/tools/code/code-intelligence';
import { createParserIntelligence } from '../../../src/core/tools/code/parser-intelligence';
import { createEditorIntelligence } from '../../../src/extension/tools/editor-intelligence';
import { LanguageServices } from '../../../src/extension/tools/language-services';
import { test } from './harness';
import { folder, write } from './support';

const quiet = () => undefined;
const host = createNodeHost({ log: { debug: quiet, info: quiet, warn: quiet, error: quiet } });

/** Asks about files of a language that a test answers for. */
async function asking(
  body: (ask: CodeIntelligence, uri: vscode.Uri) => Promise<void>,
  register: (uri: vscode.Uri) => readonly vscode.Disposable[],
  longest = 2_000,
): Promise<void> {
  const uri = await write('strange/word.strange', 'first word\nsecond word\n');
  const services = new LanguageServices();
  const registered = register(uri);
  const parserFor = createParserIntelligence;
  try {
    await body(createEditorIntelligence(folder(), host, services, { longest, parserFor }), uri);
  } finally {
    for (const one of registered) one.dispose();
    services.dispose();
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(uri, '..'), { recursive: true });
  }
}

const files: vscode.DocumentSelector = { pattern: '**/*.strange' };
const { languages, Range, SymbolKind } = vscode;
const line = (at: number) => new Range(at, 0, at, 4);
const symbol = (name: string, at: number) =>
  new vscode.DocumentSymbol(name, '', SymbolKind.Function, line(at), line(at));
const outline = (symbols: () => vscode.DocumentSymbol[]) =>
  languages.registerDocumentSymbolProvider(files, { provideDocumentSymbols: symbols });

test('an extension that never answers ends no question, and the parser is asked instead', () =>
  asking(
    async (ask) => {
      const before = performance.now();
      const found = await ask.symbols({ path: 'strange/word.strange' }, neverAborted);
      assert.deepEqual([found.items, found.source?.kind], [[], 'parser']);
      assert.ok(performance.now() - before < 10_000);
    },
    () => [
      languages.registerDocumentSymbolProvider(files, { provideDocumentSymbols: () => new Promise(quiet) }),
    ],
  ));

test('an extension that fails is as one that is not there', () =>
  asking(
    async (ask) => {
      const path = 'strange/word.strange';
      assert.deepEqual((await ask.symbols({ path }, neverAborted)).items, []);
      assert.deepEqual((await ask.references({ name: 'word', path, line: 1 }, neverAborted)).items, []);
    },
    () => [
      outline(() => {
        throw new Error('does not work');
      }),
    ],
  ));

test('an extension that names thousands of places is cut, and the answer says so', () =>
  asking(
    async (ask) => {
      const path = 'strange/word.strange';
      const found = await ask.symbols({ path }, neverAborted);
      assert.deepEqual([found.items.length, found.isPartial], [500, true]);
      const uses = await ask.references({ name: 'word', path, line: 1 }, neverAborted);
      assert.deepEqual([uses.items.length, uses.isPartial], [500, true]);
    },
    (uri) => [
      outline(() => Array.from({ length: 3_000 }, (_, index) => symbol(`word${index}`, 0))),
      languages.registerReferenceProvider(files, {
        provideReferences: () =>
          Array.from({ length: 3_000 }, (_, index) => new vscode.Location(uri, line(index))),
      }),
    ],
  ));

test('places outside of the folder that an extension names are left out, however they are written', () =>
  asking(
    async (ask) => {
      const found = await ask.definitions(
        { name: 'word', path: 'strange/word.strange', line: 2 },
        neverAborted,
      );
      assert.deepEqual(found, {
        items: [
          {
            name: 'first',
            kind: 'function',
            path: 'strange/word.strange',
            line: 1,
            column: 1,
            isExported: false,
          },
        ],
        isPartial: true,
      });
    },
    (uri) => [
      outline(() => [symbol('first', 0)]),
      languages.registerDefinitionProvider(files, {
        provideDefinition: () =>
          [
            uri,
            vscode.Uri.file('/etc/passwd'),
            folder().uri.with({ path: `${folder().uri.path}/../outside.strange` }),
            folder().uri.with({ path: `${folder().uri.path}-beside/word.strange` }),
            folder().uri.with({ path: `${folder().uri.path}/strange/missing.strange` }),
            folder().uri,
            vscode.Uri.parse('untitled:word.strange'),
            vscode.Uri.parse('https://elsewhere.example.com/word.strange'),
          ].map((one) => new vscode.Location(one, line(0))),
      }),
    ],
  ));
