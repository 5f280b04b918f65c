import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { neverAborted } from '../../../../src/core/base/abort';
import { MCP_LIMITS } from '../../../../src/core/tools/mcp/limits';
import type { openSession } from '../../../../src/core/tools/mcp/session/session';
import { createTestHost, temporaryFolder } from '../../../support/node-host';
import { fixtures } from './servers';

const folder = await temporaryFolder();
afterAll(folder.remove);

it('is a bundle of its own that speaks with a server, and others load it when they need it', async () => {
  const root = path.resolve(import.meta.dirname, '../../../..');
  const build = ['esbuild.mjs', '--only', 'mcp-session,runtime', '--outdir', folder.path];
  await promisify(execFile)(process.execPath, build, { cwd: root });
  const bundle = createRequire(import.meta.url)(path.join(folder.path, 'mcp-session.js')) as {
    readonly openSession: typeof openSession;
  };
  const session = await bundle.openSession({
    wire: {
      type: 'stdio',
      command: [process.execPath, path.join(fixtures, 'ordinary.mjs')],
      cwd: folder.path,
      env: {},
      onComplaint: () => {},
    },
    host: createTestHost(),
    limits: MCP_LIMITS,
    onListChanged: () => {},
    signal: neverAborted,
  });
  if ('failed' in session) throw new Error(session.failed);
  expect(await session.call('add', { a: 1, b: 2 }, neverAborted)).toMatchObject({
    type: 'answer',
    value: { content: [{ type: 'text', text: '3' }] },
  });
  await session.close();
  const runtime = await readFile(path.join(folder.path, 'runtime.js'), 'utf8');
  expect(runtime).toContain('./mcp-session.js');
  expect(runtime).not.toContain('StreamableHTTP');
});
