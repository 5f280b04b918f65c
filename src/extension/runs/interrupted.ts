import type { RunState } from '../../core/model/run-state';

/** What is known of a run without an end. */
export interface Standing {
  /** As lists show it. */
  readonly status: string;
  readonly state: Pick<RunState, 'phase' | 'reason'> | undefined;
  /** It has an engine in this window. */
  readonly isLive: boolean;
  /** Another process owns its folder. */
  readonly isElsewhere: boolean;
}

/** True when nobody drives an unfinished run: after a crash, before Resume. */
export function isInterrupted({ status, state, isLive, isElsewhere }: Standing): boolean {
  // A run found after a crash has an engine again, which waits for Resume.
  if (state?.phase === 'paused' && state.reason === 'interrupted') return true;
  // What runs in another process is driven there.
  if (isLive || isElsewhere) return false;
  return status === 'running' || status === 'pending';
}
