import type { ArtifactRef } from '../../core/model/artifact';
import { isTerminal, runStatus, type RunState } from '../../core/model/run-state';

export interface Report {
  readonly hash: string;
  readonly path: string;
  /** One sentence: "7 findings, 2 high". */
  readonly summary: string;
}

/**
 * What Open Report opens once a run ended: the last Markdown file of the last step that wrote one.
 * Steps that make reports by trade win over others. A rehearsal made nothing that could be a report.
 */
export function reportOf(state: RunState): Report | undefined {
  if (state.rehearsal || !isTerminal(runStatus(state))) return undefined;
  const candidates = state.definition.steps.flatMap((step) => {
    const settled = state.steps[step.key];
    if (settled?.status !== 'completed') return [];
    const file = settled.artifacts.findLast(isMarkdown);
    if (file === undefined) return [];
    const rank = step.action?.includes('report') === true ? 1 : 0;
    return [{ rank, endedAt: settled.endedAt, hash: file.hash, path: file.path, summary: settled.summary }];
  });
  candidates.sort((a, b) => b.rank - a.rank || b.endedAt - a.endedAt);
  const [best] = candidates;
  return best && { hash: best.hash, path: best.path, summary: best.summary };
}

export interface StepArtifact {
  readonly step: string;
  readonly ref: ArtifactRef;
}

/** Every file the run has kept so far, by step in file order. */
export function artifactsOf(state: RunState): readonly StepArtifact[] {
  return state.definition.steps.flatMap(({ key }) =>
    artifactsOfStep(state, key).map((ref) => ({ step: key, ref })),
  );
}

export function artifactsOfStep(state: RunState, key: string): readonly ArtifactRef[] {
  const step = state.steps[key];
  switch (step?.status) {
    case 'completed':
    case 'failed':
      return step.artifacts;
    case 'waiting':
      return step.produced?.artifacts ?? [];
    default:
      return [];
  }
}

function isMarkdown(ref: ArtifactRef): boolean {
  return ref.mediaType.startsWith('text/markdown') || ref.path.endsWith('.md');
}
