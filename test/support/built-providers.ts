import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Connection } from '../../src/core/providers/connection';
import type { ChatProvider } from '../../src/core/providers/provider';

const root = path.resolve(import.meta.dirname, '../..');
const home = path.join(root, '.cache/providers');
const bundles = ['provider-anthropic', 'provider-gemini', 'provider-openai'] as const;
const require = createRequire(import.meta.url);
let ready: Promise<string> | undefined;

type Create = (connection: Connection) => ChatProvider;

/** Connects through the bundles that people get, built once for the sources as they are now. */
export async function connectBuilt(connection: Connection): Promise<ChatProvider> {
  const folder = await builtProviders();
  const load = (name: (typeof bundles)[number]) =>
    require(path.join(folder, `${name}.js`)) as Record<string, Create>;
  const { kind } = connection.settings;
  const create =
    kind === 'anthropic'
      ? load('provider-anthropic')['createAnthropic']
      : kind === 'gemini'
        ? load('provider-gemini')['createGemini']
        : load('provider-openai')['createOpenAI'];
  if (create === undefined) throw new Error(`The bundle of ${kind} exports nothing to connect with.`);
  return create(connection);
}

/** The folder that holds the three bundles. */
export function builtProviders(): Promise<string> {
  return (ready ??= build());
}

async function build(): Promise<string> {
  const sources = [path.join(root, 'src/core'), path.join(root, 'esbuild.mjs')];
  const newest = Math.max(...(await Promise.all(sources.map(newestIn))));
  const folder = path.join(home, String(Math.floor(newest)));
  if (await exists(folder)) return folder;
  // Another process may build the same: each into a folder of its own, and the first one stays.
  const own = `${folder}.${process.pid}`;
  await mkdir(home, { recursive: true });
  const child = spawn(process.execPath, ['esbuild.mjs', '--only', bundles.join(','), '--outdir', own], {
    cwd: root,
  });
  let told = '';
  child.stderr.on('data', (text: Buffer) => (told += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The providers cannot be built: ${told}`);
  await rename(own, folder).catch(() => rm(own, { recursive: true, force: true }));
  return folder;
}

async function newestIn(file: string): Promise<number> {
  const { mtimeMs } = await stat(file);
  const inner = (await stat(file)).isDirectory() ? await readdir(file) : [];
  return Math.max(mtimeMs, ...(await Promise.all(inner.map((name) => newestIn(path.join(file, name))))));
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
