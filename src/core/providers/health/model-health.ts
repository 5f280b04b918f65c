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
  /** Requests in a row that failed, the last ones. */
  readonly failedInARow: number;
  /** Others are asked before it until then, for its last requests failed; 0 or past: nobody is. */
  readonly restingUntil: number;
  /** A request leaves. Of one that failed in a row, only one finds out how it is; others are asked meanwhile. */
  leaves(): void;
  /** `restMs`: its rate headers say that it takes no other request before. */
  answered(latencyMs: number, restMs?: number): void;
  /** `tookMs`: how long it was waited for. */
  failed(facts: ProviderErrorFacts, tookMs: number): void;
}

/** Weight of the newest answer in the moving average. */
const NEWEST = 0.2;
const WINDOW = { lengthMs: 60_000, minimum: 5 };
/** How long a provider is left alone that says "too many" and not until when; doubled each time in a row. */
const COOL_MS = 5_000;
const LONGEST_COOL_MS = 60_000;
const GONE_MS = 10 * 60_000;
/** As many failures in a row make others the better choice, long before a circuit has seen enough to open. */
const ENOUGH_IN_A_ROW = 2;
/** For how long, doubled with each failure more: as long as a circuit is open. */
const REST_MS = 10_000;
const LONGEST_REST_MS = 60_000;
/** And for so many times of what was waited for in vain: silence is the dearest failure, and too slow for a circuit to see. */
const TIMES_WAITED = 5;
const LONGEST_REST_AFTER_SILENCE_MS = 5 * 60_000;
/** Accounts are topped up and a day's quota ends without anybody telling: after this a provider without money is asked again. */
const MONEY_MS = 60 * 60_000;

export function createModelHealth(clock: Pick<Clock, 'monotonic'>, account: Account): ModelHealth {
  const outcomes = createOutcomeWindow(clock, WINDOW);
  const circuit = createCircuit(clock, outcomes);
  let latencyMs: number | undefined;
  let coolingUntil = 0;
  let goneUntil = 0;
  let limitedInARow = 0;
  let failedInARow = 0;
  let restingUntil = 0;

  const coolFor = ({ fault, retryAfterMs }: ProviderErrorFacts): number => {
    if (fault !== 'rate-limited') return FAULT_POLICY[fault].waitingHelps ? (retryAfterMs ?? 0) : 0;
    const own = Math.min(COOL_MS * 2 ** limitedInARow, LONGEST_COOL_MS);
    limitedInARow += 1;
    return retryAfterMs ?? own;
  };
  const restAfter = (tookMs: number): number =>
    Math.max(
      Math.min(REST_MS * 2 ** (failedInARow - ENOUGH_IN_A_ROW), LONGEST_REST_MS),
      Math.min(tookMs * TIMES_WAITED, LONGEST_REST_AFTER_SILENCE_MS),
    );
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
    get failedInARow() {
      return failedInARow;
    },
    get restingUntil() {
      return restingUntil;
    },
    leaves() {
      if (failedInARow >= ENOUGH_IN_A_ROW) restingUntil = Math.max(restingUntil, clock.monotonic() + REST_MS);
    },
    answered(latency, restMs = 0) {
      outcomes.add(false);
      limitedInARow = 0;
      failedInARow = 0;
      restingUntil = 0;
      // A forecast, not a refusal: vendors tell when all places are free again, and one may be so sooner.
      if (restMs > 0)
        coolingUntil = Math.max(coolingUntil, clock.monotonic() + Math.min(restMs, LONGEST_COOL_MS));
      latencyMs = latencyMs === undefined ? latency : latencyMs + NEWEST * (latency - latencyMs);
    },
    failed(facts, tookMs) {
      const policy = FAULT_POLICY[facts.fault];
      if (policy.countsForCircuit) {
        outcomes.add(true);
        failedInARow += 1;
        if (failedInARow >= ENOUGH_IN_A_ROW) restingUntil = clock.monotonic() + restAfter(tookMs);
      }
      if (policy.blocks === 'model') goneUntil = clock.monotonic() + GONE_MS;
      if (policy.blocks === 'auth') account.block = { because: 'auth', until: Number.POSITIVE_INFINITY };
      if (policy.blocks === 'quota')
        account.block = { because: 'quota', until: clock.monotonic() + (facts.retryAfterMs ?? MONEY_MS) };
      coolingUntil = Math.max(coolingUntil, clock.monotonic() + coolFor(facts));
    },
  };
}
