import * as vscode from 'vscode';
import { isJsonObject, toJson, type JsonObject, type JsonValue } from '../../core/base/json';
import { nearest } from '../../core/base/nearest';
import { ignoredInFiles } from '../models/workspace-files';

/** The settings of tools, by section. `mcpServers` is one by itself. All of them are the person's: no folder can set them. */
const SECTIONS: Readonly<Record<string, readonly string[] | undefined>> = {
  policy: ['commands', 'hosts', 'alwaysAsk', 'deny'],
  search: ['engine', 'searxngAddress'],
  elasticsearch: ['address'],
  embeddings: ['address', 'model'],
  github: ['address'],
  mcpServers: undefined,
};

/** Their names without "baton.". */
export const TOOL_SETTINGS: readonly string[] = Object.entries(SECTIONS).flatMap(([section, keys]) =>
  keys === undefined ? [section] : keys.map((key) => `${section}.${key}`),
);

/** Beside the workflows of a folder: what a team wishes of whoever runs them. */
export const FOLDER_FILE = 'baton.config.json';
const LARGEST_FILE = 256 * 1024;

/** True when a change of the configuration concerns tools. */
export function concernsTools(event: vscode.ConfigurationChangeEvent): boolean {
  return Object.keys(SECTIONS).some((section) => event.affectsConfiguration(`baton.${section}`));
}

/** What the person set, in the shape that `readToolSettings` takes. */
export function personsTools(): JsonObject {
  const configuration = vscode.workspace.getConfiguration('baton');
  const own = (name: string): unknown => configuration.inspect(name)?.globalValue;
  const value: Record<string, unknown> = {};
  for (const [section, keys] of Object.entries(SECTIONS)) {
    const whole = own(section);
    if (keys === undefined) {
      value[section] = whole;
      continue;
    }
    const given = keys.map((key) => [key, own(`${section}.${key}`)]);
    // A misspelt guard is no setting for the editor, and must not be lost without a word.
    const unknown = isJsonObject(whole) ? Object.entries(whole).filter(([key]) => !keys.includes(key)) : [];
    value[section] = Object.fromEntries([...unknown, ...given]);
  }
  return toJson(value) as JsonObject;
}

/** What a folder's own file wishes, for it may narrow the rules; undefined where there is none. */
export async function folderTools(
  folder: vscode.WorkspaceFolder | undefined,
): Promise<JsonValue | undefined> {
  if (folder === undefined) return undefined;
  const uri = vscode.Uri.joinPath(folder.uri, FOLDER_FILE);
  let bytes: Uint8Array;
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > LARGEST_FILE) return UNREADABLE;
    bytes = await vscode.workspace.fs.readFile(uri);
  } catch {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes).replace(/^\uFEFF/, ''));
    if (!isJsonObject(value)) return UNREADABLE;
    return Object.fromEntries(Object.entries(value).filter(([key]) => isAboutTools(key)));
  } catch {
    return UNREADABLE;
  }
}

/** Misspelt rules and guards that stand one floor too high too: whoever reads them asks of everything. The rest is about models. */
function isAboutTools(key: string): boolean {
  return Object.hasOwn(SECTIONS, key) || nearest(key, ['policy', 'alwaysAsk', 'deny']) !== undefined;
}

/** No object: a guard may stand in the file, so that everything is asked. */
const UNREADABLE: JsonValue = `${FOLDER_FILE} cannot be read`;

/** What files of the folder try to set, and have no effect on: one sentence each. */
export function ignoredTools(folder: vscode.WorkspaceFolder | undefined): Promise<readonly string[]> {
  return ignoredInFiles(folder, TOOL_SETTINGS);
}
