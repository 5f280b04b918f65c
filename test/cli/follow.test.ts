import { describe, expect, it } from 'vitest';
import { followRun } from '../../src/cli/follow';
import type { RunEvent, RunEventBody } from '../../src/core/model/events';
import type { Decision } from '../../src/core/model/approval';
import { body, step } from './events';
import { fakeContext, FakeRun } from './fake-runtime';

const ended: RunEventBody = { type: 'run-completed', tolerated: [] };
const toGate = [body.started(step('scan'), step('report', ['scan'])), body.begins('scan'), body.asks('scan')];
const decided = (decision: Decision): RunEventBody => ({
  type: 'approval-decided',
  step: 'scan',
  attempt: 1,
  id: 'scan-gate',
  decision,
  by: { name: 'ada', channel: 'terminal' },
});
const goesOn = (decision: Decision) => [
  decided(decision),
  body.done('scan'),
  body.begins('report'),
  body.done('report'),
  ended,
];

describe('following a run', () => {
  it('shows events that were stored before it listened and those that come, each once, and ends with the run', async () => {
    const run = new FakeRun(body.started(step('lint')), body.begins('lint'));
    const { context, out } = fakeContext([], { json: true });
    const code = followRun(context, run.runtime, 'run1', { afterSeq: 0, ask: false });
    run.add([body.done('lint')]);
    run.add([ended]);
    expect(await code).toBe(0);
    expect(out.map((line) => (JSON.parse(line) as RunEvent).seq)).toEqual([1, 2, 3, 4]);
  });

  it('fills a gap in what it hears from what is stored', async () => {
    const run = new FakeRun(body.started(step('lint')));
    const { context, out } = fakeContext([], { json: true });
    const code = followRun(context, run.runtime, 'run1', { afterSeq: 0, ask: false });
    run.add([body.begins('lint')], { silent: true });
    run.add([body.done('lint'), ended]);
    await code;
    expect(out.map((line) => (JSON.parse(line) as RunEvent).seq)).toEqual([1, 2, 3, 4]);
  });

  it('shows a resumed run from where it was resumed', async () => {
    const run = new FakeRun(body.started(step('lint')), body.begins('lint'), body.done('lint'), ended);
    const { context, out } = fakeContext([], { json: true });
    await followRun(context, run.runtime, 'run1', { afterSeq: 2, ask: false });
    expect(out).toHaveLength(2);
  });

  it.each([
    [body.fails('lint'), { type: 'run-failed', failed: ['lint'], message: 'lint failed' }, 1],
    [body.done('lint'), { type: 'run-cancelled', by: 'ada', reason: '' }, 130],
    [body.done('lint'), { type: 'run-paused', by: 'ada', reason: 'person' }, 3],
    [body.done('lint'), { type: 'run-parked', reason: 'uncertain', message: 'look' }, 3],
  ] as const)('gives the exit code of its end', async (step1, end, code) => {
    const run = new FakeRun(body.started(step('lint')), body.begins('lint'), step1, end);
    const { context } = fakeContext();
    expect(await followRun(context, run.runtime, 'run1', { afterSeq: 0, ask: false })).toBe(code);
  });

  it('leaves gates open when nobody may be asked, and says how to decide', async () => {
    const { context, err } = fakeContext();
    expect(
      await followRun(context, new FakeRun(...toGate).runtime, 'run1', { afterSeq: 0, ask: false }),
    ).toBe(3);
    expect(err.join('\n')).toContain('baton approve run1 scan --action');
  });
});

