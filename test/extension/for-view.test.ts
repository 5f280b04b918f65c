import { describe, expect, test } from 'vitest';
import { foldAll, type RunState } from '../../src/core/model/run-state';
import { brief, eventForView, stateForView } from '../../src/extension/views/for-view';
import { commandCall, ends, policyGate, uses } from '../webview/agent-samples';
import { thinks } from '../webview/model-samples';
import { asks, eventsOf, started, step, workflow } from '../webview/samples';

const long = 'x'.repeat(50_000);
const events = eventsOf([
  started(workflow([step('fix', [])])),
  thinks('fix'),
  uses(1, 'write_file', { path: 'a.ts', content: long }),
  { ...ends(1, 'written'), result: { text: long } } as never,
  {
    type: 'message-sent',
    message: {
      id: 1,
      from: 'a',
      to: ['b'],
      missed: [],
      way: { type: 'direct' },
      priority: 'normal',
      type: 'result_handoff',
      body: { summary: 'Done', output: long, artifacts: [] },
    },
  },
  { type: 'context-changed', key: 'k', version: 1, value: [long], by: 'a' },
  asks(policyGate([commandCall(long)])),
  {
    type: 'approval-decided',
    step: 'fix',
    attempt: 1,
    id: 'fix-policy',
    decision: { action: 'approve', shownHash: policyGate([]).shownHash },
    by: { name: 'ann', channel: 'editor' },
  },
]);
const folded = (all: typeof events): RunState => {
  const state = foldAll(all);
  if (state === undefined) throw new Error('no events');
  return state;
};

describe('what a panel is sent', () => {
  test('is small, however large the results and arguments of tools are', () => {
    expect(JSON.stringify(folded(events)).length).toBeGreaterThan(150_000);
    expect(JSON.stringify(stateForView(folded(events))).length).toBeLessThan(20_000);
  });

  test('is the same whether it came as a snapshot or as events', () => {
    const told = folded(events.map(eventForView));
    expect(stateForView(told)).toEqual(stateForView(folded(events)));
  });

  test('keeps an open question whole: the decision is bound to it', () => {
    const asked = events.slice(0, -1);
    expect(stateForView(folded(asked)).openApprovals).toEqual(folded(asked).openApprovals);
  });

  test('still names what a call is about', () => {
    const [call] = stateForView(folded(events)).tools['fix'] ?? [];
    expect(call?.arguments).toMatchObject({ path: 'a.ts' });
  });
});

test('a short value stays itself, a long one keeps its shape', () => {
  const short = { a: [1, 'two', null] };
  expect(brief(short)).toBe(short);
  const cut = JSON.stringify(
    brief({ list: Array.from({ length: 500 }, () => ({ deep: { deeper: { text: long } } })) }),
  );
  expect(cut.length).toBeLessThan(40_000);
  expect(cut).toContain('deeper');
});
