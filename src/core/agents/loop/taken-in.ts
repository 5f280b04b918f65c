import type { ToolResult } from '../../model/tool-call';
import type { Effect } from '../../tools/effect';
import { placeholdersIn } from '../../base/redactor';
import { isSecret } from '../../tools/policy/secret-files';
import { joinTaint, type Taint } from '../../tools/policy/taint';
import type { PolicyPlace } from '../../tools/policy/policy-place';
import { relativeInside } from '../../tools/policy/workspace-path';
import type { ToolOutcome } from '../../tools/tool';
import type { Redact } from './told-result';

/** What an agent has read so far. It only grows, and is the same again when its calls are given again from the record. */
export class TakenIn {
  constructor(private known: Taint) {}

  get taint(): Taint {
    return this.known;
  }

  add(more: Taint): void {
    this.known = joinTaint(this.known, more);
  }

  addResult({ isForeign, readsSecrets }: Pick<ToolResult, 'isForeign' | 'readsSecrets'>): void {
    this.add({ foreign: isForeign, secrets: readsSecrets === true });
  }
}

/** What doing a call may let its agent take in. Words of others come by everything but writing. */
export function taintOf(effects: readonly Effect[], written: WrittenWithKeys): Taint {
  return {
    foreign: effects.some(({ type }) => type !== 'write' && type !== 'delete'),
    secrets: readsSecrets(effects, written),
  };
}

/** Files that agents have written after they had read keys: what they read may stand there. Relative to the workspace. */
export interface WrittenWithKeys {
  readonly paths: ReadonlySet<string>;
  readonly place: Pick<PolicyPlace, 'workspace' | 'platform'>;
}

/** By name, or by who wrote it: a file of keys is read, or one is read or searched that an agent with keys has written. */
export function readsSecrets(effects: readonly Effect[], { paths, place }: WrittenWithKeys): boolean {
  return effects.some((effect) => {
    if (effect.type !== 'read' && effect.type !== 'list') return false;
    if (effect.type === 'read' && isSecret(effect.path)) return true;
    if (paths.size === 0) return false;
    const path = relativeInside(place.workspace, effect.path, place.platform);
    if (path === undefined) return false;
    // A search reads whatever lies below its folder.
    return [...paths].some((one) => path === '' || one === path || one.startsWith(`${path}/`));
  });
}

/** By content: it holds a value that Baton knows to be a key, whatever way that came to stand there. */
export function holdsHidden({ text, data }: ToolOutcome, redact: Redact): boolean {
  // What a command printed was clean before it came here: only what stands in a value's place is left to be seen.
  return (
    placeholdersIn(text).length > 0 || redact(text) !== text || (data !== undefined && redact(data) !== data)
  );
}
