import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageHtml, type ViewName } from '../../../webview/page';

/** What a page may load: Baton's own bundle, nothing of the workspace. */
export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableCommandUris: false,
    localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')],
  };
}

/** The HTML of a view, with a nonce of its own. */
export function page(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  view: ViewName,
  title: string,
  runId?: string,
): string {
  const bundled = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  return pageHtml({
    nonce: randomBytes(24).toString('base64url'),
    cspSource: webview.cspSource,
    scriptUri: bundled('webview.js'),
    styleUri: bundled('style.css'),
    codiconUri: bundled('codicon.css'),
    view,
    title,
    lang: vscode.env.language,
    ...(runId !== undefined && { runId }),
  });
}
