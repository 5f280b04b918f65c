// `npm start`: opens a real VS Code on examples/ with Baton in it and a profile that is thrown away afterwards.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionOf } from './server/commands.mjs';
import { root, vsix } from './server/paths.mjs';
import { startServer } from './server/start.mjs';

const folder = join(root, 'examples');
const next = 'Right-click workflows/comprehensive-code-review.yaml and choose Run Workflow.';
const windows = process.platform === 'win32';

if (await hasDesktop()) await openDesktop();
else await openInBrowser();

// The terminal inside a VS Code has a `code` that knows no profiles, and a machine without a screen shows none.
async function hasDesktop() {
  if (process.env['VSCODE_IPC_HOOK_CLI'] || process.getuid?.() === 0) return false;
  const screen = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  return Boolean(screen) && /^1\.\d+/.test((await versionOf('code')) ?? '');
}

async function openDesktop() {
  run('esbuild.mjs', []);
  const profile = await mkdtemp(join(tmpdir(), 'baton-start-'));
  const args = [
    '--wait',
    '--new-window',
    '--user-data-dir',
    join(profile, 'user'),
    '--extensions-dir',
    join(profile, 'extensions'),
  ];
  const child = spawn('code', [...args, `--extensionDevelopmentPath=${root}`, folder], {
    shell: windows,
    stdio: 'inherit',
  });
  console.log(next);
  console.log('Close the window or press Ctrl-C when you are done.');
  // Ctrl-C reaches the child as well; its end is what we wait for.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill());
  await new Promise((resolve) => child.once('exit', resolve));
  await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function openInBrowser() {
  run(join('test', 'package.mjs'), []);
  const server = await startServer({ extension: vsix });
  const address = server.address(folder);
  showInBrowser(address);
  console.log(`\nOpen ${address}`);
  console.log(next);
  console.log('Ctrl-C ends it.');
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
  await server.stop();
}

/** @param {string} address */
function showInBrowser(address) {
  const screen = process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  const opener =
    { darwin: 'open', win32: 'explorer' }[String(process.platform)] ?? (screen ? 'xdg-open' : undefined);
  if (opener)
    spawn(opener, [address], { stdio: 'ignore', detached: true })
      .on('error', () => undefined)
      .unref();
}

/** @param {string} script @param {string[]} args */
function run(script, args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
