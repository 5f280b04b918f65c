import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { test } from './harness';
import { label, write } from './support';

const text = `name: language
inputs:
  branch: { type: string, default: main }
steps:
  - key: build
    name: Build it
    run: echo build
  - key: ship
    agent: devops
    prompt: "{{ steps.build.output }}"
    dependsOn: [build]
`;

async function open(name: string, content = text): Promise<vscode.TextDocument> {
  const uri = await write(`.baton/workflows/${name}.yaml`, content);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

async function offered(
  document: vscode.TextDocument,
  line: number,
  character: number,
): Promise<readonly string[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    new vscode.Position(line, character),
  );
  return list.items.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
}

test('knows workflow files by their place and gives them their own language', async () => {
  assert.equal((await open('language-id')).languageId, 'baton-workflow');
});

test('completes keys, agents, actions and the steps to wait for', async () => {
  const document = await open(
    'complete',
    'name: c\nsteps:\n  - key: a\n    run: echo\n  - key: b\n    \n    agent: \n    dependsOn: []\n',
  );
  const keys = await offered(document, 5, 4);
  assert.ok(keys.includes('approval') && keys.includes('prompt'), keys.join(' '));
  assert.ok(!keys.includes('key') && !keys.includes('agent'), 'keys that are there are not offered again');
  assert.ok((await offered(document, 6, 11)).includes('security'));
  const steps = await offered(document, 7, 16);
  assert.ok(steps.includes('a') && !steps.includes('b'), steps.join(' '));
});

test('completes what may stand between braces', async () => {
  const document = await open('braces', text.replace('steps.build.output }}', '}}'));
  const line = document
    .getText()
    .split('\n')
    .findIndex((one) => one.includes('prompt'));
  const paths = await offered(document, line, document.lineAt(line).text.indexOf('{{') + 3);
  assert.ok(paths.includes('inputs.branch') && paths.includes('steps.build.output'), paths.join(' '));
});

test('says what an agent does', async () => {
  const document = await open('hover');
  const position = document.positionAt(document.getText().indexOf('devops') + 2);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  const shown = hovers.flatMap(({ contents }) =>
    contents.map((one) => (typeof one === 'string' ? one : one.value)),
  );
  assert.match(shown.join('\n'), /deployments/);
});

test('finds and renames a step wherever it is named', async () => {
  const document = await open('rename');
  const mention = document.positionAt(document.getText().indexOf('[build]') + 2);
  const [place] = await vscode.commands.executeCommand<vscode.Location[]>(
    'vscode.executeDefinitionProvider',
    document.uri,
    mention,
  );
  assert.equal(place?.range.start.line, 4);
  const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
    'vscode.executeDocumentRenameProvider',
    document.uri,
    mention,
    'pack',
  );
  await vscode.workspace.applyEdit(edit);
  assert.equal(document.getText(), text.replaceAll(/\bbuild\b(?=\n {4}name|\.output|\])/g, 'pack'));
});

test('offers Run and Rehearse above the first line', async () => {
  const document = await open('lens');
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    2,
  );
  assert.deepEqual(
    lenses.map(({ command, range }) => [command?.command, range.start.line]),
    [
      ['baton.runWorkflow', 0],
      ['baton.rehearseWorkflow', 0],
    ],
  );
});

test('outlines the steps', async () => {
  const document = await open('outline');
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
    'vscode.executeDocumentSymbolProvider',
    document.uri,
  );
  assert.deepEqual(
    symbols.map(({ name }) => name),
    ['Build it', 'ship'],
  );
});

test('formats and keeps the comments', async () => {
  const document = await open('format', 'name:   f # why\nsteps:\n    -   key: a\n        run: echo a\n');
  const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>(
    'vscode.executeFormatDocumentProvider',
    document.uri,
    { tabSize: 2, insertSpaces: true },
  );
  const edit = new vscode.WorkspaceEdit();
  edit.set(document.uri, edits);
  await vscode.workspace.applyEdit(edit);
  assert.equal(document.getText(), 'name: f # why\nsteps:\n  - key: a\n    run: echo a\n');
});

test('lists the workflow files by name', async () => {
  const { workflowsTree, files } = await import('./support').then(({ baton }) => baton());
  await files.scan();
  const names = (await workflowsTree.getChildren()).map((node) => label(workflowsTree.getTreeItem(node)));
  assert.ok(names.includes('language'), names.join(', '));
});
