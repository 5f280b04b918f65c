import type { ToolResult } from '../../model/tool-call';
import type { Effect } from '../../tools/effect';
import { isSecret } from '../../tools/policy/secret-files';
import { joinTaint, type Taint } from '../../tools/policy/taint';

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
export function taintOf(effects: readonly Effect[]): Taint {
  return {
    foreign: effects.some(({ type }) => type !== 'write' && type !== 'delete'),
    secrets: readsSecrets(effects),
  };
}

export function readsSecrets(effects: readonly Effect[]): boolean {
  return effects.some((effect) => effect.type === 'read' && isSecret(effect.path));
}
