import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/command-line';
import { policyMenuWords, readPolicyChoice } from '../../src/cli/policy-choice';
import { callLines } from '../../src/cli/show/call-lines';
import { createStyle } from '../../src/cli/show/style';
import type { Approval } from '../../src/core/model/approval';
import { callAnswers, grantedBy } from '../../src/core/model/policy-answer';
import type { AskedCall } from '../../src/core/model/tool-call';

const command: AskedCall = {
  key: 'k1',
  agent: 'quality',
  tool: 'run_command',
  rule: 'shell',
  why: 'Runs a program',
  shown: { command: ['npm', 'test', 'a b'], folder: '/w', environment: {}, files: [] },
  effects: [],
  hash: 'h1',
  forRun: { says: 'npm test may be run again', allowances: [{ type: 'exact', rule: 'shell', hash: 'h1' }] },
};
const patch: AskedCall = {
  key: 'k2',
  agent: 'backend',
  tool: 'apply_patch',
  rule: 'outside-writes',
  why: 'Writes outside of what the step declares',
  shown: {
    changes: [
      { path: 'a.ts', resolved: '/w/a.ts', kind: 'edit', diff: '--- a.ts\n+++ a.ts\n-1\n+2' },
      { path: 'b.ts', resolved: '/w/b.ts', kind: 'create', diff: '--- /dev/null\n+++ b.ts\n+\u001b[2Jx' },
    ],
  },
  effects: [],
  hash: 'h2',
  files: ['a.ts', 'b.ts'],
};
const approval = (calls: readonly AskedCall[]): Approval => ({
  id: 'a',
  kind: 'policy',
  step: 'build',
  attempt: 1,
  title: 'Build',
  summary: 'quality wants to do something',
  shown: { artifacts: [], calls },
  shownHash: 'shown',
  allow: ['approve', 'retry', 'skip', 'cancel'],
  next: [],
  requestedAt: 0,
  onExpire: 'pause',
});
const decide = (calls: readonly AskedCall[], text: string) => {
  const asked = approval(calls);
  const choice = readPolicyChoice(asked, text);
  if ('problem' in choice) return choice.problem;
  return { ...choice.decision, answers: [...callAnswers(asked, choice.decision).values()] };
};

describe('what a person types where an agent asks', () => {
  it('allows all of it, once', () => {
    expect(decide([command, patch], 'a')).toMatchObject({
      action: 'approve',
      answers: [
        { type: 'allow', hash: 'h1', without: [] },
        { type: 'allow', hash: 'h2', without: [] },
      ],
    });
  });

  it('allows only the numbers that were named: calls, and single files of a call', () => {
    expect(decide([command, patch], 'a 2')).toMatchObject({
      answers: [{ type: 'refuse' }, { type: 'allow', without: ['b.ts'] }],
    });
    expect(decide([command, patch], 'a 1')).toMatchObject({
      answers: [{ type: 'allow' }, { type: 'refuse' }],
    });
  });

  it('refuses with a word for the agent', () => {
    expect(decide([command], 'd use the linter')).toMatchObject({
      action: 'retry',
      comment: 'use the linter',
      answers: [{ type: 'refuse', comment: 'use the linter' }],
    });
  });

  it('allows for the run only where that is offered, and grants what was shown', () => {
    expect(decide([patch], 'f')).toMatch(/one by one/);
    const asked = approval([command]);
    const choice = readPolicyChoice(asked, 'f');
    expect('decision' in choice && grantedBy(asked, choice.decision)).toEqual(command.forRun?.allowances);
    const once = readPolicyChoice(asked, 'a');
    expect('decision' in once && grantedBy(asked, once.decision)).toEqual([]);
  });

  it('says what is wrong with anything else, and decides nothing', () => {
    expect(decide([command], 'a 2')).toMatch(/from 1 to 1/);
    expect(decide([command], 'yes')).toMatch(/not one of them/);
    expect(decide([command], '')).toBe('');
  });

  it('offers numbers only where there is something to choose', () => {
    expect(policyMenuWords(approval([command]))).toEqual([
      'a allow',
      'f allow for this run',
      "d don't allow",
      's skip the step',
      'c cancel the run',
    ]);
    expect(policyMenuWords(approval([patch]))[0]).toBe('a allow (a 1 3: only these)');
  });
});

describe('what is shown of it', () => {
  const lines = callLines([command, patch], createStyle(false)).join('\n');

  it('shows a command as one would type it, so that each word is seen', () => {
    expect(lines).toContain("$ npm test 'a b'");
    expect(lines).not.toContain('environment');
  });

  it('shows each file with its number, where it really is, and its whole diff', () => {
    expect(lines).toContain('2. edit a.ts');
    expect(lines).toContain('3. create b.ts');
    expect(lines).toContain('/w/b.ts');
    expect(lines).toContain('+2');
  });

  it('makes what would steer a terminal visible', () => {
    expect(lines).not.toContain('\u001b');
  });
});

describe('the command line', () => {
  it('takes numbers and the run with an approval only', () => {
    const read = (...argv: string[]) => parseCommandLine(['approve', 'r', 's', '--action', ...argv]);
    expect(read('approve', '--refuse', '1,3', '--for-run')).toMatchObject({
      command: { refuse: [1, 3], forRun: true },
    });
    expect(read('skip', '--for-run')).toMatchObject({ type: 'usage' });
    expect(read('approve', '--refuse', '0')).toMatchObject({ type: 'usage' });
  });

  it('undoes all files of a step, or those named', () => {
    expect(parseCommandLine(['undo', 'r', 's'])).toMatchObject({
      command: { name: 'undo', files: [], anyway: false },
    });
    expect(parseCommandLine(['undo', 'r', 's', '--file', 'a', '--file', 'b', '--anyway'])).toMatchObject({
      command: { files: ['a', 'b'], anyway: true },
    });
  });
});
