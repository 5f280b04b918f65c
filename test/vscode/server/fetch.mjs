import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { firstThatRuns } from './commands.mjs';
import { fetchBrowser } from './fetch-browser.mjs';
import { npmInstall } from './npm.mjs';
import { cache } from './paths.mjs';
import { versions } from './versions.mjs';

/**
 * Fetches the VS Code server, the Node it wants and a browser into `.cache`, each only when it is missing.
 *
 * @returns {Promise<{ node: string, serverMain: string }>}
 */
export async function fetchServer() {
  const folder = join(cache, versions.server.replace('@', '-'));
  const inner = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  const serverMain = join(inner, 'out', 'server-main.js');
  if (!existsSync(serverMain)) {
    await npmInstall({
      folder,
      packages: [versions.server],
      label: 'Fetching the VS Code server (once, 380 MB)',
    });
  }
  // npm writes this file last: with it the inner packages are whole.
  if (!existsSync(join(inner, 'node_modules', '.package-lock.json'))) {
    await npmInstall({
      folder: inner,
      packages: [],
      omitDev: true,
      label: 'Fetching its packages (once, 190 MB)',
    });
  }
  return { node: await fetchNode(), serverMain };
}

async function fetchNode() {
  const { major, package: name } = versions.node;
  if (process.platform !== 'linux') {
    const found = await firstThatRuns([process.execPath, 'node'], (version) =>
      version.startsWith(`v${major}.`),
    );
    if (found) return found;
    throw new Error(`The VS Code server wants Node ${major} on PATH.`);
  }
  const folder = join(cache, name.replace('@', '-'));
  const binary = join(folder, 'node_modules', name.split('@')[0] ?? '', 'bin', 'node');
  if (!existsSync(binary))
    await npmInstall({ folder, packages: [name], label: `Fetching Node ${major} for it (once, 120 MB)` });
  return binary;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await fetchServer();
  const browser = await fetchBrowser();
  console.log(`Browser: ${browser.executablePath}`);
}
