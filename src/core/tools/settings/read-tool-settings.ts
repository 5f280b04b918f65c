/*
 * owns: from any value (the person's settings, a workspace's file) to what tools are set up with, and everything wrong with it.
 * must stay true: total; all of it is the person's, and a workspace only takes away.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import { nearest } from '../../base/nearest';
import type { ToolSettings } from '../tool-box';
import { readMcpServers } from './read-mcp-servers';
import { narrowedRules, readPersonRules } from './read-rules';
import { readServiceAddress } from './service-address';
import { notesIn, type Note } from './settings-notes';

/** The parts of a settings object that are about tools, each with the keys that it has; `null`: it is read elsewhere. */
const SECTIONS = {
  policy: null,
  search: ['engine', 'searxngAddress'],
  elasticsearch: ['address'],
  embeddings: ['address', 'model'],
  github: ['address'],
  mcpServers: null,
} as const;
type Section = keyof typeof SECTIONS;

/** Names of the sections, for those who pick them out of a larger file. */
export const TOOL_SECTIONS = Object.keys(SECTIONS) as readonly Section[];

const ENGINES = ['tavily', 'brave', 'searxng'] as const;

/**
 * `person`: an object with the sections `policy` (commands, hosts, alwaysAsk, deny), `search` (engine, searxngAddress),
 * `elasticsearch` (address), `embeddings` (address, model), `github` (address) and `mcpServers` (by name); each may be left out,
 * and so may all. `workspace`: the same shape; of it only `policy` is read, and only narrows. Never throws: what cannot be read
 * is left out and told in `notes`.
 */
export function readToolSettings(person: JsonValue, workspace?: JsonValue): ToolSettings {
  const notes: string[] = [];
  const note = notesIn(notes);
  const mine = readSections(person, note);
  const own = readPersonRules(mine.given['policy'], mine.isUnsure, note);
  const { given } = mine;
  const search = part(given, 'search', note);
  const embeddings = part(given, 'embeddings', note);
  const engine = readEngine(search['engine'], note);
  const addresses = {
    ...addressOf('searxng', search['searxngAddress'], ['search', 'searxngAddress'], note),
    ...addressOf(
      'elasticsearch',
      part(given, 'elasticsearch', note)['address'],
      ['elasticsearch', 'address'],
      note,
    ),
    ...addressOf('embeddings', embeddings['address'], ['embeddings', 'address'], note),
    ...addressOf('github', part(given, 'github', note)['address'], ['github', 'address'], note),
  };
  if (engine === 'searxng' && addresses.searxng === undefined)
    note(['search', 'engine'], 'is SearXNG, which needs "search.searxngAddress".');
  const model = readName(embeddings['model'], ['embeddings', 'model'], note);
  return {
    rules: rulesWithin(own, workspace, notes),
    ...(engine !== undefined && { searchEngine: engine }),
    addresses,
    ...(model !== undefined && { embeddingsModel: model }),
    mcpServers: readMcpServers(given['mcpServers'], note),
    notes,
  };
}

function rulesWithin(
  person: ToolSettings['rules'],
  workspace: JsonValue | undefined,
  notes: string[],
): ToolSettings['rules'] {
  if (workspace === undefined || workspace === null) return person;
  const note = notesIn(notes, 'This workspace: ');
  const { given, isUnsure } = readSections(workspace, note);
  for (const section of TOOL_SECTIONS)
    if (section !== 'policy' && given[section] !== undefined)
      note([section], 'is ignored: a workspace cannot set it. Set it in your own settings.');
  return narrowedRules(person, given['policy'], isUnsure, note);
}

/** `isUnsure`: something may have been meant as rules and was not read, so that a guard may be missing. */
function readSections(value: JsonValue, note: Note): { given: JsonObject; isUnsure: boolean } {
  if (value === null) return { given: {}, isUnsure: false };
  if (!isJsonObject(value)) {
    note([], 'The settings of tools are an object.');
    return { given: {}, isUnsure: true };
  }
  let isUnsure = false;
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(SECTIONS, key)) continue;
    const meant = nearest(key, TOOL_SECTIONS);
    note([key], meant === undefined ? 'is no setting of tools.' : `is no setting. Did you mean "${meant}"?`);
    if (meant === 'policy' || Object.hasOwn(GUARDS, key)) isUnsure = true;
  }
  const given = TOOL_SECTIONS.flatMap((section) => {
    const found = Object.hasOwn(value, section) ? value[section] : undefined;
    return found === undefined || found === null ? [] : [[section, found] as const];
  });
  return { given: Object.fromEntries(given), isUnsure };
}

/** Rules that stand one floor too high. */
const GUARDS = { alwaysAsk: true, deny: true };

/** One section with the keys it has; wrong ones are told. */
function part(given: JsonObject, section: Section, note: Note): JsonObject {
  const value = given[section];
  if (value === undefined) return {};
  if (!isJsonObject(value)) {
    note([section], 'must be an object.');
    return {};
  }
  const keys: readonly string[] = SECTIONS[section] ?? [];
  for (const key of Object.keys(value)) {
    if (keys.includes(key)) continue;
    const meant = nearest(key, keys);
    note([section, key], meant === undefined ? 'is no setting.' : `is no setting. Did you mean "${meant}"?`);
  }
  return Object.fromEntries(
    keys.flatMap((key) => (isGiven(value, key) ? [[key, value[key]]] : [])),
  ) as JsonObject;
}

/** In a settings editor an emptied field stays as an empty text or as null. */
function isGiven(value: JsonObject, key: string): boolean {
  return Object.hasOwn(value, key) && value[key] !== null && value[key] !== '';
}

function readEngine(value: JsonValue | undefined, note: Note): ToolSettings['searchEngine'] {
  if (value === undefined || value === 'automatic') return undefined;
  const engine = ENGINES.find((name) => name === value);
  if (engine === undefined)
    note(['search', 'engine'], 'must be "automatic", "tavily", "brave" or "searxng".');
  return engine;
}

function addressOf<Name extends keyof ToolSettings['addresses']>(
  name: Name,
  value: JsonValue | undefined,
  path: readonly string[],
  note: Note,
): { readonly [Key in Name]?: string } {
  if (value === undefined) return {};
  const address = readServiceAddress(value);
  if ('url' in address) return { [name]: address.url } as { readonly [Key in Name]?: string };
  note(path, address.refused);
  return {};
}

function readName(value: JsonValue | undefined, path: readonly string[], note: Note): string | undefined {
  if (value === undefined) return undefined;
  const name = typeof value === 'string' ? value.trim() : '';
  if (name !== '' && name.length <= 200) return name;
  note(path, 'must be the id of a model.');
  return undefined;
}
