import { describe, expect, it } from 'vitest';
import { createCircuit, type Circuit } from '../../../../src/core/providers/health/circuit';
import {
  createOutcomeWindow,
  type OutcomeWindow,
} from '../../../../src/core/providers/health/outcome-window';
import type { Router } from '../../../../src/core/providers/router';
import { settleDown, SimulatedClock } from '../../engine/simulated-clock';
import { answerOf, callOf, endOf, failureOf, routerOver, scripted, type Scripted } from './scripted';

const anotherKind = { circuit: 'answered' } as const;

function circuitOver(clock: SimulatedClock): {
  readonly circuit: Circuit;
  readonly window: OutcomeWindow;
  readonly fail: () => Promise<unknown>;
  readonly answer: () => Promise<unknown>;
} {
  const window = createOutcomeWindow(clock, { lengthMs: 60_000, minimum: 5 });
  const circuit = createCircuit(clock, window);
  const run = async (isFailure: boolean) => {
    const request = async () => {
      window.add(isFailure);
      return { circuit: isFailure ? ('failed' as const) : ('answered' as const) };
    };
    if (!circuit.isClosed) await circuit.probe(request);
    else if ((await request()).circuit === 'failed') await circuit.failed();
  };
  return { circuit, window, fail: () => run(true), answer: () => run(false) };
}

describe('a circuit', () => {
  it('opens when half of its requests fail', async () => {
    const { circuit, fail, answer } = circuitOver(new SimulatedClock());
    for (const end of [answer, fail, answer, fail, answer]) await end();
    expect(circuit.view()).toEqual({ status: 'closed' });
    await fail();
    expect(circuit.view()).toEqual({ status: 'open', until: 10_000 });
  });

  it('is not opened a second time by what left before it opened', async () => {
    const clock = new SimulatedClock();
    const { circuit, window, fail } = circuitOver(clock);
    for (let i = 0; i < 5; i++) await fail();
    clock.sleep(9_000);
    window.add(true);
    await circuit.failed();
    expect(circuit.view()).toEqual({ status: 'open', until: 10_000 });
  });

  it('says nothing of fewer than five requests', async () => {
    const { circuit, fail } = circuitOver(new SimulatedClock());
    for (let i = 0; i < 4; i++) await fail();
    expect(circuit.view()).toEqual({ status: 'closed' });
    await fail();
    expect(circuit.view().status).toBe('open');
  });

  it('stays closed below that', async () => {
    const { circuit, fail, answer } = circuitOver(new SimulatedClock());
    for (const end of [answer, answer, answer, fail, fail]) await end();
    expect(circuit.view()).toEqual({ status: 'closed' });
  });

  it('forgets failures that are older than a minute', async () => {
    const clock = new SimulatedClock();
    const { circuit, window, fail } = circuitOver(clock);
    for (let i = 0; i < 4; i++) await fail();
    clock.sleep(60_000);
    await fail();
    expect([circuit.view().status, window.samples, window.errorRate]).toEqual(['closed', 1, undefined]);
  });

  it('lets one probe through when its time has come, and closes when that is answered', async () => {
    const clock = new SimulatedClock();
    const { circuit, window, fail } = circuitOver(clock);
    for (let i = 0; i < 5; i++) await fail();
    clock.sleep(10_000);
    let answer = () => {};
    const probe = circuit.probe(
      () => new Promise<typeof anotherKind>((resolve) => (answer = () => resolve(anotherKind))),
    );
    expect(circuit.view()).toEqual({ status: 'probing' });
    answer();
    await probe;
    expect([circuit.view().status, window.samples]).toEqual(['closed', 0]);
  });

  it('stays open twice as long after each probe that fails, up to a minute', async () => {
    const clock = new SimulatedClock();
    const { circuit, fail } = circuitOver(clock);
    for (let i = 0; i < 5; i++) await fail();
    const lengths: number[] = [];
    for (let i = 0; i < 4; i++) {
      const view = circuit.view();
      const until = view.status === 'open' ? view.until : 0;
      clock.sleep(until - clock.monotonic());
      await fail();
      const after = circuit.view();
      lengths.push((after.status === 'open' ? after.until : 0) - clock.monotonic());
    }
    expect(lengths).toEqual([20_000, 40_000, 60_000, 60_000]);
  });

  it('lets the next one probe when a probe was stopped', async () => {
    const clock = new SimulatedClock();
    const { circuit, fail } = circuitOver(clock);
    for (let i = 0; i < 5; i++) await fail();
    clock.sleep(10_000);
    await circuit.probe(async () => ({ circuit: 'stopped' as const }));
    expect(circuit.view()).toEqual({ status: 'open', until: 10_000 });
    await circuit.probe(async () => anotherKind);
    expect(circuit.view()).toEqual({ status: 'closed' });
  });

  it.each([-86_400_000, 86_400_000])('does not care when the wall clock jumps by %i', async (jump) => {
    const clock = new SimulatedClock();
    const { circuit, fail } = circuitOver(clock);
    for (let i = 0; i < 5; i++) await fail();
    clock.setWallClock(jump);
    clock.sleep(9_999);
    await expect(circuit.probe(async () => anotherKind)).rejects.toThrow();
    clock.sleep(1);
    await circuit.probe(async () => anotherKind);
    expect(circuit.view()).toEqual({ status: 'closed' });
  });
});

