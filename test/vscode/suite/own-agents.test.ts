import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { test } from './harness';
import { baton, label, when, write } from './support';

const poet = `---
name: poet
description: Writes verse.
---

Write a verse.
`;
const workflow = `name: verse
steps:
  - key: write
    agent: poet
    prompt: A verse about the sea.
`;

test('agents of the folder stand in the tree with their file, and workflows may name them', async () => {
  const { agents, models } = await baton();
  const file = await write('.baton/agents/poet.agent.md', poet);
  try {
    models.tree.showAll();
    const root = (await models.tree.getChildren()).at(-1);
    assert.ok(root);
    assert.match(String(models.tree.getTreeItem(root).description), /^\d+, 1 of your files$/);
    const rows = (await models.tree.getChildren(root)).map((node) => models.tree.getTreeItem(node));
    const row = rows.find((one) => label(one) === 'poet');
    assert.equal(row?.description, '.baton/agents/poet.agent.md · Writes verse.');
    assert.equal(row.command?.command, 'vscode.open');
    assert.equal(String((row.command.arguments as vscode.Uri[])[0]), file.toString());

    const uri = await write('workflows/verse.baton.yaml', workflow);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const problems = () => vscode.languages.getDiagnostics(uri).map(({ code }) => code);
    const isUnknown = () => problems().includes('unknown-agent');
    await vscode.commands.executeCommand('baton.validateWorkflow', uri);
    assert.equal(isUnknown(), false);
    const at = document.positionAt(workflow.indexOf('poet') + 1);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      uri,
      at,
    );
    const said = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
    assert.match(said.map(({ value }) => value).join('\n'), /Writes.*verse/);
    const offered = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      at,
    );
    assert.ok(offered.items.some((one) => one.label === 'poet'));

    // Without the file nobody has that name any more, and the problems say so by themselves.
    await vscode.workspace.fs.delete(file);
    await when(vscode.languages.onDidChangeDiagnostics, isUnknown);
    assert.equal(
      (await agents.of(uri)).some(({ name }) => name === 'poet'),
      false,
    );
    await vscode.workspace.fs.delete(uri);
  } finally {
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(file, '../..'), { recursive: true });
  }
});
