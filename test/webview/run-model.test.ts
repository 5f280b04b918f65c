import { describe, expect, test } from 'vitest';
import { edgeTones, edgeKey, stepOfInterest } from '../../webview/graph/graph-states';
import type { HostMessage, RunSnapshot } from '../../webview/protocol';
import {
  applyApprovalsMessage,
  approvalSent,
  emptyApprovalsModel,
} from '../../webview/approvals/approvals-model';
import {
  applyRunMessage,
  commandSent,
  decisionSent,
  emptyRunModel,
  type RunModel,
} from '../../webview/run/run-model';
import { Store } from '../../webview/store';
import {
  approvalItems,
  approvalOf,
  asks,
  begins,
  completes,
  eventsOf,
  fails,
  filledRun,
  runningRun,
  START,
} from './samples';

function shown(run: RunSnapshot): RunModel {
  return applyRunMessage(emptyRunModel, { type: 'run-snapshot', run }, run.now);
}

function happened(
  run: RunSnapshot,
  bodies: Parameters<typeof eventsOf>[0],
  from = run.state.seq + 1,
): HostMessage {
  return {
    type: 'run-events',
    events: eventsOf(bodies, { from }),
    progress: { percentage: 70, elapsedMs: 90_000 },
    interrupted: false,
    now: run.now + 1_000,
  };
}

describe('a run panel', () => {
  test('folds the events that come after its snapshot', () => {
    const run = runningRun();
    const model = applyRunMessage(shown(run), happened(run, [completes('security', 'Nothing')]), 0);
    expect(model.run?.state.steps['security']?.status).toBe('completed');
    expect(model.run?.state.steps['performance']).toBe(run.state.steps['performance']);
    expect(model.run?.progress.percentage).toBe(70);
    expect(run.state.steps['security']?.status).toBe('running');
  });

  test('counts no event twice', () => {
    const run = runningRun();
    const again = happened(run, [completes('lint', 'Other')], run.state.seq);
    expect(applyRunMessage(shown(run), again, 0).run?.state.seq).toBe(run.state.seq);
  });

  test('notices that events are missing, and is whole again after a snapshot', () => {
    const run = runningRun();
    const gap = applyRunMessage(
      shown(run),
      happened(run, [completes('security', 'x')], run.state.seq + 2),
      0,
    );
    expect(gap.outOfStep).toBe(true);
    expect(gap.run?.state).toBe(run.state);
    expect(applyRunMessage(gap, { type: 'run-snapshot', run }, 0).outOfStep).toBe(false);
  });

  test('keeps its plan over a second snapshot, so that the picture does not move', () => {
    const first = shown(runningRun());
    const second = applyRunMessage(first, { type: 'run-snapshot', run: filledRun() }, 0);
    expect(second.run?.plan).toBe(first.run?.plan);
  });

  test('ignores events of another run', () => {
    const run = runningRun();
    const message = happened(run, []) as Extract<HostMessage, { type: 'run-events' }>;
    const foreign = eventsOf([completes('security', 'x')], { runId: 'other', from: run.state.seq + 1 });
    const model = applyRunMessage(shown(run), { ...message, events: foreign }, 0);
    expect(model.run?.state.steps['security']?.status).toBe('running');
  });

  test('keeps the tail of live output, without the codes of a terminal', () => {
    const run = runningRun();
    let model = shown(run);
    for (let index = 0; index < 40; index += 1)
      model = applyRunMessage(
        model,
        { type: 'run-live', step: 'performance', text: `\u001b[31m${'x'.repeat(999)}\n` },
        0,
      );
    const text = model.run?.live['performance']?.text ?? '';
    expect(text.length).toBeLessThanOrEqual(16_384);
    expect(text).not.toContain('\u001b');
  });

  test('forgets the output of an attempt when the next one starts', () => {
    const run = runningRun();
    const written = applyRunMessage(shown(run), { type: 'run-live', step: 'security', text: 'one' }, 0);
    const again = { type: 'run-live', step: 'security', restarted: true, text: 'two' } as const;
    const failed = { ...fails('security', 'lost'), retryAt: START } as ReturnType<typeof fails>;
    // Output of the new attempt comes with the message before the one that tells of its beginning.
    const told = applyRunMessage(written, again, 0);
    const next = applyRunMessage(told, happened(run, [failed, begins('security', 2)]), 0);
    expect(next.run?.live['security']?.text).toBe('two');
  });

  test('knows the host’s clock', () => {
    expect(applyRunMessage(emptyRunModel, { type: 'run-snapshot', run: runningRun() }, 0).clockOffset).toBe(
      runningRun().now,
    );
  });

  test('says aloud what a person would want to know, and nothing of retries', () => {
    const run = runningRun();
    const model = applyRunMessage(
      shown(run),
      happened(run, [
        { ...fails('security', 'x'), retryAt: START } as ReturnType<typeof fails>,
        completes('dependencies', 'x'),
        asks(approvalOf('deploy')),
      ]),
      0,
    );
    expect(model.announcements).toEqual(['Dependencies completed', 'Deploy to staging waits for you']);
  });
});

