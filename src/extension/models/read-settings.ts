import * as vscode from 'vscode';
import { isJsonObject, type JsonObject } from '../../core/base/json';
import type { ModelSettingsParts, SettingsLayer } from '../../core/providers/settings/settings-layer';
import { runtimeBundle } from '../bundles';
import { ignoredInFiles } from './workspace-files';

/** Providers that have settings of their own in package.json; other servers stand in `baton.compatibleServers`. */
export const CONFIGURED_PROVIDERS = ['claude', 'gemini', 'openai', 'vscode'] as const;

const PROVIDER_KEYS = [
  'enabled',
  'priority',
  'defaultModel',
  'maxRetries',
  'timeout',
  'rateLimitPerMinute',
  'baseUrl',
] as const;

/** Settings that belong to the machine or the person: what a folder's files say about them has no effect. */
const OWN_SETTINGS: readonly string[] = [
  ...CONFIGURED_PROVIDERS.map((name) => `providers.${name}.baseUrl`),
  'compatibleServers',
  'budget.usdPerDay',
  'budget.tokensPerDay',
  'prices',
  'probeLocalServers',
];

/** All settings about models, without "baton.". */
export const MODEL_SETTINGS: readonly string[] = [
  ...CONFIGURED_PROVIDERS.flatMap((name) => PROVIDER_KEYS.map((key) => `providers.${name}.${key}`)),
  'compatibleServers',
  'budget.usdPerDay',
  'budget.tokensPerDay',
  'prices',
  'probeLocalServers',
  'routing',
];

/** Where a setting's value comes from: the person, or the files that came with a folder. */
type Level = 'person' | 'workspace' | 'folder';

/** True when a change of the configuration concerns models. */
export function concernsModels(event: vscode.ConfigurationChangeEvent): boolean {
  const sections = ['providers', 'compatibleServers', 'routing', 'budget', 'prices', 'probeLocalServers'];
  return sections.some((section) => event.affectsConfiguration(`baton.${section}`));
}

/** What the editor's settings say about models, for one folder or for a window without one. */
export async function readModelSettings(
  folder: vscode.WorkspaceFolder | undefined,
): Promise<Omit<ModelSettingsParts, 'env'>> {
  const notes: string[] = [...(await ignoredInFiles(folder, OWN_SETTINGS))];
  const layer = (level: Level, from: string): SettingsLayer => {
    const read = runtimeBundle().readLayer(settingsAt(level, folder), from);
    for (const { path, message } of read.faults)
      notes.push(ended(`${from}: "baton.${path.join('.')}" ${message}`));
    return read.layer;
  };
  return {
    person: [layer('person', vscode.l10n.t('Your settings'))],
    workspace: [
      layer('workspace', vscode.l10n.t("This workspace's settings")),
      // In a window of one folder, the folder's settings are the workspace's.
      ...(vscode.workspace.workspaceFile === undefined
        ? []
        : [layer('folder', vscode.l10n.t("This folder's settings"))]),
    ],
    notes,
  };
}

/** The settings as one object, the shape that `baton.config.json` has too. */
function settingsAt(level: Level, folder: vscode.WorkspaceFolder | undefined): JsonObject {
  const configuration = vscode.workspace.getConfiguration('baton', folder?.uri);
  const at = (key: string): unknown => {
    const found = configuration.inspect(key);
    if (level === 'person') return found?.globalValue;
    return level === 'workspace' ? found?.workspaceValue : found?.workspaceFolderValue;
  };
  const providers: Record<string, unknown> = {};
  for (const name of CONFIGURED_PROVIDERS) {
    const wish = defined(PROVIDER_KEYS.map((key) => [key, empty(at(`providers.${name}.${key}`))]));
    if (Object.keys(wish).length > 0) providers[name] = wish;
  }
  for (const [name, server] of serversIn(at('compatibleServers'))) providers[name] = server;
  const budget = defined(
    ['usdPerDay', 'tokensPerDay'].map((key) => [key, empty(at(`budget.${key}`)) ?? undefined]),
  );
  return defined([
    ['providers', Object.keys(providers).length > 0 ? providers : undefined],
    ['budget', Object.keys(budget).length > 0 ? budget : undefined],
    ['routing', at('routing')],
    ['prices', at('prices')],
    ['probeLocalServers', at('probeLocalServers')],
  ]);
}

/** Servers by name; an entry without a name is told by its place. */
function serversIn(value: unknown): [name: string, server: unknown][] {
  if (!Array.isArray(value)) return value === undefined ? [] : [['compatibleServers', value]];
  return value.map((given: unknown, place) => {
    if (!isJsonObject(given)) return [`server-${place + 1}`, given];
    const { name, ...server } = given;
    return [typeof name === 'string' ? name : `server-${place + 1}`, server];
  });
}

/** In the settings editor an emptied field stays as an empty text or as null. */
function empty(value: unknown): unknown {
  return value === '' || value === null ? undefined : value;
}

function defined(entries: readonly (readonly [string, unknown] | unknown[])[]): JsonObject {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as JsonObject;
}

function ended(sentence: string): string {
  return /[.?]$/.test(sentence) ? sentence : `${sentence}.`;
}
