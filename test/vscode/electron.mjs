// The suites in a downloaded desktop VS Code, for machines that can download and show one.
import { runTests } from '@vscode/test-electron';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './server/paths.mjs';
import { modelExtension } from './server/model-extension.mjs';
import { bundleSuites, reportSuites, suiteEntry } from './suite/bundle.mjs';

if (spawnSync(process.execPath, [join(root, 'esbuild.mjs')], { cwd: root, stdio: 'inherit' }).status !== 0)
  process.exit(1);
await bundleSuites();
const temporary = await mkdtemp(join(tmpdir(), 'baton-suite-'));
const folder = join(temporary, 'examples');
await cp(join(root, 'examples'), folder, { recursive: true });
try {
  await runTests({
    cachePath: join(root, '.cache', 'desktop'),
    extensionDevelopmentPath: [root, modelExtension],
    extensionTestsPath: suiteEntry,
    extensionTestsEnv: { XDG_STATE_HOME: join(temporary, 'state') },
    launchArgs: [
      folder,
      '--user-data-dir',
      join(temporary, 'user'),
      '--disable-extensions',
      '--disable-workspace-trust',
    ],
  });
} catch (error) {
  console.log(error instanceof Error ? error.message : String(error));
} finally {
  await rm(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
const { passed, failed } = await reportSuites();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
