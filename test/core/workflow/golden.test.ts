import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { read, told } from './reading';

/*
 * What each dialect becomes, key by key. A golden is written with BATON_UPDATE_GOLDEN=1 and then read by a person:
 * it is the promise that nothing of a file is silently lost.
 */
const goldens = path.join(import.meta.dirname, 'golden');
const fixtures = path.join(import.meta.dirname, 'fixtures');
const root = path.resolve(import.meta.dirname, '../../..');
/** Workflows of another program, which do not belong to this project: checked where they are at hand. */
const samples = process.env['BATON_SAMPLES'] ?? path.resolve(root, '../shared/mission/samples/automatosx-v8');
const sampleFiles = existsSync(samples) ? yamlFiles(samples) : [];

interface Golden {
  readonly dialect: string;
  readonly levels: readonly (readonly string[])[];
  readonly edges: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly unsupported: readonly string[];
  readonly diagnostics: readonly string[];
  readonly mappings: Readonly<Record<string, string>>;
}

describe.each([
  ...yamlFiles(fixtures).map((file) => [file, path.join(fixtures, file)] as const),
  ...sampleFiles.map((file) => [file, path.join(samples, file)] as const),
])('%s', (name, file) => {
  const text = readFileSync(file, 'utf8');
  const parsed = read(text, `workflows/${name}`);

  it('is read without an error, and planned', () => {
    expect(told(parsed).filter((line) => !/ (warning|information): /.test(line))).toEqual([]);
    expect(parsed.plan!.order).toHaveLength(parsed.definition!.steps.length);
  });

  it('is as its golden says', () => {
    const golden: Golden = {
      dialect: parsed.dialect,
      levels: parsed.plan!.levels,
      edges: parsed.plan!.edges.map(({ from, to }) => `${from} -> ${to}`),
      inputs: parsed.definition!.inputs,
      unsupported: parsed.unsupported.map(({ feature }) => feature),
      diagnostics: parsed.diagnostics.map(
        ({ severity, code, range }) => `${severity} ${code} ${range.start.line}:${range.start.column}`,
      ),
      mappings: Object.fromEntries(
        parsed.mappings.map(({ source, outcome, note }) => [source, `${outcome}: ${note}`]),
      ),
    };
    const goldenFile = path.join(goldens, `${name.replace(/\.\w+$/, '')}.golden.json`);
    if (process.env['BATON_UPDATE_GOLDEN'] === '1') {
      writeFileSync(goldenFile, `${JSON.stringify(golden, null, 2)}\n`);
    }
    expect(JSON.parse(JSON.stringify(golden))).toEqual(JSON.parse(readFileSync(goldenFile, 'utf8')));
  });

  it('has every key of the source accounted for, and no other', () => {
    // The own format tells only what was written in other words.
    if (parsed.dialect === 'baton') expect(parsed.mappings.every(({ same }) => same !== true)).toBe(true);
    else expect(parsed.mappings.map(({ source }) => source).sort()).toEqual(keysOf(parseYaml(text)).sort());
  });
});

describe('the goldens', () => {
  const files = readdirSync(goldens).sort();
  const samplesKept = [
    'examples_iterate-mode_batch-processing',
    'examples_iterate-mode_data-pipeline',
    'examples_iterate-mode_deployment',
    'examples_workflows_code-review',
    'examples_workflows_data-pipeline',
    'examples_workflows_deployment',
    'workflows_cicd-pipeline',
    'workflows_tech-debt-analysis',
  ];

  it('are those of the fixtures and of eight workflows of AutomatosX v8', () => {
    const own = yamlFiles(fixtures).map((file) => file.replace(/\.\w+$/, ''));
    expect(files).toEqual([...own, ...samplesKept].map((name) => `${name}.golden.json`).sort());
  });

  it.each(files)('%s is a whole plan, and each of its keys has an outcome', (file) => {
    const golden = JSON.parse(readFileSync(path.join(goldens, file), 'utf8')) as Golden;
    const keys = golden.levels.flat();
    const level = new Map(golden.levels.flatMap((names, i) => names.map((name) => [name, i] as const)));
    expect(new Set(keys).size).toBe(keys.length);
    for (const edge of golden.edges) {
      const [from = '', to = ''] = edge.split(' -> ');
      expect(level.get(from)!).toBeLessThan(level.get(to)!);
    }
    for (const [source, outcome] of Object.entries(golden.mappings)) {
      expect(`${source} ${outcome}`).toMatch(/^\S+ (mapped|warned|refused): \S/);
    }
    expect(golden.diagnostics.filter((line) => line.startsWith('error'))).toEqual([]);
    expect(golden.unsupported.length > 0).toBe(
      Object.values(golden.mappings).some((note) => note.startsWith('refused')),
    );
  });
});

function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /\.(ya?ml|json)$/.test(file))
    .sort();
}

/** Every key with its dotted path, found by another reader than the one under test. */
function keysOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => keysOf(item, `${at}[${i}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = at === '' ? key : `${at}.${key}`;
    return [here, ...keysOf(inner, here)];
  });
}
