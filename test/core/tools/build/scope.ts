import { mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../../../src/core/host';
import type { ToolScope } from '../../../../src/core/tools/tool';
import { createTestHost, temporaryFolder } from '../../../support/node-host';

export interface Project {
  readonly scope: ToolScope;
  readonly folder: string;
  write(file: string, text: string, mode?: number): Promise<void>;
  remove(): Promise<void>;
}

/** A new folder with these files, and the scope of a call in it. */
export async function projectWith(
  files: Readonly<Record<string, string>>,
  options: { readonly longestCommandMs?: number; readonly host?: Host } = {},
): Promise<Project> {
  const made = await temporaryFolder('baton-project');
  const folder = await realpath(made.path);
  const write = async (file: string, text: string, mode = 0o644) => {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text, { mode });
  };
  for (const [file, text] of Object.entries(files)) await write(file, text);
  const host = options.host ?? createTestHost();
  return {
    folder,
    write,
    remove: made.remove,
    scope: {
      host,
      workspace: folder,
      mark: 'run/step/1',
      ...(options.longestCommandMs === undefined ? {} : { longestCommandMs: options.longestCommandMs }),
      putArtifact: async (file, mediaType, data) => ({
        hash: host.sha256(data),
        path: file,
        mediaType,
        size: data.length,
      }),
    },
  };
}
