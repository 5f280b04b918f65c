/*
 * owns: what an agent that was asked, and those that it asks, may take: counted as it is recorded, refused before it is sent.
 * does not own: the run's money (its purse is asked as well).
 */
import { BatonError } from '../../model/errors';
import type { Usage } from '../../model/events';
import type { CallUsage } from '../../model/model-call';
import type { Purse } from '../../providers/routing';
import type { AnsweredCall, CallLog } from '../agent';
import { usageOf } from '../collaboration/aggregate';
import type { Allowance } from '../collaboration/ask';

/** Wraps the record and the purse of one agent's work. */
export class Spending {
  private readonly taken: CallUsage[] = [];

  constructor(private readonly allowance: Pick<Allowance, 'usd' | 'tokens'>) {}

  /** Of all calls so far, those that were given again from the record included: they were paid for once. */
  get usage(): Partial<Usage> {
    return usageOf(
      this.taken.map(({ inputTokens, outputTokens, usd }) => ({
        inputTokens,
        outputTokens,
        ...(usd !== undefined && { usd }),
      })),
    );
  }

  callsOf(log: CallLog, onAnswer: () => void): CallLog {
    const counted = (answered: AnsweredCall) => {
      if (answered.cached !== true) this.taken.push(answered.usage);
      onAnswer();
    };
    return {
      async answered(requestHash) {
        const answered = await log.answered(requestHash);
        if (answered !== undefined) counted(answered);
        return answered;
      },
      begin: () => log.begin(),
      routed: (call, event) => log.routed(call, event),
      async record(call, answered) {
        await log.record(call, answered);
        counted(answered);
      },
    };
  }

  purseOf(purse: Purse): Purse {
    return {
      reserve: (model, worst, signal) => {
        const { usd, tokens } = this.allowance;
        const spent = this.usage;
        const spentTokens = (spent.inputTokens ?? 0) + (spent.outputTokens ?? 0);
        const needsTokens = worst.inputTokens + worst.outputTokens;
        if (
          (usd !== undefined && (spent.usd ?? 0) + (worst.usd ?? 0) > usd) ||
          (tokens !== undefined && spentTokens + needsTokens > tokens)
        )
          return Promise.reject(
            new BatonError('budget', 'What it may spend for this does not allow another call.'),
          );
        return purse.reserve(model, worst, signal);
      },
    };
  }
}
