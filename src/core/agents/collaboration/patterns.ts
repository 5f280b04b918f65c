import { isJsonObject } from '../../base/json';
import type { Usage } from '../../model/events';
import type { AgentName } from '../../model/ids';
import { aggregate, usageOf, type Aggregate } from './aggregate';
import type { Handoff, Outcome, Task } from './ask';
import type { Delegation } from './delegation';
import { findingsIn } from './handoff';
import { heldTogether, holdsAttempt } from './held';

type Failed = Extract<Outcome, { status: 'failed' }>;

interface Used {
  readonly usage: Usage;
}

export type Sequential = Used & {
  /** In the order they were made; the last is the result of all. */
  readonly results: readonly Handoff[];
  /** Who stopped the row; absent when all are done. */
  readonly failed?: Failed;
};

/** One after the other, each beginning from what those before it made. Stops at the first that fails. */
export async function sequential(
  delegation: Delegation,
  agents: readonly AgentName[],
  task: Task,
): Promise<Sequential> {
  const results: Handoff[] = [];
  const took: Partial<Usage>[] = [];
  for (const agent of agents) {
    const outcome = await delegation.ask(agent, { task: task.task, given: [...task.given, ...results] });
    took.push(outcome.usage);
    if (outcome.status === 'failed') return { results, failed: outcome, usage: usageOf(took) };
    results.push(outcome.result);
  }
  return { results, usage: usageOf(took) };
}

export type Parallel = Used & {
  /** In the order the agents were named, whoever was first. */
  readonly results: readonly Handoff[];
  readonly failed: readonly Failed[];
  /** Findings of all that have some, merged. */
  readonly aggregate: Aggregate;
};

/** All at once on the same task. One that fails stops no other. */
export async function parallel(
  delegation: Delegation,
  agents: readonly AgentName[],
  task: Task,
): Promise<Parallel> {
  const asked: Promise<Outcome>[] = [];
  // The first of the remaining three gets a third of what is left, the next one half of the rest, and so on.
  for (const [at, agent] of agents.entries()) asked.push(delegation.ask(agent, task, agents.length - at));
  // All are waited for, also after a cancellation: nobody works on behind the back of who asked.
  const settled = await Promise.allSettled(asked);
  const outcomes = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [errorFrom(one.reason)] : []));
  const reason = reasons.find((one) => !holdsAttempt(one)) ?? heldTogether(reasons.filter(holdsAttempt));
  if (reason !== undefined) throw reason;
  const results = outcomes.flatMap((outcome) => (outcome.status === 'done' ? [outcome.result] : []));
  return {
    results,
    failed: outcomes.filter((outcome) => outcome.status === 'failed'),
    aggregate: aggregate(results.map(findingsIn)),
    usage: usageOf(outcomes.map(({ usage }) => usage)),
  };
}

export type Review = Used & {
  /** accepted: every reviewer agreed; open: the rounds are used up, or nobody could review. */
  readonly verdict: 'accepted' | 'open' | 'failed';
  /** The author's last work; absent when there is none. */
  readonly result?: Handoff;
  /** Of the last round. */
  readonly remarks: Aggregate;
  readonly rounds: number;
  readonly failed: readonly Failed[];
};

/**
 * The author works, the reviewers look at it side by side, and the author works again with their remarks, for at most `rounds`
 * (2) rounds. A reviewer answers `{verdict: "accept" | "change", findings}`; anything else, and silence, is no agreement.
 */
export async function review(
  delegation: Delegation,
  who: { readonly author: AgentName; readonly reviewers: readonly AgentName[]; readonly rounds?: number },
  task: Task,
): Promise<Review> {
  const took: Partial<Usage>[] = [];
  const failed: Failed[] = [];
  const most = Math.max(1, who.rounds ?? 2);
  let remarks = aggregate([]);
  let result: Handoff | undefined;
  let given = task.given;
  const ended = (verdict: Review['verdict'], rounds: number): Review => ({
    verdict,
    ...(result !== undefined && { result }),
    remarks,
    rounds,
    failed,
    usage: usageOf(took),
  });
  for (let round = 1; round <= most; round++) {
    const work = await delegation.ask(who.author, { task: task.task, given });
    took.push(work.usage);
    if (work.status === 'failed') {
      failed.push(work);
      // What was made before and could not be made better is still there.
      return ended(result === undefined ? 'failed' : 'open', round);
    }
    result = work.result;
    const looked = await parallel(delegation, who.reviewers, { task: task.task, given: [work.result] });
    took.push(looked.usage);
    failed.push(...looked.failed);
    remarks = looked.aggregate;
    const agreed = looked.results.length === who.reviewers.length && looked.results.every(accepts);
    if (agreed && who.reviewers.length > 0) return ended('accepted', round);
    if (looked.results.length === 0) return ended('open', round);
    given = [...task.given, work.result, ...looked.results];
  }
  return ended('open', most);
}

const accepts = ({ output }: Handoff) => isJsonObject(output) && output['verdict'] === 'accept';

const errorFrom = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
