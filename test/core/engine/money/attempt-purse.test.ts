import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../../src/core/base/abort';
import { AttemptPurse, type SharedMoney } from '../../../../src/core/engine/money/attempt-purse';
import type { BudgetQuestion } from '../../../../src/core/model/model-call';
import { settleDown } from '../simulated-clock';

const model = { provider: 'claude', model: 'm' };
const worst = { inputTokens: 10, outputTokens: 10, usd: 1 };
const question: BudgetQuestion = {
  scope: 'run',
  unit: 'usd',
  cap: 1,
  spent: 0,
  reserved: 1,
  needed: 1,
  raiseTo: 2,
  model,
};

/** Other calls hold all there is, for as long as it takes. */
function fullyHeld() {
  const waiting: AbortSignal[] = [];
  const run: SharedMoney = {
    mayAsk: true,
    shortage: () => ({ question, mayFitLater: true }),
    whenChanged: (signal) => {
      waiting.push(signal);
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      );
    },
    reserveDay: () => Promise.resolve(undefined),
    changed: () => {},
    forget: () => {},
  };
  return { run, waiting };
}

describe('a call that waits for money', () => {
  it.each(['its own end', 'the end of its attempt'])('waits no longer than %s', async (what) => {
    const { run, waiting } = fullyHeld();
    const stop = new AbortController();
    const call = new AbortController();
    const purse = new AttemptPurse(run, stop);
    const asked = purse.reserve(model, worst, call.signal);
    asked.catch(() => {});
    await settleDown();
    expect(waiting).toHaveLength(1);
    (what === 'its own end' ? call : stop).abort(new CancelledError());
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
    expect(purse.held).toEqual({ usd: 0, tokens: 0 });
  });

  it('does not begin to wait when it has ended already', async () => {
    const { run, waiting } = fullyHeld();
    const purse = new AttemptPurse(run, new AbortController());
    const asked = purse.reserve(model, worst, AbortSignal.abort(new CancelledError()));
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
    expect(waiting).toEqual([]);
  });
});
