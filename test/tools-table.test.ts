import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../src/core/base/json';
import { neverAborted } from '../src/core/base/abort';
import { openToolBox } from '../src/core/tools/open-tool-box';
import { readToolSettings } from '../src/core/tools/settings/read-tool-settings';
import { noRules } from '../src/core/tools/policy/rules';

const root = path.resolve(import.meta.dirname, '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const section = /^### Tools\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
const rows = [...section.matchAll(/^\| `(\w+)` .*\]\(([^)]+)\) .*\]\(([^)]+)\) *\|$/gm)].map(
  ([, name = '', file = '', test = '']) => ({ name, file, test }),
);
const camel = (name: string) => name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

describe('the table of tools in the README', () => {
  it('names every tool that there is, and no other', async () => {
    const settings = { rules: noRules, addresses: {}, mcpServers: {}, notes: [] };
    const secret = () => Promise.resolve(undefined);
    const box = await openToolBox({ settings, secret, source: {}, signal: neverAborted });
    const all = [...box.names, ...box.missing.map(({ name }) => name)];
    expect(rows.map(({ name }) => name).sort()).toEqual(all.sort());
  });

  it('names the fifteen tools that other programs of this kind have', () => {
    const names = rows.map(({ name }) => name);
    for (const name of [
      ...['read_file', 'write_file', 'list_files', 'search_files', 'run_command', 'create_api_endpoint'],
      ...['create_es_index', 'query_es', 'generate_embeddings', 'score_opportunity', 'create_test'],
      ...['run_tests', 'create_docker_config', 'validate_code', 'generate_docs'],
    ])
      expect(names).toContain(name);
  });

  it.each(rows)('says of $name which file declares it and which test is about it', ({ name, file, test }) => {
    expect(existsSync(path.join(root, file))).toBe(true);
    expect(readFileSync(path.join(root, file), 'utf8')).toContain(`'${name}'`);
    const text = readFileSync(path.join(root, test), 'utf8');
    expect(text.includes(name) || text.includes(camel(name))).toBe(true);
    expect(path.basename(test)).toMatch(/\.test\.ts$/);
  });

  it('is followed by settings that mean what they say', () => {
    const json = /```json\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
    const settings = readToolSettings(JSON.parse(json) as JsonObject);
    expect(settings.notes).toEqual([]);
    expect(settings.rules.commands).toHaveLength(1);
    expect(settings.rules.deny).toHaveLength(1);
    expect(Object.keys(settings.mcpServers)).toEqual(['wiki']);
    expect(settings.embeddingsModel).toBeDefined();
  });
});
