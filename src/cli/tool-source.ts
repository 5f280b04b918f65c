import type { JsonValue } from '../core/base/json';
import type { Host } from '../core/host';
import { readConfigFiles, type OtherSections } from '../core/providers/settings/config-files';
import { readToolSettings, TOOL_SECTIONS } from '../core/tools/settings/read-tool-settings';
import type { ToolSource } from '../core/tools/tool-box';

/** Keys of baton.config.json that are about tools, and guards that stand one floor too high, which the reader tells. */
export const TOOL_KEYS: readonly string[] = [...TOOL_SECTIONS, 'alwaysAsk', 'deny'];

/** Tools as a terminal knows them: the person's own file, narrowed by the folder's. Keys come from the environment. */
export function createToolSource(
  host: Pick<Host, 'env' | 'platform' | 'files'>,
  workspace: string,
): ToolSource {
  return {
    async settings() {
      const { others = {} } = await readConfigFiles(host, workspace, TOOL_KEYS);
      const { person, workspace: folder } = others;
      const settings = readToolSettings(valuesOf(person) ?? null, valuesOf(folder));
      const notes = settings.notes.map((note) => {
        const [, ofFolder] = /^This workspace: (.*)$/s.exec(note) ?? [];
        return ofFolder === undefined
          ? `${person?.shown ?? ''}: ${note}`
          : `${folder?.shown ?? ''}: ${ofFolder}`;
      });
      return { ...settings, notes };
    },
  };
}

/** Of a file that could not be read no object: a guard may be lost in it, and the reader then asks before everything. */
function valuesOf(file: OtherSections | undefined): JsonValue | undefined {
  return file === undefined ? undefined : (file.values ?? 'unreadable');
}
