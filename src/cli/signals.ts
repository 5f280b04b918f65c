import { toDisposable } from '../core/base/disposable';
import type { Event } from '../core/base/emitter';

/**
 * Signals as an event that carries the signal's name. While nobody listens the system's own behaviour stays:
 * the process ends.
 */
export function onSignal(...signals: readonly NodeJS.Signals[]): Event<string> {
  return (listener) => {
    for (const signal of signals) process.on(signal, listener);
    return toDisposable(() => {
      for (const signal of signals) process.removeListener(signal, listener);
    });
  };
}
