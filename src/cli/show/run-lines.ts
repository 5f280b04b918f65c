import { formatDuration } from '../../core/base/duration';
import { costOfRun } from '../../core/model/call-summary';
import type { RunId } from '../../core/model/ids';
import { formatCost } from '../../core/model/spending-words';
import type { RunSummary } from '../../core/storage/run-store';
import { columns, endsAligned, fit, widthOf, type Style } from './style';
import { brokenOffWord, dateOf, runWord } from './words';
import { visibleLine } from './visible';

export interface RunLinesOptions {
  readonly style: Style;
  readonly width: number;
  /** Some process drives these runs: what is under way goes on. */
  readonly isOwned: boolean;
  /** How those stand of which their status alone says too little. */
  readonly standing?: ReadonlyMap<RunId, string>;
}

/**
 * One line for each run: its id, how it stands, when it began, how long it took, what its models cost, its workflow. Where the window is
 * narrow the durations go first, then the ends of long names.
 */
export function runLines(runs: readonly RunSummary[], options: RunLinesOptions): string[] {
  const whole = columns(table(runs, options, true));
  if (whole.every((line) => widthOf(line) <= options.width)) return whole;
  return columns(table(runs, options, false)).map((line) => fit(line, options.width));
}

function table(
  runs: readonly RunSummary[],
  { style, isOwned, standing }: RunLinesOptions,
  hasDurations: boolean,
): string[][] {
  const durations = endsAligned(runs.map(durationOf));
  const costs = endsAligned(
    runs.map(({ spent }) => (spent === undefined ? '' : formatCost(costOfRun(spent)))),
  );
  const hasCosts = costs.some((cost) => cost !== '');
  return runs.map((run, index) => {
    const { mark, word, tone } = brokenOffWord(run.status, isOwned) ?? runWord(run.status);
    return [
      run.runId,
      style.tone(tone, `${mark} ${standing?.get(run.runId) ?? word}`),
      `${run.settledSteps}/${run.steps}${standing?.has(run.runId) === true ? '' : waitingOf(run)}`,
      dateOf(run.startedAt),
      ...(hasDurations ? [durations[index] ?? ''] : []),
      ...(hasCosts ? [costs[index] ?? ''] : []),
      visibleLine(run.workflow),
    ];
  });
}

function durationOf({ startedAt, endedAt }: RunSummary): string {
  return endedAt === undefined ? '' : formatDuration(endedAt - startedAt);
}

/** That one question is open is what "waits for you" says already. */
function waitingOf({ status, openApprovals }: RunSummary): string {
  if (openApprovals === 0 || (openApprovals === 1 && status === 'waiting')) return '';
  return `, ${openApprovals} waiting`;
}
