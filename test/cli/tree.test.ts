import { describe, expect, it } from 'vitest';
import { pasteLine } from '../../src/cli/paste-line';
import { closingLines } from '../../src/cli/show/closing-lines';
import { describeEvent } from '../../src/cli/show/describe-event';
import { createStyle, widthOf } from '../../src/cli/show/style';
import { renderTree, type TreeOptions } from '../../src/cli/show/tree';
import { brokenOffWord, stepWord } from '../../src/cli/show/words';
import type { RunState } from '../../src/core/model/run-state';
import { body, eventsOf, stateOf, step } from './events';
import { fakeContext } from './fake-runtime';

const plain = createStyle(false);
const mixed = () =>
  stateOf(
    body.started(
      step('lint'),
      step('scan', [], { title: 'Security scan' }),
      step('test'),
      step('report', ['lint', 'scan']),
    ),
    body.begins('lint'),
    body.begins('scan'),
    body.begins('test'),
    body.done('lint', '3 findings, 1 high'),
    body.fails('test', 'exit code 2'),
    body.asks('scan'),
  );

function tree(state: RunState, more: Partial<TreeOptions> = {}): string[] {
  return renderTree(state, {
    style: plain,
    width: 100,
    height: 50,
    now: state.startedAt + 65_000,
    live: new Map(),
    ...more,
  });
}

describe('the tree of a run', () => {
  it('shows each step by mark and word, its time and what came of it', () => {
    expect(tree(mixed(), { progress: { percentage: 50, elapsedMs: 65_000, remainingMs: 40_000 } })).toEqual([
      'quality-review  ◐ waits for you  2 of 4  50 %  1 m 05 s  about 40 s left  run run1',
      '├─ ✓ lint                done           1.2 s  3 findings, 1 high',
      '├─ ◐ scan Security scan  waits for you  59 s',
      '├─ ✗ test                failed         1.2 s  exit code 2',
      '└─ ○ report              not started           after scan',
    ]);
  });

  it('shows the last output of what is running, harmless', () => {
    const state = stateOf(body.started(step('build')), body.begins('build'));
    expect(tree(state, { live: new Map([['build', { text: 'before\n\u001b[2Jgone' }]]) })[1]).toBe(
      '├─ ● build  running  1 m 04 s  ␛[2Jgone'.replace('├', '└'),
    );
    expect(tree(state)[1]).toContain('local engine: rules, no AI model');
  });

  it('counts attempts and their time as people do: what went on after a break is the same one', () => {
    const state = stateOf(body.started(step('build')), body.begins('build', 2));
    const carried = { build: [{ attempt: 1, durationMs: 60_000 }] };
    expect(tree(state)[1]).toContain('1 m 04 s  attempt 2');
    const line = tree({ ...state, carried })[1];
    expect(line).toContain('2 m 04 s  quality');
    const [, begun] = eventsOf(body.started(step('build')), body.begins('build', 2));
    if (begun === undefined) throw new Error('none');
    expect(describeEvent(begun, state)).toContain('(attempt 2)');
    expect(describeEvent(begun, { ...state, carried })).not.toContain('attempt');
  });

  it('says of a run that broke off how it stands, and for how long of nothing', () => {
    const state = stateOf(body.started(step('lint'), step('build')), body.begins('build'));
    const brokenOff = brokenOffWord('running', false);
    if (brokenOff === undefined) throw new Error('It goes on');
    expect(tree(state, { brokenOff, progress: { percentage: 50, elapsedMs: 9, remainingMs: 9 } })).toEqual([
      'quality-review  ‖ interrupted  0 of 2  50 %  run run1',
      '├─ ○ lint   not started',
      '└─ ‖ build  interrupted    quality, local engine: rules, no AI model',
    ]);
  });

  it('says REHEARSAL', () => {
    expect(tree({ ...mixed(), rehearsal: true })[0]).toMatch(/^REHEARSAL /);
  });

  it('never is wider than the window', () => {
    for (const width of [20, 40, 63]) {
      for (const line of tree(mixed(), { width, style: createStyle(true) }))
        expect(widthOf(line)).toBeLessThanOrEqual(width);
    }
  });

  it('keeps room for how each step stands, however long a title is', () => {
    const title = 'Looks for everything that was ever forgotten anywhere in this repository by anyone';
    const state = stateOf(body.started(step('scan', [], { title }), step('lint')), body.begins('scan'));
    const lines = tree(state, { width: 80 });
    expect(lines[1]).toMatch(/^├─ ● scan Looks for every.*… {2}running /);
    expect(lines[2]).toContain('○ lint ');
    expect(lines[2]).toContain('not started');
    expect(tree(state, { width: Number.MAX_SAFE_INTEGER })[1]).toContain(title);
  });

  it('shows what runs and what waits for a person first where there are many steps', () => {
    const steps = Array.from({ length: 2_000 }, (_, index) => step(`s${index}`));
    const state = stateOf(
      body.started(...steps),
      body.begins('s1500'),
      body.begins('s1800'),
      body.asks('s1800'),
    );
    const lines = tree(state, { height: 10 });
    expect(lines[1]).toContain('s1500 ');
    expect(lines[2]).toContain('s1800 ');
    expect(lines[3]).toContain('s0 ');
    expect(lines.at(-1)).toMatch(/and 19\d\d more steps/);
  });

  it('keeps what needs eyes when the window is small', () => {
    const steps = Array.from({ length: 60 }, (_, index) => step(`s${index}`));
    const state = stateOf(body.started(...steps), body.begins('s10'), body.begins('s50'), body.asks('s50'));
    const lines = tree(state, { height: 10 });
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines.join('\n')).toContain('s10 ');
    expect(lines.join('\n')).toContain('s50 ');
    expect(lines.at(-1)).toBe('└─ and 53 more steps');
  });
});

