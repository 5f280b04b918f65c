import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../../src/core/tools/effect';
import { exactAllowances, judge, type JudgeContext } from '../../../../src/core/tools/policy/judge';
import { noRules, type PolicyRules } from '../../../../src/core/tools/policy/rules';
import { context, fetchOf, read, shell, write } from './place';

const rules = (more: Partial<PolicyRules>): PolicyRules => ({ ...noRules, ...more });
const said = (effects: Effect | readonly Effect[], more: Partial<JudgeContext> = {}) => {
  const { verdict, rule } = judge('type' in effects ? [effects] : effects, context(more));
  return `${verdict} ${rule}`;
};
const tainted = { foreign: true, secrets: false };
const both = { foreign: true, secrets: true };
const hash = 'a'.repeat(64);

describe('files', () => {
  it('are read freely inside the workspace, asked outside of it and where keys are', () => {
    expect(said(read('src/a.ts'))).toBe('allow read');
    expect(said({ type: 'list', path: '/ws' })).toBe('allow read');
    expect(said(read('.env'))).toBe('ask secret-file');
    expect(said(read('config/server.pem'))).toBe('ask secret-file');
    expect(said(read('.git/config'))).toBe('ask secret-file');
    expect(said(read('.env.example'))).toBe('allow read');
    expect(said({ type: 'read', path: '/ws-evil/a' })).toBe('ask outside-workspace');
    expect(said({ type: 'read', path: '/home/me/.ssh/id_rsa' })).toBe('ask outside-workspace');
    expect(said({ type: 'read', path: '/ws/../etc/passwd' })).toBe('ask outside-workspace');
  });

  it('are written freely only where the step says so', () => {
    const writes = ['src/**', '!src/generated/**', 'docs/'];
    expect(said(write('src/a.ts'))).toBe('ask outside-writes');
    expect(said(write('src/a.ts'), { writes })).toBe('allow writes');
    expect(said(write('docs/deep/a.md'), { writes })).toBe('allow writes');
    expect(said(write('src/generated/a.ts'), { writes })).toBe('ask outside-writes');
    expect(said(write('lib/a.ts'), { writes })).toBe('ask outside-writes');
    expect(said(write('src/.hidden/a.ts'), { writes })).toBe('ask outside-writes');
    expect(said(write('src/a.ts'), { writes: [] })).toBe('ask outside-writes');
  });

  it('are never written outside, whatever the tool says of their place', () => {
    const effect: Effect = { type: 'write', path: '/etc/cron.d/x', relative: 'src/a.ts' };
    expect(said(effect, { writes: ['**'] })).toBe('deny outside-workspace');
    expect(said({ type: 'write', path: '/ws/../x' }, { writes: ['**'] })).toBe('deny outside-workspace');
  });

  it('are asked where they are protected or would be gone, also inside what the step writes', () => {
    const writes = ['**', '.vscode/**', '.git/**'];
    expect(said(write('.vscode/tasks.json'), { writes })).toBe('ask protected-file');
    expect(said(write('.git/hooks/pre-commit'), { writes })).toBe('ask protected-file');
    expect(said({ type: 'delete', path: '/ws/src/a.ts' }, { writes })).toBe('ask delete');
    expect(said({ type: 'delete', path: '/ws/package.json' }, { writes })).toBe('ask protected-file');
  });

  it('of Baton itself are never written', () => {
    const own = { writes: ['**'], ownFolders: ['/ws/store'] };
    expect(said(write('store/journal'), own)).toBe('deny own-files');
    expect(said(read('store/journal'), own)).toBe('ask own-files');
  });

  it('are compared without case where the system does so', () => {
    const effect: Effect = { type: 'read', path: '/WS/a' };
    expect(said(effect, { platform: 'darwin' })).toBe('allow read');
    expect(said(effect, { platform: 'linux' })).toBe('ask outside-workspace');
    expect(said({ type: 'read', path: 'C:\\ws\\A.ts' }, { platform: 'win32', workspace: 'c:\\WS' })).toBe(
      'allow read',
    );
  });
});

