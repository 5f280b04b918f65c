/*
 * owns: the agents that a folder brings along: where they are found, whose name they may take, what they may use at most.
 * must stay true: a file gives no right that Baton's own agent of that name, or a reader, would not have; a folder that is not
 * trusted replaces nobody.
 */
import { CancelledError } from '../../base/abort';
import type { HostFiles } from '../../host';
import type { Diagnostic } from '../../model/diagnostic';
import { BatonError, messageOf } from '../../model/errors';
import type { AgentName } from '../../model/ids';
import { readOwnAgentFile, type OwnAgentFile } from './own-agent-file';
import { TOOLS_UNLESS_NAMED } from './own-tool-names';
import { loadProfile } from '../profile/load-profile';
import { knownAgents, resolveAgent, type KnownAgent } from '../roster';
import { READING_TOOLS } from '../profile/tool-names';

/** An agent that a file of the workspace describes. */
export interface OwnAgent extends OwnAgentFile {
  /** What it may use at most: never more than the file, the agent it replaces and the folder's trust allow together. */
  readonly tools: readonly string[];
  /** Relative to the workspace, forward slashes: shown wherever the agent is. */
  readonly source: string;
  /** Baton's own agent whose place it takes. */
  readonly replaces?: AgentName;
  /** Baton's own agent that had this name besides its own. */
  readonly aliasOf?: AgentName;
}

export interface OwnAgents {
  /** By name. */
  readonly agents: readonly OwnAgent[];
  /** Files that are sound and not used, and why, for people. */
  readonly ignored: readonly { readonly name: string; readonly source: string; readonly why: string }[];
  readonly faults: readonly { readonly source: string; readonly diagnostic: Diagnostic }[];
}

export interface OwnAgentsRequest {
  readonly files: Pick<HostFiles, 'list' | 'read' | 'stat' | 'realPath' | 'join' | 'relative'>;
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** Whether the person trusts the folder. */
  readonly trusted: boolean;
  readonly signal?: AbortSignal;
}

/** Where people keep agents; of two with one name the first counts. */
const PLACES: readonly { readonly folder: readonly string[]; readonly file: RegExp }[] = [
  { folder: ['.baton', 'agents'], file: /\.agent\.md$/i },
  { folder: ['.github', 'agents'], file: /\.agent\.md$/i },
  { folder: ['.claude', 'agents'], file: /\.md$/i },
];
const MOST_FILES = 64;
const MOST_BYTES = 64 * 1024;

