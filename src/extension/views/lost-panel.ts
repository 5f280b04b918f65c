/** A run as a panel that lost it may find it again. */
export interface FindableRun {
  readonly runId: string;
  /** As the run's panel would be called. */
  readonly title: string;
  readonly ended: boolean;
}

/**
 * The run of a panel whose page had not said yet which one it shows when the window went away: the only one called as the
 * panel is, else one that had a panel, else the newest that goes on, else the newest. Undefined when all have a panel.
 */
export function runOfLostPanel(
  panelTitle: string,
  had: readonly string[],
  newestFirst: readonly FindableRun[],
): string | undefined {
  const [called, ...others] = newestFirst.filter(({ title }) => title === panelTitle);
  if (called !== undefined && others.length === 0) return called.runId;
  const found =
    newestFirst.find(({ runId }) => had.includes(runId)) ??
    newestFirst.find(({ ended }) => !ended) ??
    newestFirst[0];
  return found?.runId;
}

/** What a page kept of itself: its run; or that it was a form, which is not kept; undefined when it had no time to. */
export function keptIn(state: unknown): { readonly runId: string } | 'form' | undefined {
  if (typeof state !== 'object' || state === null) return undefined;
  if ('runId' in state && typeof state.runId === 'string') return { runId: state.runId };
  return 'form' in state ? 'form' : undefined;
}
