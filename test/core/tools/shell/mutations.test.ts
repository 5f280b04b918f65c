import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandRule, fitsCommandRule } from '../../../../src/core/tools/policy/command-rule';
import { simpleCommand } from '../../../../src/core/tools/shell/simple-command';
import { temporaryFolder } from '../../../support/node-host';
import { widestRules } from './widest-rules';

const MUTATED = 5_000;
const seed = Number(process.env['BATON_SEED'] ?? Date.now() % 2 ** 31);
const rules: readonly CommandRule[] = [
  ...widestRules([
    'show',
    'echo',
    'printf',
    'cat',
    'ls',
    'true',
    'show one',
    'git status',
    'env',
    'bash',
    'sh',
    'xargs',
    'find',
    'eval',
  ]),
  // A person may take any word of it.
  { type: 'exact', argv: ['show', 'a b', '$(x)'] },
];

/** Words that are quoted in every way, and what joins, expands, redirects, wraps or hides. */
const words = fc.constantFrom(
  'one',
  'two-2',
  './a.txt',
  "'a b'",
  '"c d"',
  "e'f'g",
  '""',
  'x=1',
  'a:b',
  'HEAD~1',
  '@',
  '+x',
  '%s',
  '--',
  '\u00fc',
  '.',
  "'$x'",
  'canary',
);
const traps = fc.constantFrom(
  ';touch canary',
  '&&touch canary',
  '||touch canary',
  '|touch canary',
  '&touch canary',
  '\ntouch canary',
  '\r\ntouch canary',
  '$(touch canary)',
  '`touch canary`',
  '"$(touch canary)"',
  '"`touch canary`"',
  '<(touch canary)',
  '>canary',
  '>>canary',
  '>|canary',
  '&>canary',
  '<>canary',
  '2>canary',
  ' > canary',
  '${x:-$(touch canary)}',
  '$((a[$(touch canary)]))',
  '{touch,canary}',
  "$'\\x3b'touch canary",
  '<<E\n$(touch canary)\nE',
  '<<<$(touch canary)',
  '\\\n;touch canary',
  '#\ntouch canary',
  '\ttouch canary',
  '\u2028touch canary',
  '!touch canary',
  '=(touch canary)',
  '(touch canary)',
  '{ touch canary; }',
  '\\;touch canary',
  "';touch canary;'",
  '";touch canary;"',
  "'\ntouch canary\n'",
  '*',
  '~',
  '?',
);
const wraps = fc.constantFrom(
  'env ',
  'command ',
  'exec ',
  'eval ',
  'time ',
  '! ',
  'x=1 ',
  'coproc ',
  'bash -c ',
  "sh -c 'touch canary' ",
  'f(){ touch canary;};',
  'trap "touch canary" EXIT;',
  '> canary ',
  '',
  '',
  '',
  '',
  '',
);
const pieces = fc.constantFrom(
  "'",
  '"',
  '\\',
  ' ',
  ';',
  '&',
  '|',
  '$',
  '`',
  '(',
  ')',
  '<',
  '>',
  '#',
  '\n',
  '{',
  '}',
  '!',
  '=',
  '-',
  ',',
  '[',
);
const programs = fc.constantFrom(
  'show',
  'show',
  'show',
  'echo',
  'printf',
  'cat',
  'ls',
  'true',
  'show one',
  'git status',
);

const commands = fc
  .record({
    wrap: wraps,
    program: programs,
    words: fc.array(words, { maxLength: 4 }),
    trap: fc.option(fc.tuple(traps, fc.nat(60)), { freq: 1 }),
    changes: fc.array(fc.tuple(fc.constantFrom('insert', 'delete', 'double'), fc.nat(60), pieces), {
      maxLength: 2,
    }),
  })
  .map(({ wrap, program, words: given, trap, changes }) => {
    let text = wrap + [program, ...given].join(' ');
    if (trap !== null) text = insert(text, Math.min(trap[1], text.length), trap[0]);
    for (const [kind, where, piece] of changes) {
      const at = where % (text.length + 1);
      if (kind === 'insert') text = insert(text, at, piece);
      else if (kind === 'delete') text = text.slice(0, at) + text.slice(at + 1);
      else text = insert(text, at, text.slice(at, at + 3));
    }
    return text;
  });

function insert(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ path: folder, remove } = await temporaryFolder('mutations'));
  mkdirSync(path.join(folder, 'bin'));
  mkdirSync(path.join(folder, 'work'));
  const show = path.join(folder, 'bin', 'show');
  writeFileSync(show, '#!/bin/sh\nprintf "%s\\0" "$@"\n');
  chmodSync(show, 0o755);
});
afterAll(() => remove());

/** What bash really does with the text. */
function inBash(text: string): { readonly touched: boolean; readonly printed: string } {
  const work = path.join(folder, 'work');
  rmSync(work, { recursive: true });
  mkdirSync(work);
  const { stdout } = spawnSync('bash', ['-c', text], {
    cwd: work,
    env: { PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin`, HOME: work, LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
    timeout: 1_000,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return { touched: existsSync(path.join(work, 'canary')), printed: stdout };
}

describe('commands changed at random', () => {
  it(`are never approved when bash would touch the canary, and mean in bash what was approved (seed ${seed})`, async () => {
    const place = { folder: '', platform: 'linux' };
    const count = { approved: 0, compared: 0, tried: 0, fired: 0 };
    const wrong: string[] = [];
    for (const text of fc.sample(commands, { seed, numRuns: MUTATED })) {
      const argv = await simpleCommand(text);
      const approved = argv !== undefined && rules.some((rule) => fitsCommandRule(rule, argv, place));
      // Of what is refused, some are tried, to know that the bait is good.
      if (!approved && (count.tried >= 900 || text.includes('\0'))) continue;
      const { touched, printed } = inBash(text);
      if (!approved) {
        count.tried += 1;
        if (touched) count.fired += 1;
        continue;
      }
      count.approved += 1;
      if (touched) wrong.push(`touches: ${JSON.stringify(text)}`);
      if (argv[0] !== 'show') continue;
      count.compared += 1;
      const expected =
        argv.length === 1
          ? '\0'
          : argv
              .slice(1)
              .map((word) => `${word}\0`)
              .join('');
      if (printed !== expected) wrong.push(`differs: ${JSON.stringify(text)}`);
    }
    expect(wrong).toEqual([]);
    expect(count.approved).toBeGreaterThan(200);
    expect(count.compared).toBeGreaterThan(80);
    expect(count.fired).toBeGreaterThan(40);
  }, 300_000);
});
