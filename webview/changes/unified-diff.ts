/** One line of a diff as a person sees it. */
export interface DiffLine {
  /** gap: where unchanged lines were left out; note: what is no line of either side. */
  readonly kind: 'added' | 'removed' | 'same' | 'gap' | 'note';
  /** From 1; absent where the side has no such line. */
  readonly before?: number;
  readonly after?: number;
  readonly text: string;
}

export interface ReadDiff {
  readonly lines: readonly DiffLine[];
  readonly added: number;
  readonly removed: number;
}

/**
 * Reads a unified diff of one file. Total: a line that fits nowhere is kept as a note, so that nothing which belongs to a question is
 * ever left out.
 */
export function readDiff(text: string): ReadDiff {
  const lines: DiffLine[] = [];
  let before = 0;
  let after = 0;
  let ownLeft = 0;
  let newLeft = 0;
  let isWhole = false;
  let hasHunk = false;
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  const ends = lineEndsOf(all);
  for (const line of all) {
    const sign = line[0] ?? ' ';
    if (isWhole || (newLeft > 0 && sign === '+')) {
      lines.push({ kind: 'added', after, text: ends(isWhole ? line : line.slice(1)) });
      after += 1;
      newLeft -= 1;
    } else if (ownLeft > 0 && sign === '-') {
      lines.push({ kind: 'removed', before, text: ends(line.slice(1)) });
      before += 1;
      ownLeft -= 1;
    } else if (ownLeft > 0 && newLeft > 0 && sign === ' ') {
      lines.push({ kind: 'same', before, after, text: ends(line.slice(1)) });
      before += 1;
      after += 1;
      ownLeft -= 1;
      newLeft -= 1;
    } else if (HUNK.test(line)) {
      const [, from = '1', own = '1', to = '1', fresh = '1'] = HUNK.exec(line) ?? [];
      [before, ownLeft, after, newLeft] = [Number(from), Number(own), Number(to), Number(fresh)];
      if (hasHunk || before > 1 || after > 1)
        lines.push({ kind: 'gap', text: placeText(after > 0 ? after : before, newLeft || ownLeft) });
      hasHunk = true;
    } else if (line === ALL_LINES) {
      // Two texts that have nothing in common are not compared: the new one is there in full.
      isWhole = true;
      after = 1;
    } else if (line.startsWith('\\ ')) lines.push({ kind: 'note', text: line.slice(2) });
    else if (hasHunk || !HEADER.test(line)) lines.push({ kind: 'note', text: line });
  }
  const count = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).length;
  return { lines, added: count('added'), removed: count('removed') };
}

/** Where every line of both sides ends in CR LF that says nothing; where only some do, the difference is shown. */
function lineEndsOf(all: readonly string[]): (text: string) => string {
  const content = all.filter((line) => /^[-+ ]/.test(line) && !HEADER.test(line));
  const isPlain = content.length > 0 && content.every((line) => line.endsWith('\r'));
  return isPlain ? (text) => text.slice(0, -1) : (text) => text;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const HEADER = /^(===|--- |\+\+\+ |Index: )/;
const ALL_LINES = '(all lines)';

function placeText(from: number, count: number): string {
  return count > 1 ? `Lines ${from} to ${from + count - 1}` : `Line ${from}`;
}

/** "3 lines added, 1 removed", for people who cannot see colours or signs. */
export function countsText({ added, removed }: { readonly added: number; readonly removed: number }): string {
  if (added === 0 && removed === 0) return 'no line changed';
  const lines = (count: number) => `${count} line${count === 1 ? '' : 's'}`;
  if (removed === 0) return `${lines(added)} added`;
  if (added === 0) return `${lines(removed)} removed`;
  return `${lines(added)} added, ${removed} removed`;
}
