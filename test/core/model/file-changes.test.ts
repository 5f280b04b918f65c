import { describe, expect, it } from 'vitest';
import type { ArtifactRef } from '../../../src/core/model/artifact';
import { mergedChanges } from '../../../src/core/model/file-changes';

const content = (hash: string): ArtifactRef => ({ hash, path: 'any', mediaType: 'text/plain', size: 1 });
const [one, two, three] = ['1', '2', '3'].map((digit) => content(digit.repeat(64))) as [
  ArtifactRef,
  ArtifactRef,
  ArtifactRef,
];

describe('changes of the same files, one after the other', () => {
  it('are one for each file, from its first content to its last', () => {
    const changes = mergedChanges([
      { path: 'a', before: one, after: two },
      { path: 'b', after: one },
      { path: 'a', before: two, after: three },
    ]);
    expect(changes).toEqual([
      { path: 'a', before: one, after: three },
      { path: 'b', after: one },
    ]);
  });

  it('leave nothing where the file is as it was, or is gone as it was', () => {
    const changes = mergedChanges([
      { path: 'a', before: one, after: two },
      { path: 'new', after: two },
      { path: 'a', before: two, after: one },
      { path: 'new', before: two },
    ]);
    expect(changes).toEqual([]);
  });

  it('are a deletion where the file is gone at last, and a creation where it was not there at first', () => {
    const changes = mergedChanges([
      { path: 'a', before: one, after: two },
      { path: 'a', before: two },
      { path: 'b', before: one },
      { path: 'b', after: three },
      { path: 'c', after: one },
      { path: 'c', before: one, after: two },
    ]);
    expect(changes).toEqual([
      { path: 'a', before: one },
      { path: 'b', before: one, after: three },
      { path: 'c', after: two },
    ]);
  });
});