describe('commands', () => {
  const allowed = rules({ commands: [{ type: 'exact', argv: ['npm', 'test'] }] });

  it('are asked unless the person made a rule for exactly their words', () => {
    expect(said(shell(['npm', 'test']))).toBe('ask shell');
    expect(said(shell(['npm', 'test']), { rules: allowed })).toBe('allow allowed-command');
    expect(said(shell(['npm', 'test', '--x']), { rules: allowed })).toBe('ask shell');
    expect(said(shell('npm test'), { rules: allowed })).toBe('ask shell');
  });

  it('are denied outside of the workspace', () => {
    expect(said(shell(['npm', 'test'], '/tmp'), { rules: allowed })).toBe('deny outside-workspace');
  });

  it('that speak to other machines are asked once the step has read words of others', () => {
    const curl = rules({ commands: [{ type: 'exact', argv: ['curl', 'https://example.com'] }] });
    expect(said(shell(['curl', 'https://example.com']), { rules: curl })).toBe('allow allowed-command');
    expect(said(shell(['curl', 'https://example.com']), { rules: curl, taint: tainted })).toBe(
      'ask rule-of-two',
    );
  });
});

describe('the network', () => {
  const hosts = rules({ hosts: ['example.com', '*.docs.example'] });

  it('is free for the search service, asked for pages, free for hosts that the person named', () => {
    const search: Effect = {
      type: 'network',
      purpose: 'search',
      method: 'POST',
      url: 'https://search.example/q',
    };
    expect(said(search)).toBe('allow search');
    expect(said(fetchOf('https://example.com/a'))).toBe('ask fetch');
    expect(said(fetchOf('https://example.com/a'), { rules: hosts })).toBe('allow allowed-host');
    expect(said(fetchOf('https://api.docs.example/a'), { rules: hosts })).toBe('allow allowed-host');
    expect(said(fetchOf('https://docs.example/a'), { rules: hosts })).toBe('ask fetch');
  });

  it.each([
    'https://example.com.evil.example/',
    'https://evilexample.com/',
    'https://evil.example/?example.com',
    'http://example.com/',
    'https://example.com:8443/',
    'https://evildocs.example/',
  ])('asks for %s although example.com is allowed', (url) => {
    expect(said(fetchOf(url), { rules: hosts })).toBe('ask fetch');
  });

  it('denies what is no web address or carries a password', () => {
    for (const url of [
      'file:///etc/passwd',
      'https://example.com@evil.example/',
      'nonsense',
      'ftp://example.com/',
    ])
      expect(said(fetchOf(url), { rules: hosts })).toBe('deny bad-address');
  });

  it('asks where data is sent or the address carries much', () => {
    const post: Effect = { type: 'network', purpose: 'fetch', method: 'POST', url: 'https://example.com/' };
    expect(said(post, { rules: hosts })).toBe('ask http-post');
    const long = (length: number) => fetchOf(`https://example.com/?q=${'x'.repeat(length)}`);
    expect(said(long(100), { rules: hosts })).toBe('allow allowed-host');
    expect(said(long(300), { rules: hosts })).toBe('ask long-address');
    expect(said(long(100), { rules: hosts, taint: tainted })).toBe('ask long-address');
    expect(said(fetchOf(`https://example.com/${'x'.repeat(300)}`), { rules: hosts, taint: tainted })).toBe(
      'ask long-address',
    );
    expect(said(fetchOf('https://secret.docs.example/'), { rules: hosts, taint: tainted })).toBe(
      'ask rule-of-two',
    );
  });

  it('is asked for everything once the step has read both keys and words of others', () => {
    const search: Effect = {
      type: 'network',
      purpose: 'search',
      method: 'GET',
      url: 'https://search.example/q',
    };
    expect(said(search, { taint: both })).toBe('ask rule-of-two');
    expect(said(fetchOf('https://example.com/'), { rules: hosts, taint: both })).toBe('ask rule-of-two');
    const ls = rules({ commands: [{ type: 'exact', argv: ['ls'] }] });
    expect(said(shell(['ls']), { rules: ls, taint: both })).toBe('ask rule-of-two');
    expect(said(read('a'), { taint: both })).toBe('allow read');
    expect(said(write('src/a.ts'), { writes: ['src/**'], taint: both })).toBe('allow writes');
    expect(said(fetchOf('file:///x'), { taint: both })).toBe('deny bad-address');
  });
});

