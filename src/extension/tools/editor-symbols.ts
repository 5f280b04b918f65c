import * as vscode from 'vscode';
import type { CodeSymbol, SymbolKind } from '../../core/tools/code/code-intelligence';

const { SymbolKind: Kind } = vscode;
const KINDS: Readonly<Partial<Record<vscode.SymbolKind, SymbolKind>>> = {
  [Kind.Module]: 'namespace',
  [Kind.Namespace]: 'namespace',
  [Kind.Package]: 'namespace',
  [Kind.Class]: 'class',
  [Kind.Struct]: 'class',
  [Kind.Method]: 'method',
  [Kind.Constructor]: 'method',
  [Kind.Property]: 'property',
  [Kind.Field]: 'property',
  [Kind.Key]: 'property',
  [Kind.Event]: 'property',
  [Kind.EnumMember]: 'property',
  [Kind.Enum]: 'enum',
  [Kind.Interface]: 'interface',
  [Kind.Function]: 'function',
  [Kind.Operator]: 'function',
  [Kind.Constant]: 'constant',
  [Kind.TypeParameter]: 'type',
};
/** Their insides are nobody else's. */
const CLOSED: readonly SymbolKind[] = ['function', 'method'];
const LONGEST_NAME = 200;

export function kindOf(kind: vscode.SymbolKind): SymbolKind {
  return KINDS[kind] ?? 'variable';
}

/** A declaration with the range of its name, so that it can be found again. */
export interface Declared {
  readonly symbol: CodeSymbol;
  readonly name: vscode.Range;
}

/** The declarations of an outline that others could mean: locals of functions are left out. `lines`: those of the file. */
export function declaredIn(
  outline: readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[],
  path: string,
  lines: readonly string[],
): readonly Declared[] {
  const found: Declared[] = [];
  const add = (one: Outlined, container: string | undefined, isInner: boolean): void => {
    const kind = kindOf(one.kind);
    const isLocal = isInner && kind !== 'function' && kind !== 'class';
    if (!isLocal && one.name !== '') found.push(declared(one, kind, path, lines, container));
    for (const child of one.children)
      add(outlined(child), plainName(one.name), isInner || CLOSED.includes(kind));
  };
  for (const top of outline) add(outlined(top), containerOf(top), false);
  return found;
}

interface Outlined {
  readonly name: string;
  readonly kind: vscode.SymbolKind;
  /** The whole declaration, and its name. */
  readonly whole: vscode.Range;
  readonly range: vscode.Range;
  readonly children: readonly vscode.DocumentSymbol[];
}

/** Older extensions give a flat list without the range of the name. */
function outlined(one: vscode.DocumentSymbol | vscode.SymbolInformation): Outlined {
  const { name, kind } = one;
  return 'selectionRange' in one
    ? { name, kind, whole: one.range, range: one.selectionRange, children: one.children }
    : { name, kind, whole: one.location.range, range: one.location.range, children: [] };
}

function containerOf(one: vscode.DocumentSymbol | vscode.SymbolInformation): string | undefined {
  if (!('containerName' in one) || typeof one.containerName !== 'string') return undefined;
  return one.containerName === '' ? undefined : plainName(one.containerName);
}

function declared(
  { name, whole, range }: Outlined,
  kind: SymbolKind,
  path: string,
  lines: readonly string[],
  container: string | undefined,
): Declared {
  const symbol: CodeSymbol = {
    name: plainName(name),
    kind,
    path,
    line: range.start.line + 1,
    column: range.start.character + 1,
    ...(container !== undefined && { container }),
    isExported: isExported(path, lines, whole, range),
  };
  return { symbol, name: range };
}

/** The editor does not tell, and only for these languages a word in front of the name does. */
function isExported(
  path: string,
  lines: readonly string[],
  whole: vscode.Range,
  name: vscode.Range,
): boolean {
  if (!/\.[cm]?[jt]sx?$/.test(path)) return false;
  const line = lines[name.start.line] ?? '';
  // A declaration may begin at its keyword, behind "export".
  const before =
    whole.start.line === name.start.line
      ? line.slice(0, name.start.character)
      : (lines[whole.start.line] ?? '');
  return /^\s*export\b/.test(before);
}

function plainName(name: string): string {
  return name.replace(/\s+/g, ' ').slice(0, LONGEST_NAME);
}
