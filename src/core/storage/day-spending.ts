import type { Event } from '../base/emitter';
import type { CallUsage, ModelRef, ProviderName, WorstCase } from '../model/model-call';

/** What a person wants to spend at most between two midnights, over all folders. */
export interface DayCap {
  readonly usd?: number;
  readonly tokens?: number;
}

export interface DayTotals {
  /** Calls under way, and calls whose process died, included. */
  readonly calls: number;
  /** What is held back counts like what is spent. */
  readonly usd: number;
  readonly tokens: number;
  /** True when a part of it was not told by a provider. */
  readonly estimated: boolean;
  /** A part of it has no known price, and is not in `usd`: what costs nothing is told from what nobody can tell. */
  readonly unpriced?: true;
}

export interface DaySummary {
  /** Local date: "2026-11-21". */
  readonly date: string;
  readonly total: DayTotals;
  readonly byProvider: Readonly<Record<ProviderName, DayTotals>>;
  /** Caps that a person raised for this day. */
  readonly raised: DayCap;
}

/** Why a call does not fit into the day. */
export interface DayShortage {
  readonly unit: 'usd' | 'tokens';
  /** As it holds today, raised or not. */
  readonly cap: number;
  readonly spent: number;
  /** Held back by calls that are under way, in every process. */
  readonly reserved: number;
}

export interface DayReservation {
  /** Books what was really taken. At most once; later calls change nothing. */
  settle(usage: CallUsage): Promise<void>;
  /** Nothing was taken. */
  release(): Promise<void>;
}

export type DayAnswer = { readonly reservation: DayReservation } | { readonly shortage: DayShortage };

/** What one person spends on models in a day, counted over all folders and processes. */
export interface DayLedger {
  /**
   * Holds the worst case of a call back. Without a cap it always fits and is only counted. Rejects with code "no-ledger"
   * when there is a cap and nothing can be written down: then nobody can say that it holds.
   */
  reserve(model: ModelRef, worst: WorstCase, cap: DayCap | undefined): Promise<DayAnswer>;
  /** A person allows more for today. Rejects with "no-ledger" when it cannot be written down. */
  raise(unit: 'usd' | 'tokens', cap: number): Promise<void>;
  today(): Promise<DaySummary>;
  /** Reservations of this process that wait for their end: once they have it, others may fit. */
  readonly underWay: number;
  /** Fires when a reservation of this process has ended, or the cap was raised here. */
  readonly onDidChange: Event<void>;
}
