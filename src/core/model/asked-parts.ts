import type { Sha256 } from './ids';
import type { AskedCall, PolicyAnswer } from './tool-call';

/** The smallest thing that can be allowed or refused alone: a call, or one file of a call that changes several. */
export interface AskedPart {
  readonly key: Sha256;
  /** Relative to the workspace; absent: the whole call. */
  readonly path?: string;
}

/** What a person can choose among, in the order it is shown. */
export function askedParts(calls: readonly AskedCall[]): AskedPart[] {
  return calls.flatMap(({ key, files }): AskedPart[] =>
    files !== undefined && files.length > 1 ? files.map((path) => ({ key, path })) : [{ key }],
  );
}

/** The answer that allows everything but these parts. Calls of which nothing is left are refused as a whole. */
export function allowingAllBut(
  calls: readonly AskedCall[],
  refused: readonly AskedPart[],
  forRun = false,
): PolicyAnswer {
  const refuse: Sha256[] = [];
  const without: Record<Sha256, readonly string[]> = {};
  for (const { key } of calls) {
    const parts = askedParts(calls).filter((part) => part.key === key);
    const left = refused.filter((part) => part.key === key);
    if (left.length === 0) continue;
    if (left.length >= parts.length) refuse.push(key);
    else without[key] = left.flatMap(({ path }) => path ?? []);
  }
  return {
    ...(forRun && { forRun }),
    ...(refuse.length > 0 && { refuse }),
    ...(Object.keys(without).length > 0 && { without }),
  };
}
