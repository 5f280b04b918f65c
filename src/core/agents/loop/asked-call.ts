import { toJson, type JsonObject } from '../../base/json';
import type { AskedCall } from '../../model/tool-call';
import type { Verdict } from '../../tools/effect';
import type { JudgeContext } from '../../tools/policy/judge';
import type { PreparedCall } from '../../tools/tool';
import type { StartedCall } from '../agent';
import type { CallInTurn } from './call-in-turn';
import { runAllowances } from './run-allowances';

/** A call as a person is asked about it. */
export function askedCall(
  { key }: CallInTurn,
  prepared: PreparedCall,
  { rule, why }: Verdict,
  context: JudgeContext & { readonly hash: string },
): AskedCall {
  const { files = [] } = prepared;
  const forRun = runAllowances(prepared, context);
  return {
    ...shownCall({ key, agent: context.agent, tool: context.tool, rule, why }, prepared, context.hash),
    ...(files.length > 1 && { files: files.map(({ path }) => path) }),
    ...(forRun !== undefined && { forRun }),
  };
}

/** A call that may have happened: as it would be made now, or, where it cannot be made any more, as it was recorded. */
export function uncertainCall(
  { key }: CallInTurn,
  started: StartedCall,
  now: { readonly prepared: PreparedCall; readonly hash: string } | undefined,
): AskedCall {
  const { agent, tool, hash } = started;
  const rule = 'uncertain';
  const why = 'It had begun when the program ended: it may have happened.';
  const about = { key, agent, tool, rule, why };
  if (now !== undefined) return shownCall(about, now.prepared, now.hash);
  return { ...about, shown: { tool, arguments: started.arguments }, effects: [], hash };
}

function shownCall(
  about: Pick<AskedCall, 'key' | 'agent' | 'tool' | 'rule' | 'why'>,
  { shown, effects }: PreparedCall,
  hash: string,
): AskedCall {
  return { ...about, shown, effects: effects.map((effect) => toJson(effect) as JsonObject), hash };
}
