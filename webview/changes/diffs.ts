import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import type { FileChange } from '../../src/core/model/tool-call';
import { send } from '../host';
import { MOST_DIFFS, type DiffSides, type FileDiff, type HostMessage } from '../protocol';
import { Store, useStore } from '../store';

/** What the host told about how files differ, by their two sides. Contents are found by hash, so an answer stays true. */
export interface Diffs {
  readonly known: Readonly<Record<string, FileDiff>>;
  readonly asked: ReadonlySet<string>;
}

export const noDiffs: Diffs = { known: {}, asked: new Set() };

/** Shared by all lists of changed files of a page. */
export const DiffStore = createContext(new Store<Diffs>(noDiffs));

export function withDiffs(before: Diffs, message: Extract<HostMessage, { type: 'diffs' }>): Diffs {
  const more = message.diffs.map((diff) => [diffKey(diff), diff] as const);
  return { ...before, known: { ...before.known, ...Object.fromEntries(more) } };
}

/** The diffs of some files, as far as they are known; asks for those that are not. */
export function useDiffs(
  runId: string,
  changes: readonly FileChange[],
): (change: FileChange) => FileDiff | undefined {
  const store = useContext(DiffStore);
  const { known } = useStore(store);
  useEffect(() => {
    const sides = changes.map(sidesOf);
    const missing = sides.filter((side) => !store.current.asked.has(diffKey(side)));
    if (missing.length === 0) return;
    store.change((before) => ({ ...before, asked: new Set([...before.asked, ...missing.map(diffKey)]) }));
    for (let from = 0; from < missing.length; from += MOST_DIFFS)
      send({ type: 'read-diffs', runId, files: missing.slice(from, from + MOST_DIFFS) });
  }, [store, runId, changes]);
  return (change) => known[diffKey(sidesOf(change))];
}

export function sidesOf({ path, before, after }: FileChange): DiffSides {
  return {
    path,
    ...(before !== undefined && { before: before.hash }),
    ...(after !== undefined && { after: after.hash }),
  };
}

function diffKey({ path, before = '', after = '' }: DiffSides): string {
  return `${before} ${after} ${path}`;
}