describe('circuits in the router', () => {
  const broken = (clock: SimulatedClock, isBroken: () => boolean) =>
    scripted(clock, 'claude', (): Scripted => (isBroken() ? 'server' : { answers: 'claude', takesMs: 100 }));

  /** Two calls that nobody else may answer: enough for the circuit, and a probe that fails. */
  const bringDown = async (clock: SimulatedClock, router: Router) => {
    const wish = { ...callOf().call.wish, providers: ['claude'] };
    for (let i = 0; i < 2; i++) await failureOf(clock, router.ask(callOf({ wish }).call));
  };

  it('leave a provider alone whose requests fail, and tell why another one answers', async () => {
    const clock = new SimulatedClock();
    const claude = broken(clock, () => true);
    const router = routerOver(clock, [claude, scripted(clock, 'gemini')]);
    await bringDown(clock, router);
    const asked = claude.got.length;
    expect(asked).toBe(6);
    const { call, events } = callOf();
    await answerOf(clock, router.ask(call));
    expect(claude.got).toHaveLength(asked);
    expect(events[0]).toMatchObject({ chosen: { provider: 'gemini' } });
    expect(events[0]).toMatchObject({
      why: expect.stringContaining(
        'Gemini takes the place of Claude: too many of its requests failed',
      ) as string,
    });
    expect(router.health('claude')).toMatchObject({ errorRate: 1, samples: 6 });
    expect(router.health('claude').circuitOpenUntil).toBeGreaterThan(clock.now());
  });

  it('let one request probe while all others go elsewhere', async () => {
    const clock = new SimulatedClock();
    let isBroken = true;
    const claude = broken(clock, () => isBroken);
    const gemini = scripted(clock, 'gemini');
    const router = routerOver(clock, [claude, gemini]);
    await bringDown(clock, router);
    isBroken = false;
    clock.sleep((router.health('claude').circuitOpenUntil ?? 0) - clock.now());
    const before = claude.got.length;
    const ends = await Promise.all(Array.from({ length: 8 }, () => endOf(clock, router.ask(callOf().call))));
    const by = ends.map((end) => ('answer' in end ? end.answer.model.provider : 'nobody'));
    expect(by.filter((name) => name === 'claude')).toHaveLength(1);
    expect(claude.got.length - before).toBe(1);
    await answerOf(clock, router.ask(callOf().call));
    expect(claude.got.length - before).toBe(2);
  });

  it('let those who have nobody else wait for the probe, and go on as soon as it is answered', async () => {
    const clock = new SimulatedClock();
    let isBroken = true;
    const claude = broken(clock, () => isBroken);
    const router = routerOver(clock, [claude]);
    for (let i = 0; i < 2; i++) await endOf(clock, router.ask(callOf().call));
    isBroken = false;
    const from = claude.got.length;
    const begun = clock.monotonic();
    const calls = Array.from({ length: 4 }, () => endOf(clock, router.ask(callOf().call)));
    expect((await Promise.all(calls)).every((end) => 'answer' in end)).toBe(true);
    const times = claude.got.slice(from).map(({ at }) => at - begun);
    expect(times[0]).toBeGreaterThan(0);
    // 100 ms is how long the probe took.
    expect(times.slice(1)).toEqual(times.slice(1).map(() => (times[0] ?? 0) + 100));
  });

  it('do not open for what is not the provider’s fault', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', () => 'content-blocked');
    const router = routerOver(clock, [claude]);
    for (let i = 0; i < 9; i++) await failureOf(clock, router.ask(callOf().call));
    expect(claude.got).toHaveLength(9);
    expect(router.health('claude').circuitOpenUntil).toBeUndefined();
  });

  it('are closed, with nothing held against it, when a provider is set up anew', async () => {
    const clock = new SimulatedClock();
    let fault: Scripted = 'auth';
    const claude = scripted(clock, 'claude', () => fault);
    const router = routerOver(clock, [claude]);
    await failureOf(clock, router.ask(callOf().call));
    expect(router.health('claude').blocked).toBe('auth');
    expect(router.route(callOf().call.wish)).toEqual({
      none: 'No model can be asked: Claude: its key was refused.',
    });
    fault = { answers: 'yes' };
    router.forget('claude');
    expect(router.health('claude')).toEqual({ samples: 0, requestsPerMinute: 1 });
    await answerOf(clock, router.ask(callOf().call));
  });

  it('do not let a request with the old key speak for the new one', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', [{ fault: 'auth', takesMs: 500 }]);
    const router = routerOver(clock, [claude]);
    const asked = router.ask(callOf().call);
    await settleDown();
    router.forget('claude');
    await endOf(clock, asked);
    expect(router.health('claude').blocked).toBeUndefined();
  });

  it('ask a provider without money again only after an hour, or when it says so', async () => {
    const clock = new SimulatedClock();
    const claude = scripted(clock, 'claude', ['quota', { fault: 'quota', retryAfterMs: 5_000 }]);
    const router = routerOver(clock, [claude]);
    await failureOf(clock, router.ask(callOf().call));
    clock.sleep(3_599_999);
    expect(await failureOf(clock, router.ask(callOf().call))).toMatchObject({ code: 'no-provider' });
    clock.sleep(1);
    await failureOf(clock, router.ask(callOf().call));
    clock.sleep(5_000);
    await answerOf(clock, router.ask(callOf().call));
    expect(claude.got).toHaveLength(3);
  });
});
