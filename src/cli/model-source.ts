import type { Host } from '../core/host';
import type { ModelSource } from '../core/providers/model-settings';
import { readConfigFiles } from '../core/providers/settings/config-files';
import { resolveModelSettings } from '../core/providers/settings/resolve-settings';
import { TOOL_KEYS } from './tool-source';

type Lends = Pick<Host, 'env' | 'platform' | 'files'>;

/** Models as a terminal knows them: settings from files, keys and secrets from the environment. Nothing is kept. */
export function createModelSource(host: Lends, workspace: string): ModelSource {
  const fromEnvironment = (names: readonly string[]): string | undefined =>
    names.map((name) => host.env(name)?.trim()).find((value) => value !== undefined && value !== '');
  return {
    async settings() {
      const files = await readConfigFiles(host, workspace, TOOL_KEYS);
      return resolveModelSettings({ ...files, env: (name) => host.env(name) });
    },
    key: (provider) => Promise.resolve(fromEnvironment(provider.keyNames)),
    secret: (name) => Promise.resolve(fromEnvironment([`BATON_SECRET_${name}`, name])),
  };
}
