import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FolderAction } from '../../../src/core/analyses/analysis';
import type { Concluded } from '../../../src/core/analyses/answer';
import { runAnalysis } from '../../../src/core/analyses/run-analysis';
import type { JsonObject } from '../../../src/core/base/json';
import type { Host } from '../../../src/core/host';
import { temporaryFolder } from '../../support/node-host';

export const folderActions: readonly FolderAction[] = [
  'lint-codebase',
  'scan-vulnerabilities',
  'analyze-dependencies',
  'review-architecture',
  'analyze-performance',
];

export interface Look {
  readonly options?: JsonObject;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export function look(
  host: Host,
  action: FolderAction,
  workspace: string,
  more: Look = {},
): Promise<Concluded> {
  return runAnalysis(host, {
    action,
    workspace,
    options: more.options ?? {},
    signal: more.signal ?? new AbortController().signal,
    onText: () => {},
    onProgress: more.onProgress ?? (() => {}),
  });
}

/** A folder of its own with these files; gone after `remove`. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = await temporaryFolder('analysis');
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder.path, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

/** A copy of a fixture outside of the tests, where its files count as code. */
export async function copyOf(source: string) {
  const folder = await temporaryFolder('planted');
  await cp(source, folder.path, { recursive: true });
  return folder;
}
