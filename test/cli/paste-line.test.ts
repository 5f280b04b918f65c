import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { pasteLine } from '../../src/cli/paste-line';

describe('a command line to paste', () => {
  it('is as short as the one that was given', () => {
    expect(pasteLine('resume run1', {})).toBe('baton resume run1');
    expect(pasteLine('resume run1', { state: '../state' })).toBe('baton resume run1 --state ../state');
  });

  it('keeps a folder whose name begins with a dash from being an option', () => {
    expect(pasteLine('list', { workspace: '-odd' })).toBe('baton list --workspace=-odd');
  });

  it
    .skipIf(process.platform === 'win32')
    .each([
      'plain/folder',
      'my work',
      "ada's $HOME",
      'a "b" `c`',
      'semi;colon & more',
      '*',
      '',
      'back\\slash',
      'ends with\\',
    ])('is read by a shell as it was meant: %s', (workspace) => {
    const words = pasteLine('', { workspace }).split(' --workspace ').slice(1).join(' --workspace ');
    expect(execFileSync('sh', ['-c', `printf %s ${words}`], { encoding: 'utf8' })).toBe(workspace);
  });
});
