import { describe, expect, it } from 'vitest';
import { keptIn, runOfLostPanel, type FindableRun } from '../../src/extension/views/lost-panel';

const run = (runId: string, title: string, ended = true): FindableRun => ({ runId, title, ended });

describe('the run of a panel that kept nothing', () => {
  it('is the one whose name the panel has, even when others go on', () => {
    const runs = [run('new', 'ship · 14:03', false), run('old', 'ship · 14:02')];
    expect(runOfLostPanel('ship · 14:02', ['new'], runs)).toBe('old');
  });

  it('is one that had a panel, where the name tells nothing', () => {
    const runs = [run('c', 'ship · 14:03', false), run('b', 'ship · 14:02'), run('a', 'ship · 14:01')];
    expect(runOfLostPanel('Run', ['a'], runs)).toBe('a');
  });

  it('is one that had a panel, where two have the same name', () => {
    const runs = [run('b', 'ship · 14:02'), run('a', 'ship · 14:02')];
    expect(runOfLostPanel('ship · 14:02', ['a'], runs)).toBe('a');
  });

  it('is the newest that goes on, else the newest, else none', () => {
    const ended = [run('c', 'c'), run('b', 'b')];
    expect(runOfLostPanel('Run', [], [...ended, run('a', 'a', false)])).toBe('a');
    expect(runOfLostPanel('Run', [], ended)).toBe('c');
    expect(runOfLostPanel('Run', ['gone'], [])).toBeUndefined();
  });
});

describe('what a page kept', () => {
  it('is its run, or that it was a form, or nothing', () => {
    expect(keptIn({ runId: 'r', selected: 's' })).toEqual({ runId: 'r' });
    expect(keptIn({ form: true })).toBe('form');
    for (const state of [undefined, null, 'r', {}, { runId: 7 }]) expect(keptIn(state)).toBeUndefined();
  });
});