/** Finds and reads the agents of a folder. What is wrong with a file is told and never ends the search. */
export async function findOwnAgents(request: OwnAgentsRequest): Promise<OwnAgents> {
  const agents = new Map<string, OwnAgent>();
  const ignored: OwnAgents['ignored'][number][] = [];
  const faults: OwnAgents['faults'][number][] = [];
  for (const source of await sourcesOf(request, faults)) {
    if (request.signal?.aborted === true) throw new CancelledError();
    const text = await textOf(request, source);
    if (typeof text !== 'string') {
      faults.push({ source, diagnostic: text });
      continue;
    }
    const { file, diagnostics } = readOwnAgentFile(text, source.slice(source.lastIndexOf('/') + 1));
    faults.push(...diagnostics.map((diagnostic) => ({ source, diagnostic })));
    if (file === undefined) continue;
    const agent = await placed(file, source, request.trusted);
    const first = agents.get(agent.name);
    const taken = agent.replaces ?? agent.aliasOf;
    if (taken !== undefined && !request.trusted) {
      const why = `The folder is not trusted, so Baton's own "${taken}" stays.`;
      ignored.push({ name: agent.name, source, why });
    } else if (first !== undefined)
      ignored.push({ name: agent.name, source, why: `${first.source} has the same name and comes first.` });
    else agents.set(agent.name, agent);
  }
  const byName = [...agents.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { agents: byName, ignored, faults };
}

/** All agents that a workflow of the folder may name; a name belongs to one of them. */
export function knownWith({ agents }: OwnAgents): readonly KnownAgent[] {
  const taken = new Set(agents.map(({ name }) => squash(name)));
  const own = new Map(agents.map((agent) => [agent.name, agent]));
  const roster = knownAgents.map(({ name, aliases, description }) => ({
    name,
    aliases: aliases.filter((alias) => !taken.has(squash(alias))),
    description: own.get(name)?.description ?? description,
  }));
  const more = agents.filter(({ replaces }) => replaces === undefined);
  return [...roster, ...more.map(({ name, description }) => ({ name, aliases: [], description }))];
}

async function placed(file: OwnAgentFile, source: string, trusted: boolean): Promise<OwnAgent> {
  const known = resolveAgent(file.name);
  const own = known === undefined ? undefined : await loadProfile(known.name);
  const wanted = file.tools ?? own?.tools ?? TOOLS_UNLESS_NAMED;
  const reading: readonly string[] = READING_TOOLS;
  const tools = wanted.filter(
    (tool) => (own === undefined || own.tools.includes(tool)) && (trusted || reading.includes(tool)),
  );
  const isName = known !== undefined && squash(known.name) === squash(file.name.replace(/-agent$/, ''));
  return {
    ...file,
    name: isName ? known.name : file.name,
    tools,
    serverTools: trusted && own === undefined ? file.serverTools : [],
    source,
    ...(known !== undefined && (isName ? { replaces: known.name } : { aliasOf: known.name })),
  };
}

const squash = (name: string): string => name.replaceAll('-', '');

async function sourcesOf(
  { files, workspace }: OwnAgentsRequest,
  faults: OwnAgents['faults'][number][],
): Promise<string[]> {
  const found: string[] = [];
  for (const { folder, file } of PLACES) {
    const place = folder.join('/');
    try {
      const entries = await files.list(files.join(workspace, ...folder));
      const names = entries
        .filter(({ name, kind }) => kind !== 'directory' && file.test(name))
        .map(({ name }) => name);
      const sorted = names.sort();
      found.push(...sorted.slice(0, MOST_FILES).map((name) => `${place}/${name}`));
      if (sorted.length > MOST_FILES)
        faults.push({
          source: place,
          diagnostic: fault('too-many', `Only the first ${MOST_FILES} files are read.`),
        });
    } catch (error) {
      faults.push({
        source: place,
        diagnostic: fault('unreadable', `The folder cannot be read: ${messageOf(error)}`),
      });
    }
  }
  return found;
}

/** The file's text, or why there is none. Only a file that really lies in the workspace is read. */
async function textOf({ files, workspace }: OwnAgentsRequest, source: string): Promise<string | Diagnostic> {
  const path = files.join(workspace, ...source.split('/'));
  try {
    const real = await files.realPath(path);
    const root = await files.realPath(workspace);
    if (real === undefined || root === undefined) return fault('unreadable', 'The file leads to nothing.');
    const inside = files.relative(root, real);
    if (inside === '' || /^\.\.(?:[\\/]|$)/.test(inside) || /^(?:[\\/]|[a-z]:)/i.test(inside))
      return fault('outside-workspace', 'The file leads out of the folder and is not read.');
    const stat = await files.stat(real);
    if (stat?.kind !== 'file') return fault('unreadable', 'This is no file.');
    const bytes =
      stat.size > MOST_BYTES ? undefined : await files.read(real, { start: 0, length: MOST_BYTES + 1 });
    if (bytes === undefined || bytes.length > MOST_BYTES)
      return fault('too-large', `An agent's file has at most ${MOST_BYTES / 1024} kB.`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const why = error instanceof BatonError ? messageOf(error) : 'it is no text in UTF-8.';
    return fault('unreadable', `The file cannot be read: ${why}`);
  }
}

function fault(code: string, message: string): Diagnostic {
  const start = { line: 1, column: 1 };
  return { severity: 'error', code, message, range: { start, end: start } };
}
