import { isJsonObject, type JsonObject, type JsonValue } from '../base/json';
import type { Approval, Decision } from './approval';
import type { CallAnswer, PolicyAnswer } from './tool-call';

/** Whether a question is about calls of an agent: once it is answered, the step goes on in the middle of its work. */
export function isAboutCalls({ kind, shown }: Pick<Approval, 'kind' | 'shown'>): boolean {
  return kind === 'policy' || (kind === 'uncertain' && shown.calls !== undefined);
}

/** Reads the value of a decision about a `policy` question; undefined when it is none. No value: all of it, once. */
export function readPolicyAnswer(value: JsonValue | undefined): PolicyAnswer | undefined {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) return undefined;
  const { forRun, refuse, without, ...rest } = value;
  if (Object.keys(rest).length > 0) return undefined;
  if (forRun !== undefined && typeof forRun !== 'boolean') return undefined;
  if (refuse !== undefined && !isTexts(refuse)) return undefined;
  if (without !== undefined && !(isJsonObject(without) && Object.values(without).every(isTexts)))
    return undefined;
  return {
    ...(forRun !== undefined && { forRun }),
    ...(refuse !== undefined && { refuse }),
    ...(without !== undefined && { without: without as Readonly<Record<string, readonly string[]>> }),
  };
}

/** What a decision that counts says about each call that was asked, by its key. */
export function callAnswers({ kind, shown }: Approval, decision: Decision): Map<string, CallAnswer> {
  const calls = shown.calls ?? [];
  const { action, value, comment } = decision;
  const told = comment === undefined ? {} : { comment };
  if (kind === 'uncertain') {
    if (action === 'retry') return new Map(calls.map(({ key }) => [key, { type: 'again' }]));
    if (action !== 'approve' && action !== 'modify') return new Map();
    const happened = { type: 'happened', ...(value !== undefined && { value }) } as const;
    return new Map(calls.map(({ key }) => [key, happened]));
  }
  if (kind !== 'policy') return new Map();
  if (action === 'retry') return new Map(calls.map(({ key }) => [key, { type: 'refuse', ...told }]));
  if (action !== 'approve') return new Map();
  const { refuse = [], without = {} } = readPolicyAnswer(value) ?? {};
  return new Map(
    calls.map(({ key, hash, files }): [string, CallAnswer] => {
      const left = Object.hasOwn(without, key) ? (without[key] ?? []) : [];
      const isRefused =
        refuse.includes(key) || (files !== undefined && files.every((path) => left.includes(path)));
      if (isRefused) return [key, { type: 'refuse', ...told }];
      return [key, { type: 'allow', hash, without: left, ...(left.length > 0 && told) }];
    }),
  );
}

/** What "Allow for this run" granted. Calls that were refused, or only in part allowed, grant nothing. */
export function grantedBy(approval: Approval, decision: Decision): readonly JsonObject[] {
  if (approval.kind !== 'policy' || decision.action !== 'approve') return [];
  if (readPolicyAnswer(decision.value)?.forRun !== true) return [];
  const answers = callAnswers(approval, decision);
  return (approval.shown.calls ?? []).flatMap(({ key, forRun }) => {
    const answer = answers.get(key);
    return answer?.type === 'allow' && answer.without.length === 0 ? (forRun?.allowances ?? []) : [];
  });
}

const isTexts = (value: JsonValue): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
