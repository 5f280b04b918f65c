import type { AgentName } from '../../../model/ids';
import type { ParticipantName } from '../../../model/message';
import type { Sha256Of } from '../../chat/fenced-data';

/** As long as a name of a participant may be. */
const LONGEST = 100;
const LONGEST_AGENT = 50;
const HEX = 6;

export interface Asking {
  readonly agent: AgentName;
  /** Of the call that asks. */
  readonly hash: string;
  /** 1 when the call asks this agent first. A review asks its author once more, and that is somebody else. */
  readonly time: number;
}

/**
 * Under which name an agent that was asked takes part, below who asked it: "review/security-3f9c02". The same when that call is made
 * again after an interruption; another one for every other asking, though it asks the same.
 */
export function childName(
  parent: ParticipantName,
  { agent, hash, time }: Asking,
  sha256: Sha256Of,
): ParticipantName {
  const own = `/${cut(agent, LONGEST_AGENT, sha256)}-${hash.slice(0, HEX)}${time === 1 ? '' : `-${time}`}`;
  return `${cut(parent, LONGEST - own.length, sha256)}${own}`;
}

/** At most `longest` characters, and still only its own. */
function cut(name: string, longest: number, sha256: Sha256Of): string {
  return name.length <= longest ? name : `${name.slice(0, longest - HEX - 1)}-${sha256(name).slice(0, HEX)}`;
}
