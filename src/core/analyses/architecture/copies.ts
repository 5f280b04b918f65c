import type { Finding } from '../../model/finding';
import type { FileResult, SourceFile } from '../analysis';
import { isTestPath } from '../language';
import { factsOf } from './module-facts';

/** Lines that must be equal before it is called a copy. */
const RUN = 12;

/** Hashes of every run of lines that carry meaning, each with the line on which it begins. */
export function runsOf(file: SourceFile): [number, number][] {
  if (file.isTest || file.lines.length > 5_000 || /\.d\.[cm]?ts$/.test(file.path)) return [];
  const lines: { text: string; line: number }[] = [];
  file.lines.forEach((raw, index) => {
    const text = raw.trim();
    // Brackets, imports and remarks are equal in all files.
    if (
      !/\w/.test(text) ||
      text.length > 300 ||
      /^(?:import\b|export \*|\/\/|\*|\/\*|#|from\s|package\s|using\s|['"]use )/.test(text)
    )
      return;
    lines.push({ text, line: index + 1 });
  });
  const hashes = lines.map(({ text }) => hash(text));
  const counts = new Map<number, number>();
  const change = (code: number | undefined, by: number): void => {
    if (code === undefined) return;
    const count = (counts.get(code) ?? 0) + by;
    if (count === 0) counts.delete(code);
    else counts.set(code, count);
  };
  const runs: [number, number][] = [];
  for (let end = 0; end < hashes.length; end++) {
    change(hashes[end], 1);
    const start = end - RUN + 1;
    if (start < 0) continue;
    // Tables repeat their own form: equal lines in one run say nothing.
    if (counts.size >= RUN * 0.8) runs.push([combine(hashes, start), lines[start]?.line ?? 1]);
    change(hashes[start], -1);
  }
  return runs;
}

/** FNV-1a in 32 bits. */
function hash(text: string): number {
  let code = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) code = Math.imul(code ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return code;
}

/** One number of 53 bits for a run: wide enough to tell all runs of a folder apart. */
function combine(hashes: readonly number[], start: number): number {
  let [high, low] = [0x9747b28c, 0x811c9dc5];
  for (let at = start; at < start + RUN; at++) {
    const code = hashes[at] ?? 0;
    high = Math.imul(high ^ code, 0x5bd1e995) >>> 0;
    low = Math.imul(low ^ ((code >>> 7) | (code << 25)), 0x01000193) >>> 0;
  }
  return (high & 0x1fffff) * 0x100000000 + low;
}

/** Each pair of places that are the same, told once, at the later file. */
export function copyFindings(results: readonly FileResult[]): Finding[] {
  const first = new Map<number, { path: string; line: number }>();
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const result of results) {
    if (isTestPath(result.path)) continue;
    let last = -RUN;
    for (const [code, line] of factsOf(result).design?.runs ?? []) {
      const known = first.get(code);
      if (known === undefined) {
        first.set(code, { path: result.path, line });
        continue;
      }
      const isSamePlace = known.path === result.path && line - known.line < RUN;
      if (stemOf(known.path) === stemOf(result.path)) continue;
      const pair = `${known.path}\n${result.path}`;
      if (isSamePlace || line - last < RUN || told.has(pair)) continue;
      last = line;
      told.add(pair);
      findings.push({
        rule: 'architecture/copied-code',
        severity: 'medium',
        message: `${RUN} lines and more are the same as in ${known.path} from line ${known.line}.`,
        advice: 'Give what they share one home.',
        file: result.path,
        line,
      });
    }
  }
  return findings;
}

/** The same module in two forms (`x.cjs` beside `x.js`, `src/x.ts` and what was built of it) is no copy. */
const stemOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
