import type { Decision } from '../../../src/core/model/approval';
import type { AskedCall, PolicyAnswer } from '../../../src/core/model/tool-call';
import type { Random } from '../random';
import { CANARY_WORD, HARMLESS_WORD } from './hostile-calls';

/** What a person says to a question about calls: of what is ordinary a random part is allowed. */
export function decides(
  calls: readonly AskedCall[],
  random: Random,
): Pick<Decision, 'action' | 'value' | 'comment'> {
  if (random.chance(0.07)) return { action: 'retry', comment: 'Not now.' };
  const refused = calls.filter((call) => !isOrdinary(call) || random.chance(0.25)).map(({ key }) => key);
  const without = Object.fromEntries(
    calls
      .filter(({ key, files }) => files !== undefined && !refused.includes(key) && random.chance(0.6))
      .map(({ key, files = [] }) => [key, files.filter(() => random.chance(0.5))]),
  );
  const value: PolicyAnswer = {
    ...(random.chance(0.25) && { forRun: true }),
    ...(refused.length > 0 && { refuse: refused }),
    ...(Object.keys(without).length > 0 && { without }),
  };
  return { action: 'approve', ...(Object.keys(value).length > 0 && { value: { ...value } }) };
}

/** Nobody allows a canary. Of commands only those that do nothing but sign; pages and files as they come. */
function isOrdinary({ tool, shown }: AskedCall): boolean {
  const text = JSON.stringify(shown);
  if (tool !== 'run_command') return true;
  return (
    !text.includes(CANARY_WORD) &&
    (text.includes(HARMLESS_WORD) || /"command":\["record","(?:check|version)"/.test(text))
  );
}
