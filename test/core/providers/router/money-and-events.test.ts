import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../../src/core/base/abort';
import { OverBudget, type Purse } from '../../../../src/core/providers/routing';
import { settleDown, SimulatedClock } from '../../engine/simulated-clock';
import {
  answerOf,
  callOf,
  CountingPurse,
  endOf,
  routerOver,
  scripted,
  unpricedFacts,
  usage,
} from './scripted';

describe('what is told of a call', () => {
  it('is each decision before it is sent, each error with what follows, and the success', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', ['overloaded', 'overloaded']);
    const gemini = scripted(clock, 'gemini', [{ answers: 'hello', takesMs: 300 }]);
    const { call, events } = callOf();
    const answer = await answerOf(clock, routerOver(clock, [claude, gemini]).ask(call));
    expect(events).toMatchObject([
      {
        type: 'routing-decision',
        chosen: { provider: 'claude' },
        chain: [{ provider: 'claude' }, { provider: 'gemini' }],
        why: 'Claude is first by priority',
        reserved: { outputTokens: 1000 },
      },
      {
        type: 'error',
        model: { provider: 'claude' },
        attempt: 1,
        fault: 'overloaded',
        next: 'retry',
        waitMs: 500,
      },
      {
        type: 'error',
        model: { provider: 'claude' },
        attempt: 2,
        fault: 'overloaded',
        next: 'fallback',
        waitMs: 0,
      },
      {
        type: 'routing-decision',
        chosen: { provider: 'gemini' },
        why: 'Gemini takes over: Claude is overloaded',
      },
      { type: 'success', model: { provider: 'gemini' }, attempt: 3, latencyMs: 300 },
    ]);
    expect(answer).toMatchObject({ requests: 3, latencyMs: 300, usage: { ...usage, usd: 0.0002 } });
  });

  it('is recorded before a request leaves: where it cannot be, nothing is sent and nothing is held', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude');
    const { call, purse } = callOf({ onEvent: () => Promise.reject(new Error('the disk is full')) });
    expect(await endOf(clock, routerOver(clock, [claude]).ask(call))).toMatchObject({
      error: { message: 'the disk is full' },
    });
    expect([claude.got.length, purse.open, purse.settled.length]).toEqual([0, 0, 0]);
  });

  it('takes back the text of an answer that broke', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [
      { fault: 'incomplete', says: 'The answ' },
      { fault: 'server' },
    ]);
    const { call, shown } = callOf();
    await answerOf(clock, routerOver(clock, [claude, scripted(clock, 'gemini')]).ask(call));
    expect(shown).toEqual(['The answ', '(void: Claude ended in the middle of its answer)', 'gemini']);
  });

  it('does not hear an adapter that goes on after its end', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', ['auth']);
    const { call, shown } = callOf();
    await answerOf(clock, routerOver(clock, [claude, scripted(clock, 'gemini')]).ask(call));
    claude.got[0]?.options.onEvent?.({ type: 'text', text: 'late' });
    expect(shown).toEqual(['gemini']);
  });
});

