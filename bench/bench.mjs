// Builds what is measured, as it is shipped, and measures it. `--calls N` calls a side, `--only overhead,failover,routing,health`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(fileURLToPath(import.meta.url), '../..');
const out = path.join(root, '.cache/bench');

/** @param {string[]} args */
async function node(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  if (code !== 0) process.exit(code ?? 1);
}

await node([
  'esbuild.mjs',
  '--production',
  '--only',
  'provider-anthropic,provider-gemini,provider-openai',
  '--outdir',
  out,
]);
await build({
  entryPoints: { measure: 'bench/measure.ts', messages: 'bench/messages.ts', server: 'bench/server.ts' },
  outdir: out,
  outExtension: { '.js': '.cjs' },
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'],
  // Both sides use the same files of the vendors' packages, from the project's own folder.
  external: ['@anthropic-ai/sdk', '@google/generative-ai', 'openai'],
  logLevel: 'warning',
});
if (process.argv[2] === 'messages') await node([path.join(out, 'messages.cjs'), ...process.argv.slice(3)]);
else await node(['--expose-gc', path.join(out, 'measure.cjs'), ...process.argv.slice(2)]);
