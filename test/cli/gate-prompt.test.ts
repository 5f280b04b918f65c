import { describe, expect, it } from 'vitest';
import { putBackWords } from '../../src/cli/put-back';
import { askDecision, type AtGate } from '../../src/cli/gate-prompt';
import type { Approval } from '../../src/core/model/approval';
import type { ArtifactRef } from '../../src/core/model/artifact';
import { foldAll } from '../../src/core/model/run-state';
import { body, eventsOf, step } from './events';
import { fakeContext } from './fake-runtime';

const texts: Readonly<Record<string, string>> = { old: 'tea 3.20\n', fresh: 'tea 3.40\n', made: 'new\n' };
const ref = (hash: string, path: string): ArtifactRef => ({ hash, path, mediaType: 'text/plain', size: 1 });
const gate: Approval = {
  id: 'mend-gate',
  kind: 'gate',
  step: 'mend',
  attempt: 1,
  title: 'Mend',
  summary: 'Mended.',
  shown: {
    artifacts: [],
    changes: [
      { path: 'prices.txt', before: ref('old', 'prices.txt'), after: ref('fresh', 'prices.txt') },
      { path: 'notes.txt', after: ref('made', 'notes.txt') },
      { path: 'gone.txt', before: ref('lost', 'gone.txt') },
    ],
  },
  shownHash: 'ab'.repeat(32),
  allow: ['approve', 'cancel'],
  next: [],
  requestedAt: 0,
  onExpire: 'pause',
};

/** What a person types at the gate, what they are told, and which files were put back. */
async function ask(
  answers: readonly string[],
  undo?: (paths: readonly string[], stop: AbortController) => void,
) {
  const { context, err } = fakeContext(answers);
  const state = foldAll(eventsOf(body.started(step('mend'))));
  if (state === undefined) throw new Error('No run');
  const undone: (readonly string[])[] = [];
  const stop = new AbortController();
  const atGate: AtGate = {
    readArtifact: ({ hash }) =>
      hash in texts
        ? Promise.resolve(new TextEncoder().encode(texts[hash]))
        : Promise.reject(new Error('It is no longer kept.')),
    undo: (paths) => {
      undone.push(paths);
      undo?.(paths, stop);
      return Promise.resolve({ ok: true, restored: paths.slice(0, 1), changedSince: paths.slice(1) });
    },
  };
  const decision = await askDecision(context, state, gate, atGate, stop.signal);
  return { decision, undone, told: err.join('\n'), left: answers };
}

describe('a gate where agents changed files', () => {
  it('numbers them, and shows what changed in each', async () => {
    const { told } = await ask(['v', 'a']);
    for (const line of ['1. Changed: prices.txt', '2. Created: notes.txt', '3. Deleted: gone.txt'])
      expect(told).toContain(line);
    expect(told).toContain('u put back, remove new (u 1 3: these, u all)');
    expect(told).toContain('-tea 3.20\n     +tea 3.40');
    expect(told).toContain('+new');
    expect(told).toContain('gone.txt: It is no longer kept.');
    expect(told).not.toContain('Index:');
  });

  it.each([
    ['u 1', ['prices.txt']],
    ['u 3 1', ['prices.txt', 'gone.txt']],
    ['u 1,2', ['prices.txt', 'notes.txt']],
    ['u all', ['prices.txt', 'notes.txt', 'gone.txt']],
  ] as const)('puts back those that are named: %s', async (typed, paths) => {
    const { undone, told, decision } = await ask([typed, 'a']);
    expect(undone).toEqual([paths]);
    expect(told).toContain('Put back prices.txt');
    for (const path of paths.slice(1)) expect(told).toContain(`Changed since, left as it is: ${path}`);
    expect(decision?.action).toBe('approve');
  });

  it('says of a new file that it is removed, before and after', async () => {
    const { told } = await ask(['u 2', 'a']);
    expect(told).toContain('Removed notes.txt');
    const words = (...paths: string[]) =>
      putBackWords((gate.shown.changes ?? []).filter(({ path }) => paths.includes(path)));
    expect(words('notes.txt')).toEqual(['u remove the new file']);
    expect(words('prices.txt')).toEqual(['u put the file back']);
    expect(words('prices.txt', 'gone.txt')).toEqual(['u put back (u 1 3: these, u all)']);
    expect(words()).toEqual([]);
  });

  it.each(['u', 'u 0', 'u 4', 'u 1 x', 'u 1.5'])('puts nothing back for %s', async (typed) => {
    const { undone, told } = await ask([typed, 'a']);
    expect(undone).toEqual([]);
    expect(told).toContain('Say which: numbers from 1 to 3, or "u all".');
  });

  it('asks no further once the question is another one', async () => {
    const { decision, undone } = await ask(['u 1', 'a'], (_paths, stop) => stop.abort());
    expect(undone).toHaveLength(1);
    expect(decision).toBeUndefined();
  });
});

describe('the result at a gate', () => {
  const shownWith = async (output: Approval['shown']['output']) => {
    const { context, err } = fakeContext(['a']);
    const state = foldAll(eventsOf(body.started(step('mend'))));
    if (state === undefined) throw new Error('No run');
    const nothing: AtGate = {
      readArtifact: () => Promise.reject(new Error('None')),
      undo: () => Promise.reject(new Error('None')),
    };
    const asked = { ...gate, shown: { artifacts: [], ...(output !== undefined && { output }) } };
    await askDecision(context, state, asked, nothing, new AbortController().signal);
    return err.join('\n');
  };

  it('stands there when it is short, and words stand there as words', async () => {
    expect(await shownWith({ uses: ['a.js:1'], risk: 'low' })).toContain('"a.js:1"');
    expect(await shownWith({ text: 'It is fine.' })).toContain('  Result: It is fine.');
  });

  it('is left to the summary when it is long', async () => {
    const told = await shownWith({
      findings: Array.from({ length: 40 }, (_none, index) => `finding ${index}`),
    });
    expect(told).not.toContain('finding 3');
    expect(told).toContain('Mended.');
    expect(await shownWith({ text: 'line\n'.repeat(20) })).toContain('12 more lines, v shows them');
  });
});
