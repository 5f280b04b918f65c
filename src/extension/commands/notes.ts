import * as vscode from 'vscode';
import { CancelledError } from '../../core/base/abort';
import type { NoteParts } from '../views/note-parts';
import type { Command } from './command';

/** Goes to where a note's setting is written; a note that names no file leads to the setting itself. */
export const showNote: Command = async (_parts, argument) => {
  const parts = notePartsIn(argument);
  const uri = parts?.file === undefined ? undefined : await fileOf(parts.file);
  if (parts === undefined) return;
  if (uri === undefined) {
    await openSetting(parts);
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  const at = placeIn(document, parts);
  if (at === undefined) return;
  editor.selection = new vscode.Selection(at.start, at.end);
  editor.revealRange(at, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
};

/** Opens the setting that a note is about, where the person sets it. */
export const openNoteSetting: Command = async (_parts, argument) => {
  const parts = notePartsIn(argument);
  if (parts !== undefined) await openSetting(parts);
};

/** Starts the person's MCP servers and tells what came of it. */
export const askToolServers: Command = async ({ windowTools, log }) => {
  const asking = new AbortController();
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Asking the tool servers…'),
    cancellable: true,
  };
  const listed = await vscode.window.withProgress(progress, async (_report, token) => {
    token.onCancellationRequested(() => asking.abort(new CancelledError()));
    return windowTools.ask(asking.signal).catch((error: unknown) => {
      if (asking.signal.aborted) return undefined;
      throw error;
    });
  });
  if (listed === undefined) return;
  const { servers } = listed;
  const faulty = servers.filter(({ faults }) => faults.length > 0);
  const [first] = faulty;
  if (servers.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No tool server is set up.'));
    return;
  }
  if (first === undefined) {
    const many = servers.reduce((sum, { tools: own }) => sum + own, 0);
    void vscode.window.showInformationMessage(vscode.l10n.t('Every tool server answers: {0} tools.', many));
    return;
  }
  for (const { name, faults } of faulty) log.warn(`The tool server ${name} ${faults.join('; ')}.`);
  const open = vscode.l10n.t('Open Setting');
  const text = vscode.l10n.t('The tool server {0} {1}.', first.name, first.faults[0] ?? '');
  if ((await vscode.window.showWarningMessage(text, open)) === open)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'baton.mcpServers');
};

function notePartsIn(argument: unknown): NoteParts | undefined {
  if (typeof argument !== 'object' || argument === null || !('parts' in argument)) return undefined;
  const { parts } = argument;
  if (typeof parts !== 'object' || parts === null) return undefined;
  const text = (key: string): string | undefined => {
    const value: unknown = (parts as Readonly<Record<string, unknown>>)[key];
    return typeof value === 'string' ? value : undefined;
  };
  const [setting, file] = [text('setting'), text('file')];
  const line = 'line' in parts && typeof parts.line === 'number' ? parts.line : undefined;
  return {
    text: text('text') ?? '',
    ...(setting !== undefined && { setting }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
  };
}

async function openSetting({ setting }: NoteParts): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', setting ?? '@ext:baton.baton');
}

/** The file in the first folder that has it. */
async function fileOf(path: string): Promise<vscode.Uri | undefined> {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const places = workspaceFolders.map(({ uri }) => vscode.Uri.joinPath(uri, path));
  if (workspaceFile?.path.endsWith(path) === true) places.unshift(workspaceFile);
  for (const uri of places) {
    try {
      await vscode.workspace.fs.stat(uri);
      return uri;
    } catch {
      // The next folder may have it.
    }
  }
  return undefined;
}

/** The key itself: `"baton.policy.commands"`, or its last part where the file nests its keys. */
function placeIn(document: vscode.TextDocument, { setting, line }: NoteParts): vscode.Range | undefined {
  if (line !== undefined && line <= document.lineCount) return document.lineAt(line - 1).range;
  if (setting === undefined) return undefined;
  const text = document.getText();
  for (const key of [setting, setting.slice(setting.lastIndexOf('.') + 1)]) {
    const at = text.indexOf(`"${key}"`);
    if (at >= 0) return new vscode.Range(document.positionAt(at), document.positionAt(at + key.length + 2));
  }
  return undefined;
}
