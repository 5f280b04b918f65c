import { describe, expect, test } from 'vitest';
import { LiveBatch } from '../../src/extension/views/live-batch';
import type { ModelCall } from '../../src/core/model/model-call';
import { afterEvent, liveFrom, silent, withLive, type LiveStep } from '../../webview/models/live';
import { spendingOf } from '../../webview/models/run-spending';
import { declaredSteps } from '../../webview/run/definition';
import { applyRunMessage, emptyRunModel, type RunModel } from '../../webview/run/run-model';
import type { HostMessage, RunSnapshot } from '../../webview/protocol';
import { stepLines } from '../../webview/words/step-line';
import { stepWord } from '../../webview/words/status-words';
import { plainOutput } from '../../webview/words/visible-text';
import { answers, budgetRun, CLAUDE, modelRun, refuses } from './model-samples';
import { completes, eventsOf, filledRun } from './samples';

type Live = Extract<HostMessage, { type: 'run-live' }>;
const told = (...messages: readonly Omit<Live, 'type' | 'step'>[]): LiveStep =>
  messages.reduce((live, message) => withLive(live, { type: 'run-live', step: 's', ...message }), silent);
const shown = (run: RunSnapshot): RunModel =>
  applyRunMessage(emptyRunModel, { type: 'run-snapshot', run }, run.now);

describe('what a step tells while it runs', () => {
  test('is taken back from where its model was asked, and kept to be seen', () => {
    const live = told(
      { text: 'First answer. ' },
      { settled: true, text: 'Second ans' },
      { voided: 'Claude broke off', text: 'Another second.' },
    );
    expect(live.text).toBe('First answer. Another second.');
    expect(live.voided).toEqual([{ text: 'Second ans', why: 'Claude broke off' }]);
  });

  test('is taken back more than once, the last reasons kept', () => {
    const again = Array.from({ length: 5 }, (_none, index) => ({ text: 'x', voided: `reason ${index}` }));
    const live = told({ text: 'x' }, ...again);
    expect(live.text).toBe('x');
    expect(live.voided.map(({ why }) => why)).toEqual(['reason 2', 'reason 3', 'reason 4']);
  });

  test('keeps its place while the tail is cut', () => {
    const live = told(
      { text: 'a'.repeat(10_000) },
      { settled: true, text: `${'b'.repeat(9_000)}\n` },
      { voided: 'broke off' },
    );
    expect(live.text).toBe('a'.repeat(live.text.length));
    expect(live.text.length).toBeGreaterThan(7_000);
  });

  test('counts tokens of the call under way, until it ends', () => {
    const usage = { inputTokens: 8, outputTokens: 2, estimated: true };
    const live = told({ text: 'x', usage });
    const [answered] = eventsOf([answers('s', CLAUDE)]);
    if (answered === undefined) throw new Error('no event');
    expect(live.usage).toEqual(usage);
    expect(afterEvent(live, answered)).toEqual({ ...live, usage: undefined });
    expect(told({ text: 'x', usage }, { restarted: true })).toEqual(silent);
  });

  test('is not taken back where a panel was opened in the middle of a conversation', () => {
    const live = withLive(liveFrom('before', 3), { type: 'run-live', step: 's', voided: 'broke off' });
    expect(live.text).toBe('before');
    expect(withLive(liveFrom('all', 1), { type: 'run-live', step: 's', voided: 'why' }).text).toBe('');
  });

  test('costs the same for one long line as for many short ones', () => {
    const start = performance.now();
    let live = silent;
    for (let index = 0; index < 400; index += 1)
      live = withLive(live, { type: 'run-live', step: 's', text: 'word '.repeat(20) });
    expect(live.text.length).toBe(16_384);
    // Going back over the whole line for each letter of it would take many times as long.
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(plainOutput('1 %\r2 %\r\r\nnext\r')).toBe('2 %\nnext');
  });
});

describe('a batch of live output', () => {
  const live = { runId: 'run-1', step: 's', attempt: 1 };

  test('is one message a step while nothing is taken back, of more text the end', () => {
    const batch = new LiveBatch(5);
    batch.take({ ...live, text: 'one ' });
    batch.take({ ...live, text: 'two', progress: 0.5 });
    batch.take({ ...live, step: 't', usage: { inputTokens: 1, outputTokens: 1, estimated: true } });
    expect(batch.drain()).toEqual([
      { type: 'run-live', step: 's', text: 'e two', fraction: 0.5 },
      { type: 'run-live', step: 't', usage: { inputTokens: 1, outputTokens: 1, estimated: true } },
    ]);
    expect(batch.drain()).toEqual([]);
  });

  test('forgets what an earlier attempt told', () => {
    const batch = new LiveBatch(100);
    batch.take({ ...live, text: 'one', progress: 0.9 });
    batch.restart('s');
    batch.take({ ...live, attempt: 2, text: 'two' });
    expect(batch.drain()).toEqual([{ type: 'run-live', step: 's', restarted: true, text: 'two' }]);
  });

  test('keeps what was void apart from what came after, in order', () => {
    const batch = new LiveBatch(100);
    batch.take({ ...live, text: 'first' });
    batch.settle('s');
    batch.take({ ...live, text: 'sec' });
    batch.take({ ...live, voided: 'broke off' });
    batch.take({ ...live, text: 'third' });
    expect(batch.drain()).toEqual([
      { type: 'run-live', step: 's', text: 'first' },
      { type: 'run-live', step: 's', settled: true, text: 'sec' },
      { type: 'run-live', step: 's', voided: 'broke off', text: 'third' },
    ]);
  });
});

