import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import type { Effect, Verdict } from '../../../../src/core/tools/effect';
import {
  allowanceFromJson,
  allowanceToJson,
  type Allowance,
} from '../../../../src/core/tools/policy/allowance';
import { judge } from '../../../../src/core/tools/policy/judge';
import { parseRules } from '../../../../src/core/tools/policy/parse-rules';
import { type AgentRights, intersectRights } from '../../../../src/core/tools/policy/rights';
import { narrowedBy, noRules, type PolicyRules } from '../../../../src/core/tools/policy/rules';
import { shownHash } from '../../../../src/core/tools/policy/shown-hash';
import { joinTaint } from '../../../../src/core/tools/policy/taint';
import { visibleText } from '../../../../src/core/tools/policy/visible-text';
import { context, fetchOf, read, shell, write } from './place';

const strictness: Readonly<Record<Verdict['verdict'], number>> = { allow: 0, ask: 1, deny: 2 };
const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 2 ** 31);
const property = { seed, numRuns: 500, verbose: true };

const hosts = fc.subarray(['a.example', 'b.example', '*.c.example']);
const commands = fc.subarray([
  { type: 'exact', argv: ['ls'] },
  { type: 'exact', argv: ['npm', 'test'] },
  { type: 'pattern', program: 'cat', operands: 'paths' },
] as PolicyRules['commands'][number][]);
const patterns = fc.subarray([
  { path: 'src/**' },
  { effect: 'shell' },
  { host: 'a.example' },
  { program: 'cat' },
] as const);
const effects: fc.Arbitrary<Effect> = fc.constantFrom(
  read('src/a.ts'),
  read('.env'),
  write('src/a.ts'),
  write('lib/b.ts'),
  write('.git/config'),
  shell(['ls']),
  shell(['npm', 'test']),
  shell(['cat', 'src/a.ts']),
  shell('ls | sh'),
  fetchOf('https://a.example/'),
  fetchOf('https://x.c.example/'),
  { type: 'delegate', agent: 'qa' },
  { type: 'delegate', agent: 'devops' },
);
const rulesOf: fc.Arbitrary<PolicyRules> = fc.record({
  commands,
  hosts,
  alwaysAsk: patterns,
  deny: patterns,
});
const some = <T>(values: readonly T[]) => fc.option(fc.subarray([...values]), { nil: undefined });

describe('the rules of a person', () => {
  it('are only ever made narrower by a workspace', () => {
    const workspace = fc.record(
      { commands, hosts, alwaysAsk: patterns, deny: patterns },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(rulesOf, workspace, effects, (person, theirs, effect) => {
        const before = judge([effect], context({ rules: person, writes: ['src/**'] }));
        const after = judge([effect], context({ rules: narrowedBy(person, theirs), writes: ['src/**'] }));
        expect(strictness[after.verdict]).toBeGreaterThanOrEqual(strictness[before.verdict]);
      }),
      property,
    );
  });

  it('are read item by item; one that cannot be read allows nothing and is told', () => {
    const parsed = parseRules({
      commands: [
        { type: 'exact', argv: ['ls'] },
        { type: 'pattern', program: 'npm', operands: 'words' },
        'git',
      ],
      hosts: ['example.com', 'https://evil.example/'],
    });
    expect(parsed.isUnsafe).toBe(false);
    expect(parsed.rules.commands).toHaveLength(2);
    expect(parsed.rules.hosts).toEqual(['example.com']);
    expect(parsed.faults).toHaveLength(3);
  });

  it('allow nothing at all when a guard among them cannot be read', () => {
    const broken = [
      { hosts: ['a.example'], deny: [{ pogram: 'rm' }] },
      { hosts: ['a.example'], denny: [] },
      [],
      'x',
    ];
    for (const value of broken) {
      const { rules, isUnsafe } = parseRules(value);
      expect(isUnsafe).toBe(true);
      expect(judge([fetchOf('https://a.example/')], context({ rules })).verdict).toBe('ask');
    }
    expect(parseRules(undefined)).toEqual({ rules: noRules, faults: [], isUnsafe: false });
  });
});

describe('the rights of a child', () => {
  it('are never more than its parent has', () => {
    const rights = fc.record({
      tools: some(['write_file', 'read_file']),
      effects: some(['read', 'write', 'shell', 'fetch', 'delegate'] as const),
      agents: some(['qa', 'devops']),
      writes: some([['src/**'], ['lib/**']] as const),
    });
    fc.assert(
      fc.property(rights, rights, rulesOf, effects, (parent, child, rules, effect) => {
        const given = { rules, writes: ['**'] };
        const of = (some: AgentRights) =>
          strictness[judge([effect], context({ ...given, rights: some })).verdict];
        const plain = (some: object) =>
          Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as AgentRights;
        const both = of(intersectRights(plain(parent), plain(child)));
        expect(both).toBeGreaterThanOrEqual(of(plain(parent)));
        expect(both).toBeGreaterThanOrEqual(of(plain(child)));
      }),
      property,
    );
  });

  it('carry the taint of both', () => {
    expect(joinTaint({ foreign: true, secrets: false }, { foreign: false, secrets: true })).toEqual({
      foreign: true,
      secrets: true,
    });
  });
});

describe('what a decision is bound to', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  it('changes with every change of tool, effects or what was shown, and with nothing else', () => {
    const call = { tool: 't', effects: [shell(['ls'])], shown: { command: ['ls'], folder: '/ws' } };
    const hash = shownHash(call, sha256);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(shownHash({ ...call, shown: { folder: '/ws', command: ['ls'] } }, sha256)).toBe(hash);
    const others = [
      { ...call, tool: 'u' },
      { ...call, effects: [shell(['ls', ''])] },
      { ...call, effects: [shell('ls')] },
      { ...call, effects: [] },
      { ...call, shown: { ...call.shown, command: ['ls '] } },
      { ...call, shown: { ...call.shown, more: null } },
    ];
    expect(new Set([hash, ...others.map((other) => shownHash(other, sha256))]).size).toBe(7);
  });
});

describe('an allowance', () => {
  it('goes into an event and comes back', () => {
    const all: readonly Allowance[] = [
      { type: 'exact', rule: 'shell', hash: 'a'.repeat(64) },
      { type: 'path', tool: 'write_file', glob: 'src/**' },
      { type: 'host', tool: 'fetch_page', host: 'example.com' },
      { type: 'command', tool: 'run_command', command: { type: 'pattern', program: 'ls', flags: ['-l'] } },
    ];
    expect(all.map((one) => allowanceFromJson(JSON.parse(JSON.stringify(allowanceToJson(one)))))).toEqual(
      all,
    );
  });

  it('is none when anything about it is unknown', () => {
    const none = [
      { type: 'all' },
      { type: 'path', tool: 'x' },
      { type: 'exact', rule: 'shell', hash: 'x' },
      null,
      'x',
    ];
    none.push({ type: 'path', tool: 'x', glob: 'a', more: 1 } as never);
    expect(none.map(allowanceFromJson)).toEqual(none.map(() => undefined));
  });
});

describe('text for people', () => {
  it('shows what would hide', () => {
    expect(visibleText('a\u202Eb\u200B\u001b[2Jc\r\u{E0072}\u00A0\u2028')).toBe(
      'a<U+202E>b<U+200B><escape>[2Jc<carriage return><U+E0072><U+00A0><U+2028>',
    );
    expect(visibleText('a\n\tb', { keepsLines: true })).toBe('a\n\tb');
    expect(visibleText('a\nb')).toBe('a<line break>b');
    expect(visibleText('h\u00e9 \u6587')).toBe('h\u00e9 \u6587');
  });
});