describe('the money of a call', () => {
  it('is held while it is asked, kept through a retry, and settled with what it took', async () => {
    const clock = new SimulatedClock();
    const { call, purse } = callOf();
    await answerOf(clock, routerOver(clock, [scripted(clock, 'claude', ['server'])]).ask(call));
    expect(purse).toMatchObject({ reservations: 1, open: 0, reserved: 0, twice: 0 });
    expect(purse.settled).toEqual([{ ...usage, usd: 0.0002 }]);
  });

  it('is booked for a stream that broke, and held anew for the next request', async () => {
    const clock = new SimulatedClock();
    const cost = { inputTokens: 10, outputTokens: 5, estimated: true };
    const claude = scripted(clock, 'claude', [{ fault: 'incomplete', usage: cost }]);
    const { call, purse, events } = callOf();
    await answerOf(clock, routerOver(clock, [claude]).ask(call));
    expect(purse).toMatchObject({ reservations: 2, open: 0, reserved: 0 });
    expect(purse.settled).toMatchObject([cost, usage]);
    expect(events[1]).toMatchObject({ type: 'error', usage: cost });
  });

  it('is what was sent and seen where a broken stream does not say, and the worst case after a timeout', async () => {
    const clock = new SimulatedClock();
    const { call, purse, events } = callOf();
    const claude = scripted(clock, 'claude', [{ fault: 'network', says: 'x'.repeat(360) }, 'timeout']);
    await answerOf(clock, routerOver(clock, [claude, scripted(clock, 'gemini')]).ask(call));
    const [decision] = events;
    const reserved = decision?.type === 'routing-decision' ? decision.reserved : undefined;
    expect(purse.settled).toMatchObject([
      { outputTokens: 100, estimated: true },
      { ...reserved, estimated: true },
      usage,
    ]);
  });

  it('is free for others while the call waits for another provider', async () => {
    const clock = new SimulatedClock();
    const gemini = scripted(clock, 'gemini', [{ fault: 'rate-limited', retryAfterMs: 40_000 }]);
    const claude = scripted(clock, 'claude', ['auth']);
    const { call, purse } = callOf();
    const asked = routerOver(clock, [gemini, claude]).ask(call);
    await settleDown();
    expect([claude.got.length, clock.untilNext, purse.open]).toEqual([1, 40_000, 0]);
    await endOf(clock, asked);
    expect([gemini.got.length, purse.reservations]).toEqual([2, 3]);
  });

  it('has no price where the model has none', async () => {
    const clock = new SimulatedClock();
    const { call, purse } = callOf();
    await answerOf(
      clock,
      routerOver(clock, [scripted(clock, 'claude')], { facts: () => unpricedFacts('x') }).ask(call),
    );
    expect(purse.settled).toEqual([usage]);
  });

  it('stops the call when there is not enough, also before a retry', async () => {
    const clock = new SimulatedClock();
    const over = new OverBudget({
      scope: 'run',
      unit: 'usd',
      cap: 1,
      spent: 1,
      reserved: 0,
      needed: 1,
      raiseTo: 2,
      model: { provider: 'claude', model: 'm' },
    });
    const claude = scripted(clock, 'claude', [{ fault: 'incomplete', usage }]);
    const purse = new CountingPurse();
    purse.before = () => {
      if (purse.reservations > 0) throw over;
    };
    const { call, events } = callOf({ purse });
    expect(await endOf(clock, routerOver(clock, [claude, scripted(clock, 'gemini')]).ask(call))).toEqual({
      error: over,
    });
    expect(events.at(-1)).toMatchObject({ type: 'error', next: 'give-up' });
    expect([claude.got.length, purse.open]).toEqual([1, 0]);
  });
});

