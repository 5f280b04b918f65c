import type { SourceFile } from '../../analysis';
import { scriptFacts } from '../../architecture/script-facts';
import { isSilenced } from '../../javascript/script';
import { isScript } from '../../language';
import { isToolFile, nameOf } from '../places';

export interface PackageImport {
  /** "express", "@scope/name": without the way into the package. */
  readonly name: string;
  readonly line: number;
  readonly kind: 'value' | 'lazy' | 'type';
}

/** What a file of any kind says of packages of npm. */
export interface ScriptUses {
  readonly imports: readonly PackageImport[];
  /** Named in a way that may well load it. Counts as use, proves no need. */
  readonly mentions: readonly string[];
  /** Modules that the file declares itself, and aliases it sets up: "virtual:x", "@app/*". */
  readonly ambient: readonly string[];
  readonly isTool: boolean;
}

const WORDS_UP_TO = 300_000;

export function scriptUses(file: SourceFile): ScriptUses | undefined {
  const isTool = isToolFile(file.path) || isSettings(file);
  const uses: ScriptUses = {
    imports: isScript(file.language) && !/\.d\.[cm]?ts$/.test(file.path) ? importsOf(file) : [],
    mentions: mentionsOf(file, isTool),
    ambient: ambientOf(file),
    isTool,
  };
  const isEmpty = uses.imports.length + uses.mentions.length + uses.ambient.length === 0;
  return isEmpty && !isScript(file.language) ? undefined : uses;
}

/** The package that an import means; undefined for files, built-in schemes, aliases that no package can have. */
export function packageOf(target: string): string | undefined {
  const bare = target.slice(target.lastIndexOf('!') + 1).replace(/\?.*$/, '');
  const name = /^(@[a-z0-9~-][\w.~-]*\/[a-z0-9~-][\w.~-]*|[a-z0-9][\w.-]*)(?:\/.*)?$/.exec(bare)?.[1];
  return name === undefined || name === 'node_modules' ? undefined : name;
}

function importsOf(file: SourceFile): PackageImport[] {
  const found = new Map<string, PackageImport>();
  const rank = { value: 0, lazy: 1, type: 2 };
  for (const { target, line, kind } of scriptFacts(file).imports) {
    const name = packageOf(target);
    if (name === undefined || isSilenced(file.lines, line)) continue;
    const own = kind === 'value' && isTried(file.lines, line) ? 'lazy' : kind;
    const known = found.get(name);
    if (known === undefined || rank[own] < rank[known.kind]) found.set(name, { name, line, kind: own });
  }
  return [...found.values()];
}

/** Loaded on trial: what is not there is expected. */
const isTried = (lines: readonly string[], line: number): boolean =>
  lines.slice(Math.max(0, line - 4), line).some((one) => /\btry\s*\{/.test(one));

const loads =
  /\b(?:from|import|require|resolve|mock|unmock|doMock|requireActual|importActual|requireMock|register|use|reference types=|jsxImportSource|@jsxImportSource|@import|@use|@forward|@plugin|@config|@reference)\b[\s(]{0,4}(?:url\()?(?:=\s*)?['"`]?~?([@\w][\w.@/~-]{0,150})/g;
const installed = /node_modules\/((?:@[\w.~-]+\/)?[\w.~-]+)/g;
const quoted = /(['"`])([@\w][@\w./~-]{0,120})\1/g;
const words = /@?[\w~][\w.~-]*(?:\/[\w.~-]+)?/g;

function mentionsOf(file: SourceFile, isTool: boolean): string[] {
  const found = new Set<string>();
  const add = (target: string): void => {
    const name = packageOf(target.replace(/[.,;]+$/, ''));
    if (name !== undefined) found.add(name);
  };
  const each = (text: string, pattern: RegExp, group: number): void => {
    for (const match of text.matchAll(pattern)) add(match[group] ?? '');
  };
  each(file.text, installed, 1);
  each(file.text, loads, 1);
  if (file.text.length > WORDS_UP_TO) return [...found].sort();
  if (isScript(file.language)) {
    if (isTool) each(file.text, quoted, 2);
  } else if (file.language === 'shell' || file.language === 'docker') each(file.text, words, 0);
  else if (file.language === 'json' && isTool) each(file.text, quoted, 2);
  else if (file.language === 'yaml' || file.language === 'toml' || file.language === 'config') {
    for (const line of file.lines) {
      const value = /^\s*(?:-\s*|[\w.-]+\s*[:=]\s*)?["']?(@?[\w./-]+)["']?\s*:?\s*$/.exec(line)?.[1];
      if (value !== undefined) add(value);
      else if (/\b(?:npm|npx|yarn|pnpm|pnpx|bunx?|node|run)\b/.test(line)) each(line, words, 0);
    }
  }
  return [...found].sort();
}

/** Settings of tools in JSON, by their usual names. */
function isSettings(file: SourceFile): boolean {
  if (file.language !== 'json') return false;
  return /^\.|config|rc\.json|angular|project|workspace|^nx\b|^turbo\b|lerna|babel|eslint|firebase|vercel|nest-cli|components|manifest|^app\.json/i.test(
    nameOf(file.path),
  );
}

function ambientOf(file: SourceFile): string[] {
  const found = new Set<string>();
  if (file.language === 'typescript') {
    for (const match of file.text.matchAll(/\bdeclare\s+module\s+['"]([^'"]{1,150})['"]/g))
      found.add(match[1] ?? '');
  }
  // "paths" of TypeScript: the only lists whose keys name modules.
  if (/(?:^|\/)[tj]sconfig[\w.-]*\.json$/.test(file.path)) {
    for (const match of file.text.matchAll(/"([^"\s]{1,150})"\s*:\s*\[/g)) found.add(match[1] ?? '');
  }
  return [...found].sort();
}
