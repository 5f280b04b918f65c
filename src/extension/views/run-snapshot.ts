import type { RunProgress, RunSnapshot } from '../../../webview/protocol';
import type { RunState } from '../../core/model/run-state';
import { buildPlan } from '../../core/workflow/plan';
import type { Changes } from '../documents/changes';
import { reportOf } from '../runs/report';
import type { RunEntry, Runs } from '../runs/runs';
import { placeWords } from '../words';

/** How much of a running step's output a panel shows at first. */
const TAIL = 20_000;

/** Everything a run panel needs to draw from nothing. */
export async function snapshotOf(
  runs: Runs,
  changes: Changes,
  entry: RunEntry,
  state: RunState,
): Promise<RunSnapshot> {
  const { runtime } = entry.folder;
  const report = reportOf(state);
  return {
    state,
    plan: buildPlan(state.definition.steps),
    progress: await progressOf(entry, state),
    live: await liveTails(entry, state),
    interrupted: runs.isInterrupted(entry),
    ...(runtime.otherOwner && { runsIn: placeWords(runtime.otherOwner.name) }),
    ...(report && { report }),
    changedFiles: changedFilesOf(runs, changes, entry.runId),
    now: Date.now(),
  };
}

function changedFilesOf(
  runs: Runs,
  changes: Changes,
  runId: string,
): Readonly<Record<string, readonly string[]>> {
  const waiting = runs.waiting().filter(({ entry }) => entry.runId === runId);
  const paths = waiting.map((one) => [one.approval.id, changes.paths(one, () => {})] as const);
  return Object.fromEntries(paths.filter(([, files]) => files.length > 0));
}

export async function progressOf(entry: RunEntry, state: RunState): Promise<RunProgress> {
  const known = await entry.folder.runtime.progress(entry.runId);
  return known ?? { percentage: 0, elapsedMs: (state.endedAt ?? Date.now()) - state.startedAt };
}

async function liveTails(entry: RunEntry, state: RunState): Promise<Record<string, string>> {
  const running = Object.values(state.steps).filter((step) => step.status === 'running');
  const tails = await Promise.all(
    running.map(async ({ key, attempt }) => {
      const text = await entry.folder.runtime.readLog(entry.runId, key, attempt);
      return [key, text.slice(-TAIL)] as const;
    }),
  );
  return Object.fromEntries(tails.filter(([, text]) => text !== ''));
}
