import { createTwoFilesPatch } from 'diff';
import { decodeText } from './text-file';
import { visibleText } from './visible-text';

/** Two texts with little in common take long to compare. Milliseconds. */
const DIFF_MS = 1_000;

/** For people: a unified diff with everything visible. No side: the file does not stand there. */
export function diffOf(path: string, before: Uint8Array | undefined, after: Uint8Array | undefined): string {
  const [old, fresh] = [before ?? new Uint8Array(), after ?? new Uint8Array()].map(decodeText);
  if (old === undefined || fresh === undefined)
    return `Binary: ${before?.length ?? 0} bytes become ${after?.length ?? 0} bytes`;
  const [from, to] = [before === undefined ? '/dev/null' : path, after === undefined ? '/dev/null' : path];
  const patch = createTwoFilesPatch(from, to, old.text, fresh.text, undefined, undefined, {
    timeout: DIFF_MS,
  });
  // Two texts that have nothing in common take too long to compare: the new one says it all.
  return visibleText(patch ?? `--- ${from}\n+++ ${to}\n(all lines)\n${fresh.text}`);
}
