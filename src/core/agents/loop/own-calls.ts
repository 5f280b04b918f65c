import type { ParticipantName } from '../../model/message';
import type { CallLog } from '../agent';
import type { Sha256Of } from '../chat/fenced-data';

/**
 * The record of a step's calls as one of the agents in it sees it: the answers that it got itself. Two agents that are asked the same
 * make the same requests, and after an interruption each goes on from its own answers.
 */
export function ownCalls(log: CallLog, participant: ParticipantName, sha256: Sha256Of): CallLog {
  const own = (requestHash: string) => sha256(`${participant}\n${requestHash}`);
  return {
    answered: (requestHash) => log.answered(own(requestHash)),
    begin: () => log.begin(),
    routed: (call, event) => log.routed(call, event),
    record: (call, answered) => log.record(call, { ...answered, requestHash: own(answered.requestHash) }),
  };
}
