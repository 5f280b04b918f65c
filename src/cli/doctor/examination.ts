/*
 * owns: everything that is looked at before a run, and which of it does not work although somebody set it up.
 * must stay true: what nobody set up is no fault; nothing here asks a model, spends anything or holds a key.
 */
import type { AgentNote, ListedAgent } from '../../core/agents/own/agent-profiles';
import { messageOf } from '../../core/model/errors';
import { readConfigFiles } from '../../core/providers/settings/config-files';
import type { AutomaticChoice, ListedTools, ProviderStatus, Runtime } from '../../core/runtime-port';
import type { Context } from '../context';
import { TOOL_KEYS } from '../tool-source';
import type { Machine } from './machine';

export interface Examination {
  readonly machine: Machine;
  readonly workspace: string;
  /** Absent: it cannot be opened, and `faults` says why. */
  readonly stateFolder?: string;
  /** Runs of which records are lost. */
  readonly damagedRuns: readonly string[];
  /** Another process that owns the runs of the folder. */
  readonly owner?: string;
  readonly providers: readonly ProviderStatus[];
  readonly automatic?: AutomaticChoice;
  readonly agents: readonly ListedAgent[];
  readonly agentNotes: readonly AgentNote[];
  /** Absent: they could not be listed. */
  readonly tools?: ListedTools;
  /** What settings wished for and did not get. */
  readonly notes: readonly string[];
  /** What does not work although it is set up or needed, a sentence each. None: a run can be started. */
  readonly faults: readonly string[];
}

/** Looks at everything. `signal` ends the waiting for MCP servers. */
export async function examine(context: Context, machine: Machine, signal: AbortSignal): Promise<Examination> {
  const { host, workspace } = context;
  const faults: string[] = [];
  const { node } = machine;
  if (!node.isEnough) faults.push(`Node.js ${node.version} is too old: Baton needs ${node.oldest} or newer.`);
  const files = await readConfigFiles(host, workspace, TOOL_KEYS);
  for (const { from, isBroken } of [...files.person, ...files.workspace])
    if (isBroken === true) faults.push(`${from} has a fault. Until it is right, no model is asked.`);
  const nothing = {
    machine,
    workspace,
    damagedRuns: [],
    providers: [],
    agents: [],
    agentNotes: [],
    notes: files.notes,
  };
  let runtime: Runtime;
  try {
    runtime = await context.open('see');
  } catch (error) {
    return { ...nothing, faults: [...faults, `The state cannot be opened: ${messageOf(error)}`] };
  }
  const { models, agents: folder, tools } = runtime;
  const [providers, automatic, notes, agents, listed, runs] = await Promise.all([
    models.status(),
    models.automatic(),
    models.notes(),
    folder.list(),
    tools.list(signal),
    runtime.runs(),
  ]);
  const agentNotes = folder.notes;
  const owner = runtime.otherOwner?.name;
  return {
    machine,
    workspace,
    stateFolder: runtime.stateFolder,
    damagedRuns: runs.filter(({ status }) => status === 'damaged').map(({ runId }) => runId),
    ...(owner !== undefined && { owner }),
    providers,
    automatic,
    agents,
    agentNotes,
    tools: listed,
    notes: [...new Set([...notes, ...listed.notes])],
    faults: [
      ...faults,
      ...providers.filter(isBroken).map(({ detail, title }) => detail || `${title} cannot be asked.`),
      ...agentNotes.filter(({ isFault }) => isFault).map(({ text }) => text),
      ...listed.servers
        .filter((server) => server.tools === 0 && server.faults.length > 0)
        .map(({ name, faults: its }) => `The MCP server ${name} ${its.join('; ')}.`),
      // A person may want it so; where something could not be read, it is for that.
      ...(listed.asksEverything && listed.notes.length > 0
        ? ['A rule of tools cannot be read. Until it is right, every call is asked.']
        : []),
    ],
  };
}

/** Set up, and turned away or not there. What only has to wait is no fault. */
function isBroken({ enabled, state }: ProviderStatus): boolean {
  return enabled && (state === 'refused-key' || state === 'no-money' || state === 'unreachable');
}
