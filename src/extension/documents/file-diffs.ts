import { createTwoFilesPatch } from 'diff';
import type { DiffSides, FileDiff } from '../../../webview/protocol';

/** Larger sides are for the editor's own diff. Bytes. */
const LARGEST_SIDE = 1_500_000;
/** A longer diff is counted but not sent to a view. Characters. */
const LONGEST_DIFF = 1_000_000;
/** Two texts with little in common take long to compare. Milliseconds. */
const COMPARES = 500;

type ReadSide = (hash: string) => Promise<Uint8Array>;

/** How files differ, for a view. Never rejects: what cannot be told says why. */
export async function fileDiffs(files: readonly DiffSides[], read: ReadSide): Promise<readonly FileDiff[]> {
  const diffs: FileDiff[] = [];
  // One after the other: a step may have changed many large files.
  for (const sides of files) diffs.push({ ...sides, ...(await diffOf(sides, read)) });
  return diffs;
}

async function diffOf({ path, before, after }: DiffSides, read: ReadSide): Promise<Omit<FileDiff, 'path'>> {
  const [old, fresh] = await Promise.all([before, after].map((hash) => bytesOf(hash, read)));
  if (old === 'gone' || fresh === 'gone') return { problem: 'Its content is no longer kept.' };
  if (old === undefined || fresh === undefined) return { problem: 'There is nothing to compare.' };
  if (Math.max(old.length, fresh.length) > LARGEST_SIDE)
    return { problem: 'Too large to be shown here. Open its diff in the editor.' };
  const [oldText, freshText] = [textOf(old), textOf(fresh)];
  if (oldText === undefined || freshText === undefined)
    return { problem: `Not text: ${old.length} bytes became ${fresh.length} bytes.` };
  const text = createTwoFilesPatch(path, path, oldText, freshText, undefined, undefined, {
    timeout: COMPARES,
  });
  if (text === undefined)
    return {
      problem: 'The two sides have too little in common to be compared here. Open its diff in the editor.',
    };
  const counts = countsOf(text);
  return text.length > LONGEST_DIFF
    ? { ...counts, problem: 'Too long to be shown here. Open its diff in the editor.' }
    : { ...counts, text };
}

async function bytesOf(hash: string | undefined, read: ReadSide): Promise<Uint8Array | 'gone'> {
  if (hash === undefined) return new Uint8Array();
  return read(hash).catch(() => 'gone' as const);
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 8_192).includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Headers of the two sides stand before the first hunk. */
function countsOf(patch: string): { added: number; removed: number } {
  const start = patch.indexOf('\n@@');
  const lines = start < 0 ? [] : patch.slice(start + 1).split('\n');
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return { added: count('+'), removed: count('-') };
}
