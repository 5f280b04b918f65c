import { canonicalJson, toJson } from '../../../base/json';
import type { ToolOutcome } from '../../../tools/tool';
import { clipped, fenced, type Sha256Of } from '../../chat/fenced-data';
import type { Aggregate } from '../../collaboration/aggregate';
import type { Handoff, Outcome } from '../../collaboration/ask';
import { fencedHandoff } from '../../collaboration/handoff';
import type { Parallel, Review, Sequential } from '../../collaboration/patterns';
import { quoted } from './told';

/** Characters of all results together, and of the merged findings. */
const ALL_RESULTS = 48_000;
const MERGED = 24_000;

type Failed = Extract<Outcome, { status: 'failed' }>;

/** What came of agents that worked side by side, for who asked them. */
export function toldParallel({ results, failed, aggregate }: Parallel, sha256: Sha256Of): ToolOutcome {
  const parts = [...toldFailures(failed), ...toldResults(results, sha256), ...merged(aggregate, sha256)];
  return {
    ...quoted(parts.join('\n\n'), results.length === 0),
    data: toJson({ results, failed: failed.map(failure), aggregate }),
  };
}

/** What came of a row of agents. */
export function toldSequential({ results, failed }: Sequential, sha256: Sha256Of): ToolOutcome {
  const parts = [...toldFailures(failed === undefined ? [] : [failed]), ...toldResults(results, sha256)];
  return {
    ...quoted(parts.join('\n\n'), failed !== undefined),
    data: toJson({ results, ...(failed !== undefined && { failed: failure(failed) }) }),
  };
}

const VERDICTS = {
  accepted: 'Every reviewer accepts it.',
  open: 'Not every reviewer accepts it.',
  failed: 'There is no work to review.',
} as const;

/** What came of a review. */
export function toldReview(
  { verdict, result, remarks, rounds, failed }: Review,
  sha256: Sha256Of,
): ToolOutcome {
  const parts = [
    `${VERDICTS[verdict]} Rounds: ${rounds}.`,
    ...toldFailures(failed),
    ...(result === undefined ? [] : toldResults([result], sha256)),
    ...merged(remarks, sha256),
  ];
  return {
    ...quoted(parts.join('\n\n'), verdict === 'failed'),
    data: toJson({
      verdict,
      rounds,
      ...(result !== undefined && { result }),
      remarks,
      failed: failed.map(failure),
    }),
  };
}

const toldResults = (results: readonly Handoff[], sha256: Sha256Of): string[] =>
  results.map((result) => fencedHandoff(result, sha256, Math.floor(ALL_RESULTS / results.length)));

const toldFailures = (failed: readonly Failed[]): string[] =>
  failed.map(({ agent, code, message }) => `${agent} did not do it (${code}): ${message}`);

function merged({ findings, counts, duplicates }: Aggregate, sha256: Sha256Of): string[] {
  if (findings.length === 0) return [];
  const listed = clipped(findings.map((finding) => canonicalJson(toJson(finding))).join('\n'), MERGED);
  const { high, medium, low, info } = counts;
  return [
    `Findings of all, merged: ${findings.length} (${high} high, ${medium} medium, ${low} low, ${info} info), ${duplicates} seen more than once.`,
    fenced('merged findings', listed, sha256),
  ];
}

const failure = ({ agent, code, message }: Failed) => ({ agent, code, message });
