/*
 * owns: who the agents of a folder are as of the last look at its files: Baton's own, and those of the folder beside or before them.
 * must stay true: a folder that is not trusted replaces nobody; nobody's profile changes between two looks.
 */
import type { HostFiles } from '../../host';
import type { AgentName } from '../../model/ids';
import { loadProfile } from '../profile/load-profile';
import type { AgentProfile } from '../profile/profile';
import { knownAgents, type KnownAgent } from '../roster';
import { findOwnAgents, knownWith, type OwnAgent, type OwnAgents } from './own-agents';

/** An agent as lists show it. */
export interface ListedAgent extends KnownAgent {
  /** Who describes it: "baton", or a file of the folder (relative to it, forward slashes). */
  readonly source: string;
  /** True when the folder's file takes the place of Baton's own agent of that name. */
  readonly replaces?: true;
}

/** What the loop of an agent asks: who an agent is. */
export interface AgentProfiles {
  /**
   * Of a canonical name (of a definition or of `chooseAgent`): the folder's own agent, else Baton's; undefined when there is none.
   * Gives what the last look found; looks when nobody did.
   */
  profile(name: AgentName): Promise<AgentProfile | undefined>;
  /** All agents, Baton's in their order and then the folder's. Looks at the files again. */
  list(): Promise<readonly ListedAgent[]>;
  /** Names of the folder's own agents as of the last look, for `chooseAgent`. */
  readonly ownNames: ReadonlySet<AgentName>;
}

/** What the parser and people ask besides. */
export interface FolderAgents extends AgentProfiles {
  /** All that a workflow may name, after another look at the files. The same array while nothing changed. */
  known(): Promise<readonly KnownAgent[]>;
  /** What is wrong with files of the folder, or keeps them out of use. As of the last look. */
  readonly notes: readonly AgentNote[];
}

export interface AgentNote {
  /** A sentence that begins with the file. */
  readonly text: string;
  /** True when the file cannot be read as an agent at all. */
  readonly isFault: boolean;
}

export interface AgentProfilesOptions {
  readonly files: Pick<HostFiles, 'list' | 'read' | 'stat' | 'realPath' | 'join' | 'relative'>;
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** Default: trusted. */
  readonly isTrusted?: () => boolean;
}

interface Look {
  /** Of two looks at a time the one that began later counts. */
  readonly turn: number;
  readonly found: OwnAgents;
  readonly trusted: boolean;
  /** Of all that was found: tells whether anything changed. */
  readonly text: string;
  readonly known: readonly KnownAgent[];
  readonly names: ReadonlySet<AgentName>;
  readonly profiles: ReadonlyMap<AgentName, AgentProfile>;
}

/** The agents of a folder. Nothing is read before somebody asks. */
export function createAgentProfiles(options: AgentProfilesOptions): FolderAgents {
  const { files, workspace } = options;
  const isTrusted = options.isTrusted ?? (() => true);
  let last: Look | undefined;
  let turns = 0;

  const look = async (): Promise<Look> => {
    const turn = ++turns;
    const trusted = isTrusted();
    const found = await findOwnAgents({ files, workspace, trusted });
    const text = JSON.stringify({ found, trusted });
    const looked = last?.text === text ? { ...last, turn } : await lookOf({ turn, found, trusted, text });
    if (last === undefined || last.turn < turn) last = looked;
    return last;
  };
  const current = async (): Promise<Look> =>
    last === undefined || last.trusted !== isTrusted() ? look() : last;

  return {
    async profile(name) {
      const { profiles } = await current();
      return profiles.get(name) ?? loadProfile(name);
    },
    list: async () => listed(await look()),
    known: async () => (await look()).known,
    get ownNames() {
      return last?.names ?? NONE;
    },
    get notes() {
      return last === undefined ? [] : notesOf(last.found);
    },
  };
}

const NONE: ReadonlySet<AgentName> = new Set();

async function lookOf(seen: Pick<Look, 'turn' | 'found' | 'trusted' | 'text'>): Promise<Look> {
  const { found } = seen;
  // Who reads files again and again compares the list itself, so that of a folder without agents is everybody's.
  const known = found.agents.length === 0 ? knownAgents : knownWith(found);
  const profiles = await Promise.all(
    found.agents.map(async (agent) => [agent.name, await profileOf(agent, known)] as const),
  );
  return {
    ...seen,
    known,
    names: new Set(found.agents.map(({ name }) => name)),
    profiles: new Map(profiles),
  };
}

/**
 * A folder's agent as a profile. Of an agent of Baton's that it replaces it keeps what it is found by; what it tells the model, how
 * it answers and what it may use are its own.
 */
async function profileOf(agent: OwnAgent, known: readonly KnownAgent[]): Promise<AgentProfile> {
  const replaced = agent.replaces === undefined ? undefined : await loadProfile(agent.replaces);
  return {
    name: agent.name,
    aliases: replaced?.aliases ?? [],
    description: agent.description,
    specializations: replaced?.specializations ?? [],
    topics: replaced?.topics ?? [],
    capabilities: replaced?.capabilities ?? [],
    actions: replaced?.actions ?? [],
    tools: agent.tools,
    model: {
      prefer: agent.prefer,
      needs: {
        tools: agent.tools.length + agent.serverTools.length > 0,
        structuredOutput: agent.output !== undefined,
      },
    },
    ...(agent.output !== undefined && { output: agent.output }),
    checks: agent.checks,
    prompt: agent.prompt,
    source: agent.source,
    ...(agent.serverTools.length > 0 && { serverTools: agent.serverTools }),
    ...(agent.agents !== undefined && { agents: agent.agents.flatMap((name) => named(name, known)) }),
  };
}

/** The canonical name that a file means, in any spelling; none where nobody has it. */
function named(name: string, known: readonly KnownAgent[]): AgentName[] {
  const spelled = squash(name);
  const meant = known.find((agent) => [agent.name, ...agent.aliases].some((one) => squash(one) === spelled));
  return meant === undefined ? [] : [meant.name];
}

const squash = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '');

function listed({ known, found }: Look): ListedAgent[] {
  const own = new Map(found.agents.map((agent) => [agent.name, agent]));
  return known.map((agent) => {
    const file = own.get(agent.name);
    if (file === undefined) return { ...agent, source: 'baton' };
    return { ...agent, source: file.source, ...(file.replaces !== undefined && { replaces: true }) };
  });
}

function notesOf({ ignored, faults }: OwnAgents): AgentNote[] {
  return [
    ...faults
      .filter(({ diagnostic }) => diagnostic.severity !== 'information')
      .map(({ source, diagnostic }) => ({
        text: `${source}:${diagnostic.range.start.line} ${diagnostic.message}`,
        isFault: diagnostic.severity === 'error',
      })),
    ...ignored.map(({ source, why }) => ({ text: `${source} is not used. ${why}`, isFault: false })),
  ];
}
