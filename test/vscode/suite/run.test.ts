import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { artifactUri } from '../../../src/extension/documents/artifact-documents';
import { test } from './harness';
import { baton, gated, label, row, rows, runIs, startRun, stepIs, when, write } from './support';

test('a run waits at its gate, is approved by the command, and ends', async () => {
  const runId = await startRun(await write('workflows/approve.yaml', gated('approve-me')));
  await stepIs(runId, 'pack', 'waiting');

  const [first] = await rows();
  assert.deepEqual(first, { type: 'run', runId });
  const run = await row(first);
  assert.equal(label(run), 'approve-me');
  assert.match(String(run.description), /^0\/2 · \d\d:\d\d$/);
  assert.match(run.accessibilityInformation?.label ?? '', /^approve-me, Waiting for you, 0 of 2 steps/);
  assert.match(run.contextValue ?? '', /\bcanCancel\b/);
  const steps = await Promise.all((await rows(first)).map(row));
  assert.deepEqual(steps.map(label), ['Pack', 'Ship']);
  assert.equal(steps[0]?.description, 'Waiting for you');
  assert.match(steps[0]?.contextValue ?? '', /\bgate\b.*\bcanApprove\b/);

  await vscode.commands.executeCommand('baton.approveStep', { type: 'step', runId, step: 'pack' });

  const ended = await runIs(runId, 'completed');
  assert.equal(ended.steps['pack']?.status === 'completed' && ended.steps['pack'].how, 'approved');
  const after = await row(first);
  assert.match(String(after.description), /^2\/2/);
  assert.doesNotMatch(after.contextValue ?? '', /canCancel|canPause/);
});

test('a result that is changed in the editor is what the next steps get', async () => {
  const runId = await startRun(await write('workflows/edit.yaml', gated('edit-me')));
  await stepIs(runId, 'pack', 'waiting');

  await vscode.commands.executeCommand('baton.editResult', { type: 'step', runId, step: 'pack' });
  const editor = vscode.window.activeTextEditor;
  assert.equal(editor?.document.uri.scheme, 'baton-draft');
  assert.deepEqual(JSON.parse(editor.document.getText()), { boxes: 3 });
  const all = new vscode.Range(0, 0, editor.document.lineCount, 0);
  await editor.edit((builder) => builder.replace(all, '{ "boxes": 4 }'));
  await editor.document.save();
  assert.equal((await stepIs(runId, 'pack', 'waiting')).phase, 'active', 'saving decides nothing');

  await vscode.commands.executeCommand('baton.approveDraft', editor.document.uri);

  const ended = await runIs(runId, 'completed');
  const pack = ended.steps['pack'];
  assert.ok(pack?.status === 'completed');
  assert.deepEqual([pack.how, pack.output], ['modified', { boxes: 4 }]);
});

test('broken JSON approves nothing', async () => {
  const runId = await startRun(await write('workflows/broken.yaml', gated('broken-draft')));
  await stepIs(runId, 'pack', 'waiting');
  await vscode.commands.executeCommand('baton.editResult', { type: 'step', runId, step: 'pack' });
  const editor = vscode.window.activeTextEditor;
  assert.ok(editor);
  await editor.edit((builder) => builder.insert(new vscode.Position(0, 0), '{'));

  await vscode.commands.executeCommand('baton.approveDraft', editor.document.uri);

  assert.equal((await baton()).runs.known(runId)?.steps['pack']?.status, 'waiting');
  await vscode.commands.executeCommand('baton.discardDraft', editor.document.uri);
  assert.notEqual(vscode.window.activeTextEditor?.document.uri.scheme, 'baton-draft');
  await vscode.commands.executeCommand('baton.cancelRun', { type: 'run', runId });
  await runIs(runId, 'cancelled');
});

test('files of a run open as read-only documents', async () => {
  const runId = await startRun(
    await write(
      'workflows/files.yaml',
      'name: files\nsteps:\n  - key: lint\n    agent: quality\n    action: lint-codebase\n',
    ),
  );
  const ended = await runIs(runId, 'completed');
  const lint = ended.steps['lint'];
  assert.ok(lint?.status === 'completed');
  const [ref] = lint.artifacts;
  assert.ok(ref, 'the analysis keeps a readable file');
  const document = await vscode.workspace.openTextDocument(artifactUri(runId, ref));
  assert.match(document.getText(), /rules, no AI model/i);
  assert.equal(document.languageId, 'markdown');
  assert.equal(vscode.workspace.fs.isWritableFileSystem('baton-artifact'), false);
  const [step] = await rows({ type: 'run', runId });
  const names = await Promise.all((await rows(step)).map(async (node) => label(await row(node))));
  assert.deepEqual(names, [ref.path.split('/').at(-1)]);
});

