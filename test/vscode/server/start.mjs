import { spawn } from 'node:child_process';
import { createWriteStream, rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchServer } from './fetch.mjs';
import { installedExtensions } from './installed-extensions.mjs';
import { packModelExtension } from './model-extension.mjs';
import { endGroup } from './processes.mjs';

/**
 * @typedef {object} ServerOptions
 * @property {string} [extension] a `.vsix` to install; none for suites that run from a development folder
 * @property {boolean} [models] installs the small extension that offers language models
 * @property {Record<string, unknown>} [machineSettings] settings of this machine, as addresses are
 * @property {Record<string, string>} [env] added to the environment of the server
 * @property {boolean} [trusted] false leaves Workspace Trust on, so that every folder opens restricted
 * @property {boolean} [suites] listens to the address' payload that names a test suite
 * @property {Record<string, unknown>} [settings] added to the user's settings
 * @property {number} [reconnectionSeconds] how long the extension host of a closed tab lives; VS Code's own is 3 hours
 *
 * @typedef {object} RunningServer
 * @property {string} origin like http://127.0.0.1:4242
 * @property {number} pid the leader of the server's process group
 * @property {string} data its throw-away folder: settings, extensions, workspace storage, `server.log`
 * @property {string} stateHome where Baton keeps its notes for this server (`XDG_STATE_HOME`)
 * @property {(folder: string) => string} address the address that opens a folder
 * @property {(settings: Record<string, unknown>) => Promise<void>} setSettings adds to the user's settings
 * @property {() => Promise<void>} stop ends every process of it and removes its folder
 */

// Without these a Chat pane takes 300 px and `.baton/workflows` is one row.
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Dark 2026',
  'chat.disableAIFeatures': true,
  'explorer.compactFolders': false,
  'security.workspace.trust.startupPrompt': 'never',
};

/** @type {Set<() => void>} */
const running = new Set();
// A program that ends without stopping its servers, as a test that took too long, leaves nothing behind.
process.once('exit', () => running.forEach((abandon) => abandon()));

/**
 * Starts a VS Code server on a free port with a folder of its own for everything it writes.
 *
 * @param {ServerOptions} [options]
 * @returns {Promise<RunningServer>}
 */
export async function startServer(options = {}) {
  const { node, serverMain } = await fetchServer();
  const data = await mkdtemp(join(tmpdir(), 'baton-vscode-'));
  const stateHome = join(data, 'state');
  const settingsFile = join(data, 'data', 'User', 'settings.json');
  await mkdir(join(data, 'data', 'User'), { recursive: true });
  await writeFile(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }, null, 2));
  if (options.machineSettings) {
    await mkdir(join(data, 'data', 'Machine'), { recursive: true });
    const file = join(data, 'data', 'Machine', 'settings.json');
    await writeFile(file, JSON.stringify(options.machineSettings, null, 2));
  }
  const env = { ...environment(data, stateHome), ...options.env };
  const packages = [options.extension, options.models ? await packModelExtension() : undefined].filter(
    (file) => file !== undefined,
  );
  await cp(await installedExtensions(packages, env), join(data, 'extensions'), { recursive: true });
  const child = spawn(node, [serverMain, ...flags(data, options)], {
    env,
    // A group of its own: the server leaves watchers and extension hosts behind, and they end with the group.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('The VS Code server could not be started.');
  const end = () => endGroup(pid);
  const abandon = () => {
    end();
    rmSync(data, { recursive: true, force: true });
  };
  running.add(abandon);
  const log = createWriteStream(join(data, 'server.log'));
  child.stderr.pipe(log);
  const port = await announcedPort(child, log).catch(async (error) => {
    end();
    throw new Error(`${error.message}\n${await readFile(join(data, 'server.log'), 'utf8').catch(() => '')}`);
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    pid,
    data,
    stateHome,
    address: (folder) => `${origin}/?folder=${encodeURI(folder)}`,
    async setSettings(settings) {
      const now = JSON.parse(await readFile(settingsFile, 'utf8'));
      await writeFile(settingsFile, JSON.stringify({ ...now, ...settings }, null, 2));
    },
    async stop() {
      running.delete(abandon);
      const ended =
        child.exitCode !== null || child.signalCode !== null
          ? undefined
          : new Promise((resolve) => child.once('exit', resolve));
      end();
      await ended;
      log.end();
      await rm(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** @param {string} data @param {ServerOptions} options */
function flags(data, { trusted = true, suites = false, reconnectionSeconds }) {
  return [
    ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
    ...['--server-data-dir', data, '--telemetry-level', 'off'],
    ...(trusted ? ['--disable-workspace-trust'] : []),
    ...(suites ? ['--enable-smoke-test-driver'] : []),
    ...(reconnectionSeconds === undefined ? [] : ['--reconnection-grace-time', String(reconnectionSeconds)]),
  ];
}

// Variables of a VS Code terminal or of a running step would steer the server or the extension in it, and keys of whoever
// runs the tests would have real models asked.
/** @param {string} data @param {string} stateHome @returns {NodeJS.ProcessEnv} */
function environment(data, stateHome) {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(VSCODE_|ELECTRON_|BATON_|npm_|NODE_OPTIONS$|VITEST|ANTHROPIC_|OPENAI_|GEMINI_|GOOGLE_)/.test(name),
  );
  // Its sockets lie in its own folder and go with it: a server that is killed does not remove them.
  return { ...Object.fromEntries(own), XDG_STATE_HOME: stateHome, XDG_RUNTIME_DIR: data };
}

/**
 * @param {import('node:child_process').ChildProcess} child @param {NodeJS.WritableStream} log
 * @returns {Promise<number>}
 */
function announcedPort(child, log) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk) => {
      log.write(chunk);
      said += chunk;
      const port = /Extension host agent listening on (\d+)/.exec(said)?.[1];
      if (port) resolve(Number(port));
    });
    child.once('exit', (code) =>
      reject(new Error(`The VS Code server ended with ${code} before it listened.`)),
    );
    child.once('error', reject);
  });
}
