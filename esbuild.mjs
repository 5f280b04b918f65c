// Bundles every door of Baton. `--production` minifies, `--watch` rebuilds on change,
// `--only cli,webview` builds some of them, `--outdir DIR` puts them elsewhere.
import { build, context } from 'esbuild';
import { cp, mkdir, rm, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    only: { type: 'string' },
    outdir: { type: 'string', default: 'dist' },
  },
});
const { production, watch, outdir } = values;
const only = values.only?.split(',');
// Each vendor's package is a file of its own beside the bundles that ask for it, loaded when first needed.
const providers = ['anthropic', 'gemini', 'openai'];
const asking = ['runtime', 'cli'];
if (only?.some((name) => asking.includes(name)))
  only.push('runtime', 'agent-files', 'mcp-session', ...providers.map((name) => `provider-${name}`));
if (only?.some((name) => ['runtime', 'analyses-worker'].includes(name))) only.push('script-reader');
if (only?.some((name) => ['runtime', 'language', 'parse-worker'].includes(name))) only.push('yaml-reader');

/** The prompts of all agents, needed when the first one works. */
/** @type {import('esbuild').Plugin} */
const agentFiles = {
  name: 'agent-files',
  setup({ onResolve }) {
    onResolve({ filter: /\/agent-files$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './agent-files.js', external: true } : undefined,
    );
  },
};

/** What speaks with servers of tools, needed when the first one is asked. */
/** @type {import('esbuild').Plugin} */
const mcpSession = {
  name: 'mcp-session',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/session\/session$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './mcp-session.js', external: true } : undefined,
    );
  },
};

/** @type {import('esbuild').Plugin} */
const providerFiles = {
  name: 'provider-files',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(anthropic\/anthropic|gemini\/gemini|openai\/openai)$/ }, ({ path, kind }) => {
      if (kind !== 'dynamic-import') return undefined;
      const name = path.split('/')[1];
      return { path: `./provider-${name}.js`, external: true };
    });
  },
};

/** The one reader of JavaScript and the one reader of YAML for all that read them: files of their own beside them. */
/** @type {Record<string, string>} */
const readers = { '@babel/parser': './script-reader.js', yaml: './yaml-reader.js' };
/** @type {import('esbuild').Plugin} */
const sharedReaders = {
  name: 'shared-readers',
  setup({ onResolve }) {
    onResolve({ filter: /^(@babel\/parser|yaml)$/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: readers[path], external: true },
    );
  },
};

/** The command line takes the runtime from the bundle that a window loads, or the package would hold all of it twice. */
/** @type {import('esbuild').Plugin} */
const sharedRuntime = {
  name: 'shared-runtime',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/core\/runtime$/ }, () => ({ path: './runtime.js', external: true }));
  },
};

const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  loader: { '.md': 'text', '.wasm': 'file' },
  // ESM first: some packages' UMD builds hide requires that no bundler sees.
  mainFields: ['module', 'main'],
};
const node = { ...shared, platform: 'node', target: 'node20', format: 'cjs' };
// What is beside them is required, as everything else is: an editor's host knows where from.
const asksProviders = {
  ...node,
  plugins: [providerFiles, agentFiles, mcpSession, sharedReaders],
  supported: { 'dynamic-import': false },
};
// Packages that load when first needed are files of their own, so that opening a window does not pay for them.
const all = [
  // The extension's are the only bundles that may leave `vscode` to their host.
  { ...node, entryPoints: { extension: 'src/extension/main.ts' }, external: ['vscode'] },
  {
    ...node,
    plugins: [sharedReaders],
    entryPoints: { language: 'src/extension/language/main.ts' },
    external: ['vscode'],
  },
  { ...asksProviders, entryPoints: { runtime: 'src/core/runtime.ts' } },
  {
    ...asksProviders,
    plugins: [...asksProviders.plugins, sharedRuntime],
    entryPoints: { cli: 'src/cli/main.ts' },
    banner: { js: '#!/usr/bin/env node' },
  },
  { ...node, entryPoints: { 'agent-files': 'src/core/agents/roster/agent-files.ts' } },
  { ...node, entryPoints: { 'mcp-session': 'src/core/tools/mcp/session/session.ts' } },
  { ...node, entryPoints: { 'provider-anthropic': 'src/core/providers/anthropic/anthropic.ts' } },
  { ...node, entryPoints: { 'provider-openai': 'src/core/providers/openai/openai.ts' } },
  {
    ...node,
    entryPoints: { 'provider-gemini': 'src/core/providers/gemini/gemini.ts' },
    // Google's package has no option for redirects or for a fetch of one's own.
    inject: ['src/core/providers/gemini/fetch.ts'],
  },
  { ...node, entryPoints: { 'database-worker': 'src/core/storage/database-worker.ts' } },
  { ...node, plugins: [sharedReaders], entryPoints: { 'parse-worker': 'src/core/workflow/parse-worker.ts' } },
  {
    ...node,
    plugins: [sharedReaders],
    entryPoints: { 'analyses-worker': 'src/core/analyses/analyses-worker.ts' },
  },
  { ...node, entryPoints: { 'script-reader': '@babel/parser' } },
  { ...node, entryPoints: { 'yaml-reader': 'yaml' } },
  { ...node, entryPoints: { 'page-worker': 'src/core/tools/web/page-worker.ts' } },
  { ...node, entryPoints: { 'search-worker': 'src/core/tools/files/search-worker.ts' } },
  {
    ...shared,
    entryPoints: { webview: 'webview/main.tsx', style: 'webview/style.css' },
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    external: ['*.ttf'],
  },
];

const bundles = all.filter(
  ({ entryPoints }) => only === undefined || Object.keys(entryPoints).some((name) => only.includes(name)),
);

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
await cp('node_modules/sql.js/dist/sql-wasm.wasm', `${outdir}/sql-wasm.wasm`);
await cp('node_modules/@vscode/codicons/dist/codicon.css', `${outdir}/codicon.css`);
await cp('node_modules/@vscode/codicons/dist/codicon.ttf', `${outdir}/codicon.ttf`);

const options = bundles.map((bundle) => ({ outdir, ...bundle }));
if (watch) {
  for (const option of options) await (await context(option)).watch();
  console.log('Watching.');
} else {
  await Promise.all(options.map((option) => build(option)));
  for (const bundle of bundles) {
    for (const name of Object.keys(bundle.entryPoints)) {
      const file = `${outdir}/${name}${name === 'style' ? '.css' : '.js'}`;
      console.log(`${file.padEnd(28)} ${((await stat(file)).size / 1000).toFixed(0).padStart(6)} kB`);
    }
  }
}