test('a rehearsal runs nothing and stands apart from the runs', async () => {
  const uri = await write(
    'workflows/rehearse.yaml',
    "name: rehearse-me\nsteps:\n  - key: harm\n    run: [node, -e, \"require('fs').writeFileSync('harm.txt', '')\"]\n    approval: true\n",
  );
  const runId = await startRun(uri, 'baton.rehearseWorkflow');
  await runIs(runId, 'completed');
  await assert.rejects(async () =>
    vscode.workspace.fs.stat(vscode.Uri.joinPath(uri, '..', '..', 'harm.txt')),
  );
  const top = await rows();
  assert.ok(!top.some((node) => node.type === 'run' && node.runId === runId));
  const group = top.find(({ type }) => type === 'rehearsals');
  assert.ok(group);
  assert.ok((await rows(group)).some((node) => node.type === 'run' && node.runId === runId));
});

test('a file with faults is refused before anything is recorded', async () => {
  const { runs } = await baton();
  const before = runs.list().length;
  const uri = await write(
    'workflows/refused.yaml',
    'name: r\nsteps:\n  - key: a\n    run: echo\n    dependsOn: [b]\n',
  );
  // The message has a button and stays until somebody reads it, so the command is not waited for.
  void vscode.commands.executeCommand('baton.runWorkflow', uri);
  const problems = await when(vscode.languages.onDidChangeDiagnostics, () => {
    const found = vscode.languages.getDiagnostics(uri);
    return found.length > 0 && found;
  });
  assert.equal(problems[0]?.code, 'unknown-dependency');
  assert.equal(runs.list().length, before);
});

test('one panel shows a run, also after the window was reloaded', async () => {
  const { panels } = await baton();
  const runId = await startRun(await write('workflows/panel.yaml', gated('panel-me')));
  await stepIs(runId, 'pack', 'waiting');
  const tabs = () =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter((tab) => tab.input instanceof vscode.TabInputWebview && tab.label.startsWith('panel-me'));
  await when(vscode.window.tabGroups.onDidChangeTabs, () => tabs().length === 1);
  panels.open(runId);
  assert.equal(tabs().length, 1, 'opening it again reveals it');

  await vscode.window.tabGroups.close(tabs());
  const restored = vscode.window.createWebviewPanel('baton.run', 'Run', vscode.ViewColumn.Active, {});
  await panels.deserializeWebviewPanel(restored, { runId });
  await when(vscode.window.tabGroups.onDidChangeTabs, () => tabs().length === 1);
  assert.equal(panels.active(), runId);
  panels.open(runId);
  assert.equal(tabs().length, 1);

  const second = vscode.window.createWebviewPanel('baton.run', 'Run', vscode.ViewColumn.Active, {});
  await panels.deserializeWebviewPanel(second, { runId });
  assert.throws(() => second.webview, /disposed/i, 'a run has one panel');

  await vscode.window.tabGroups.close(tabs());
  const stray = vscode.window.createWebviewPanel('baton.run', 'Run', vscode.ViewColumn.Active, {});
  // Its page had no time to keep its run: it shows the newest that goes on.
  await panels.deserializeWebviewPanel(stray, undefined);
  await when(vscode.window.tabGroups.onDidChangeTabs, () => tabs().length === 1);
  assert.ok(panels.openRuns().includes(runId));
  await vscode.commands.executeCommand('baton.cancelRun', runId);
  await runIs(runId, 'cancelled');
});

test('closing the runs and opening them again gives the same ones', async () => {
  const { access, runs } = await baton();
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  const before = runs.list().map(({ runId, summary }) => [runId, summary.status]);
  assert.ok(before.length > 0);
  await access.closeAll();
  assert.deepEqual(access.opened(), []);

  const { runtime } = await access.get(folder);
  assert.equal(runtime.otherOwner, undefined, 'the lock was free');
  await runs.settled();
  assert.deepEqual(
    runs.list().map(({ runId, summary }) => [runId, summary.status]),
    before,
  );
});
