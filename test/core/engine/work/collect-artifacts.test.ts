import { describe, expect, it } from 'vitest';
import { collectArtifacts } from '../../../../src/core/engine/work/collect-artifacts';
import { Simulation, WORKSPACE } from '../simulation';

async function collect(globs: readonly string[], files: readonly string[]): Promise<string[]> {
  const { machine, store } = new Simulation();
  for (const file of files) machine.files.set(`${WORKSPACE}/${file}`, new TextEncoder().encode(file));
  const refs = await collectArtifacts({
    host: machine.host,
    artifacts: store.artifacts,
    workspace: WORKSPACE,
    step: { output: { artifacts: globs } },
  });
  return refs.map(({ path }) => path);
}

describe('the artifacts of a command', () => {
  const files = [
    'a.md',
    'reports/x.md',
    'reports/deep/y.md',
    'reports/z.txt',
    'src/a.ts',
    '.git/reports/q.md',
  ];

  it.each([
    [['reports/**'], ['reports/deep/y.md', 'reports/x.md', 'reports/z.txt']],
    [['reports/*.md'], ['reports/x.md']],
    [['**/*.md'], ['a.md', 'reports/deep/y.md', 'reports/x.md']],
    [
      ['*.md', './src/?.ts'],
      ['a.md', 'src/a.ts'],
    ],
    [['reports/**/**/y.md'], ['reports/deep/y.md']],
    [['nothing/**'], []],
    [[], []],
  ])('%j', async (globs, expected) => {
    expect((await collect(globs, files)).sort()).toEqual(expected);
  });

  it('are kept whole or not at all', async () => {
    const many = Array.from({ length: 101 }, (_, index) => `out/${index}.txt`);
    await expect(collect(['out/**'], many)).rejects.toMatchObject({ code: 'artifacts' });
  });
});
