import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endGroup } from './vscode/server/processes.mjs';
import { cache, root } from './vscode/server/paths.mjs';

/** @typedef {{ passed: number, failed: number }} Count */

/**
 * Runs a program of the project's own packages with its output on the screen; one that hangs is ended.
 *
 * @param {string[]} args the script inside `node_modules` (or of the project) and its arguments
 * @param {number} [minutes] more than any part takes on a busy machine
 * @returns {Promise<boolean>} whether it ended well
 */
export function runNode(args, minutes = 14) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const end = () => child.pid !== undefined && endGroup(child.pid);
    const timer = setTimeout(() => {
      console.log(`No end after ${minutes} minutes; stopped.`);
      end();
    }, minutes * 60_000);
    const interrupted = () => {
      end();
      process.exit(130);
    };
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
    child.once('close', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
      resolve(code === 0);
    });
  });
}

/**
 * One check that holds or does not.
 *
 * @param {string[]} args as for `runNode` @returns {Promise<Count>}
 */
export async function single(args) {
  return (await runNode(args)) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * A run of vitest, counted by its own report. A file that cannot be loaded, or an error outside the tests, counts as one failure.
 *
 * @param {string} name @param {string[]} args filters and flags @returns {Promise<Count>}
 */
export async function vitest(name, args) {
  const report = join(cache, 'reports', `${name}.json`);
  await mkdir(join(cache, 'reports'), { recursive: true });
  await rm(report, { force: true });
  const flags = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const well = await runNode(['node_modules/vitest/vitest.mjs', ...flags, ...args]);
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1 };
  /** @type {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} */
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(text);
  const unloaded = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = numFailedTests + unloaded;
  const nothingRan = numPassedTests + failed === 0;
  return { passed: numPassedTests, failed: failed === 0 && (!well || nothingRan) ? 1 : failed };
}
