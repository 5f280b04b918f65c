import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { versionOf } from './commands.mjs';
import { npmInstall, progress } from './npm.mjs';
import { cache } from './paths.mjs';
import { versions } from './versions.mjs';

/** @typedef {{ executablePath: string, env: Record<string, string> }} FoundBrowser `env` is added to the browser's environment */

/**
 * A browser that Playwright can drive: on Linux the pinned one from npm, which comes without the toolbars of a browser,
 * that nobody sees here, and so takes a third less of the processor; else one of the machine, else Debian's.
 *
 * @returns {Promise<FoundBrowser>}
 */
export async function fetchBrowser() {
  const pinned = await pinnedBrowser();
  if (pinned) return pinned;
  const executablePath = (await installedBrowser()) ?? (await debianBrowser());
  if (executablePath) return { executablePath, env: {} };
  throw new Error('No browser found. Install Chromium or Chrome and put it on PATH.');
}

/** @returns {Promise<FoundBrowser | undefined>} */
async function pinnedBrowser() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const unpacked = await unpackedBrowser().catch((error) => {
    console.log(`${error.message} A browser of this machine takes its place.`);
    return undefined;
  });
  if (unpacked === undefined) return undefined;
  const executablePath = join(unpacked, 'chromium');
  // Some systems lack the libraries it wants; those beside it are only put first in its own environment.
  const libraries = [join(unpacked, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH'] ?? '']
    .filter(Boolean)
    .join(delimiter);
  return [{}, { LD_LIBRARY_PATH: libraries }]
    .map((env) => ({ executablePath, env }))
    .find(
      ({ env }) => spawnSync(executablePath, ['--version'], { env: { ...process.env, ...env } }).status === 0,
    );
}

/** @returns {Promise<string | undefined>} */
async function installedBrowser() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const places = (process.env['PATH'] ?? '').split(delimiter);
  const onPath = names.flatMap((name) => places.map((place) => join(place, name)));
  const applications = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    join(process.env['PROGRAMFILES'] ?? '', 'Google', 'Chrome', 'Application', 'chrome.exe'),
  ];
  for (const candidate of [...onPath, ...applications]) {
    if (!existsSync(candidate)) continue;
    // Chrome on Windows prints no version; elsewhere a stub that only points to a shop must not be taken.
    if (process.platform === 'win32' || /\d+\.\d+/.test((await versionOf(candidate)) ?? '')) return candidate;
  }
  return undefined;
}

/** @returns {Promise<string>} the folder with the unpacked browser */
async function unpackedBrowser() {
  const folder = join(cache, versions.browser.replace(/[@/]/g, '-').slice(1));
  const unpacked = join(folder, 'unpacked');
  if (existsSync(unpacked)) return unpacked;
  await npmInstall({ folder, packages: [versions.browser], label: 'Fetching a browser (once, 66 MB)' });
  const packed = join(folder, 'node_modules', '@sparticuz', 'chromium', 'bin');
  const half = join(folder, 'unpacking');
  const done = progress('Unpacking the browser');
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  await decompress(join(packed, 'chromium.br'), join(half, 'chromium'));
  await chmod(join(half, 'chromium'), 0o755);
  for (const name of ['al2023', 'swiftshader', 'fonts']) {
    const archive = join(packed, `${name}.tar.br`);
    if (!existsSync(archive)) continue;
    await decompress(archive, join(half, `${name}.tar`));
    const into = name === 'swiftshader' ? half : join(half, name);
    await mkdir(into, { recursive: true });
    spawnSync('tar', ['-xf', join(half, `${name}.tar`), '-C', into]);
    await rm(join(half, `${name}.tar`));
  }
  await rename(half, unpacked);
  done('done');
  return unpacked;
}

/** @param {string} from @param {string} to */
async function decompress(from, to) {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}

/** @returns {Promise<string | undefined>} */
async function debianBrowser() {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return undefined;
  const done = progress('Installing Chromium from Debian');
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  const result = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
    stdio: 'ignore',
  });
  done(result.status === 0 ? 'done' : 'failed');
  return installedBrowser();
}
