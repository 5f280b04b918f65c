// Runs every part of the tests, or the parts named, and ends with one line: "N passed, N failed".
//   node test/all.mjs [--check | --core | --only part,part]
import { parseArgs } from 'node:util';
import { single, vitest } from './tools.mjs';
import { fetchServer } from './vscode/server/fetch.mjs';

const bin = {
  types: 'node_modules/typescript/bin/tsc',
  lint: 'node_modules/eslint/bin/eslint.js',
  format: 'node_modules/prettier/bin/prettier.cjs',
};
/** Faults of disks and processes by the thousand, and whole packages of other people: too long for `npm run check`. */
const long = [
  ...['damage', 'database', 'disk-full', 'killed', 'owner', 'two-owners'].map(
    (name) => `test/core/storage/${name}`,
  ),
  ...['own-source', 'packages', 'run-analysis'].map((name) => `test/core/analyses/${name}`),
].map((name) => `${name}.test.ts`);
const units = [
  ...long.flatMap((name) => ['--exclude', name]),
  '--exclude',
  'test/contract/**',
  '--exclude',
  'test/scenarios/**',
  '--exclude',
  'test/kill/**',
];

/** @type {[name: string, run: () => Promise<import('./tools.mjs').Count>][]} in the order in which they say most, soonest */
const parts = [
  ['types', () => single([bin.types, '-p', '.'])],
  [
    'lint',
    () => single([bin.lint, '.', '--cache', '--cache-location', '.cache/eslint', '--max-warnings', '0']),
  ],
  [
    'format',
    () =>
      single([
        bin.format,
        '--check',
        '.',
        '--cache',
        '--cache-location',
        '.cache/prettier',
        '--log-level',
        'warn',
      ]),
  ],
  ['units', () => vitest('units', units)],
  ['long', () => vitest('long', long)],
  ['contract', () => vitest('contract', ['test/contract/'])],
  ['scenarios', () => vitest('scenarios', ['test/scenarios/'])],
  ['bundles', () => single(['esbuild.mjs'])],
  ['views', () => vitest('views', ['--config', 'test/webview/browser/vitest.config.mts'])],
  ['kill', () => vitest('kill', ['--config', 'test/kill/vitest.config.mts'])],
  ['chaos', () => vitest('chaos', ['--config', 'test/chaos/vitest.config.mts'])],
  ['hostile', () => vitest('hostile', ['--config', 'test/hostile/vitest.config.mts'])],
  ['package', () => single(['test/package.mjs'])],
  ['suite', async () => (await import('./vscode/suite/run-in-server.mjs')).runSuitesInServer()],
  ['e2e', () => vitest('e2e', ['--config', 'test/vscode/e2e/vitest.config.mts'])],
];
const groups = {
  check: ['types', 'lint', 'format', 'units', 'bundles'],
  core: [
    'types',
    'lint',
    'format',
    'units',
    'long',
    'contract',
    'scenarios',
    'bundles',
    'kill',
    'chaos',
    'hostile',
  ],
  all: parts.map(([name]) => name),
};

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    core: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const wanted =
  values.only?.split(',') ?? (values.check ? groups.check : values.core ? groups.core : groups.all);
const unknown = wanted.filter((name) => !groups.all.includes(name));
if (unknown.length > 0)
  throw new Error(`No such part: ${unknown.join(', ')}. Parts: ${groups.all.join(', ')}.`);

/**
 * Lists of parts that follow each other. Those of a stage take one processor each: two are under way at a time, and
 * whoever is free takes the next list, the quick answers and the longest first. Then, alone, what a busy machine
 * disturbs: windows, clocks.
 */
const stages = [
  [
    ['units'],
    ['types', 'lint', 'format'],
    ['contract'],
    ['views'],
    ['long'],
    ['kill'],
    ['hostile'],
    ['scenarios'],
    ['chaos'],
    // Both write to `dist`; what is packed stays there for the windows.
    ['bundles', 'package'],
  ],
  [['suite', 'e2e']],
];

// Windows come last, and what they need takes the network, not a processor. What fails is told by the part that needs it.
const hasWindows = wanted.some((name) => name === 'suite' || name === 'e2e');
const fetching = hasWindows ? fetchServer().catch(() => undefined) : undefined;

const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const lines = [];
for (const stage of stages) {
  if (stage.flat().includes('suite')) await fetching;
  const waiting = [...stage];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await follow(next);
  };
  await Promise.all([lane(), lane()]);
}
console.log(`\n${lines.join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

/**
 * Runs the parts that are wanted one after the other.
 *
 * @param {string[]} list
 */
async function follow(list) {
  for (const [name, run] of parts.filter(([part]) => list.includes(part) && wanted.includes(part))) {
    console.log(`\n── ${name} begins`);
    const start = Date.now();
    const { passed, failed } = await run().catch((error) => {
      console.log(error instanceof Error ? error.message : error);
      return { passed: 0, failed: 1 };
    });
    total.passed += passed;
    total.failed += failed;
    const mark = failed > 0 ? '✗' : '✓';
    lines.push(`${mark} ${name.padEnd(10)} ${passed} passed, ${failed} failed  ${seconds(start)}`);
    console.log(`\n── ${lines.at(-1)}`);
  }
}

/** @param {number} start */
function seconds(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}
