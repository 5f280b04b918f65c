import * as vscode from 'vscode';
import type { CodeSymbol, Found, SymbolQuery } from '../../core/tools/code/code-intelligence';
import { MOST_ITEMS, type Asking } from './asking';
import { kindOf } from './editor-symbols';

/** Files of a folder whose outlines are asked for. */
const MOST_FILES = 100;
const CODE =
  '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,py,go,rs,java,kt,cs,c,h,cc,cpp,hpp,rb,php,swift,scala,dart,lua,ex,exs,vue,svelte}';

/** Declarations by a part of their name, or all of a file or folder. */
export async function findSymbols(ask: Asking, query: SymbolQuery): Promise<Found<CodeSymbol>> {
  const { name = '', path = '' } = query;
  const isMeant = (symbol: CodeSymbol) => symbol.name.toLowerCase().includes(name.toLowerCase());
  if (path !== '' && (await ask.files.isFile(path))) {
    const own = await ask.declared(path, path);
    if (own === undefined) return ask.parsed((parser, signal) => parser.symbols(query, signal));
    return bounded(own.map(({ symbol }) => symbol).filter(isMeant));
  }
  const parsed = await ask.parsed((parser, signal) => parser.symbols(query, signal));
  const found = name === '' ? await inFolder(ask, path) : await byName(ask, name, path, parsed.items);
  return ask.joined({ ...found, items: found.items.filter(isMeant) }, parsed, (one) => one.path);
}

async function inFolder(ask: Asking, path: string): Promise<Found<CodeSymbol>> {
  const pattern = new vscode.RelativePattern(ask.files.uri(path), CODE);
  const uris = await ask.list(pattern, MOST_FILES + 1);
  const items: CodeSymbol[] = [];
  for (const uri of uris.slice(0, MOST_FILES)) {
    const file = ask.files.path(uri);
    if (file === undefined) continue;
    if (ask.deadline.isOver || items.length > MOST_ITEMS) return { items, isPartial: true };
    for (const { symbol } of (await ask.declared(file)) ?? []) items.push(symbol);
  }
  return { ...bounded(items), isPartial: uris.length > MOST_FILES || items.length > MOST_ITEMS };
}

async function byName(
  ask: Asking,
  name: string,
  path: string,
  parsed: readonly CodeSymbol[],
): Promise<Found<CodeSymbol>> {
  // A language server answers for projects that it has opened: a file of each language opens one.
  const kinds = new Set<string>();
  for (const one of parsed) {
    const kind = one.path.slice(one.path.lastIndexOf('.'));
    if (!kinds.has(kind)) await ask.isServed(one.path);
    kinds.add(kind);
  }
  const given =
    (await ask.editor<vscode.SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', name)) ?? [];
  const items: CodeSymbol[] = [];
  const start = path === '' ? '' : `${path}/`;
  for (const { name: full, kind, containerName, location } of given) {
    const file = ask.files.path(location.uri);
    if (file === undefined || !file.startsWith(start) || isForeign(file)) continue;
    if (items.length >= MOST_ITEMS) return { items, isPartial: true };
    if (!(await ask.files.isOpen(file))) continue;
    items.push(await exactly(ask, file, location.range.start, { name: plain(full), kind, containerName }));
  }
  return { items, isPartial: false };
}

/** The editor's list of the whole workspace points at declarations; where the name stands in one says its outline. */
async function exactly(
  ask: Asking,
  path: string,
  at: vscode.Position,
  given: { readonly name: string; readonly kind: vscode.SymbolKind; readonly containerName: string },
): Promise<CodeSymbol> {
  const own = await ask.outlineOf(path);
  const found = own?.find(
    ({ symbol, name }) => symbol.name === given.name && Math.abs(name.start.line - at.line) <= 1,
  );
  if (found !== undefined) return found.symbol;
  return {
    name: given.name,
    kind: kindOf(given.kind),
    path,
    line: at.line + 1,
    column: at.character + 1,
    ...(given.containerName !== '' && { container: given.containerName }),
    isExported: false,
  };
}

/** Some languages write "name()" in lists. */
function plain(name: string): string {
  return name.replace(/\(.*\)$/, '');
}

/** Other people's code, which only a definition leads to. */
function isForeign(path: string): boolean {
  return path.split('/').includes('node_modules');
}

function bounded(items: readonly CodeSymbol[]): Found<CodeSymbol> {
  return { items: items.slice(0, MOST_ITEMS), isPartial: items.length > MOST_ITEMS };
}
