/*
 * owns: the bounds of asking other agents: how deep, how many, and for how much.
 * must stay true: what children may spend together is never more than what their parent has, also while they work side by side;
 * what they took counts as the parent's, whether they succeeded or not.
 */
import { throwIfAborted } from '../../base/abort';
import { messageOf } from '../../model/errors';
import type { Usage } from '../../model/events';
import type { AgentName } from '../../model/ids';
import { usageOf } from './aggregate';
import type { Allowance, Ask, Outcome, Task } from './ask';
import { holdsAttempt } from './held';

export interface DelegationOptions {
  readonly ask: Ask;
  readonly signal: AbortSignal;
  /** Who asks, and who asked it: the last is the one that asks now. */
  readonly chain: readonly AgentName[];
  readonly allowance: Allowance;
  /** Agents below the first one. */
  readonly maxDepth?: number;
}

export const DEEPEST = 3;

/** One agent's asking of others. */
export class Delegation {
  private readonly taken: Partial<Usage>[] = [];
  private asksUsed = 0;
  private readonly held = { usd: 0, tokens: 0, asks: 0 };

  constructor(private readonly options: DelegationOptions) {}

  /** Everything that was asked for through it, failures included. */
  get usage(): Usage {
    return usageOf(this.taken);
  }

  /** Agents asked through it, those that they asked in turn included. */
  get asks(): number {
    return this.asksUsed;
  }

  get signal(): AbortSignal {
    return this.options.signal;
  }

  /**
   * Asks one agent. `among`: how many are asked side by side; each gets an equal part of what is left, so that together they
   * cannot spend it twice. Rejects when cancelled, and with what holds the whole attempt.
   */
  async ask(agent: AgentName, task: Task, among = 1): Promise<Outcome> {
    const { ask, chain, signal } = this.options;
    throwIfAborted(signal);
    const part = this.refused(agent) ?? this.part(Math.max(1, among));
    if ('status' in part) return part;
    this.hold(part, 1);
    let outcome: Outcome;
    try {
      outcome = await ask(agent, task, {
        signal,
        chain: [...chain, agent],
        allowance: { ...part, asks: part.asks - 1 },
      });
    } catch (error) {
      if (signal.aborted || holdsAttempt(error)) throw error;
      outcome = {
        status: 'failed',
        agent,
        code: 'agent-failed',
        message: messageOf(error),
        usage: {},
        asks: 0,
      };
    } finally {
      this.hold(part, -1);
    }
    this.taken.push(outcome.usage);
    this.asksUsed += 1 + Math.max(0, outcome.asks);
    return outcome;
  }

  private refused(agent: AgentName): Outcome | undefined {
    const { chain, maxDepth = DEEPEST, allowance } = this.options;
    const names = chain.join(', ');
    if (chain.includes(agent)) return refuse(agent, 'circle', `${agent} waits for this itself (${names}).`);
    if (chain.length > maxDepth)
      return refuse(agent, 'depth', `${names}: agents ask each other at most ${maxDepth} deep.`);
    const left = this.left();
    if (left.asks <= 0)
      return refuse(
        agent,
        'asks',
        `This step asks at most ${allowance.asks} agents; they are used up or held by those at work.`,
      );
    if ((left.usd ?? 1) <= 0 || (left.tokens ?? 1) <= 0)
      return refuse(
        agent,
        'budget',
        'What this step may spend is used up or held by those that are at work.',
      );
    return undefined;
  }

  private part(among: number): Allowance {
    const { usd, tokens, asks } = this.left();
    return {
      ...(usd !== undefined && { usd: usd / among }),
      ...(tokens !== undefined && { tokens: Math.max(1, Math.floor(tokens / among)) }),
      asks: Math.max(1, Math.floor(asks / among)),
    };
  }

  private left(): Allowance {
    const { allowance } = this.options;
    const spent = this.usage;
    const tokens = (spent.inputTokens ?? 0) + (spent.outputTokens ?? 0);
    return {
      ...(allowance.usd !== undefined && { usd: allowance.usd - (spent.usd ?? 0) - this.held.usd }),
      ...(allowance.tokens !== undefined && { tokens: allowance.tokens - tokens - this.held.tokens }),
      asks: allowance.asks - this.asksUsed - this.held.asks,
    };
  }

  private hold(part: Allowance, sign: 1 | -1): void {
    this.held.usd += sign * (part.usd ?? 0);
    this.held.tokens += sign * (part.tokens ?? 0);
    this.held.asks += sign * part.asks;
  }
}

const refuse = (agent: AgentName, code: string, message: string): Outcome => ({
  status: 'failed',
  agent,
  code,
  message,
  usage: {},
  asks: 0,
});
