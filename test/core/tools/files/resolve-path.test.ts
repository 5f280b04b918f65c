import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveToolPath, type PathPlatform } from '../../../../src/core/tools/files/resolve-path';

interface PathCase {
  readonly path: string;
  readonly verdict: 'deny' | 'ask' | 'ok' | 'literal-inside-or-deny';
  readonly os: 'any' | PathPlatform;
}

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/paths');
const cases = JSON.parse(readFileSync(path.join(fixtures, 'path-cases.json'), 'utf8')) as readonly PathCase[];
const platforms: readonly PathPlatform[] = ['linux', 'darwin', 'win32'];
const workspaces: Readonly<Record<PathPlatform, string>> = {
  linux: '/ws/proj',
  darwin: '/ws/proj',
  win32: 'C:\\ws\\proj',
};

function verdictOf(requested: string, platform: PathPlatform): 'deny' | 'ask' | 'ok' {
  const found = resolveToolPath(requested, workspaces[platform], platform);
  if (found.type === 'refused') return 'deny';
  return found.isProtected ? 'ask' : 'ok';
}

function relativeOf(requested: string, platform: PathPlatform): string | undefined {
  const found = resolveToolPath(requested, workspaces[platform], platform);
  return found.type === 'inside' ? found.relative : undefined;
}

describe('the corpus of paths', () => {
  for (const platform of platforms) {
    const own = cases.filter(({ os }) => os === 'any' || os === platform);
    it(`gets the right verdict for each of ${own.length} paths by the rules of ${platform}`, () => {
      const wrong = own.filter(({ path: requested, verdict }) => {
        const found = verdictOf(requested, platform);
        return verdict === 'literal-inside-or-deny' ? found === 'ask' : found !== verdict;
      });
      expect(wrong).toEqual([]);
    });
  }
});

describe('resolveToolPath', () => {
  it('takes paths below the workspace, relative and absolute, and says what they are without dots', () => {
    expect(relativeOf('a/./b/../c.ts', 'linux')).toBe('a/c.ts');
    expect(relativeOf('/ws/proj/src/x.ts', 'linux')).toBe('src/x.ts');
    expect(relativeOf('.', 'linux')).toBe('');
    expect(relativeOf('src\\x.ts', 'win32')).toBe('src/x.ts');
    expect(relativeOf('c:\\WS\\Proj\\src\\x.ts', 'win32')).toBe('src/x.ts');
    expect(relativeOf('/WS/proj/x', 'darwin')).toBe('x');
    expect(relativeOf('/WS/proj/x', 'linux')).toBeUndefined();
  });

  it('refuses what looks like the workspace only at its beginning', () => {
    for (const platform of platforms) expect(verdictOf('../proj-evil/x', platform)).toBe('deny');
    expect(verdictOf('C:\\ws\\proj-evil\\x', 'win32')).toBe('deny');
    expect(verdictOf('D:\\ws\\proj\\x', 'win32')).toBe('deny');
  });

  it.each([
    '\\\\server\\share\\x',
    '//./pipe/x',
    '\\\\.\\PhysicalDrive0',
    'file.txt::$DATA',
    'a/b:c',
    'NUL',
    'sub/con.txt',
    'lpt9',
    'COM\u00b9.log',
    'GIT~1/config',
    'SETTIN~1.JSO',
    'name.',
    'x /y',
    'a|b',
    'what?',
    'conin$',
    'aux .txt',
  ])('refuses %j on Windows', (requested) => {
    expect(verdictOf(requested, 'win32')).toBe('deny');
  });

  it.each([
    'a\u202eb.ts',
    'a\u200bb',
    'x\u0007',
    'x\u001b[2J',
    'a\nb',
    'a\u0085b',
    '.g\u200cit/config',
    '\u{e0041}x',
    'file:///etc/passwd',
    'https://a.invalid/x',
    '${HOME}/x',
    '$PWD/../x',
    '%USERPROFILE%\\x',
    '~root/.ssh/config',
    '',
    '   ',
    `${'a/'.repeat(3_000)}x`,
    'n'.repeat(300),
    '\ud800x',
  ])('refuses %j everywhere', (requested) => {
    for (const platform of platforms) expect(verdictOf(requested, platform)).toBe('deny');
  });

  it.each([
    '$id.tsx',
    'app/$id.tsx',
    'a~b.txt',
    '100%.md',
    'a b/c d.txt',
    '[slug].tsx',
    'día/ñ.ts',
    'v1~.x/y',
  ])('takes the ordinary name %j', (requested) => {
    for (const platform of platforms) expect(verdictOf(requested, platform)).toBe('ok');
  });

  it('refuses the second stream of a file on macOS', () => {
    expect(verdictOf('a.txt/..namedfork/rsrc', 'darwin')).toBe('deny');
  });

  it('never gives a path that leads out, whatever it is made of', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      'a',
      'proj',
      ' ',
      '...',
      'ws',
      '~',
      'C:',
      '\\',
      '.git',
      'x.ts',
    );
    const separator = fc.constantFrom('/', '\\', '//');
    const text = fc.array(fc.tuple(part, separator), { maxLength: 12 }).map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(...platforms), (requested, platform) => {
        const relative = relativeOf(requested, platform);
        if (relative === undefined) return;
        const rules = platform === 'win32' ? path.win32 : path.posix;
        const home = workspaces[platform];
        const full = rules.resolve(home, relative);
        expect(rules.relative(home, full).split(rules.sep)[0]).not.toBe('..');
        expect(relative.split('/')).not.toContain('..');
      }),
      { numRuns: 5_000 },
    );
  });
});
