/*
 * owns: which tools an agent is offered. What a call of one may really do is policy's business.
 * must stay true: nobody is offered a tool that neither its own file nor, for servers' tools, the step names; a child is offered none
 * that its parent has not.
 */
import type { Step } from '../../model/workflow';
import { intersectRights, type AgentRights } from '../../tools/policy/rights';
import type { WantedTools } from '../../tools/server-tool-names';
import type { Tool } from '../../tools/tool';
import type { ToolBox } from '../../tools/tool-box';
import type { AgentProfile } from '../profile/profile';
import { READING_TOOLS } from '../profile/tool-names';

/** How the names of servers' tools begin. */
const OF_SERVERS = 'mcp_';

/**
 * What an agent may use at most: the tools that its profile names; of servers' tools those that its profile (`serverTools`) or the step
 * (`with: { tools: [mcp_github_*] }`) names. A step that names tools of Baton's own narrows the profile's to these.
 */
export function rightsOf(
  profile: AgentProfile,
  step: Step,
  box: ToolBox,
  parent: AgentRights | undefined,
): AgentRights {
  const named = toolsNamedBy(step);
  const serverTools = box.ofServers(profile.serverTools ?? []);
  const ownNamed = named.filter((name) => !name.startsWith(OF_SERVERS));
  const own = profile.tools.filter((name) => ownNamed.length === 0 || fitsAny(name, ownNamed));
  const ofServers = box.names.filter(
    (name) => serverTools.includes(name) || (isOfServer(name) && fitsAny(name, named)),
  );
  const rights: AgentRights = {
    tools: [...own, ...ofServers],
    ...(profile.agents !== undefined && { agents: profile.agents }),
  };
  return parent === undefined ? rights : intersectRights(parent, rights);
}

/** Of servers' tools, whatever these offer, an agent and those that it asks may use none but these. */
export function wantedOfServers(profile: AgentProfile | undefined, step: Step): WantedTools {
  return { ofServers: profile?.serverTools ?? [], named: toolsNamedBy(step) };
}

/** Tools by name, in the order of the box; those that know whose they are come last. An untrusted folder is only read. */
export function offeredTools(
  rights: AgentRights,
  box: ToolBox,
  own: readonly Tool[],
  isTrusted: boolean,
): ReadonlyMap<string, Tool> {
  const offered = new Map<string, Tool>();
  for (const name of box.names) {
    const tool = box.tool(name);
    if (tool === undefined || rights.tools?.includes(name) !== true) continue;
    if (isTrusted || isReading(name)) offered.set(name, tool);
  }
  if (isTrusted)
    for (const tool of own) if (!offered.has(tool.declaration.name)) offered.set(tool.declaration.name, tool);
  return offered;
}

/** `with: { tools: [...] }`: names, or beginnings of names with a "*" behind. */
function toolsNamedBy(step: Step): readonly string[] {
  const { tools } = step.with;
  return Array.isArray(tools) ? tools.filter((name): name is string => typeof name === 'string') : [];
}

function fitsAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}

const isOfServer = (name: string): boolean => name.startsWith(OF_SERVERS);
const isReading = (name: string): boolean => (READING_TOOLS as readonly string[]).includes(name);
