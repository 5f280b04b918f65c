import { describe, expect, it } from 'vitest';
import {
  commandRuleFault,
  type CommandRule,
  fitsCommandRule,
} from '../../../../src/core/tools/policy/command-rule';
import { simpleCommand } from '../../../../src/core/tools/shell/simple-command';
import bypass from '../../../fixtures/shell/bypass.json';
import ordinary from '../../../fixtures/shell/ordinary.json';
import { widestRules } from './widest-rules';

const place = { folder: '', platform: 'linux' };

async function isAllowed(text: string, rules: readonly CommandRule[]): Promise<boolean> {
  const words = await simpleCommand(text);
  return words !== undefined && rules.some((rule) => fitsCommandRule(rule, words, place));
}

describe('a simple command', () => {
  it.each([
    ['git log --oneline', ['git', 'log', '--oneline']],
    ['echo \'a  b\' "c d" e\'f\'"g"', ['echo', 'a  b', 'c d', 'efg']],
    ['  ls   -la  ', ['ls', '-la']],
    [
      "grep -n '$(x) `y` ; & | > < * ? [a] {b,c} ~ # !' f",
      ['grep', '-n', '$(x) `y` ; & | > < * ? [a] {b,c} ~ # !', 'f'],
    ],
    ["printf ''", ['printf', '']],
    ['git diff HEAD~1 -- a@b', ['git', 'diff', 'HEAD~1', '--', 'a@b']],
    ['cat \u6587\u4ef6.ts', ['cat', '\u6587\u4ef6.ts']],
  ])('is %j', async (text, words) => {
    expect(await simpleCommand(text)).toEqual(words);
  });

  it.each([
    '',
    ' ',
    '#',
    'ls;',
    'ls; id',
    'ls &',
    'ls && id',
    'ls | sh',
    'ls\nid',
    'ls\rid',
    'ls\tid',
    'ls > a',
    'ls 2>&1',
    'ls <a',
    'A=1 ls',
    'A=1',
    'ls $HOME',
    'ls ${x}',
    'ls $(id)',
    'ls `id`',
    'ls "$(id)"',
    'ls "`id`"',
    'ls ~',
    'ls ~/x',
    'ls --a=~/x',
    'ls *',
    'ls a?',
    'ls [ab]',
    'ls {a,b}',
    'ls a\\ b',
    'ls "a\\"b"',
    "ls $'a'",
    'ls $"a"',
    'ls # x',
    '! ls',
    'time ls',
    '( ls )',
    '{ ls; }',
    'if ls; then id; fi',
    'f() { id; }',
    'coproc ls',
    '[[ -f x ]]',
    '(( 1 ))',
    'echo !!',
    'echo "!x"',
    'echo =(id)',
    '=ls',
    'cd /',
    'eval ls',
    '. ./x',
    'source x',
    'exec ls',
    'export A=1',
    'alias a=b',
    'command ls',
    'trap x EXIT',
    "'ls'",
    'l"s"',
    'l\\s',
    '-x',
    'ls "',
    "ls '",
    'ls ^x',
    'ls %PATH%',
    'ls a\u2028b',
    'ls \u202ea',
    'ls \u00a0a',
    'ls\u3000a',
    'ls \ud800',
    'ls a\0b',
    'cat <<E\nx\nE',
    'cat <<< x',
    'ls &>a',
    'ls a=~',
    'ls "a:"~',
    `ls ${'a'.repeat(5_000)}`,
  ])('is not %j', async (text) => {
    expect(await simpleCommand(text)).toBeUndefined();
  });
});

describe('command lines made to pass', () => {
  it('are none of them approved by rules as wide as a person can make them', async () => {
    const approved: string[] = [];
    for (const { id, cmd, allow } of bypass) {
      if (await isAllowed(cmd, widestRules(allow))) approved.push(id);
    }
    expect(bypass).toHaveLength(60);
    expect(approved).toEqual([]);
  });
});

