import { createHash } from 'node:crypto';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { neverAborted } from '../../../../src/core/base/abort';
import type { JsonObject } from '../../../../src/core/base/json';
import type { ArtifactRef } from '../../../../src/core/model/artifact';
import type { Tool, ToolOutcome, ToolRun, ToolScope } from '../../../../src/core/tools/tool';
import { createTestHost, temporaryFolder } from '../../../support/node-host';

export interface ToolFolder {
  /** Real path of the workspace; `outside` lies beside it. */
  readonly workspace: string;
  readonly outside: string;
  readonly scope: ToolScope;
  readonly artifacts: ReadonlyMap<string, Uint8Array>;
  readonly getArtifact: (ref: Pick<ArtifactRef, 'hash'>) => Promise<Uint8Array>;
  readonly put: (name: string, content: string | Uint8Array) => Promise<string>;
  readonly remove: () => Promise<void>;
}

export const quietly: ToolRun = { signal: neverAborted, onText: () => {} };

/** A throw-away workspace with a folder beside it that nobody may touch. */
export async function makeToolFolder(): Promise<ToolFolder> {
  const folder = await temporaryFolder('baton-tools');
  const base = await realpath(folder.path);
  const workspace = path.join(base, 'proj');
  const outside = path.join(base, 'proj-evil');
  await mkdir(workspace);
  await mkdir(outside);
  await writeFile(path.join(outside, 'target.txt'), 'OUTSIDE');
  const artifacts = new Map<string, Uint8Array>();
  return {
    workspace,
    outside,
    artifacts,
    scope: {
      host: createTestHost(),
      workspace,
      mark: 'run/step/1',
      putArtifact: async (name, mediaType, data) => {
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
        const hash = createHash('sha256').update(bytes).digest('hex');
        artifacts.set(hash, bytes);
        return { hash, path: name, mediaType, size: bytes.length };
      },
    },
    getArtifact: async ({ hash }) => {
      const bytes = artifacts.get(hash);
      if (bytes === undefined) throw new Error(`There is no artifact ${hash}`);
      return bytes;
    },
    put: async (name, content) => {
      const file = path.join(workspace, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
      return file;
    },
    remove: folder.remove,
  };
}

export async function use(tool: Tool, args: JsonObject, scope: ToolScope): Promise<ToolOutcome> {
  return (await tool.prepare(args, scope)).run(quietly);
}
