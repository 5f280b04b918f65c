import type { Effect } from '../effect';
import { matchesGlobs } from './glob';
import { fitsHost, hostOf } from './host-pattern';
import { effectPlace, type PolicyPlace } from './policy-place';
import type { EffectKind, EffectPattern } from './rules';

/** Who calls what. */
export interface Caller {
  readonly agent: string;
  readonly tool: string;
}

export function kindOf(effect: Effect): EffectKind {
  return effect.type === 'network' ? effect.purpose : effect.type;
}

/**
 * True when the effect is one that the pattern speaks of. Patterns only forbid or ask, so in doubt they fit: case does not
 * count, "*" means hidden files too, and a program is looked for anywhere in a shell text.
 */
export function fitsPattern(
  pattern: EffectPattern,
  effect: Effect,
  caller: Caller,
  place: PolicyPlace,
): boolean {
  return (
    isSame(pattern.agent, caller.agent) &&
    isSame(pattern.tool, caller.tool) &&
    isSame(pattern.effect, kindOf(effect)) &&
    isSame(pattern.server, effect.type === 'mcp' ? effect.server : undefined) &&
    (pattern.path === undefined || fitsPath(pattern.path, effect, place)) &&
    (pattern.host === undefined || fitsAddress(pattern.host, effect)) &&
    (pattern.program === undefined || fitsProgram(pattern.program, effect))
  );
}

function isSame(wanted: string | undefined, given: string | undefined): boolean {
  return wanted === undefined || wanted.toLowerCase() === given?.toLowerCase();
}

function fitsPath(glob: string, effect: Effect, place: PolicyPlace): boolean {
  if (!('path' in effect)) return false;
  const { relative } = effectPlace(effect.path, place);
  const path = relative ?? effect.path.replaceAll('\\', '/');
  return matchesGlobs([glob], path, { hidden: true, foldsCase: true });
}

function fitsAddress(host: string, effect: Effect): boolean {
  if (effect.type !== 'network') return false;
  return hostOf(effect.url) === undefined || fitsHost(host, effect.url);
}

function fitsProgram(program: string, effect: Effect): boolean {
  if (effect.type !== 'shell') return false;
  const wanted = program.toLowerCase();
  // A program may be hidden in another one's words (env rm x), so all of them are looked at.
  const words =
    typeof effect.command === 'string' ? effect.command.split(/[^\p{L}\p{N}_./\\+-]+/u) : effect.command;
  return words.some((word) =>
    word.split(/[/\\\s]+/).some((part) => part.toLowerCase().replace(/\.(?:exe|cmd|bat)$/, '') === wanted),
  );
}