describe('ordinary commands', () => {
  it('are accepted under the rules that a person would make', async () => {
    const asked: string[] = [];
    for (const { text, rule } of ordinary) {
      expect([text, commandRuleFault(rule as CommandRule)]).toEqual([text, undefined]);
      if (!(await isAllowed(text, [rule as CommandRule]))) asked.push(text);
    }
    expect(ordinary).toHaveLength(60);
    expect(asked.length).toBeLessThanOrEqual(6);
  });

  it('are accepted by nothing but their own rule', async () => {
    const crossed: string[] = [];
    for (const { text, rule } of ordinary) {
      const program = 'program' in rule ? rule.program : rule.argv?.[0];
      const others = ordinary.map((other) => other.rule as CommandRule);
      const foreign = others.filter(
        (other) => (other.type === 'exact' ? other.argv[0] : other.program) !== program,
      );
      if (await isAllowed(text, foreign)) crossed.push(text);
    }
    expect(crossed).toEqual([]);
  });
});

describe('a rule for commands', () => {
  const cat: CommandRule = { type: 'pattern', program: 'cat', operands: 'paths' };
  const git: CommandRule = {
    type: 'pattern',
    program: 'git',
    subcommands: ['show'],
    flags: ['--stat', { flag: '-n', value: 'number' }, { flag: '--format', value: 'word' }],
    operands: 'words',
  };

  it('fits whole words only, with the flags it names', () => {
    const fits = (...argv: string[]) => fitsCommandRule(git, argv, place);
    expect(fits('git', 'show', '--stat', 'HEAD')).toBe(true);
    expect(fits('git', 'show', '-n', '3')).toBe(true);
    expect(fits('git', 'show', '--format=oneline')).toBe(true);
    expect(fits('git', 'show', '-n', 'x')).toBe(false);
    expect(fits('git', 'show', '-n')).toBe(false);
    expect(fits('git', 'show', '--output=x')).toBe(false);
    expect(fits('git', 'show', '--stat=x')).toBe(false);
    expect(fits('git', '-c', 'a=b', 'show')).toBe(false);
    expect(fits('git', 'showx')).toBe(false);
    expect(fits('gitx', 'show')).toBe(false);
    expect(fits('git', 'show', 'a b')).toBe(false);
    expect(fits('git', 'show', 'ext::sh')).toBe(false);
    expect(fits('git', 'show', 'HEAD:.env')).toBe(false);
  });

  it('keeps files inside and away from keys', () => {
    const fits = (path: string, folder = '') =>
      fitsCommandRule(cat, ['cat', path], { folder, platform: 'linux' });
    expect(fits('src/a.ts')).toBe(true);
    expect(fits('package.json')).toBe(true);
    expect(fits('../a.ts', 'src')).toBe(false);
    for (const path of [
      '/etc/passwd',
      '~/.ssh/id_rsa',
      '../x',
      'a/../../x',
      '.env',
      'k/id_rsa',
      '-n',
      '',
      '.git/config',
    ])
      expect([path, fits(path)]).toEqual([path, false]);
  });

  it('lets no program change a protected file by a pattern', () => {
    const touch: CommandRule = { type: 'pattern', program: 'touch', operands: 'paths' };
    expect(fitsCommandRule(touch, ['touch', 'a.ts'], place)).toBe(true);
    expect(fitsCommandRule(touch, ['touch', '.vscode/tasks.json'], place)).toBe(false);
    expect(fitsCommandRule(touch, ['touch', 'tasks.json'], { folder: '.vscode', platform: 'linux' })).toBe(
      false,
    );
  });

  it('is none for what runs other things, unless it is exact', () => {
    const programs = [
      'sh',
      'env',
      'timeout',
      'python3.11',
      'npm',
      'make',
      'awk',
      'sed',
      'find',
      'curl',
      'rm',
      './x',
      'git',
      'NODE.EXE',
    ];
    for (const program of programs) {
      const rule: CommandRule = { type: 'pattern', program, operands: 'words' };
      expect([program, commandRuleFault(rule) !== undefined]).toEqual([program, true]);
      expect(fitsCommandRule(rule, [program, 'x'], place)).toBe(false);
    }
    expect(fitsCommandRule({ type: 'exact', argv: ['sh', '-c', 'id'] }, ['sh', '-c', 'id'], place)).toBe(
      true,
    );
  });
});
