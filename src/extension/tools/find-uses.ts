import type * as vscode from 'vscode';
import type { CodeReference, CodeSymbol, Found, NameQuery } from '../../core/tools/code/code-intelligence';
import { MOST_ITEMS, type Asking } from './asking';
import { insideOf, placeKey, positionOf, type Named } from './editor-places';
import { findSymbols } from './find-symbols';

type Given = readonly (vscode.Location | vscode.LocationLink)[];

/** Declarations of one name whose uses are looked for. */
const MOST_DECLARATIONS = 8;
const LONGEST_LINE = 200;

/** Where a name is declared: that which is meant at a place, or all that bear it. */
export async function findDefinitions(ask: Asking, query: NameQuery): Promise<Found<CodeSymbol>> {
  const { name, path } = query;
  if (path === undefined || !(await ask.files.isFile(path))) {
    const found = await findSymbols(ask, { name });
    const rank = ({ isExported }: CodeSymbol) => (isExported ? 0 : 1);
    const items = found.items.filter((one) => one.name === name).sort((a, b) => rank(a) - rank(b));
    return { ...found, items };
  }
  const meant = await meantAt(ask, query, path);
  if (meant === undefined) return ask.parsed((parser, signal) => parser.definitions(query, signal));
  const { places, left } = meant.definitions;
  const items = await Promise.all(places.map((place) => symbolAt(ask, name, place)));
  return { items, isPartial: left > 0 };
}

/** Where a name is used: that which is meant at a place, or all that bear it. Declarations are left out. */
export async function findReferences(ask: Asking, query: NameQuery): Promise<Found<CodeReference>> {
  const { name, path } = query;
  const byParser = () => ask.parsed((parser, signal) => parser.references(query, signal));
  if (path !== undefined && (await ask.files.isFile(path))) {
    const meant = await meantAt(ask, query, path);
    return meant === undefined ? byParser() : usesOf(ask, meant);
  }
  const declared = await findDefinitions(ask, { name });
  const uses = new Map<string, CodeReference>();
  let isPartial = declared.isPartial || declared.items.length > MOST_DECLARATIONS;
  for (const { path: file, line } of declared.items.slice(0, MOST_DECLARATIONS)) {
    const meant = (await ask.isServed(file)) ? await meantAt(ask, { name, line }, file) : undefined;
    if (meant === undefined) continue;
    const found = await usesOf(ask, meant);
    isPartial ||= found.isPartial;
    for (const use of found.items) uses.set(`${use.path}:${use.line}:${use.column}`, use);
  }
  const parsed = await byParser();
  // Where somebody knows which name means what, the same word elsewhere is no use of it.
  const others: CodeReference[] = [];
  for (const use of parsed.items) if (!(await ask.isServed(use.path))) others.push(use);
  return ask.joined(
    { items: [...uses.values()], isPartial },
    uses.size === 0 && declared.items.length === 0 ? parsed : { ...parsed, items: others },
    (use) => use.path,
  );
}

interface Meant {
  readonly definitions: { readonly places: readonly Named[]; readonly left: number };
  readonly references: { readonly places: readonly Named[]; readonly left: number };
}

/** What the editor says of the name at a place; undefined when it says nothing. */
async function meantAt(ask: Asking, { name, line }: NameQuery, path: string): Promise<Meant | undefined> {
  const document = await ask.files.document(path, path);
  const declared = document === undefined ? undefined : await ask.declared(path, path);
  if (document === undefined || declared === undefined) return undefined;
  const position = positionOf(document, name, line, declared);
  if (position === undefined) return undefined;
  const [definitions, references] = await Promise.all(
    ['vscode.executeDefinitionProvider', 'vscode.executeReferenceProvider'].map(async (command) =>
      insideOf(ask.files, await ask.editor<Given>(command, document.uri, position), MOST_ITEMS, path),
    ),
  );
  if (definitions === undefined || references === undefined) return undefined;
  const isAnswered = [definitions, references].some(({ places, left }) => places.length + left > 0);
  return isAnswered ? { definitions, references } : undefined;
}

async function usesOf(ask: Asking, { definitions, references }: Meant): Promise<Found<CodeReference>> {
  const declared = new Set(definitions.places.map(({ path, range }) => placeKey(path, range.start)));
  const items: CodeReference[] = [];
  for (const { path, range } of references.places) {
    if (declared.has(placeKey(path, range.start))) continue;
    const text = (await ask.lines(path))[range.start.line] ?? '';
    const { line, character } = range.start;
    items.push({ path, line: line + 1, column: character + 1, text: text.trim().slice(0, LONGEST_LINE) });
  }
  return { items, isPartial: references.left > 0 };
}

/** The declaration that stands at a place; when no outline knows it, what can be said without one. */
async function symbolAt(ask: Asking, name: string, { path, range }: Named): Promise<CodeSymbol> {
  const own = await ask.outlineOf(path);
  const found =
    own?.find((one) => one.name.start.isEqual(range.start)) ??
    own?.find((one) => one.symbol.name === name && one.name.start.line === range.start.line);
  if (found !== undefined) return found.symbol;
  const { line, character } = range.start;
  return { name, kind: 'variable', path, line: line + 1, column: character + 1, isExported: false };
}
