import type { ModelFacts } from './model-shape';
import { TABLE_DATE } from './model-table';

/** What will be asked of a model, as far as it is known. */
export interface ModelNeeds {
  readonly tools?: boolean;
  readonly structuredOutput?: boolean;
  readonly temperature?: boolean;
  /** Tokens, estimated. */
  readonly input?: number;
  /** Tokens of the longest answer. */
  readonly output?: number;
}

/** Something to know before a model is asked. `code` is stable. */
export interface ModelWarning {
  readonly code:
    | 'unknown-model'
    | 'retired-model'
    | 'deprecated-model'
    | 'unpriced-model'
    | 'small-context'
    | 'answer-limit'
    | 'missing-ability';
  readonly message: string;
  readonly suggestion?: string;
}

/** Everything that speaks against a model, worst first; nothing when there is nothing to say. The file and the log tell the same. */
export function modelWarnings(
  id: string,
  facts: ModelFacts | undefined,
  needs: ModelNeeds = {},
): readonly ModelWarning[] {
  if (facts === undefined) {
    const message = `The model "${id}" is not in the table of models (of ${TABLE_DATE}): its price, its size and its abilities are not known.`;
    return [{ code: 'unknown-model', message }];
  }
  return [...lifeWarnings(facts), ...sizeWarnings(facts, needs), ...abilityWarnings(facts, needs)];
}

function lifeWarnings(facts: ModelFacts): ModelWarning[] {
  const { title, status, endsOn, asOf, price } = facts;
  const use = facts.successor === undefined ? {} : { suggestion: `Use "${facts.successor}".` };
  if (status === 'retired') {
    const since = endsOn === undefined ? '' : ` since ${endsOn}`;
    return [{ code: 'retired-model', message: `${title} is retired${since}: requests for it fail.`, ...use }];
  }
  const warnings: ModelWarning[] = [];
  if (status === 'deprecated') {
    const end = endsOn === undefined ? 'will end' : `ends on ${endsOn}`;
    warnings.push({ code: 'deprecated-model', message: `${title} ${end} (as of ${asOf}).`, ...use });
  }
  if (price === undefined) {
    const message = `${title} has no known price: what it costs cannot be counted.`;
    warnings.push({ code: 'unpriced-model', message, suggestion: 'Set its price in your own "prices".' });
  }
  return warnings;
}

function sizeWarnings(facts: ModelFacts, { input, output }: ModelNeeds): ModelWarning[] {
  const warnings: ModelWarning[] = [];
  if (output !== undefined && output > facts.maxOutput) {
    const message = `${facts.title} answers with at most ${facts.maxOutput} tokens, not ${output}.`;
    warnings.push({ code: 'answer-limit', message });
  }
  const whole = (input ?? 0) + (output ?? 0);
  if (input !== undefined && whole > facts.context) {
    const message = `About ${whole} tokens of prompt and answer do not fit ${facts.title}, which takes ${facts.context}.`;
    warnings.push({ code: 'small-context', message });
  }
  return warnings;
}

function abilityWarnings({ title, abilities }: ModelFacts, needs: ModelNeeds): ModelWarning[] {
  const missing: string[] = [];
  if (needs.tools === true && !abilities.tools) missing.push(`${title} cannot use tools here.`);
  if (needs.structuredOutput === true && !abilities.structuredOutput) {
    missing.push(`${title} cannot be held to a JSON Schema.`);
  }
  if (needs.temperature === true && !abilities.temperature) missing.push(`${title} takes no "temperature".`);
  return missing.map((message) => ({ code: 'missing-ability', message }));
}
