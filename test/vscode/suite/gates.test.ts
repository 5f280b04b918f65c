import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Changes } from '../../../src/extension/documents/changes';
import { test } from './harness';
import { baton, gated, runIs, startRun, stepIs, write } from './support';

test('a person may choose that gates answer themselves, a folder may not', async () => {
  const configuration = vscode.workspace.getConfiguration('baton');
  await assert.rejects(async () =>
    configuration.update('approvals', 'auto', vscode.ConfigurationTarget.Workspace),
  );
  await write('.vscode/settings.json', '{ "baton.approvals": "auto" }');
  const asked = await startRun(await write('workflows/folder-auto.yaml', gated('folder-auto')));
  await stepIs(asked, 'pack', 'waiting');
  await vscode.commands.executeCommand('baton.cancelRun', asked);
  await runIs(asked, 'cancelled');

  await configuration.update('approvals', 'auto', vscode.ConfigurationTarget.Global);
  try {
    const runId = await startRun(await write('workflows/auto.yaml', gated('auto')));
    const ended = await runIs(runId, 'completed');
    assert.deepEqual(
      ended.closedApprovals.map(({ by }) => by?.channel),
      ['auto'],
    );
  } finally {
    await configuration.update('approvals', undefined, vscode.ConfigurationTarget.Global);
  }
});

test('a gate names the files that its command left in the folder', async () => {
  const text = `name: writes
steps:
  - key: write
    name: Write
    run: [node, -e, "require('fs').mkdirSync('made', { recursive: true }); require('fs').writeFileSync('made/note.txt', 'new')"]
    output: { artifacts: [made/**] }
    approval: true
`;
  const { runs } = await baton();
  const runId = await startRun(await write('workflows/writes.yaml', text));
  await stepIs(runId, 'write', 'waiting');
  const waiting = runs.waiting().find(({ entry }) => entry.runId === runId);
  assert.ok(waiting);
  const changes = new Changes();
  await new Promise<void>((resolve) => void changes.paths(waiting, resolve));
  assert.deepEqual(
    changes.paths(waiting, () => {}),
    ['made/note.txt'],
  );
  await vscode.commands.executeCommand('baton.approveStep', { runId, step: 'write' });
  await runIs(runId, 'completed');
});
