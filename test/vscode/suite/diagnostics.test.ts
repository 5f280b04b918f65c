import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { test } from './harness';
import { write } from './support';

async function problemsOf(uri: vscode.Uri): Promise<readonly vscode.Diagnostic[]> {
  const own = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Baton');
  return new Promise((resolve) => {
    const look = () => {
      if (own().length === 0) return;
      listening.dispose();
      resolve(own());
    };
    const listening = vscode.languages.onDidChangeDiagnostics(look);
    look();
  });
}

test('shows the faults of a workflow at their lines', async () => {
  const uri = await write(
    'workflows/faulty.yaml',
    'name: faulty\nsteps:\n  - key: a\n    agnt: quality\n    action: lint-codebase\n  - key: b\n    run: echo b\n    dependsOn: [c]\n',
  );
  await vscode.window.showTextDocument(uri);
  const problems = await problemsOf(uri);
  const shown = problems.map(({ code, range, severity }) => [code, range.start.line + 1, severity]);
  assert.deepEqual(shown, [
    ['unknown-key', 4, vscode.DiagnosticSeverity.Warning],
    ['unknown-dependency', 8, vscode.DiagnosticSeverity.Error],
  ]);
});

test('offers to put the word that was meant, and then finds no fault with it', async () => {
  const uri = await write(
    'workflows/misspelt.yaml',
    'name: m\nsteps:\n  - key: a\n    acton: lint-codebase\n    run: echo a\n',
  );
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  const [problem] = await problemsOf(uri);
  assert.ok(problem);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    problem.range,
  );
  const fix = actions.find(({ title }) => title === 'Change to "action"');
  assert.ok(fix?.edit, `a fix among ${actions.map(({ title }) => title).join(', ')}`);
  await vscode.workspace.applyEdit(fix.edit);
  assert.match(document.getText(), /^ {4}action: lint-codebase$/m);
});

test('says nothing about files of other tools', async () => {
  const uri = await write(
    '.github/workflows/ci.yaml',
    'on: push\njobs:\n  a:\n    steps:\n      - run: echo\n',
  );
  await vscode.window.showTextDocument(uri);
  const other = await write('workflows/faulty-too.yaml', 'name: x\nsteps: 1\n');
  await write('workflows/faulty-too.baton.yaml', 'name: x\nsteps: 1\n');
  await vscode.window.showTextDocument(vscode.Uri.file(other.fsPath.replace('.yaml', '.baton.yaml')));
  await problemsOf(vscode.Uri.file(other.fsPath.replace('.yaml', '.baton.yaml')));
  assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
});
