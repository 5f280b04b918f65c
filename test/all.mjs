// Runs every part of the tests, or the parts named, and ends with one line: "N passed, N failed".
//   node test/all.mjs [--check | --core | --only part,part]
import { parseArgs } from 'node:util';
import { single, vitest } from './tools.mjs';
import { fetchBrowser } from './vscode/server/fetch-browser.mjs';
import { fetchServer } from './vscode/server/fetch.mjs';

const prettier = 'node_modules/prettier/bin/prettier.cjs';
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
  ['lint', () => single(['test/lint.mjs'])],
  [
    'format',
    () =>
      single([
        prettier,
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
  check: ['lint', 'format', 'units', 'bundles'],
  core: ['lint', 'format', 'units', 'long', 'contract', 'scenarios', 'bundles', 'kill', 'chaos', 'hostile'],
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
 * whoever is free takes the next list, the longest first. The stories come last and fill both processors themselves.
 */
const stages = [
  [
    ['units'],
    ['lint', 'format'],
    ['views'],
    // The first two write to `dist`; what is packed stays there for the windows.
    ['bundles', 'package', 'suite'],
    ['long'],
    ['contract'],
    ['hostile'],
    ['kill'],
    ['chaos'],
    ['scenarios'],
  ],
  [['e2e']],
];

// Takes the network more than a processor, so it is under way from the first moment. What fails is told by the part that needs it.
const needsServer = wanted.some((name) => name === 'suite' || name === 'e2e');
const needsBrowser = needsServer || wanted.includes('views');
const fetching = Promise.allSettled([needsServer && fetchServer(), needsBrowser && fetchBrowser()]);

const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const lines = [];
for (const stage of stages) {
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
    if (['views', 'suite', 'e2e'].includes(name)) await fetching;
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
