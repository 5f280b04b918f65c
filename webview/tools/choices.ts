import type { AskedCall, PolicyAnswer } from '../../src/core/model/tool-call';

/** What a person left out of what is asked: whole calls by key, and files by the key of their call. */
export interface Choices {
  readonly refused: readonly string[];
  readonly without: Readonly<Record<string, readonly string[]>>;
}

export const allChosen: Choices = { refused: [], without: {} };

/** Files of a call that can be decided one by one; empty where the call is decided as one. */
export function filesOf({ files = [] }: AskedCall): readonly string[] {
  return files.length > 1 ? files : [];
}

export function isRefused({ refused, without }: Choices, call: AskedCall): boolean {
  const files = filesOf(call);
  return (
    refused.includes(call.key) ||
    (files.length > 0 && files.every((path) => without[call.key]?.includes(path) === true))
  );
}

export function isLeft({ without }: Choices, call: AskedCall, path: string): boolean {
  return without[call.key]?.includes(path) === true;
}

/** The whole call on or off; with it all of its files. */
export function withCall(choices: Choices, call: AskedCall, isAccepted: boolean): Choices {
  const refused = choices.refused.filter((key) => key !== call.key);
  return {
    refused: isAccepted ? refused : [...refused, call.key],
    without: { ...choices.without, [call.key]: isAccepted ? [] : filesOf(call) },
  };
}

/** One file on or off. A call whose last file is refused is refused, and the other way round. */
export function withFile(choices: Choices, call: AskedCall, path: string, isAccepted: boolean): Choices {
  const left = filesOf(call).filter((other) => (other === path ? !isAccepted : isLeft(choices, call, other)));
  const without = { ...choices.without, [call.key]: left };
  const refused = choices.refused.filter((key) => key !== call.key);
  return isRefused({ refused, without }, call)
    ? { refused: [...refused, call.key], without }
    : { refused, without };
}

/** How much of it all is accepted: a call that has files counts as its files. */
export function countAccepted(
  choices: Choices,
  calls: readonly AskedCall[],
): { all: number; accepted: number } {
  let all = 0;
  let accepted = 0;
  for (const call of calls) {
    const files = filesOf(call);
    all += Math.max(1, files.length);
    if (isRefused(choices, call)) continue;
    accepted += files.length === 0 ? 1 : files.filter((path) => !isLeft(choices, call, path)).length;
  }
  return { all, accepted };
}

/** What "Allow for This Run" would say of the calls that are accepted whole. */
export function offersForRun(choices: Choices, calls: readonly AskedCall[]): readonly string[] {
  const whole = calls.filter(
    (call) => !isRefused(choices, call) && (choices.without[call.key] ?? []).length === 0,
  );
  return [...new Set(whole.flatMap(({ forRun }) => (forRun === undefined ? [] : [forRun.says])))];
}

/** The value of the decision; undefined when all of it is allowed, once. */
export function policyAnswer(
  choices: Choices,
  calls: readonly AskedCall[],
  forRun: boolean,
): PolicyAnswer | undefined {
  const refuse = calls.filter((call) => isRefused(choices, call)).map(({ key }) => key);
  const without = Object.fromEntries(
    calls
      .filter((call) => !isRefused(choices, call) && (choices.without[call.key] ?? []).length > 0)
      .map(({ key }) => [key, choices.without[key] ?? []]),
  );
  const isPartial = refuse.length > 0 || Object.keys(without).length > 0;
  if (!forRun && !isPartial) return undefined;
  return {
    ...(forRun && { forRun: true }),
    ...(refuse.length > 0 && { refuse }),
    ...(Object.keys(without).length > 0 && { without }),
  };
}
