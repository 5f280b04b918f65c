/** A piece of work that could be done, in numbers that people estimate. */
export interface Opportunity {
  readonly name: string;
  /** People or events in one quarter. */
  readonly reach: number;
  /** 0.25 hardly, 0.5 low, 1 medium, 2 high, 3 massive. */
  readonly impact: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** Person-months, above 0. */
  readonly effort: number;
  /** How well it fits what is wanted anyway, 0 to 1. Default: 1. */
  readonly fit?: number;
  /** That it does harm or fails, 0 to 1. Default: 0. */
  readonly risk?: number;
}

export interface ScoredOpportunity {
  readonly name: string;
  /** Reach x impact x confidence / effort (RICE), lessened by poor fit and by risk to at least a quarter. Two decimals. */
  readonly score: number;
  /** 1 is best; equal scores share a rank. */
  readonly rank: number;
}

/** Scores and ranks, best first; equal scores stay in the order given. */
export function scoreOpportunities(opportunities: readonly Opportunity[]): ScoredOpportunity[] {
  const scored = opportunities
    .map((opportunity) => ({ name: opportunity.name, score: scoreOf(opportunity) }))
    .sort((a, b) => b.score - a.score);
  return scored.map((one) => ({ ...one, rank: 1 + scored.findIndex(({ score }) => score === one.score) }));
}

function scoreOf({ reach, impact, confidence, effort, fit = 1, risk = 0 }: Opportunity): number {
  const score = ((reach * impact * confidence) / effort) * (0.5 + fit / 2) * (1 - risk / 2);
  return Math.round(score * 100) / 100;
}
