import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { agentFiles } from '../../../../src/core/agents/roster/agent-files';
import { temporaryFolder } from '../../../support/node-host';

const folder = await temporaryFolder();
afterAll(folder.remove);

it('is bundled as a file of its own that holds every prompt', async () => {
  const root = path.resolve(import.meta.dirname, '../../../..');
  const build = ['esbuild.mjs', '--only', 'agent-files', '--outdir', folder.path];
  await promisify(execFile)(process.execPath, build, { cwd: root });
  const bundle = createRequire(import.meta.url)(path.join(folder.path, 'agent-files.js')) as {
    readonly agentFiles: ReadonlyMap<string, string>;
  };
  expect([...bundle.agentFiles]).toEqual([...agentFiles]);
});
