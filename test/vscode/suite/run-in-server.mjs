// Runs the suites inside the extension host of a VS Code server, on a copy of examples/.
//   node test/vscode/suite/run-in-server.mjs [--only models] [--extension FOLDER]
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../server/browser.mjs';
import { root } from '../server/paths.mjs';
import { startServer } from '../server/start.mjs';
import { bundleSuites, reportSuites, suiteEntry } from './bundle.mjs';

// Several times what they take beside other parts: only what hangs is ended.
const limit = 420_000;
// This server comes without the language server of TypeScript; the desktop has one.
const typescript = join(root, 'node_modules', 'typescript', 'lib');

/**
 * @param {{ extension?: string, only?: string }} [options] `extension`: a folder with a built Baton in it
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runSuitesInServer({ extension = root, only } = {}) {
  await bundleSuites(only);
  const folder = await mkdtemp(join(tmpdir(), 'baton-suite-'));
  await cp(join(root, 'examples'), folder, { recursive: true });
  const server = await startServer({
    suites: true,
    models: true,
    settings: { 'typescript.tsdk': typescript },
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const ended = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The suites did not end within ${limit / 1000} s.`)),
        limit,
      );
      void page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => {
        clearTimeout(timer);
        resolve(code);
      });
      // What the extension host prints belongs to VS Code; the suites report through their own file.
      void page.exposeFunction('codeAutomationLog', () => undefined);
    });
    const remote = server.origin.replace('http://', 'vscode-remote://');
    const payload = [
      ['extensionDevelopmentPath', `${remote}${extension}`],
      ['extensionTestsPath', `${remote}${suiteEntry}`],
    ];
    await page.goto(`${server.address(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    await ended;
  } catch (error) {
    console.log(`  ✗ ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return reportSuites();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { extension: { type: 'string' }, only: { type: 'string' } } });
  const { passed, failed } = await runSuitesInServer(values);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
