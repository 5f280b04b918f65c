import * as vscode from 'vscode';
import { isJsonObject } from '../../core/base/json';
import type { ProviderStatus } from '../../core/runtime-port';
import { CONFIGURED_PROVIDERS } from './read-settings';

type Chosen = { readonly defaultModel: string } | { readonly enabled: boolean };

/** Writes a choice about a provider into the person's own settings. */
export async function configureProvider(status: ProviderStatus, chosen: Chosen): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('baton');
  if (CONFIGURED_PROVIDERS.some((name) => name === status.name)) {
    const [[key, value]] = Object.entries(chosen) as [[string, string | boolean]];
    await configuration.update(`providers.${status.name}.${key}`, value, vscode.ConfigurationTarget.Global);
    return;
  }
  const kept: unknown = configuration.inspect('compatibleServers')?.globalValue;
  const servers: unknown[] = Array.isArray(kept) ? kept : [];
  const place = servers.findIndex((server) => isJsonObject(server) && server['name'] === status.name);
  const before = servers[place];
  const server = isJsonObject(before) ? { ...before, ...chosen } : foundServer(status, chosen);
  const next = place < 0 ? [...servers, server] : servers.with(place, server);
  await configuration.update('compatibleServers', next, vscode.ConfigurationTarget.Global);
}

/** A server on this machine that was found by looking is set up by the first choice about it. */
function foundServer({ name, address }: ProviderStatus, chosen: Chosen): object {
  return { name, baseUrl: `http://${address ?? 'localhost'}/v1`, keyless: true, ...chosen };
}
