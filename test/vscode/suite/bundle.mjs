import { build } from 'esbuild';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../server/paths.mjs';

const folder = join(root, 'test', 'vscode', 'suite');
const output = join(root, 'out', 'suite');

/** The bundle's path; VS Code calls its `run`. */
export const suiteEntry = join(output, 'index.js');

/**
 * Bundles every suite into one file that a desktop VS Code and a server can load.
 *
 * @param {string} [only] a part of the names of the suites that are wanted
 */
export async function bundleSuites(only = '') {
  const files = (await readdir(folder))
    .filter((name) => name.endsWith('.test.ts') && name.includes(only))
    .sort();
  const imports = files.map((name) => `import './${name}';`);
  await build({
    stdin: {
      contents: [...imports, `export { run } from './harness';`].join('\n'),
      resolveDir: folder,
      loader: 'ts',
    },
    outfile: suiteEntry,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode'],
    logLevel: 'warning',
  });
}

/**
 * What the suites reported, printed one a line.
 *
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function reportSuites() {
  const text = await readFile(join(output, 'results.jsonl'), 'utf8').catch(() => '');
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const results = lines.filter(({ title }) => title !== undefined);
  for (const { title, milliseconds, error } of results) {
    console.log(`  ${error === undefined ? '✓' : '✗'} ${title} (${milliseconds} ms)`);
    if (error !== undefined) console.log(error.replace(/^/gm, '      '));
  }
  const failed = results.filter(({ error }) => error !== undefined).length;
  const ended = lines.some(({ end }) => end === true);
  if (!ended) console.log('  ✗ the extension host ended before its suites did');
  return { passed: results.length - failed, failed: failed + (ended ? 0 : 1) };
}