describe('a call that is cancelled', () => {
  const clock = () => new SimulatedClock();
  it.each(['with a reason', 'without one'])('ends with CancelledError, %s', async (how) => {
    const stop = new AbortController();
    const time = clock();
    const { call, purse } = callOf({ signal: stop.signal });
    const asked = endOf(
      time,
      routerOver(time, [scripted(time, 'claude', [{ hangs: true }])]).ask(call),
    ).catch(() => undefined);
    stop.abort(how === 'without one' ? undefined : new Error('enough'));
    const end = await asked;
    expect(end && 'error' in end && end.error).toBeInstanceOf(CancelledError);
    expect(purse.open).toBe(0);
  });

  it('ends at once while the provider does not answer, and is booked at its worst', async () => {
    const time = clock();
    const stop = new AbortController();
    const claude = scripted(time, 'claude', [{ hangs: true }]);
    const { call, purse, events } = callOf({ signal: stop.signal });
    const asked = routerOver(time, [claude]).ask(call);
    asked.catch(() => {});
    await settleDown();
    expect(claude.got).toHaveLength(1);
    stop.abort();
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
    const [decision] = events;
    expect(purse.settled).toEqual([
      { ...(decision?.type === 'routing-decision' && decision.reserved), estimated: true },
    ]);
    expect([events.length, time.monotonic()]).toEqual([1, 0]);
  });

  it.each([
    ['a retry', 'server'],
    ['a provider that cools', { fault: 'rate-limited', retryAfterMs: 50_000 }],
  ] as const)('ends at once while it waits for %s', async (_name, step) => {
    const time = clock();
    const stop = new AbortController();
    const claude = scripted(time, 'claude', [step]);
    const { call, purse } = callOf({ signal: stop.signal });
    const asked = routerOver(time, [claude]).ask(call);
    asked.catch(() => {});
    await settleDown();
    expect(time.pending).toBe(1);
    stop.abort();
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
    expect([time.pending, claude.got.length, purse.open, purse.settled.length]).toEqual([0, 1, 0, 0]);
  });

  it('ends at once while it waits for money', async () => {
    const time = clock();
    const stop = new AbortController();
    const purse = new CountingPurse();
    purse.before = () => new Promise(() => {});
    const { call } = callOf({ signal: stop.signal, purse });
    const asked = routerOver(time, [scripted(time, 'claude')]).ask(call);
    asked.catch(() => {});
    await settleDown();
    stop.abort();
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
    expect(purse).toMatchObject({ reservations: 0, open: 0, reserved: 0 });
  });

  it('gives back money that was granted in the moment of its end, and sends nothing', async () => {
    const time = clock();
    const stop = new AbortController();
    const claude = scripted(time, 'claude');
    const counting = new CountingPurse();
    const purse: Purse = {
      async reserve(...asked) {
        const granted = await counting.reserve(...asked);
        stop.abort();
        return granted;
      },
    };
    const { call } = callOf({ signal: stop.signal });
    const asked = routerOver(time, [claude]).ask({ ...call, purse });
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
    expect([claude.got.length, counting.reservations, counting.open, counting.settled.length]).toEqual([
      0, 1, 0, 0,
    ]);
  });

  it('sends nothing when it was cancelled while its decision was recorded', async () => {
    const time = clock();
    const stop = new AbortController();
    const claude = scripted(time, 'claude');
    const { call, purse } = callOf({ signal: stop.signal, onEvent: async () => stop.abort() });
    await expect(routerOver(time, [claude]).ask(call)).rejects.toBeInstanceOf(CancelledError);
    expect([claude.got.length, purse.reservations, purse.open, purse.settled.length]).toEqual([0, 1, 0, 0]);
  });

  it('ends at once while a provider is being set up', async () => {
    const time = clock();
    const stop = new AbortController();
    const slow = { ...scripted(time, 'claude'), provider: () => new Promise<never>(() => {}) };
    const router = routerOver(time, [slow]);
    const asked = router.ask(callOf({ signal: stop.signal }).call);
    asked.catch(() => {});
    await settleDown();
    stop.abort();
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
    expect(router.health('claude').requestsPerMinute).toBe(0);
  });

  it('asks nobody when it was cancelled before', async () => {
    const time = clock();
    const claude = scripted(time, 'claude');
    await expect(
      routerOver(time, [claude]).ask(callOf({ signal: AbortSignal.abort() }).call),
    ).rejects.toBeInstanceOf(CancelledError);
    expect(claude.got).toHaveLength(0);
  });

  it('says nothing about the provider', async () => {
    const time = clock();
    const router = routerOver(time, [scripted(time, 'claude', () => ({ hangs: true }))]);
    for (let i = 0; i < 9; i++) {
      const stop = new AbortController();
      const asked = router.ask(callOf({ signal: stop.signal }).call);
      asked.catch(() => {});
      await settleDown();
      stop.abort();
      await expect(asked).rejects.toBeInstanceOf(CancelledError);
    }
    expect(router.health('claude')).toEqual({ samples: 0, requestsPerMinute: 9 });
  });
});