describe('a decision that was sent', () => {
  const run = filledRun();
  const gate = approvalOf('security');

  test('keeps its card busy until the event comes', () => {
    const sent = decisionSent(shown(run), gate.id, gate.shownHash);
    expect(sent.decisions.sent[gate.id]).toBe(gate.shownHash);
    const decided = applyRunMessage(
      sent,
      happened(run, [
        {
          type: 'approval-decided',
          step: 'security',
          attempt: 1,
          id: gate.id,
          decision: { action: 'approve', shownHash: gate.shownHash },
          by: { name: 'ann', channel: 'editor' },
        },
      ]),
      0,
    );
    expect(decided.decisions.sent).toEqual({});
  });

  test('frees its card and says why when the event is a refusal', () => {
    const sent = decisionSent(shown(run), gate.id, gate.shownHash);
    const refused = applyRunMessage(
      sent,
      happened(run, [
        {
          type: 'approval-decided',
          step: 'security',
          attempt: 1,
          id: gate.id,
          decision: { action: 'approve', shownHash: gate.shownHash },
          by: { name: 'bob', channel: 'editor' },
          refused: 'Only ann may decide this.',
        },
      ]),
      0,
    );
    expect(refused.decisions).toEqual({
      sent: {},
      refused: { [gate.id]: 'Only ann may decide this.' },
    });
  });

  test('does not keep the card busy when something else is shown now', () => {
    const sent = decisionSent(shown(run), gate.id, 'an older hash');
    expect(applyRunMessage(sent, { type: 'run-snapshot', run }, 0).decisions.sent).toEqual({});
  });

  test('of the sidebar ends with the card', () => {
    const items = approvalItems();
    const listed = applyApprovalsMessage(emptyApprovalsModel, { type: 'approvals', items, now: 0 }, 0);
    const sent = approvalSent(listed, gate.id, gate.shownHash);
    expect(sent.decisions.sent[gate.id]).toBe(gate.shownHash);
    const rest = applyApprovalsMessage(sent, { type: 'approvals', items: items.slice(1), now: 0 }, 0);
    expect(rest.decisions.sent).toEqual({});
  });
});

test('a command that was refused says so and can be given again', () => {
  const sent = commandSent(shown(runningRun()), 'pause');
  expect(sent.commandSent).toBe('pause');
  const refused = applyRunMessage(sent, { type: 'refused', message: 'Not the owner.' }, 0);
  expect(refused.commandSent).toBeUndefined();
  expect(refused.commandRefused).toBe('Not the owner.');
  expect(commandSent(refused, 'pause').commandRefused).toBeUndefined();
});

describe('the graph', () => {
  test('emphasises the whole path that led to a failure, and nothing else', () => {
    const { plan, state } = filledRun();
    const tones = edgeTones(plan, state.steps);
    const emphasised = plan.edges
      .filter(({ from, to }) => tones.get(edgeKey(from, to)) === 'to-failure')
      .map(({ from, to }) => `${from} ${to}`);
    expect(emphasised).toEqual(['lint architecture', 'dependencies architecture']);
    expect(tones.get(edgeKey('dependencies', 'licences'))).toBe('blocked');
    expect(tones.get(edgeKey('lint', 'performance'))).toBe('done');
    expect(tones.get(edgeKey('security', 'threats'))).toBe('ahead');
  });

  test('looks first at what waits for a person', () => {
    const { plan, state } = filledRun();
    expect(stepOfInterest(plan.order, state.steps)).toBe('security');
    expect(stepOfInterest(plan.order, runningRun().state.steps)).toBe('security');
  });
});

test('many changes of one moment are drawn once', () => {
  const frames: (() => void)[] = [];
  const store = new Store(0, (draw) => frames.push(draw));
  let drawn = 0;
  store.listen(() => {
    drawn += 1;
  });
  for (let index = 0; index < 100; index += 1) store.change((count) => count + 1);
  expect(frames).toHaveLength(1);
  frames[0]?.();
  expect(drawn).toBe(1);
  expect(store.current).toBe(100);
  store.change((count) => count);
  expect(frames).toHaveLength(1);
});
