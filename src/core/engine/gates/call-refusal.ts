import type { Approval, Decider, Decision } from '../../model/approval';
import { isAboutCalls, readPolicyAnswer } from '../../model/policy-answer';

/** Why a decision about calls does not count, for people; undefined when it does, and for every other question. */
export function callRefusal(approval: Approval, decision: Decision, by: Decider): string | undefined {
  if (!isAboutCalls(approval)) return undefined;
  if (by.channel !== 'editor' && by.channel !== 'terminal')
    return 'Only a person decides about what agents do.';
  if (approval.kind !== 'policy' || decision.action !== 'approve') return undefined;
  const answer = readPolicyAnswer(decision.value);
  if (answer === undefined) return 'The answer cannot be read: give "forRun", "refuse" and "without".';
  const { refuse = [], without = {} } = answer;
  const calls = new Map((approval.shown.calls ?? []).map((call) => [call.key, call]));
  const unknown = [...refuse, ...Object.keys(without)].find((key) => !calls.has(key));
  if (unknown !== undefined) return `No call ${unknown.slice(0, 12)} was shown here.`;
  for (const [key, paths] of Object.entries(without)) {
    const files = calls.get(key)?.files ?? [];
    // The name of a file that holds a hidden value is not shown, and so the file cannot be told apart.
    const other = paths.find((path) => !files.includes(path) || path.includes('[hidden: '));
    if (other !== undefined)
      return `${other} cannot be left out of that call by itself; refuse the whole call instead.`;
  }
  return undefined;
}
