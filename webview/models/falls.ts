import { fallLine, fellOver } from '../../src/core/model/fault-words';
import type { ModelCall } from '../../src/core/model/model-call';

/** The latest call of a step that another model had to take over, in one line; undefined when none had to. */
export function lastFall(calls: readonly ModelCall[] | undefined): string | undefined {
  const call = calls?.findLast(fellOver);
  return call === undefined ? undefined : fallLine(call);
}
