import { describe, expect, test } from 'vitest';
import { parseHostMessage, parseViewMessage, type ViewMessage } from '../../webview/protocol';
import {
  approvalItems,
  completes,
  endedRun,
  eventsOf,
  filledRun,
  formInputs,
  largeRun,
  START,
} from './samples';
import { budgetItems, budgetRun, manyCallsRun, modelRun } from './model-samples';

const HASH = 'ab'.repeat(32);
const decide: ViewMessage = {
  type: 'decide',
  runId: 'r',
  approvalId: 'a',
  action: 'approve',
  shownHash: 'h',
};

describe('what a view asks', () => {
  const good: readonly ViewMessage[] = [
    { type: 'ready' },
    decide,
    { ...decide, action: 'retry', comment: 'again' },
    { ...decide, action: 'modify', value: { a: [1, null] } },
    { type: 'edit', runId: 'r', approvalId: 'a' },
    { type: 'open-changes', runId: 'r', approvalId: 'a' },
    { type: 'open-step-changes', runId: 'r', step: 's' },
    { type: 'read-diffs', runId: 'r', files: [{ path: 'p', after: HASH }] },
    { type: 'open-diff', runId: 'r', path: 'p', before: HASH, after: HASH },
    { type: 'undo-changes', runId: 'r', step: 's' },
    { type: 'undo-changes', runId: 'r', step: 's', paths: ['p'], approvalId: 'a' },
    { type: 'pause', runId: 'r' },
    { type: 'resume', runId: 'r' },
    { type: 'cancel', runId: 'r' },
    { type: 'open-run', runId: 'r' },
    { type: 'open-workflow', runId: 'r' },
    { type: 'open-workflow', runId: 'r', step: 's' },
    { type: 'open-artifact', runId: 'r', hash: 'h', path: 'p' },
    { type: 'open-file', path: 'p', line: 3 },
    { type: 'open-log', runId: 'r', step: 's', attempt: 1 },
    { type: 'start', values: { a: 1, b: 'x', c: { d: [true] } } },
  ];

  test.each(good.map((message) => [message.type, message] as const))('%s is understood', (_type, message) => {
    expect(parseViewMessage(structuredClone(message))).toEqual(message);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', 'ready'],
    ['an unknown type', { type: 'shell', command: 'rm' }],
    ['no type', { runId: 'r' }],
    ['a field too many', { type: 'ready', extra: 1 }],
    ['a field too few', { type: 'pause' }],
    ['an empty id', { type: 'pause', runId: '' }],
    ['a very long id', { type: 'pause', runId: 'r'.repeat(1_001) }],
    ['an unknown action', { ...decide, action: 'reject' }],
    ['a decision with a name of its own', { ...decide, by: 'root' }],
    ['a comment that is no text', { ...decide, comment: 5 }],
    ['a value that is no JSON', { ...decide, value: () => 1 }],
    [
      'a diff of something that is no content',
      { type: 'open-diff', runId: 'r', path: 'p', before: '../../x' },
    ],
    ['an undoing of no file', { type: 'undo-changes', runId: 'r', step: 's', paths: [] }],
    [
      'more files at once than are compared',
      {
        type: 'read-diffs',
        runId: 'r',
        files: Array.from({ length: 51 }, () => ({ path: 'p', after: HASH })),
      },
    ],
    ['a line below one', { type: 'open-file', path: 'p', line: 0 }],
    ['half a line', { type: 'open-file', path: 'p', line: 1.5 }],
    ['values that are a list', { type: 'start', values: [1] }],
  ])('%s is refused', (_name, data) => {
    expect(parseViewMessage(data)).toBeUndefined();
  });
});

describe('what the host tells', () => {
  const now = START;
  const run = filledRun();

  test.each([
    ['a filled run', { type: 'run-snapshot', run }],
    ['a run that ended', { type: 'run-snapshot', run: endedRun() }],
    ['a large run', { type: 'run-snapshot', run: largeRun(500, 25) }],
    [
      'events',
      {
        type: 'run-events',
        events: eventsOf([completes('lint', 'x')]),
        progress: run.progress,
        interrupted: false,
        now,
      },
    ],
    ['live output', { type: 'run-live', step: 's', text: 'x', fraction: 0.5 }],
    [
      'tokens and void text',
      {
        type: 'run-live',
        step: 's',
        settled: true,
        voided: 'Claude broke off',
        usage: { inputTokens: 8, outputTokens: 2, usd: 0.1, estimated: true },
      },
    ],
    ['a run with models', { type: 'run-snapshot', run: modelRun() }],
    ['a run that waits for its budget', { type: 'run-snapshot', run: budgetRun() }],
    ['many calls', { type: 'run-snapshot', run: manyCallsRun(200) }],
    ['questions about budgets', { type: 'approvals', items: budgetItems(), now }],
    ['a run that is gone', { type: 'run-missing', message: 'Gone.' }],
    ['a form', { type: 'inputs-form', workflow: 'w', inputs: formInputs(), values: {} }],
    ['approvals', { type: 'approvals', items: approvalItems(), now }],
    ['no approvals', { type: 'approvals', items: [], now }],
    ['a step to show', { type: 'reveal-step', step: 's' }],
    ['a card to show', { type: 'reveal-approval', approvalId: 'a' }],
    ['a refusal', { type: 'refused', message: 'No.' }],
  ])('%s is understood, as it arrives after a trip as JSON', (_name, message) => {
    const arrived: unknown = JSON.parse(JSON.stringify(message));
    expect(parseHostMessage(arrived)).toEqual(arrived);
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a message of another program', { source: 'devtools' }],
    ['a snapshot without a state', { type: 'run-snapshot', run: { plan: run.plan } }],
    [
      'a snapshot without steps',
      { type: 'run-snapshot', run: { ...run, state: { ...run.state, steps: null } } },
    ],
    [
      'events without numbers',
      { type: 'run-events', events: [{ type: 'x' }], progress: run.progress, interrupted: false, now },
    ],
    ['approvals without hashes', { type: 'approvals', items: [{ runId: 'r', approval: {} }], now }],
    ['an action nobody knows', { type: 'refused' }],
    ['tokens that are no numbers', { type: 'run-live', step: 's', usage: { inputTokens: 'many' } }],
    ['text that is void without a reason', { type: 'run-live', step: 's', voided: true }],
    [
      'a call that nobody was chosen for',
      {
        type: 'run-snapshot',
        run: { ...run, state: { ...run.state, calls: { lint: [{ status: 'asked', failures: [] }] } } },
      },
    ],
    [
      'a budget in a unit nobody knows',
      {
        type: 'approvals',
        items: budgetItems().map((item) => ({
          ...item,
          approval: {
            ...item.approval,
            shown: { artifacts: [], budget: { ...item.approval.shown.budget, unit: 'beans' } },
          },
        })),
        now,
      },
    ],
  ])('%s is refused', (_name, data) => {
    expect(parseHostMessage(data)).toBeUndefined();
  });
});
