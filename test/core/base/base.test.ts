import { describe, expect, it } from 'vitest';
import { CancelledError, woken } from '../../../src/core/base/abort';
import { delay, systemClock, type Clock } from '../../../src/core/base/clock';
import { DisposableStore, toDisposable } from '../../../src/core/base/disposable';
import { formatDuration, formatLimit, parseDuration } from '../../../src/core/base/duration';
import { Emitter } from '../../../src/core/base/emitter';
import { canonicalJson, toJson } from '../../../src/core/base/json';

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1m30s', 90_000],
    ['1.5s', 1_500],
    [' 2s ', 2_000],
  ])('reads %s as %d ms', (text, expected) => expect(parseDuration(text)).toBe(expected));

  it.each(['', '5', 's', '-1s', '1 s', '1e3s', '5 minutes', '1s!'])('refuses %j', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  it.each([
    [0, '0.0 s'],
    [1_240, '1.2 s'],
    [59_940, '59.9 s'],
    [184_000, '3 m 04 s'],
    [7_500_000, '2 h 05 m'],
    [-5, '0.0 s'],
  ])('writes %d ms as %s', (milliseconds, expected) => expect(formatDuration(milliseconds)).toBe(expected));

  it.each([
    [50, '50 ms'],
    [1_000, '1 s'],
    [1_500, '1.5 s'],
    [90_000, '1 m 30 s'],
    [7_200_000, '2 h 00 m'],
  ])('writes a limit of %d ms as it was set: %s', (milliseconds, expected) =>
    expect(formatLimit(milliseconds)).toBe(expected),
  );

  it('never writes sixty seconds where a minute begins', () => {
    expect(formatDuration(59_999)).toBe('1 m 00 s');
    expect(formatDuration(3_599_900)).toBe('1 h 00 m');
  });
});

describe('disposables', () => {
  it('closes what was opened in reverse order, once', () => {
    const closed: number[] = [];
    const store = new DisposableStore();
    store.add(toDisposable(() => closed.push(1)));
    store.add(toDisposable(() => closed.push(2)));
    store.dispose();
    store.dispose();
    expect(closed).toEqual([2, 1]);
  });

  it('closes at once what comes after the end', () => {
    const store = new DisposableStore();
    store.dispose();
    let closed = false;
    store.add(toDisposable(() => (closed = true)));
    expect(closed).toBe(true);
  });
});

describe('emitters', () => {
  it('tells every listener although one of them throws, and reports the throw', () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<number>((error) => errors.push(error));
    const heard: number[] = [];
    emitter.event(() => {
      throw new Error('listener');
    });
    emitter.event((value) => heard.push(value));
    emitter.fire(7);
    expect(heard).toEqual([7]);
    expect(errors).toHaveLength(1);
  });

  it('lets the same function listen twice and leave once', () => {
    const emitter = new Emitter<number>();
    let heard = 0;
    const listener = () => heard++;
    const first = emitter.event(listener);
    emitter.event(listener);
    first.dispose();
    emitter.fire(1);
    expect(heard).toBe(1);
  });
});

describe('json', () => {
  it('writes equal values as equal text, whatever the order of their keys', () => {
    expect(canonicalJson({ b: [{ y: 1, x: 2 }], a: null })).toBe(
      canonicalJson({ a: null, b: [{ x: 2, y: 1 }] }),
    );
    expect(canonicalJson({ b: 1, a: 2 })).toBe('{"a":2,"b":1}');
  });

  it('keeps a key called __proto__ as data', () => {
    const value = toJson(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(canonicalJson(value)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('makes plain JSON of anything', () => {
    expect(toJson(undefined)).toBeNull();
    expect(toJson({ kept: 1, dropped: undefined })).toEqual({ kept: 1 });
  });
});

describe('waiting to be woken', () => {
  const watched = () => {
    const waits: { wake: () => void; isEnded: boolean } = { wake: () => {}, isEnded: false };
    const begin = (wake: () => void) => {
      waits.wake = wake;
      return () => (waits.isEnded = true);
    };
    return { waits, begin };
  };

  it('ends once, and ends what it began', async () => {
    const { waits, begin } = watched();
    const controller = new AbortController();
    const waiting = woken(controller.signal, begin);
    waits.wake();
    controller.abort();
    await expect(waiting).resolves.toBeUndefined();
    expect(waits.isEnded).toBe(true);
  });

  it('ends with the reason of its signal, or with what is made of it', async () => {
    const { waits, begin } = watched();
    const controller = new AbortController();
    const plain = woken(controller.signal, begin);
    const other = woken(controller.signal, begin, () => new CancelledError('other'));
    controller.abort(new Error('stop'));
    await expect(plain).rejects.toThrow('stop');
    await expect(other).rejects.toThrow('other');
    expect(waits.isEnded).toBe(true);
  });

  it('does not begin when its signal has fired, and may be woken at once', async () => {
    let hasBegun = false;
    const begin = () => {
      hasBegun = true;
      return () => {};
    };
    await expect(woken(AbortSignal.abort('text'), begin)).rejects.toThrow(CancelledError);
    expect(hasBegun).toBe(false);
    let isEnded = false;
    const atOnce = woken(new AbortController().signal, (wake) => {
      wake();
      return () => (isEnded = true);
    });
    await expect(atOnce).resolves.toBeUndefined();
    expect(isEnded).toBe(true);
  });
});

describe('delay', () => {
  /** A clock whose timers fire when the test says so. */
  function manualClock(): Clock & { fire(): void; readonly waiting: number } {
    const timers = new Set<() => void>();
    return {
      now: () => 0,
      monotonic: () => 0,
      after(_delayMs, callback) {
        timers.add(callback);
        return { dispose: () => timers.delete(callback) };
      },
      fire: () => timers.forEach((callback) => callback()),
      get waiting() {
        return timers.size;
      },
    };
  }

  it('resolves when its timer fires', async () => {
    const clock = manualClock();
    const waiting = delay(clock, 10, new AbortController().signal);
    clock.fire();
    await expect(waiting).resolves.toBeUndefined();
  });

  it('rejects and forgets its timer when aborted', async () => {
    const clock = manualClock();
    const controller = new AbortController();
    const waiting = delay(clock, 10, controller.signal);
    controller.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    expect(clock.waiting).toBe(0);
  });

  it('waits longer than setTimeout can count', async () => {
    let fired = false;
    const timer = systemClock.after(2 ** 31 + 1_000, () => (fired = true));
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
    timer.dispose();
    expect(fired).toBe(false);
  });
});
