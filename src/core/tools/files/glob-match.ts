/*
 * owns: matching a path with a glob that a model wrote.
 * must stay true: the work grows with the length of the glob times that of the path, whatever the glob is. A regular expression
 * made of it could take for ever.
 */
import { wrongArguments } from './tool-arguments';

type Piece =
  | { readonly type: 'is'; readonly test: (character: string) => boolean }
  /** Any number of characters within a name. */
  | { readonly type: 'star' }
  /** Any number of characters, also across names. */
  | { readonly type: 'all' }
  /** Any number of whole folders, none included. */
  | { readonly type: 'folders' };

const LONGEST = 500;
const MOST_CHOICES = 64;

/**
 * `*` and `?` within a name, `**` any folders, `[a-z]`, `{a,b}`. A glob without a slash is for names, wherever they stand. Throws
 * "tool-arguments" where it is too long or has too many choices.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  if (glob.length > LONGEST) throw wrongArguments(`The glob is longer than ${LONGEST} characters.`);
  const plain = glob.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');
  const anywhere = plain.includes('/') ? plain : `**/${plain}`;
  const whole = anywhere.endsWith('/') ? `${anywhere}**` : anywhere;
  const choices = choicesOf(whole).map(piecesOf);
  return (path) => choices.some((pieces) => fits(pieces, path));
}

function choicesOf(glob: string): string[] {
  const ready: string[] = [];
  const waiting = [glob];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const braces = /\{([^{}]*,[^{}]*)\}/.exec(next);
    if (braces === null) ready.push(next);
    else
      for (const choice of (braces[1] ?? '').split(','))
        waiting.push(next.slice(0, braces.index) + choice + next.slice(braces.index + braces[0].length));
    if (ready.length + waiting.length > MOST_CHOICES) throw wrongArguments('The glob has too many choices.');
  }
  return ready;
}

function piecesOf(glob: string): Piece[] {
  return glob
    .split(/(\*\*\/)/)
    .flatMap((part): Piece[] => (part === '**/' ? [{ type: 'folders' }] : partOf(part)));
}

function partOf(part: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < part.length; at += 1) {
    const character = part[at] ?? '';
    if (part.startsWith('**', at)) {
      pieces.push({ type: 'all' });
      at += 1;
    } else if (character === '*') pieces.push({ type: 'star' });
    else if (character === '?') pieces.push({ type: 'is', test: (found) => found !== '/' });
    else if (character === '[' && part.indexOf(']', at + 2) > 0) {
      const end = part.indexOf(']', at + 2);
      pieces.push({ type: 'is', test: classOf(part.slice(at + 1, end)) });
      at = end;
    } else pieces.push({ type: 'is', test: (found) => found === character });
  }
  return pieces;
}

function classOf(text: string): (character: string) => boolean {
  const isNegated = /^[!^]/.test(text);
  const inner = isNegated ? text.slice(1) : text;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < inner.length; at += 1) {
    const from = inner[at] ?? '';
    const isRange = inner[at + 1] === '-' && at + 2 < inner.length;
    ranges.push([from, isRange ? (inner[at + 2] ?? '') : from]);
    if (isRange) at += 2;
  }
  return (found) => found !== '/' && ranges.some(([from, to]) => from <= found && found <= to) !== isNegated;
}

/** Follows all ways at once: a set of places in the glob for each character of the path. */
function fits(pieces: readonly Piece[], path: string): boolean {
  let places = reached([0], pieces, true);
  for (const character of path) {
    const next: number[] = [];
    for (const at of places) {
      const piece = pieces[at];
      if (piece === undefined) continue;
      if (piece.type === 'is') {
        if (piece.test(character)) next.push(at + 1);
      } else if (piece.type !== 'star' || character !== '/') next.push(at);
    }
    places = reached(next, pieces, character === '/');
    if (places.size === 0) return false;
  }
  return places.has(pieces.length);
}

/** The places, and those behind pieces that may stand for nothing. Folders end only where a name begins. */
function reached(from: readonly number[], pieces: readonly Piece[], isNameStart: boolean): Set<number> {
  const all = new Set<number>();
  const waiting = [...from];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (all.has(at)) continue;
    all.add(at);
    const type = pieces[at]?.type;
    if (type === 'star' || type === 'all' || (type === 'folders' && isNameStart)) waiting.push(at + 1);
  }
  return all;
}
