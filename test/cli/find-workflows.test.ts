import { describe, expect, it } from 'vitest';
import { findWorkflows } from '../../src/cli/find-workflows';
import type { DirectoryEntry, HostFiles } from '../../src/core/host';

/** A folder with these names in it, and how many of its folders were listed. */
function folderOf(paths: readonly string[]) {
  let listed = 0;
  const list = (folder: string): Promise<DirectoryEntry[]> => {
    listed += 1;
    const inside = new Map<string, DirectoryEntry>();
    for (const path of paths) {
      if (!`/w/${path}`.startsWith(`${folder}/`)) continue;
      const [name = '', ...rest] = `/w/${path}`.slice(folder.length + 1).split('/');
      inside.set(name, { name, kind: rest.length > 0 ? 'directory' : 'file' });
    }
    return Promise.resolve([...inside.values()]);
  };
  const join = (...parts: string[]) => parts.filter((part) => part !== '').join('/');
  const read = () => Promise.resolve(new TextEncoder().encode('steps:\n  - key: a\n    run: ls\n'));
  const files = { list, join, read } as unknown as HostFiles;
  return { files, listed: () => listed };
}

describe('the workflows of a folder', () => {
  it('are found below its folders, and not where other people’s code lies', async () => {
    const { files } = folderOf([
      'workflows/b.yaml',
      'a.baton.yaml',
      'packages/x/workflows/c.yml',
      'node_modules/y/workflows/d.yaml',
      'src/e.yaml',
    ]);
    expect(await findWorkflows(files, '/w')).toEqual([
      'a.baton.yaml',
      'packages/x/workflows/c.yml',
      'workflows/b.yaml',
    ]);
  });

  it('are found beside a folder that holds more than is looked at', async () => {
    const data = Array.from({ length: 60_000 }, (_, index) => `data/deep/${index}.json`);
    const { files } = folderOf([...data, 'workflows/flow.yaml']);
    expect(await findWorkflows(files, '/w')).toEqual(['workflows/flow.yaml']);
  });

  it('are looked for only so deep', async () => {
    const { files, listed } = folderOf([`${'a/'.repeat(40)}flow.baton.yaml`]);
    expect(await findWorkflows(files, '/w')).toEqual([]);
    expect(listed()).toBe(9);
  });
});
