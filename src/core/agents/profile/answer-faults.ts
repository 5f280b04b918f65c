import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import { schemaFaults } from '../../base/schema-faults';

/**
 * What must hold between the parts of an answer, which a schema cannot say. Paths are dotted, `[]` is each item of a list:
 * `claims[].sources[]`.
 */
export type AnswerCheck =
  /** Every value at one path is also a value at another: what is cited is listed. */
  | { readonly type: 'in'; readonly every: string; readonly in: string; readonly say: string }
  /** No two values at a path are equal. */
  | { readonly type: 'unique'; readonly unique: string; readonly say: string }
  /** When a value stands at one path, another never stands at a second one; without `value`, nothing stands there. */
  | {
      readonly type: 'never';
      readonly if: string;
      readonly is: JsonValue;
      readonly never: string;
      readonly value?: JsonValue;
      readonly say: string;
    };

const MOST_TOLD = 5;
/** Characters of a value that are told. */
const LONGEST_VALUE = 120;

/** What of an agent's answer fits neither its schema nor its checks, one sentence each; empty when it is sound. */
export function answerFaults(
  agent: { readonly output?: JsonObject; readonly checks: readonly AnswerCheck[] },
  answer: JsonValue,
): string[] {
  const faults = agent.output === undefined ? [] : schemaFaults(agent.output, answer);
  // Checks look at places that the schema promises.
  if (faults.length > 0) return faults;
  return agent.checks.flatMap((check) => checkFaults(check, answer)).slice(0, MOST_TOLD);
}

function checkFaults(check: AnswerCheck, answer: JsonValue): string[] {
  const textsAt = (path: string) => valuesAt(answer, path).map(canonicalJson);
  switch (check.type) {
    case 'in': {
      const listed = new Set(textsAt(check.in));
      const missing = new Set(textsAt(check.every).filter((text) => !listed.has(text)));
      return [...missing].map((text) => told(check, text));
    }
    case 'unique': {
      const texts = textsAt(check.unique);
      const twice = new Set(texts.filter((text, index) => texts.indexOf(text) !== index));
      return [...twice].map((text) => told(check, text));
    }
    case 'never': {
      if (!textsAt(check.if).includes(canonicalJson(check.is))) return [];
      const forbidden = textsAt(check.never).find(
        (text) => check.value === undefined || text === canonicalJson(check.value),
      );
      return forbidden === undefined ? [] : [told(check, forbidden)];
    }
    default:
      return check satisfies never;
  }
}

const told = (check: AnswerCheck, text: string): string => `${check.say}: ${text.slice(0, LONGEST_VALUE)}`;

/** Every value at a path, in order. What is absent gives none. */
function valuesAt(value: JsonValue, path: string): JsonValue[] {
  let found: JsonValue[] = [value];
  for (const part of path.split('.')) {
    const isList = part.endsWith('[]');
    const name = isList ? part.slice(0, -2) : part;
    found = found.flatMap((holder) => {
      if (!isJsonObject(holder) || !Object.hasOwn(holder, name)) return [];
      const inner = holder[name] as JsonValue;
      if (!isList) return [inner];
      return Array.isArray(inner) ? [...(inner as readonly JsonValue[])] : [];
    });
  }
  return found;
}
