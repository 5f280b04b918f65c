import type { Finding } from '../../model/finding';
import type { Analysis, FileResult, FolderContext, SourceFile } from '../analysis';
import { checkScript } from '../javascript/script';
import { isCode, isLockfile, isScript, isTestPath } from '../language';
import { awaitingRules } from './awaiting';
import { blockingRules } from './blocking';
import { growthRules } from './growth';
import { loopRules } from './loops';
import { otherPerformance } from './other-performance';
import { patternRules } from './patterns';
import { pythonPerformance } from './python-performance';
import { quadraticRules } from './quadratic';
import { queryRules } from './queries';
import { searchRules } from './searches';

const scriptRules = [
  awaitingRules,
  blockingRules,
  growthRules,
  loopRules,
  patternRules,
  quadraticRules,
  queryRules,
  searchRules,
];

/** Lines. */
const LONG_FILE = 1_000;
/** Bytes. */
const LARGE_FILE = 1_000_000;

export const analyzePerformance: Analysis = {
  action: 'analyze-performance',
  title: 'Performance',
  looksFor:
    'It looks for large files, blocking calls where others wait, work repeated in loops, and loops in loops. Nothing was run or measured.',
  examine: (file) => ({ findings: findSlow(file) }),
  conclude: (results, context) => ({
    findings: [...longFiles(results), ...largeFiles(context)],
    metrics: metrics(results, context),
    notes: [],
  }),
};

const isDeclarations = (path: string): boolean => /\.d\.[cm]?ts$/.test(path);

function findSlow(file: SourceFile): readonly Finding[] {
  if (isScript(file.language)) {
    return file.isTest || isDeclarations(file.path) ? [] : checkScript(file, scriptRules).findings;
  }
  return file.language === 'python' ? pythonPerformance(file) : otherPerformance(file);
}

function longFiles(results: readonly FileResult[]): Finding[] {
  return results
    .filter(
      ({ path, language, lines, skipped }) =>
        skipped === undefined &&
        isCode(language) &&
        lines > LONG_FILE &&
        !isTestPath(path) &&
        !isDeclarations(path),
    )
    .map(({ path, lines }) => ({
      rule: 'performance/long-file',
      severity: 'low',
      message: `The file has ${lines} lines, and all of them are loaded for any of them.`,
      file: path,
      line: 1,
      advice: 'Split it by what changes together.',
    }));
}

function largeFiles({ large }: FolderContext): Finding[] {
  return large
    .filter(({ path, bytes }) => bytes >= LARGE_FILE && !isLockfile(path) && !isTestPath(path))
    .map(({ path, bytes }) => ({
      rule: 'performance/large-file',
      severity: bytes >= 5 * LARGE_FILE ? 'medium' : 'low',
      message: `The file has ${(bytes / 1_000_000).toFixed(1)} MB.`,
      file: path,
      advice: 'Keep it out of what is loaded and shipped, or make it smaller.',
    }));
}

function metrics(results: readonly FileResult[], { large }: FolderContext): Record<string, number> {
  const lengths = results
    .filter(({ language, skipped }) => isCode(language) && skipped === undefined)
    .map(({ lines }) => lines);
  return {
    codeFiles: lengths.length,
    longestFile: lengths.reduce((most, lines) => Math.max(most, lines), 0),
    filesOver500kB: large.length,
  };
}
