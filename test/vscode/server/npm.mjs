import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs packages into a folder of their own, without their scripts, and tells how long it takes.
 * npm checks the integrity of what it fetches.
 *
 * @param {{ folder: string, packages: string[], label: string, omitDev?: boolean }} options
 *   no packages: what the folder's own package.json names
 */
export async function npmInstall({ folder, packages, label, omitDev = false }) {
  await mkdir(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) {
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  }
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--no-progress'];
  const flags = omitDev ? [...quiet, '--omit=dev'] : quiet;
  const done = progress(label);
  try {
    await npm(['install', ...flags, ...packages], folder);
    done('done');
  } catch (error) {
    done('failed');
    throw error;
  }
}

/** @param {string[]} args @param {string} folder */
function npm(args, folder) {
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const child = spawn(windows ? 'npm.cmd' : 'npm', [...args, '--prefix', folder], {
      cwd: folder,
      shell: windows,
      env: ownEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(undefined);
      else if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET/.test(said)) {
        reject(
          new Error(
            'The package registry cannot be reached. Connect to the network once; what is fetched stays in .cache.',
          ),
        );
      } else reject(new Error(`npm ${args[0]} failed:\n${said.trim().slice(-2000)}`));
    });
  });
}

// Inside `npm run`, npm passes the outer project's settings on as variables; a prefix among them would win over ours.
function ownEnvironment() {
  const environment = { ...process.env };
  for (const name of ['npm_config_local_prefix', 'npm_config_prefix', 'npm_config_global_prefix'])
    delete environment[name];
  return environment;
}

/** @param {string} label @returns {(end: string) => void} */
export function progress(label) {
  const start = Date.now();
  const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;
  console.log(`${label} …`);
  const timer = setInterval(() => console.log(`${label} … ${seconds()}`), 10_000);
  return (end) => {
    clearInterval(timer);
    console.log(`${label}: ${end} (${seconds()})`);
  };
}
