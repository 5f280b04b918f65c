import type { SourceFile } from '../analysis';
import { importSource, importsOnlyTypes } from '../javascript/import-source';
import { parseScript } from '../javascript/parse';
import { lineOf, walk } from '../javascript/visit';
import { mask } from '../text/mask';
import { pythonLines } from '../text/python-lines';
import type { PackageImport } from './dependency-facts';

export interface PackageUse {
  readonly imports: PackageImport[];
  readonly mentions: string[];
}

const MOST_MENTIONS = 2_000;

/** Packages that a script loads, and every text in it that may name one. */
export function scriptPackages(file: SourceFile): PackageUse {
  const { tree } = parseScript(file);
  const imports: PackageImport[] = [];
  const mentions = new Set<string>();
  if (tree === undefined) return { imports, mentions: [] };
  walk(tree.program, (node, { ancestors }) => {
    if (node.type === 'StringLiteral' && node.value.length < 100 && mentions.size < MOST_MENTIONS) {
      for (const word of node.value.match(/@?[\w.-]+(?:\/[\w.-]+)*/g) ?? []) mentions.add(word);
    }
    const source = importSource(node);
    const name = source === undefined ? undefined : packageOf(source);
    if (name === undefined) return;
    const isType = importsOnlyTypes(node);
    // Inside of try, or asked for later with a catch, its absence is expected.
    const isOptional =
      ancestors.some((one) => one.type === 'TryStatement') || node.type === 'ImportExpression';
    imports.push({
      name,
      line: lineOf(node),
      ...(isType ? { isType } : {}),
      ...(isOptional ? { isOptional } : {}),
    });
  });
  return { imports, mentions: [...mentions] };
}

/** "lodash/fp" is "lodash"; paths, addresses and host modules with a prefix are none. */
function packageOf(source: string): string | undefined {
  if (
    /^(?:\.|\/|node:|https?:|data:|file:|[A-Za-z]:\\)/.test(source) ||
    source === '' ||
    source.includes('?') ||
    source.includes('!')
  )
    return undefined;
  const parts = source.split('/');
  const name = source.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
  return /^(?:@[\w.~-]+\/)?[\w.~@$#:-]+$/.test(name) ? name : undefined;
}

/** Top-level modules that a Python file imports, and every word in its texts. */
export function pythonPackages(file: SourceFile): PackageUse {
  const imports: PackageImport[] = [];
  const mentions = new Set<string>();
  let guarded = -1;
  for (const { code, text, line, indent } of pythonLines(file)) {
    if (guarded >= 0 && indent <= guarded) guarded = -1;
    if (guarded < 0 && /^(?:try\s*:|if\s+.*TYPE_CHECKING|except\b)/.test(code)) guarded = indent;
    const from = /^from\s+([A-Za-z_][\w.]*)\s+import\b/.exec(code)?.[1];
    const list = from === undefined ? /^import\s+(.+)$/.exec(code)?.[1]?.split(',') : [from];
    for (const part of list ?? []) {
      const name = /^\s*([A-Za-z_]\w*)/.exec(part)?.[1];
      if (name !== undefined)
        imports.push({
          name,
          line,
          ...(guarded >= 0 && indent > guarded ? { isOptional: true as const } : {}),
        });
    }
    if (mentions.size < MOST_MENTIONS && /["']/.test(text)) {
      for (const word of text.slice(0, 2_000).match(/[A-Za-z][\w.-]+/g) ?? [])
        mentions.add(word.toLowerCase());
    }
  }
  return { imports, mentions: [...mentions] };
}

/** Import paths of a Go file. */
export function goPackages(file: SourceFile): PackageUse {
  const { noComments } = mask(file.text, 'go');
  const imports: PackageImport[] = [];
  let inside = false;
  noComments.forEach((line, index) => {
    if (/^\s*import\s*\(/.test(line)) inside = true;
    else if (inside && /^\s*\)/.test(line)) inside = false;
    const name = (inside ? /^\s*(?:[\w.]+\s+)?"([^"]+)"/ : /^\s*import\s+(?:[\w.]+\s+)?"([^"]+)"/).exec(
      line,
    )?.[1];
    if (name !== undefined && /^[\w-]+\.[\w.-]+\//.test(name)) imports.push({ name, line: index + 1 });
  });
  return { imports, mentions: [] };
}

/** Crates that a Rust file names, by the first part of each path. */
export function rustPackages(file: SourceFile): PackageUse {
  const names = new Set<string>();
  for (const line of mask(file.text, 'rust').code) {
    for (const match of line
      .slice(0, 2_000)
      .matchAll(
        /\b([a-z_][a-z0-9_]*)::|\bextern\s+crate\s+(\w+)|\buse\s+(\w+)\s*[;{]|#\[(?:derive\()?(\w+)/g,
      )) {
      const name = match[1] ?? match[2] ?? match[3] ?? match[4];
      if (name !== undefined) names.add(name);
    }
  }
  return { imports: [], mentions: [...names] };
}
