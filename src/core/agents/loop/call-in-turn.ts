import { canonicalJson } from '../../base/json';
import type { Sha256 } from '../../model/ids';
import type { ParticipantName } from '../../model/message';
import type { ToolCall } from '../../providers/provider';
import type { Sha256Of } from '../chat/fenced-data';

/** A call that a model asks for in one of its turns. */
export interface CallInTurn {
  readonly call: ToolCall;
  /** The same when the attempt is made again: of the turn, the place in it, who asks and what. */
  readonly key: Sha256;
}

/** The calls of the turn whose request has this hash. Ids that a provider gave are no part of their keys. */
export function callsInTurn(
  requestHash: Sha256,
  calls: readonly ToolCall[],
  participant: ParticipantName,
  sha256: Sha256Of,
): readonly CallInTurn[] {
  return calls.map((call, at) => ({
    call,
    key: sha256(
      canonicalJson({
        turn: requestHash,
        at,
        agent: participant,
        tool: call.name,
        arguments: call.arguments,
      }),
    ),
  }));
}