describe('asking at a gate', () => {
  const ask = async (answers: readonly string[], prepare: (run: FakeRun) => void = () => {}) => {
    const run = new FakeRun(...toGate);
    run.onDecide = goesOn;
    prepare(run);
    const fake = fakeContext(answers);
    fake.files.set('/w/new.json', '{"findings": 0}');
    const code = await followRun(fake.context, run.runtime, 'run1', { afterSeq: 0, ask: true });
    return { code, run, told: fake.err.join('\n') };
  };

  it('shows what is to be decided, and goes on after approve', async () => {
    const { code, run, told } = await ask(['a']);
    expect(code).toBe(0);
    expect(run.decisions).toEqual([{ action: 'approve', shownHash: 'ab'.repeat(32), by: 'ada/terminal' }]);
    expect(told).toContain('3 findings, 1 high');
    expect(told).toContain('Next: report');
    expect(told).toContain('a approve  m modify  r retry  s skip  c cancel  v view >');
  });

  it.each([
    [['r', 'look deeper'], { action: 'retry', comment: 'look deeper' }],
    [['r look deeper'], { action: 'retry', comment: 'look deeper' }],
    [['r', ''], { action: 'retry' }],
    [['s'], { action: 'skip' }],
    [['c'], { action: 'cancel' }],
    [['m', 'new.json'], { action: 'modify', value: { findings: 0 } }],
    [['m', ''], { action: 'modify', value: { findings: 4 } }],
    [['', 'x', 'v', 'approve'], { action: 'approve' }],
    [['m', 'none.json', 'a'], { action: 'approve' }],
  ])('turns %j into a decision', async (answers, decision) => {
    const { run } = await ask(answers);
    expect(run.decisions).toEqual([{ ...decision, shownHash: 'ab'.repeat(32), by: 'ada/terminal' }]);
  });

  it('asks again after a refused decision', async () => {
    const { code, run, told } = await ask(['a', 's'], (fake) => {
      fake.onDecide = (decision) =>
        decision.action === 'skip' ? goesOn(decision) : { ok: false, code: 'refused', message: 'Not you.' };
    });
    expect(code).toBe(0);
    expect(run.decisions.map(({ action }) => action)).toEqual(['approve', 'skip']);
    expect(told).toContain('Not you.');
  });

  it('asks for what this person may decide, says whose the rest is, and leaves it open', async () => {
    const waiting = (key: string, approvers?: readonly string[]) =>
      body.asks(key, { ...(approvers !== undefined && { approvers }) });
    const run = new FakeRun(
      body.started(step('hers'), step('mine'), step('ours')),
      waiting('hers', ['zoe']),
      waiting('mine'),
      waiting('ours', ['zoe', 'ada']),
    );
    const keys = ['mine', 'ours'];
    run.onDecide = (decision) => {
      const key = keys.shift() ?? '';
      return [
        {
          type: 'approval-decided',
          step: key,
          attempt: 1,
          id: `${key}-gate`,
          decision,
          by: { name: 'ada', channel: 'terminal' },
        },
        body.done(key),
      ];
    };
    const { context, err } = fakeContext(['a', 'a']);
    expect(await followRun(context, run.runtime, 'run1', { afterSeq: 0, ask: true })).toBe(3);
    expect(run.decisions).toHaveLength(2);
    const told = err.join('\n');
    expect(told.match(/hers waits for zoe, not for you \(ada\)\./g)).toHaveLength(1);
    expect(told).not.toContain('step hers of');
    expect(told).toContain('hers waits for zoe. Decide: baton approve run1 hers');
  });

  it('stops asking when the input ends', async () => {
    const { code, run } = await ask([]);
    expect(code).toBe(3);
    expect(run.decisions).toEqual([]);
  });

  it('shows a command whole, line by line, and takes another one as text', async () => {
    const command = ['make', 'rm -rf \u202e build'].join('\n');
    const run = new FakeRun(
      ...toGate.slice(0, 2),
      body.asks('scan', { kind: 'before', shown: { command, artifacts: [] } }),
    );
    run.onDecide = goesOn;
    const { context, err, files } = fakeContext(['m other.txt']);
    files.set('/w/other.txt', '42\n');
    await followRun(context, run.runtime, 'run1', { afterSeq: 0, ask: true });
    expect(err.join('\n')).toContain('  Command:\n    make\n    rm -rf U+202E build');
    expect(run.decisions).toMatchObject([{ action: 'modify', value: '42' }]);
  });

  it('offers only what the gate allows', async () => {
    const run = new FakeRun(...toGate.slice(0, 2), body.asks('scan', { allow: ['approve', 'cancel'] }));
    run.onDecide = goesOn;
    const { context, err } = fakeContext(['r', 'a']);
    await followRun(context, run.runtime, 'run1', { afterSeq: 0, ask: true });
    expect(err.join('\n')).toContain('a approve  c cancel  v view >');
    expect(run.decisions).toHaveLength(1);
  });

  it('takes the question back when it was settled elsewhere', async () => {
    const run = new FakeRun(...toGate);
    const { context, err } = fakeContext(['wait']);
    const code = followRun(context, run.runtime, 'run1', { afterSeq: 0, ask: true });
    while (!err.some((line) => line.includes('v view')))
      await new Promise((resolve) => setImmediate(resolve));
    run.add(goesOn({ action: 'approve', shownHash: 'x' }));
    expect(await code).toBe(0);
    expect(run.decisions).toEqual([]);
  });
});

describe('signals', () => {
  it('cancels on Ctrl-C, also in the middle of a question', async () => {
    const run = new FakeRun(...toGate);
    const { context, interrupt, err } = fakeContext(['wait']);
    const code = followRun(context, run.runtime, 'run1', { afterSeq: 0, ask: true });
    while (!err.some((line) => line.includes('v view')))
      await new Promise((resolve) => setImmediate(resolve));
    interrupt.fire('SIGINT');
    expect(await code).toBe(130);
    expect(run.calls).toEqual(['cancel']);
  });

  it('leaves the run on SIGTERM and says how to go on', async () => {
    const run = new FakeRun(body.started(step('lint')), body.begins('lint'));
    const { context, terminate, err } = fakeContext();
    const code = followRun(context, run.runtime, 'run1', { afterSeq: 0, ask: false });
    await new Promise((resolve) => setImmediate(resolve));
    terminate.fire('SIGTERM');
    expect(await code).toBe(3);
    expect(run.calls).toEqual(['close']);
    expect(err.join('\n')).toContain('baton resume run1');
  });
});
