import type { JsonObject } from '../../base/json';
import type { AskedCall } from '../../model/tool-call';
import type { Effect } from '../../tools/effect';
import { allowanceToJson, isCovered, type Allowance } from '../../tools/policy/allowance';
import { hostOf } from '../../tools/policy/host-pattern';
import { exactAllowances, judge, type JudgeContext } from '../../tools/policy/judge';
import { effectPlace } from '../../tools/policy/policy-place';
import { visibleText } from '../../tools/policy/visible-text';
import type { PreparedCall } from '../../tools/tool';

/**
 * What "Allow for this run" would allow: exactly this call, and where its question may be answered for more than one call, the
 * narrowest that fits: files of the same folder, the same host, the same command.
 */
export function runAllowances(prepared: PreparedCall, context: JudgeContext): AskedCall['forRun'] {
  const exact = exactAllowances(prepared.effects, context);
  if (exact.length === 0) return undefined;
  const wider = new Map<string, Wider>();
  for (const effect of prepared.effects) {
    const found = widerFor(effect, prepared.shown, context);
    if (found !== undefined) wider.set(found.says, found);
  }
  const says = [...wider.keys()];
  return {
    says:
      says.length === 0
        ? 'Exactly this call, for the rest of the run.'
        : `${says.join(', ')}, for the rest of the run.`,
    allowances: [...exact, ...[...wider.values()].map(({ allowance }) => allowance)].map(allowanceToJson),
  };
}

interface Wider {
  readonly allowance: Allowance;
  readonly says: string;
}

/** Undefined where nothing is asked of the effect, or where each such call is worth a look of its own. */
function widerFor(effect: Effect, shown: JsonObject, context: JudgeContext): Wider | undefined {
  const { verdict, rule } = judge([effect], context);
  const found = verdict === 'ask' ? patternFor(effect, shown, context) : undefined;
  if (found === undefined) return undefined;
  return isCovered([found.allowance], { tool: context.tool, effect, rule }, context) ? found : undefined;
}

function patternFor(effect: Effect, shown: JsonObject, context: JudgeContext): Wider | undefined {
  const { tool } = context;
  switch (effect.type) {
    case 'write': {
      const { relative } = effectPlace(effect.path, context);
      // A name with the signs of a pattern would mean other files.
      if (relative === undefined || /[*?[\]{}()!+@\\]/.test(relative)) return undefined;
      const folder = relative.slice(0, relative.lastIndexOf('/') + 1);
      return {
        allowance: { type: 'path', tool, glob: `${folder}*` },
        says: `${tool} for files in ${folder === '' ? 'the workspace itself' : visibleText(folder)}`,
      };
    }
    case 'network': {
      const host = hostOf(effect.url);
      if (host === undefined || effect.purpose !== 'fetch') return undefined;
      return { allowance: { type: 'host', tool, host }, says: `${tool} from ${visibleText(host)}` };
    }
    case 'shell': {
      const { command } = effect;
      // The content of a script that it names is part of what is agreed to, and a rule would not hold it.
      const { files } = shown;
      if (typeof command === 'string' || !Array.isArray(files) || files.length > 0) return undefined;
      return {
        allowance: { type: 'command', tool, command: { type: 'exact', argv: command } },
        says: `the command ${command.map((word) => visibleText(word)).join(' ')}`,
      };
    }
    default:
      return undefined;
  }
}
