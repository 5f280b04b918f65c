import { canonicalJson, type JsonObject } from '../../base/json';
import type { Sha256 } from '../../model/ids';
import type { Effect } from '../effect';

/** What a decision is about. */
export interface ShownCall {
  readonly tool: string;
  readonly effects: readonly Effect[];
  readonly shown: JsonObject;
}

/** Binds a decision to exactly what was shown: any change of tool, effects or text gives another hash. */
export function shownHash(call: ShownCall, sha256: (text: string) => Sha256): Sha256 {
  // The fields by name: whatever else the caller's object carries is no part of the decision.
  return sha256(canonicalJson({ tool: call.tool, effects: call.effects, shown: call.shown }));
}
