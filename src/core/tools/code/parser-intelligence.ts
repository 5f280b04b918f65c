import { throwIfAborted } from '../../base/abort';
import type { SourceFile } from '../../analyses/analysis';
import { isScript, languageOf } from '../../analyses/language';
import { lintCodebase } from '../../analyses/lint/lint-codebase';
import { readSource } from '../../analyses/source-file';
import type { SafeFiles } from '../../host';
import { walkTree } from '../files/walk-tree';
import type { CodeIntelligence, CodePlace, CodeSource, CodeSymbol, Found } from './code-intelligence';
import { pythonReferences, pythonSymbols } from './python-code';
import { scriptDefinition, scriptReferences, scriptSymbols } from './script-code';

export const parserSource: CodeSource = {
  kind: 'parser',
  name: 'parser fallback (JavaScript and TypeScript by their grammar, Python by its lines; names are matched across files as words, without types)',
  languages: ['JavaScript', 'TypeScript', 'Python'],
};

const parserLimits = { files: 5_000, bytes: 50_000_000, fileBytes: 1_000_000, items: 500 };

/** What can be known from the text of the files alone, where no editor is there to ask. `files`: those of the workspace. */
export function createParserIntelligence(files: SafeFiles): CodeIntelligence {
  /** Visits the files below a path that hold a word, until enough was found. */
  async function collect<T>(
    path: string,
    word: string,
    read: (file: SourceFile) => readonly T[],
    signal: AbortSignal,
  ): Promise<Found<T>> {
    const items: T[] = [];
    const needle = word.toLowerCase();
    let [count, bytes] = [0, 0];
    for await (const candidate of codeFiles(files, path, signal)) {
      if (++count > parserLimits.files || bytes > parserLimits.bytes) return { items, isPartial: true };
      const file = await sourceOf(files, candidate);
      if (file === undefined) continue;
      bytes += file.text.length;
      if (needle !== '' && !file.text.toLowerCase().includes(needle)) continue;
      items.push(...read(file));
      if (items.length > parserLimits.items)
        return { items: items.slice(0, parserLimits.items), isPartial: true };
    }
    return { items, isPartial: false };
  }

  return {
    source: parserSource,
    symbols: ({ name = '', path = '' }, signal) => {
      const part = name.toLowerCase();
      return collect(
        path,
        name,
        (file) => symbolsOf(file).filter((one) => one.name.toLowerCase().includes(part)),
        signal,
      );
    },
    definitions: async ({ name, path, line }, signal) => {
      const own = path === undefined ? undefined : await sourceOf(files, path);
      const exact =
        own !== undefined && isScript(own.language) ? scriptDefinition(own, name, line) : undefined;
      if (exact !== undefined) return { items: [exact], isPartial: false };
      const found = await collect(
        '',
        name,
        (file) => symbolsOf(file).filter((one) => one.name === name),
        signal,
      );
      // What others can import is likelier meant, and what stands in the same file likeliest.
      const rank = (one: CodeSymbol) => (one.path === path ? 0 : one.isExported ? 1 : 2);
      return { ...found, items: [...found.items].sort((a, b) => rank(a) - rank(b)) };
    },
    references: async ({ name, path, line }, signal) => {
      const own = path === undefined || line === undefined ? undefined : await sourceOf(files, path);
      const isLocal =
        own !== undefined &&
        isScript(own.language) &&
        scriptDefinition(own, name, line)?.isExported === false;
      return collect(
        isLocal ? (path ?? '') : '',
        name,
        (file) =>
          usesIn(file, name, isLocal ? line : undefined).map((place) => ({
            ...place,
            text: (file.lines[place.line - 1] ?? '').trim().slice(0, 200),
          })),
        signal,
      );
    },
    diagnostics: (path, signal) => collect(path, '', (file) => lintCodebase.examine(file).findings, signal),
  };
}

async function* codeFiles(files: SafeFiles, path: string, signal: AbortSignal): AsyncGenerator<string> {
  throwIfAborted(signal);
  const stat = await files.stat(path);
  if (stat?.kind === 'file') yield path;
  if (stat?.kind !== 'directory') return;
  const walk = { files, start: path, maxDepth: 40, includesIgnored: false, signal };
  for await (const entry of walkTree(walk))
    if (entry.kind === 'file' && isCovered(entry.path)) yield entry.path;
}

export function isCovered(path: string): boolean {
  const language = languageOf(path);
  return isScript(language) || language === 'python';
}

/** Undefined for what is no source of a language that is read here, or too large. */
async function sourceOf(files: SafeFiles, path: string): Promise<SourceFile | undefined> {
  if (!isCovered(path)) return undefined;
  const file = await files.read(path, parserLimits.fileBytes).catch(() => undefined);
  if (file === undefined || file.size > file.bytes.length) return undefined;
  const source = readSource(path, file.bytes);
  return 'skipped' in source ? undefined : source;
}

function symbolsOf(file: SourceFile): CodeSymbol[] {
  return isScript(file.language) ? scriptSymbols(file) : pythonSymbols(file);
}

function usesIn(file: SourceFile, name: string, line: number | undefined): CodePlace[] {
  return isScript(file.language) ? scriptReferences(file, name, line) : pythonReferences(file, name);
}
