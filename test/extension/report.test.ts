import { describe, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../../src/core/model/events';
import { foldAll, type RunState } from '../../src/core/model/run-state';
import type { Step, WorkflowDefinition } from '../../src/core/model/workflow';
import { artifactsOf, reportOf } from '../../src/extension/runs/report';

const step = (key: string, action: string): Step => ({
  key,
  title: key,
  action,
  with: {},
  dependsOn: [],
  continueOnError: false,
  onError: 'fail',
  retry: [],
});

const definition: WorkflowDefinition = {
  name: 'w',
  tags: [],
  inputs: {},
  config: { parallelism: 5, failFast: false, checkpoint: 'level' },
  env: {},
  steps: [step('report', 'create-review-report'), step('lint', 'lint-codebase')],
};

function stateAfter(bodies: readonly RunEventBody[], rehearsal = false): RunState {
  const started: RunEventBody = {
    type: 'run-started',
    definition,
    definitionHash: 'h',
    source: { lines: {} },
    inputs: {},
    mode: 'interactive',
    by: 'somebody',
    notes: [],
  };
  const events = [started, ...bodies].map((body, i): RunEvent => ({
    runId: 'r',
    seq: i + 1,
    at: i,
    ...(rehearsal && { rehearsal: true }),
    ...body,
  }));
  const state = foldAll(events);
  if (state === undefined) throw new Error('no events');
  return state;
}

const completed = (key: string, ...paths: string[]): RunEventBody => ({
  type: 'step-completed',
  step: key,
  attempt: 1,
  output: null,
  summary: `summary of ${key}`,
  artifacts: paths.map((path) => ({
    hash: `hash of ${path}`,
    path,
    mediaType: path.endsWith('.md') ? 'text/markdown' : 'application/json',
    size: 1,
  })),
  usage: { durationMs: 1 },
  how: 'work',
});
const ended: RunEventBody = { type: 'run-completed', tolerated: [] };

describe('the report of a run', () => {
  it('is what the step wrote whose trade it is, also when others ended later', () => {
    const state = stateAfter([completed('report', 'reports/review.md'), completed('lint', 'lint.md'), ended]);
    expect(reportOf(state)).toEqual({
      hash: 'hash of reports/review.md',
      path: 'reports/review.md',
      summary: 'summary of report',
    });
  });

  it('is the last readable file where no step makes reports', () => {
    const state = stateAfter([completed('report', 'data.json'), completed('lint', 'a.md', 'b.md'), ended]);
    expect(reportOf(state)?.path).toBe('b.md');
  });

  it('is there only once a run ended, and never for a rehearsal', () => {
    expect(reportOf(stateAfter([completed('report', 'review.md')]))).toBeUndefined();
    expect(reportOf(stateAfter([completed('report', 'review.md'), ended], true))).toBeUndefined();
  });
});

describe('the files of a run', () => {
  it('are listed in the order of the workflow', () => {
    const state = stateAfter([completed('lint', 'lint.md'), completed('report', 'review.md')]);
    expect(artifactsOf(state).map(({ step: of, ref }) => [of, ref.path])).toEqual([
      ['report', 'review.md'],
      ['lint', 'lint.md'],
    ]);
  });
});
