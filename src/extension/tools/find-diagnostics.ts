import * as vscode from 'vscode';
import type { Finding } from '../../core/model/finding';
import type { Found } from '../../core/tools/code/code-intelligence';
import { findingOf } from '../runs/editor-diagnostics';
import { editorSource, MOST_ITEMS, type Asking } from './asking';
import { within } from './within';

/** Faults come a while after a file was opened, and none come where there are none. Milliseconds. */
const FAULTS_WITHIN = { inTab: 4_000, elsewhere: 1_500 };

/** Faults in one file or in the files of a folder. */
export async function findDiagnostics(ask: Asking, path: string): Promise<Found<Finding>> {
  const isFile = await ask.files.isFile(path);
  if (isFile) return inFile(ask, path);
  const start = path === '' ? '' : `${path}/`;
  const items: Finding[] = [];
  for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
    const file = ask.files.path(uri);
    if (file === undefined || !file.startsWith(start)) continue;
    const findings = diagnostics.flatMap((one) => findingOf(one, file) ?? []);
    if (findings.length > 0 && (await ask.files.isOpen(file))) items.push(...findings);
  }
  const parsed = await ask.parsed((parser, signal) => parser.diagnostics(path, signal));
  // Most languages check only what is open in the editor.
  const editor = { items: items.slice(0, MOST_ITEMS), isPartial: true };
  return ask.joined(editor, parsed, ({ file }) => file);
}

async function inFile(ask: Asking, path: string): Promise<Found<Finding>> {
  const document = await ask.files.document(path, path);
  const byParser = () => ask.parsed((parser, signal) => parser.diagnostics(path, signal));
  if (document === undefined) return byParser();
  const isServed = (await ask.declared(path, path)) !== undefined;
  const items = await faultsOf(ask, document, path);
  const isChecked = isServed && isInTab(document.uri);
  if (items.length > 0 || isChecked)
    return { items: items.slice(0, MOST_ITEMS), isPartial: items.length > MOST_ITEMS };
  const parsed = await byParser();
  if (!isServed) return parsed;
  const { source = editorSource } = parsed;
  const name = `${source.name}; the editor checks a file of this language only when it is open in a tab`;
  return { ...parsed, source: { ...source, name } };
}

/** Those that are there, or the first that come. */
async function faultsOf(
  ask: Asking,
  { uri }: vscode.TextDocument,
  path: string,
): Promise<readonly Finding[]> {
  const now = () => vscode.languages.getDiagnostics(uri).flatMap((one) => findingOf(one, path) ?? []);
  if (now().length > 0) return now();
  const longest = isInTab(uri) ? FAULTS_WITHIN.inTab : FAULTS_WITHIN.elsewhere;
  let listening: vscode.Disposable | undefined;
  const told = new Promise<void>((resolve) => {
    listening = vscode.languages.onDidChangeDiagnostics(() => {
      if (now().length > 0) resolve();
    });
  });
  try {
    await within(Math.min(longest, ask.deadline.left), told, ask.signal);
  } finally {
    listening?.dispose();
  }
  return now();
}

function isInTab(uri: vscode.Uri): boolean {
  const wanted = uri.toString();
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === wanted),
  );
}
