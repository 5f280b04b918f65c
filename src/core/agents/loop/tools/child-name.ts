import type { AgentName } from '../../../model/ids';
import type { ParticipantName } from '../../../model/message';
import type { Sha256Of } from '../../chat/fenced-data';

/** As long as a name of a participant may be. */
const LONGEST = 100;
const HEX = 6;

/**
 * Under which name an agent that was asked takes part, below who asked it: "review/security-3f9c02". `hash`: of the call that asks. The
 * same when that call is made again after an interruption; another one for another call, though it asks the same.
 */
export function childName(
  parent: ParticipantName,
  agent: AgentName,
  hash: string,
  sha256: Sha256Of,
): ParticipantName {
  const own = `/${agent.slice(0, 50)}-${hash.slice(0, HEX)}`;
  const room = LONGEST - own.length;
  if (parent.length <= room) return `${parent}${own}`;
  // Cut, and still only its own.
  return `${parent.slice(0, room - HEX - 1)}-${sha256(parent).slice(0, HEX)}${own}`;
}
