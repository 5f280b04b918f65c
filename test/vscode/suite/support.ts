import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { RunState, StepStatus } from '../../../src/core/model/run-state';
import type { Baton } from '../../../src/extension/main';
import type { RunsNode } from '../../../src/extension/views/runs-nodes';

/** The extension's parts: it hands them out to tests alone. */
export async function baton(): Promise<Baton> {
  const extension = vscode.extensions.getExtension('baton.baton');
  assert.ok(extension, 'baton.baton is installed');
  const parts = (await extension.activate()) as Baton | undefined;
  assert.ok(parts, 'the parts of the extension');
  return parts;
}

export function folder(): vscode.WorkspaceFolder {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first, 'an open folder');
  return first;
}

/** Writes a file of the workspace and gives its address. */
export async function write(path: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(folder().uri, path);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

/** Resolves once `holds` gives something, looking at each firing of `event`. */
export function when<Value>(
  event: vscode.Event<unknown>,
  holds: () => Value | undefined | false,
): Promise<Value> {
  return new Promise((resolve) => {
    const look = () => {
      const value = holds();
      if (value === undefined || value === false) return false;
      listening.dispose();
      resolve(value);
      return true;
    };
    const listening = event(() => void look());
    look();
  });
}

/** Starts a workflow by the command that menus call; gives the run's id. */
export async function startRun(uri: vscode.Uri, command = 'baton.runWorkflow'): Promise<string> {
  const started = await vscode.commands.executeCommand<string[]>(command, uri);
  const [runId] = started;
  assert.ok(runId, 'a run was started');
  return runId;
}

/** The run's state once a step has the status. */
export async function stepIs(runId: string, step: string, status: StepStatus): Promise<RunState> {
  const { runs } = await baton();
  return when(runs.onDidChange, () => {
    const state = runs.known(runId);
    return state?.steps[step]?.status === status && state;
  });
}

export async function runIs(runId: string, phase: RunState['phase']): Promise<RunState> {
  const { runs } = await baton();
  return when(runs.onDidChange, () => {
    const state = runs.known(runId);
    return state?.phase === phase && state;
  });
}

/** Rows of the Runs view below a row, or its top. */
export async function rows(parent?: RunsNode): Promise<readonly RunsNode[]> {
  return (await baton()).runsTree.getChildren(parent);
}

export async function row(node: RunsNode): Promise<vscode.TreeItem> {
  return (await baton()).runsTree.getTreeItem(node);
}

export function label(item: vscode.TreeItem): string {
  return typeof item.label === 'string' ? item.label : (item.label?.label ?? '');
}

/** One step that waits for a person, and one after it. */
export const gated = (name: string): string => `name: ${name}
steps:
  - key: pack
    name: Pack
    run: [node, -e, "console.log(JSON.stringify({ boxes: 3 }))"]
    approval: true
  - key: ship
    name: Ship
    run: [node, -e, "console.log('shipped')"]
    dependsOn: [pack]
`;
