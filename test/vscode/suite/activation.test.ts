import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { test } from './harness';

test('activates in a folder with workflows', async () => {
  const extension = vscode.extensions.getExtension('baton.baton');
  assert.ok(extension, 'baton.baton is installed');
  await extension.activate();
  assert.equal(extension.isActive, true);
});

test('registers every command that its manifest names', async () => {
  const extension = vscode.extensions.getExtension('baton.baton');
  const manifest = extension?.packageJSON as { contributes?: { commands?: { command: string }[] } };
  const named = (manifest.contributes?.commands ?? []).map(({ command }) => command);
  const registered = new Set(await vscode.commands.getCommands(true));
  assert.deepEqual(
    named.filter((command) => !registered.has(command)),
    [],
  );
  assert.ok(named.includes('baton.runWorkflow'));
});