describe('a run with models', () => {
  const line = (run: RunSnapshot, key: string, now = run.now) => {
    const declared = declaredSteps(run.state.definition).get(key);
    const step = run.state.steps[key];
    if (declared === undefined || step === undefined) throw new Error(key);
    return stepLines(
      { declared, step, calls: run.state.calls[key], carried: run.state.carried[key], interrupted: false },
      now,
    );
  };

  test('says on each step which model answers, shorter where there is no room', () => {
    const run = modelRun();
    expect(line(run, 'threats')).toEqual([
      'security · gemini-2.5-flash · 9.8 s',
      'gemini-2.5-flash · 9.8 s',
      'Gemini · 9.8 s',
    ]);
    expect(line(run, 'naming')[0]).toBe('quality · claude-sonnet-4-5 · from cache');
    expect(line(run, 'lint')).toEqual(['quality · 1.2 s']);
  });

  test('says how long a provider wants to be left alone, and stops saying it', () => {
    const run = modelRun();
    const until = run.state.calls['summary']?.at(-1)?.waitUntil ?? 0;
    expect(line(run, 'summary', until - 12_000)[0]).toBe('waiting 12 s for Claude');
    expect(line(run, 'summary', until)[0]).toContain('claude-sonnet-4-5');
  });

  test('says which steps wait for the budget', () => {
    const run = budgetRun();
    expect(line(run, 'summary')).toEqual(['waits for the budget']);
    const held = run.state.steps['summary'];
    expect(held && stepWord(held, false).word).toBe('Waits for the budget');
  });

  test('adds up what it took, with the calls under way as far as they told', () => {
    const model = shown(modelRun());
    if (model.run === undefined) throw new Error('no run');
    const before = spendingOf(model.run);
    expect(before?.cost).toEqual({ usd: 0.042, estimated: true, unpriced: false });
    expect(before?.caps).toEqual([{ unit: 'usd', spent: 0.042, reserved: 0.18, cap: 5 }]);
    const usage = { inputTokens: 1_000, outputTokens: 100, usd: 0.01, estimated: true };
    const next = applyRunMessage(model, { type: 'run-live', step: 'design', usage }, 0);
    const after = next.run && spendingOf(next.run);
    expect((after?.tokens ?? 0) - (before?.tokens ?? 0)).toBe(1_100);
    expect(after?.cost.usd).toBeCloseTo(0.052);
    // What is only told does not count against a cap; what is held back does.
    expect(after?.caps).toEqual(before?.caps);
  });

  test('counts a call that ended once, not as under way too', () => {
    const run = modelRun();
    const usage = { inputTokens: 8_214, outputTokens: 512, usd: 0.021, estimated: true };
    const live = applyRunMessage(shown(run), { type: 'run-live', step: 'design', usage }, 0);
    const ended = applyRunMessage(
      live,
      {
        type: 'run-events',
        events: eventsOf([answers('design', CLAUDE, { call: 2 })], { from: run.state.seq + 1 }),
        progress: run.progress,
        interrupted: false,
        now: run.now,
      },
      0,
    );
    expect(ended.run && spendingOf(ended.run)?.tokens).toBe(live.run && spendingOf(live.run)?.tokens);
  });

  test('has nothing to say about money where no model is asked and no budget is set', () => {
    const model = shown(filledRun());
    expect(model.run && spendingOf(model.run)).toBeUndefined();
  });

  test('tells a person who listens what fell over and what waits for the budget', () => {
    const run = modelRun();
    const held = { type: 'step-held', step: 'summary', attempt: 1, reason: 'budget', message: '' } as const;
    const next = applyRunMessage(
      shown(run),
      {
        type: 'run-events',
        events: eventsOf(
          [refuses('design', CLAUDE, 'timeout', { call: 2 }), held, completes('design', 'x')],
          {
            from: run.state.seq + 1,
          },
        ),
        progress: run.progress,
        interrupted: false,
        now: run.now,
      },
      0,
    );
    expect(next.announcements).toEqual([
      'Architecture review: Claude did not answer in time, another model is asked',
      'Summary for managers waits for the budget',
      'Architecture review completed',
    ]);
  });

  test('an attempt without a call of its own names no model of an earlier one', () => {
    const run = modelRun();
    const declared = declaredSteps(run.state.definition).get('threats');
    const step = run.state.steps['threats'];
    if (declared === undefined || step?.status !== 'completed') throw new Error('threats');
    const calls: readonly ModelCall[] | undefined = run.state.calls['threats'];
    const again = { ...step, attempt: 2 };
    expect(
      stepLines({ declared, step: again, calls, carried: undefined, interrupted: false }, run.now),
    ).toEqual(['security · 9.8 s']);
  });
});
