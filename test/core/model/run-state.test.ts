import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../src/core/model/approval';
import type { RunEvent, RunEventBody } from '../../../src/core/model/events';
import { fold, foldAll, isSettled, isTerminal, runStatus } from '../../../src/core/model/run-state';
import type { Step, WorkflowDefinition } from '../../../src/core/model/workflow';

const step = (key: string, dependsOn: string[] = []): Step => ({
  key,
  title: key,
  with: {},
  dependsOn,
  continueOnError: false,
  onError: 'fail',
  retry: [],
});

const definition: WorkflowDefinition = {
  name: 'review',
  tags: [],
  inputs: {},
  env: {},
  config: { parallelism: 5, failFast: false, checkpoint: 'level' },
  steps: [step('lint'), step('scan'), step('report', ['lint', 'scan'])],
};

const assignment = { agent: 'quality', engine: 'local', why: 'named in the file' } as const;
const usage = { durationMs: 5 };
const product = { output: { ok: true }, summary: 'fine', artifacts: [], usage };

const started: RunEventBody = {
  type: 'run-started',
  definition,
  definitionHash: 'h',
  source: { lines: {} },
  inputs: {},
  mode: 'interactive',
  by: 'ada',
  notes: [],
};

const approval: Approval = {
  id: 'a1',
  kind: 'gate',
  step: 'lint',
  attempt: 1,
  title: 'lint',
  summary: 'fine',
  shown: { artifacts: [] },
  shownHash: 's',
  allow: ['approve'],
  next: [],
  requestedAt: 3,
  onExpire: 'pause',
};

function list(...bodies: RunEventBody[]): RunEvent[] {
  return bodies.map((body, index) => ({ ...body, runId: 'r', seq: index + 1, at: index }));
}

function stateOf(...bodies: RunEventBody[]) {
  const state = foldAll(list(started, ...bodies));
  if (state === undefined) throw new Error('no state');
  return state;
}

const begin = (key: string): RunEventBody => ({
  type: 'step-started',
  step: key,
  attempt: 1,
  assignment,
  idempotent: true,
});
const complete = (key: string): RunEventBody => ({
  type: 'step-completed',
  step: key,
  attempt: 1,
  how: 'work',
  ...product,
});
const ask: RunEventBody = { type: 'approval-requested', step: 'lint', attempt: 1, approval };
const produce: RunEventBody = { type: 'step-produced', step: 'lint', attempt: 1, ...product };

describe('the state of a run', () => {
  it('is pending until a step starts, then running', () => {
    expect(runStatus(stateOf())).toBe('pending');
    expect(runStatus(stateOf(begin('lint')))).toBe('running');
  });

  it('waits only when gates are open and nothing else can run', () => {
    const gated = [begin('lint'), produce, ask];
    expect(runStatus(stateOf(...gated))).toBe('running');
    expect(runStatus(stateOf(...gated, begin('scan')))).toBe('running');
    expect(runStatus(stateOf(...gated, begin('scan'), complete('scan')))).toBe('waiting');
  });

  it('keeps the product of a step that waits at a gate', () => {
    const lint = stateOf(begin('lint'), produce, ask).steps['lint'];
    expect(lint).toMatchObject({
      status: 'waiting',
      approval: 'a1',
      produced: { summary: 'fine' },
      assignment,
    });
    expect(lint && isSettled(lint)).toBe(false);
  });

  it('closes a gate by a decision, not by a refused one', () => {
    const decision = { action: 'approve', shownHash: 's' } as const;
    const decided: RunEventBody = {
      type: 'approval-decided',
      step: 'lint',
      attempt: 1,
      id: 'a1',
      decision,
      by: { name: 'ada', channel: 'terminal' },
    };
    const refused = stateOf(begin('lint'), produce, ask, { ...decided, refused: 'not an approver' });
    expect(Object.keys(refused.openApprovals)).toEqual(['a1']);
    const closed = stateOf(begin('lint'), produce, ask, decided);
    expect(closed.openApprovals).toEqual({});
    expect(closed.closedApprovals).toHaveLength(1);
  });

  it('makes a failed attempt pending again when a retry follows, and failed when none does', () => {
    const error = { code: 'exit-code', message: 'exit code 1', class: 'error' } as const;
    const failed: RunEventBody = {
      type: 'step-failed',
      step: 'lint',
      attempt: 1,
      error,
      artifacts: [],
      usage,
    };
    expect(stateOf(begin('lint'), { ...failed, retryAt: 99 }).steps['lint']).toMatchObject({
      status: 'pending',
      retryAt: 99,
      lastError: error,
    });
    expect(stateOf(begin('lint'), failed).steps['lint']).toMatchObject({
      status: 'failed',
      error,
      tolerated: false,
    });
  });

  it('counts recoveries until the run moves by itself', () => {
    const recovered: RunEventBody = { type: 'owner-changed', epoch: 2, owner: 'terminal', recovery: true };
    expect(stateOf(recovered, recovered).recoveries).toBe(2);
    expect(stateOf(recovered, begin('lint')).recoveries).toBe(0);
    expect(stateOf(recovered, { type: 'run-resumed', by: 'ada' }).recoveries).toBe(0);
  });

  it('ends', () => {
    const done = stateOf({ type: 'run-completed', tolerated: [] });
    expect(isTerminal(runStatus(done))).toBe(true);
    expect(done.endedAt).toBe(1);
    expect(runStatus(stateOf({ type: 'run-failed', failed: ['lint'], message: 'lint failed' }))).toBe(
      'failed',
    );
    expect(stateOf({ type: 'run-cancelled', by: 'ada', reason: 'not now' }).reason).toBe('not now');
  });

  it('survives an event of a type that a later version added', () => {
    const state = stateOf(begin('lint'));
    const later = { type: 'turn-completed', runId: 'r', seq: 99, at: 1 } as unknown as RunEvent;
    expect(fold(state, later)).toEqual({ ...state, seq: 99 });
  });

  it('is the same however the list is cut, and never changes what it was given', () => {
    const events = list(started, begin('lint'), produce, ask, begin('scan'), complete('scan'), {
      type: 'run-paused',
      by: 'ada',
      reason: 'person',
    });
    const whole = foldAll(events);
    for (let cut = 1; cut < events.length; cut++) {
      const head = foldAll(events.slice(0, cut));
      if (head === undefined) throw new Error('no head');
      const before = JSON.stringify(head);
      expect(events.slice(cut).reduce(fold, head)).toEqual(whole);
      expect(JSON.stringify(head)).toBe(before);
    }
  });
});
