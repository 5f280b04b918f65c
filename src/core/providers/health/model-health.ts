import type { Clock } from '../../base/clock';
import { createCircuit, type Circuit } from './circuit';
import { FAULT_POLICY } from '../fault-policy';
import { createOutcomeWindow, type OutcomeWindow } from './outcome-window';
import type { ProviderErrorFacts } from '../provider-error';
import type { RequestLog } from './request-log';

/** Why a provider is left out of every call, and until when (monotonic; Infinity: until something changes). */
export interface Block {
  readonly because: 'auth' | 'quota';
  readonly until: number;
}

/** What all models of one provider share, for they are asked with one key. */
export interface Account {
  readonly requests: RequestLog;
  /** Holds no more once its time has come. */
  block: Block | undefined;
}

/** How one provider's model has been doing. Times are of the monotonic clock. */
export interface ModelHealth {
  readonly account: Readonly<Account>;
  readonly circuit: Circuit;
  readonly outcomes: OutcomeWindow;
  /** Moving average over answers, milliseconds. */
  readonly latencyMs: number | undefined;
  /** It asked to be left alone until then; 0 or past: it did not. */
  readonly coolingUntil: number;
  /** The provider does not have it; looked at again then. */
  readonly goneUntil: number;
  /** `restMs`: its rate headers say that it takes no other request before. */
  answered(latencyMs: number, restMs?: number): void;
  failed(facts: ProviderErrorFacts): void;
}

/** Weight of the newest answer in the moving average. */
const NEWEST = 0.2;
const WINDOW = { lengthMs: 60_000, minimum: 5 };
/** How long a provider is left alone that says "too many" and not until when; doubled each time in a row. */
const COOL_MS = 5_000;
const LONGEST_COOL_MS = 60_000;
const GONE_MS = 10 * 60_000;
/** Accounts are topped up and a day's quota ends without anybody telling: after this a provider without money is asked again. */
const MONEY_MS = 60 * 60_000;

export function createModelHealth(clock: Pick<Clock, 'monotonic'>, account: Account): ModelHealth {
  const outcomes = createOutcomeWindow(clock, WINDOW);
  const circuit = createCircuit(clock, outcomes);
  let latencyMs: number | undefined;
  let coolingUntil = 0;
  let goneUntil = 0;
  let limitedInARow = 0;

  const coolFor = ({ fault, retryAfterMs }: ProviderErrorFacts): number => {
    if (fault !== 'rate-limited') return FAULT_POLICY[fault].waitingHelps ? (retryAfterMs ?? 0) : 0;
    const own = Math.min(COOL_MS * 2 ** limitedInARow, LONGEST_COOL_MS);
    limitedInARow += 1;
    return retryAfterMs ?? own;
  };
  return {
    account,
    circuit,
    outcomes,
    get latencyMs() {
      return latencyMs;
    },
    get coolingUntil() {
      return coolingUntil;
    },
    get goneUntil() {
      return goneUntil;
    },
    answered(latency, restMs = 0) {
      outcomes.add(false);
      limitedInARow = 0;
      // A forecast, not a refusal: vendors tell when all places are free again, and one may be so sooner.
      if (restMs > 0)
        coolingUntil = Math.max(coolingUntil, clock.monotonic() + Math.min(restMs, LONGEST_COOL_MS));
      latencyMs = latencyMs === undefined ? latency : latencyMs + NEWEST * (latency - latencyMs);
    },
    failed(facts) {
      const policy = FAULT_POLICY[facts.fault];
      if (policy.countsForCircuit) outcomes.add(true);
      if (policy.blocks === 'model') goneUntil = clock.monotonic() + GONE_MS;
      if (policy.blocks === 'auth') account.block = { because: 'auth', until: Number.POSITIVE_INFINITY };
      if (policy.blocks === 'quota')
        account.block = { because: 'quota', until: clock.monotonic() + (facts.retryAfterMs ?? MONEY_MS) };
      coolingUntil = Math.max(coolingUntil, clock.monotonic() + coolFor(facts));
    },
  };
}
