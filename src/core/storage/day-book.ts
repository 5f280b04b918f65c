/*
 * owns: what the lines of one day's spending mean. Pure: every process that reads the same lines comes to the same sums.
 * must stay true: whether a reservation counts is decided by the lines before it and the cap that it carries, so that of two processes
 * that reserve at the same moment both know who was first, without a lock. What was never settled counts at its worst case.
 */
import { isJsonObject, type JsonValue } from '../base/json';
import type { DayCap, DayShortage, DaySummary, DayTotals } from './day-spending';

export type DayLine =
  | {
      readonly type: 'reserve';
      readonly id: string;
      readonly at: number;
      readonly provider: string;
      readonly model: string;
      /** Absent: the model has no known price. */
      readonly usd?: number;
      readonly tokens: number;
      /** Of the one who reserves, at that moment. */
      readonly cap?: DayCap;
    }
  | {
      readonly type: 'settle';
      readonly id: string;
      readonly usd?: number;
      readonly tokens: number;
      readonly estimated?: true;
    }
  | { readonly type: 'release'; readonly id: string }
  | { readonly type: 'raise'; readonly id: string; readonly unit: 'usd' | 'tokens'; readonly cap: number };

interface Amount {
  readonly usd: number;
  readonly tokens: number;
  /** Nobody knows what the tokens cost. */
  readonly unpriced?: true;
}

interface Entry extends Amount {
  readonly provider: string;
  state: 'held' | 'refused' | 'settled' | 'released';
  readonly shortage?: DayShortage;
}

/** Sums of floats are a little off; nobody is turned down for that. */
const SLACK = 1e-9;

const NOTHING: DayTotals = { calls: 0, usd: 0, tokens: 0, estimated: false };

export class DayBook {
  private readonly entries = new Map<string, Entry>();
  private readonly raises = new Set<string>();
  private spent: Amount = { usd: 0, tokens: 0 };
  private held: Amount = { usd: 0, tokens: 0 };
  private readonly byProvider = new Map<string, DayTotals>();
  private raised: DayCap = {};
  /** Lines that say nothing that can be understood. */
  corrupt = 0;

  constructor(readonly date: string) {}

  has(id: string): boolean {
    return this.entries.has(id) || this.raises.has(id);
  }

  /** Why a reservation does not count; undefined when it does. */
  shortageOf(id: string): DayShortage | undefined {
    return this.entries.get(id)?.shortage;
  }

  /** Takes one more line in. Text that is no line is counted and changes nothing. */
  add(text: string): void {
    const line = parseLine(text);
    if (line === undefined) this.corrupt += 1;
    else this.apply(line);
  }

  summary(): DaySummary {
    const held = [...this.entries.values()].filter(({ state }) => state === 'held');
    const byProvider = new Map(this.byProvider);
    for (const { provider, ...amount } of held)
      byProvider.set(provider, plus(byProvider.get(provider) ?? NOTHING, amount, true));
    const total = [...byProvider.values()].reduce(sum, NOTHING);
    return { date: this.date, total, byProvider: Object.fromEntries(byProvider), raised: this.raised };
  }

  private apply(line: DayLine): void {
    switch (line.type) {
      case 'reserve': {
        if (this.entries.has(line.id)) return;
        const amount = amountOf(line);
        const shortage = this.shortage(amount, line.cap);
        const state = shortage === undefined ? 'held' : 'refused';
        const { provider } = line;
        this.entries.set(line.id, { ...amount, provider, state, ...(shortage && { shortage }) });
        if (shortage === undefined) this.held = add(this.held, amount);
        return;
      }
      case 'settle': {
        const entry = this.entries.get(line.id);
        // One whose reservation was lost to a bad line was spent nevertheless.
        if (entry !== undefined && entry.state !== 'held') return;
        if (entry !== undefined) this.end(entry, 'settled');
        const amount = amountOf(line);
        this.spent = add(this.spent, amount);
        const provider = entry?.provider ?? 'unknown';
        const before = this.byProvider.get(provider) ?? NOTHING;
        this.byProvider.set(provider, plus(before, amount, line.estimated === true));
        return;
      }
      case 'release': {
        const entry = this.entries.get(line.id);
        if (entry?.state === 'held') this.end(entry, 'released');
        return;
      }
      case 'raise':
        this.raises.add(line.id);
        this.raised = { ...this.raised, [line.unit]: Math.max(this.raised[line.unit] ?? 0, line.cap) };
        return;
      default:
        line satisfies never;
    }
  }

  private shortage(amount: Amount, cap: DayCap | undefined): DayShortage | undefined {
    for (const unit of ['usd', 'tokens'] as const) {
      const own = cap?.[unit];
      if (own === undefined) continue;
      const limit = Math.max(own, this.raised[unit] ?? 0);
      if (this.spent[unit] + this.held[unit] + amount[unit] <= limit + SLACK) continue;
      return { unit, cap: limit, spent: this.spent[unit], reserved: this.held[unit] };
    }
    return undefined;
  }

  private end(entry: Entry, state: Entry['state']): void {
    entry.state = state;
    this.held = add(this.held, { usd: -entry.usd, tokens: -entry.tokens });
  }
}

function parseLine(text: string): DayLine | undefined {
  let line: JsonValue;
  try {
    line = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  if (!isJsonObject(line) || typeof line['id'] !== 'string') return undefined;
  const { type, id, unit, cap } = line;
  if (type === 'release') return { type, id };
  if (type === 'raise')
    return (unit === 'usd' || unit === 'tokens') && isAmount(cap) ? { type, id, unit, cap } : undefined;
  const { usd, tokens, provider, model, at } = line;
  if (!isAmount(tokens) || (usd !== undefined && !isAmount(usd))) return undefined;
  const amount = { tokens, ...(usd !== undefined && { usd }) };
  if (type === 'settle')
    return { type, id, ...amount, ...(line['estimated'] === true && { estimated: true }) };
  if (type !== 'reserve' || typeof provider !== 'string' || typeof model !== 'string' || !isAmount(at))
    return undefined;
  return { type, id, at, provider, model, ...amount, ...(isJsonObject(cap) && { cap: capOf(cap) }) };
}

function capOf({ usd, tokens }: { readonly usd?: JsonValue; readonly tokens?: JsonValue }): DayCap {
  return { ...(isAmount(usd) && { usd }), ...(isAmount(tokens) && { tokens }) };
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function add(a: Amount, b: Amount): Amount {
  return { usd: a.usd + b.usd, tokens: a.tokens + b.tokens };
}

function amountOf({ usd, tokens }: { readonly usd?: number; readonly tokens: number }): Amount {
  return { usd: usd ?? 0, tokens, ...(usd === undefined && tokens > 0 && { unpriced: true }) };
}

function plus(totals: DayTotals, amount: Amount, estimated: boolean): DayTotals {
  const { usd, tokens, unpriced } = amount;
  return sum(totals, { calls: 1, usd, tokens, estimated, ...(unpriced && { unpriced }) });
}

function sum(a: DayTotals, b: DayTotals): DayTotals {
  return {
    calls: a.calls + b.calls,
    usd: a.usd + b.usd,
    tokens: a.tokens + b.tokens,
    estimated: a.estimated || b.estimated,
    ...((a.unpriced ?? b.unpriced) && { unpriced: true }),
  };
}