describe('plain lines', () => {
  it('tell one event each', () => {
    const events = eventsOf(
      body.started(step('lint'), step('test')),
      body.begins('lint'),
      body.done('lint', '3 findings,\n1 high'),
      body.begins('test', 2),
      body.fails('test', 'no\u001b[2J'),
      body.asks('lint'),
      { type: 'run-failed', failed: ['test'], message: 'test failed' },
    );
    const state = stateOf(...events);
    expect(events.map((event) => describeEvent(event, state))).toEqual([
      '14:02:03  run run1 of quality-review started: 2 steps',
      '14:02:04  lint  started (quality, local engine: rules, no AI model)',
      '14:02:05  lint  done in 1.2 s: 3 findings, 1 high',
      '14:02:06  test  started (attempt 2) (quality, local engine: rules, no AI model)',
      '14:02:07  test  failed: exit-code no␛[2J (workflows/review.yaml:11)',
      '14:02:08  lint  waits for you (gate): 3 findings, 1 high',
      '14:02:09  run failed: test failed',
    ]);
  });

  it('tell what a tool said without the marks that are for models', () => {
    const preview = 'Rounds: 2.\n<data-0123456789ab what="result of writer">\nA draft.\n</data-0123456789ab>';
    const told = {
      type: 'tool-completed',
      step: 'lint',
      attempt: 1,
      call: 1,
      key: 'k',
      durationMs: 1,
    } as const;
    const [first, event] = eventsOf(body.started(step('lint')), {
      ...told,
      ...{ result: {}, preview, isError: false },
    });
    if (first === undefined || event === undefined) throw new Error('none');
    expect(describeEvent(event, stateOf(first))).toMatch(
      /lint {2}done: Rounds: 2\. result of writer: A draft\.$/,
    );
  });

  it('say of a step that has begun before how it goes on', () => {
    const word = (more: object) => stepWord({ key: 'lint', status: 'pending', attempt: 1, ...more }).word;
    expect(word({ attempt: 0 })).toBe('not started');
    expect(word({})).toBe('goes on in its turn');
    expect(word({ retryAt: 1 })).toBe('tries again soon');
    expect(word({ held: 'budget' })).toBe('waits for the budget');
  });

  it('mark a rehearsal on every line', () => {
    const [event] = eventsOf(body.started(step('lint')));
    if (event === undefined) throw new Error('none');
    expect(describeEvent({ ...event, rehearsal: true }, stateOf(event))).toContain('REHEARSAL');
  });
});

describe('what to do next', () => {
  it('names the command for each gate, and for going on', () => {
    expect(closingLines(mixed(), fakeContext().context)).toEqual([
      '✗ test failed: exit code 2 (workflows/review.yaml:12)',
      '◐ scan waits for you. Decide: baton approve run1 scan --action approve|modify|retry|skip|cancel',
      'Go on with: baton resume run1',
    ]);
  });

  it('says what is to be looked at where a run only goes on after that', () => {
    const state = stateOf(
      body.started(step('send')),
      body.begins('send'),
      body.asks('send', { kind: 'uncertain' }),
      { type: 'run-parked', reason: 'uncertain', message: 'Look.' },
    );
    expect(tree(state)[0]).toContain('? 1 step may have happened');
    const told = closingLines(state, fakeContext().context).join('\n');
    expect(told).toContain(
      '1 step may have happened. Look, and say whether it did: only then does it go on.',
    );
    expect(told).not.toContain('parked');
  });

  it('names who decides where it is not everyone', () => {
    const waits = stateOf(
      body.started(step('scan'), step('lint')),
      body.begins('scan'),
      body.asks('scan', { approvers: ['zoe', 'max'] }),
      body.asks('lint', { approvers: ['zoe', 'ada'] }),
    );
    const told = closingLines(waits, fakeContext().context).join('\n');
    expect(told).toContain('scan waits for zoe or max. Decide:');
    expect(told).toContain('lint waits for you or zoe. Decide:');
  });

  it('leads to the folder and the state that were named', () => {
    const { context } = fakeContext([], {
      baton: (words) => pasteLine(words, { workspace: 'my work', state: '/s' }),
    });
    const told = closingLines(mixed(), context).join('\n');
    expect(told).toContain(' --action approve|modify|retry|skip|cancel --workspace "my work" --state /s');
    expect(told).toContain('Go on with: baton resume run1 --workspace "my work" --state /s');
  });

  it('sends nobody to resume what another process drives', () => {
    expect(closingLines(mixed(), fakeContext().context, { isDrivenElsewhere: true }).join()).not.toContain(
      'resume',
    );
  });
});