describe('the verdict', () => {
  it('is the strictest of all effects, in any order', () => {
    const effects = [read('a'), write('src/a.ts'), { type: 'write', path: '/x' } as const];
    expect(said(effects)).toBe('deny outside-workspace');
    expect(said([...effects].reverse())).toBe('deny outside-workspace');
    expect(said([read('a'), shell(['ls'])])).toBe('ask shell');
    expect(said([])).toBe('allow no-effect');
  });

  it('is deny for an effect that nobody knows', () => {
    expect(said({ type: 'teleport' } as unknown as Effect)).toBe('deny unknown-effect');
  });

  it('asks for every call of another server and of another service', () => {
    expect(said({ type: 'mcp', server: 's', tool: 't', arguments: '{}' })).toBe('ask mcp');
    const service = {
      type: 'network',
      purpose: 'service',
      method: 'GET',
      url: 'https://index.example/',
    } as unknown;
    expect(said(service as Effect)).toBe('ask service');
  });

  it('denies what the agent has no right to', () => {
    expect(said(read('a'), { rights: { tools: ['read_file'] } })).toBe('deny no-right');
    expect(said(shell(['ls']), { rights: { effects: ['read'] } })).toBe('deny no-right');
    expect(said({ type: 'delegate', agent: 'devops' }, { rights: { agents: ['qa'] } })).toBe('deny no-right');
    expect(said({ type: 'delegate', agent: 'qa' }, { rights: { agents: ['qa'] } })).toBe('allow delegate');
  });

  it('follows the person: always ask, deny', () => {
    const strict = rules({
      commands: [{ type: 'exact', argv: ['ls'] }],
      alwaysAsk: [{ path: 'src/**' }],
      deny: [{ program: 'rm' }, { host: 'evil.example' }, { agent: 'writer', effect: 'write' }],
    });
    expect(said(write('src/.deep/A.ts'), { rules: strict, writes: ['**'] })).toBe('ask always-ask');
    expect(said(shell(['ls']), { rules: strict })).toBe('allow allowed-command');
    expect(said(shell(['env', '/bin/rm', '-r', 'x']), { rules: strict })).toBe('deny denied-by-rule');
    expect(said(shell('ls;rm -rf x'), { rules: strict })).toBe('deny denied-by-rule');
    expect(said(fetchOf('https://evil.example/'), { rules: strict })).toBe('deny denied-by-rule');
    expect(said(write('a'), { rules: strict, agent: 'writer' })).toBe('deny denied-by-rule');
  });
});

describe('what is allowed for the run', () => {
  it('answers the question it was given for, about exactly this call', () => {
    const call = { hash, tool: 'run_command' };
    const given = exactAllowances([shell('make all'), read('.env')], context(call));
    expect(given.map((allowance) => allowance.type === 'exact' && allowance.rule)).toEqual([
      'shell',
      'secret-file',
    ]);
    const later = { ...call, allowances: given };
    expect(said([shell('make all'), read('.env')], later)).toBe('allow allowed-for-this-run');
    expect(said(shell('make all'), { ...later, hash: 'b'.repeat(64) })).toBe('ask shell');
    expect(said(shell('make all'), { ...later, taint: both })).toBe('ask rule-of-two');
    expect(said({ type: 'write', path: '/x' }, later)).toBe('deny outside-workspace');
  });

  it('covers files, hosts and commands of one tool, but neither protected files nor deletions nor keys', () => {
    const allowances = [
      { type: 'path', tool: 'write_file', glob: '**' },
      { type: 'host', tool: 'write_file', host: 'example.com' },
      { type: 'command', tool: 'write_file', command: { type: 'exact', argv: ['ls'] } },
    ] as const;
    expect(said(write('a.ts'), { allowances })).toBe('allow allowed-for-this-run');
    expect(said(write('a.ts'), { allowances, tool: 'other' })).toBe('ask outside-writes');
    expect(said(write('.vscode/tasks.json'), { allowances })).toBe('ask protected-file');
    expect(said({ type: 'delete', path: '/ws/a' }, { allowances })).toBe('ask delete');
    expect(said(read('.env'), { allowances })).toBe('ask secret-file');
    expect(said(fetchOf('https://example.com/'), { allowances })).toBe('allow allowed-for-this-run');
    expect(said(fetchOf('https://example.com/'), { allowances, taint: both })).toBe('ask rule-of-two');
    expect(said(shell(['ls']), { allowances })).toBe('allow allowed-for-this-run');
    expect(said(shell(['ls', '-a']), { allowances })).toBe('ask shell');
  });
});
