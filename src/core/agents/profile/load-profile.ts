import { BatonError } from '../../model/errors';
import type { AgentName } from '../../model/ids';
import type { AgentProfile } from './profile';
import { readProfile } from './read-profile';

const read = new Map<AgentName, AgentProfile>();

/**
 * The whole profile of one of Baton's own agents, by its canonical name; undefined when there is none of that name. The files are
 * loaded when the first one is asked for, and each is read once.
 */
export async function loadProfile(name: AgentName): Promise<AgentProfile | undefined> {
  const known = read.get(name);
  if (known !== undefined) return known;
  const { agentFiles } = await import('../roster/agent-files');
  const text = agentFiles.get(name);
  if (text === undefined) return undefined;
  const { profile, diagnostics } = readProfile(text);
  if (profile === undefined)
    throw new BatonError('bad-agent', `The agent "${name}" cannot be read: ${diagnostics[0]?.message ?? ''}`);
  read.set(name, profile);
  return profile;
}
