import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../engine/simulated-clock';
import { answerOf, callOf, endOf, routerOver, scripted } from './scripted';

describe('how long an answer may take', () => {
  it('is a minute until its first byte, but for servers of the person’s own, which load a model first', async () => {
    const clock = new SimulatedClock();
    const timeoutsOf = async (kind: 'anthropic' | 'compatible', timeout: number) => {
      const asked = scripted(clock, 'one', [], { kind, timeout });
      await answerOf(clock, routerOver(clock, [asked]).ask(callOf().call));
      return asked.got[0]?.options.timeouts;
    };
    expect(await timeoutsOf('anthropic', 600_000)).toEqual({
      firstByte: 60_000,
      idle: 300_000,
      total: 600_000,
    });
    expect(await timeoutsOf('compatible', 600_000)).toMatchObject({ firstByte: 600_000 });
    expect(await timeoutsOf('anthropic', 20_000)).toEqual({ firstByte: 20_000, idle: 20_000, total: 20_000 });
  });
});

describe('limits and cooling', () => {
  it('a limit per minute sends what is over it to the next provider', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [], { rateLimitPerMinute: 2 });
    const gemini = scripted(clock, 'gemini');
    const router = routerOver(clock, [claude, gemini]);
    await Promise.all(Array.from({ length: 5 }, () => endOf(clock, router.ask(callOf().call))));
    expect([claude.got.length, gemini.got.length]).toEqual([2, 3]);
    expect(router.health('claude').requestsPerMinute).toBe(2);
  });

  it('a limit per minute is waited for where there is nobody else, however long the queue', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [], { rateLimitPerMinute: 3 });
    const router = routerOver(clock, [claude]);
    const ends = await Promise.all(Array.from({ length: 10 }, () => endOf(clock, router.ask(callOf().call))));
    expect(ends.every((end) => 'answer' in end)).toBe(true);
    expect(claude.got.map(({ at }) => at)).toEqual([
      0, 0, 0, 60_000, 60_000, 60_000, 120_000, 120_000, 120_000, 180_000,
    ]);
  });

  it('a request that did not leave takes no place in the minute', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [], { rateLimitPerMinute: 1 });
    const router = routerOver(clock, [claude]);
    const { call } = callOf({ onEvent: () => Promise.reject(new Error('the disk is full')) });
    await endOf(clock, router.ask(call));
    await answerOf(clock, router.ask(callOf().call));
    expect(claude.got.map(({ at }) => at)).toEqual([0]);
  });

  it('a 429 sends all calls elsewhere for as long as it says, and back afterwards', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [{ fault: 'rate-limited', retryAfterMs: 90_000 }]);
    const router = routerOver(clock, [claude, scripted(clock, 'gemini')]);
    await answerOf(clock, router.ask(callOf().call));
    clock.setWallClock(86_400_000);
    clock.sleep(89_999);
    const { call, events } = callOf();
    expect((await answerOf(clock, router.ask(call))).model.provider).toBe('gemini');
    expect(events[0]).toMatchObject({
      why: 'Gemini takes the place of Claude: it asks for fewer requests, for another 0.0 s',
    });
    clock.sleep(1);
    expect((await answerOf(clock, router.ask(callOf().call))).model.provider).toBe('claude');
  });

  it('waits for whoever comes back soonest when all are cooling', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [{ fault: 'rate-limited', retryAfterMs: 40_000 }]);
    const gemini = scripted(clock, 'gemini', [{ fault: 'rate-limited', retryAfterMs: 10_000 }]);
    const router = routerOver(clock, [claude, gemini]);
    const { model } = await answerOf(clock, router.ask(callOf().call));
    expect([model.provider, clock.monotonic()]).toEqual(['gemini', 10_000]);
  });

  it('leaves a provider alone longer each time it says "too many" without an end', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [
      'rate-limited',
      'rate-limited',
      { answers: 'a' },
      'rate-limited',
    ]);
    const router = routerOver(clock, [claude]);
    await answerOf(clock, router.ask(callOf().call));
    await answerOf(clock, router.ask(callOf().call));
    // An answer in between, and it begins anew.
    expect(claude.got.map(({ at }) => at)).toEqual([0, 5_000, 15_000, 15_000, 20_000]);
  });

  it('cools for an overload that says until when', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [{ fault: 'overloaded', retryAfterMs: 30_000 }]);
    const router = routerOver(clock, [claude, scripted(clock, 'gemini')]);
    expect((await answerOf(clock, router.ask(callOf().call))).model.provider).toBe('gemini');
    expect(router.health('claude').coolingUntil).toBe(clock.now() + 30_000);
  });

  it('leaves a provider alone whose answer says that no further request is taken now', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [
      { answers: 'a', restMs: 8_000 },
      { answers: 'b', restMs: 3_600_000 },
    ]);
    const router = routerOver(clock, [claude, scripted(clock, 'gemini')]);
    const by = async () => (await answerOf(clock, router.ask(callOf().call))).model.provider;
    expect([await by(), await by()]).toEqual(['claude', 'gemini']);
    clock.sleep(8_000);
    expect([await by(), await by()]).toEqual(['claude', 'gemini']);
    // A forecast of an hour is looked at again after a minute.
    clock.sleep(60_000);
    expect(await by()).toBe('claude');
  });

  it('does not ask again for a while for a model that is gone', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', ['model-gone']);
    const router = routerOver(clock, [claude, scripted(clock, 'gemini')]);
    for (let i = 0; i < 3; i++) await answerOf(clock, router.ask(callOf().call));
    expect(claude.got).toHaveLength(1);
    clock.sleep(600_000);
    expect((await answerOf(clock, router.ask(callOf().call))).model.provider).toBe('claude');
  });

  it('keeps a moving average of how long answers take', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [
      { answers: 'a', takesMs: 1_000 },
      { answers: 'b', takesMs: 2_000 },
    ]);
    const router = routerOver(clock, [claude]);
    await answerOf(clock, router.ask(callOf().call));
    expect(router.health('claude').latencyMs).toBe(1_000);
    const { latencyMs } = await answerOf(clock, router.ask(callOf().call));
    expect([latencyMs, router.health('claude').latencyMs]).toEqual([2_000, 1_200]);
  });
});
