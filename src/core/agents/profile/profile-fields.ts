import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import { nearest } from '../../base/nearest';
import type { FrontMatter, Place } from '../../workflow/front-matter';
import type { AnswerCheck } from './answer-faults';
import type { Capability, ModelPreferences } from './profile';

const LONGEST_LINE = 300;
const MOST_ITEMS = 64;
/** Characters of a prompt. */
const LONGEST_PROMPT = 16_000;
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/** Reads the fields of an agent's own file, each with its fault where it stands. */
export class ProfileFields {
  constructor(private readonly head: FrontMatter) {}

  onlyKeys(known: readonly string[]): void {
    for (const key of this.head.keys()) {
      if (known.includes(key)) continue;
      const meant = nearest(key, known);
      const hint = meant === undefined ? undefined : `Did you mean "${meant}"?`;
      this.head.error('unknown-key', `An agent has no field "${key}".`, key, hint);
    }
  }

  /** A kebab-case name; empty after a fault. */
  name(field: string): string {
    const value = this.head.value(field);
    return this.isName(value, field) ? value : '';
  }

  names(field: string): string[] {
    return this.items(field).filter((value, index): value is string => this.isName(value, [field, index]));
  }

  /** One line of text; empty after a fault. */
  line(field: string): string {
    const value = this.head.value(field);
    return this.isLine(value, field) ? value : '';
  }

  lines(field: string): string[] {
    return this.items(field).filter((value, index): value is string => this.isLine(value, [field, index]));
  }

  object(field: string): JsonObject | undefined {
    const value = this.head.value(field);
    if (value === undefined || isJsonObject(value)) return value;
    this.head.error('wrong-type', `"${field}" is a mapping.`, field);
    return undefined;
  }

  /** The schema of the answer, with what its short form leaves out. */
  schema(field: string): JsonObject | undefined {
    const schema = this.object(field);
    return schema === undefined ? undefined : (closed(schema) as JsonObject);
  }

  /** Phrase: confidence. The best first. */
  capabilities(): Capability[] {
    const found: Capability[] = [];
    for (const [name, confidence] of Object.entries(this.object('capabilities') ?? {})) {
      const place = ['capabilities', name];
      if (!/^[a-z][a-z0-9+#/ -]{2,60}$/.test(name))
        this.head.error('bad-capability', `"${name}" is no phrase of lower-case words.`, place);
      else if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1))
        this.head.error('bad-confidence', `The confidence of "${name}" is a number from 0 to 1.`, place);
      else found.push({ name, confidence });
    }
    return found.sort((a, b) => b.confidence - a.confidence);
  }

  model(): ModelPreferences {
    const model = this.object('model') ?? {};
    const prefer = Array.isArray(model['prefer']) ? (model['prefer'] as readonly JsonValue[]) : [];
    const needs = isJsonObject(model['needs']) ? model['needs'] : {};
    for (const [index, provider] of prefer.entries()) {
      if (typeof provider !== 'string' || !/^[a-z][\w.:/-]{1,100}$/.test(provider))
        this.head.error('bad-model', 'A preference is "provider" or "provider/model".', [
          'model',
          'prefer',
          index,
        ]);
    }
    const { context } = needs;
    if (context !== undefined && (typeof context !== 'number' || !Number.isInteger(context) || context < 1))
      this.head.error('bad-model', '"context" is a number of tokens.', ['model', 'needs', 'context']);
    return {
      prefer: prefer.filter((provider) => typeof provider === 'string'),
      needs: {
        tools: needs['tools'] === true,
        structuredOutput: needs['structuredOutput'] === true,
        ...(typeof context === 'number' && { context }),
      },
    };
  }

  checks(): AnswerCheck[] {
    return this.items('checks').flatMap((check, index): AnswerCheck[] => {
      if (isJsonObject(check) && typeof check['say'] === 'string') {
        const { every, in: listed, unique, say } = check;
        if (typeof every === 'string' && typeof listed === 'string')
          return [{ type: 'in', every, in: listed, say }];
        if (typeof unique === 'string') return [{ type: 'unique', unique, say }];
        const { if: path, is, never, value } = check;
        if (typeof path === 'string' && is !== undefined && typeof never === 'string')
          return [{ type: 'never', if: path, is, never, ...(value !== undefined && { value }), say }];
      }
      this.head.error(
        'bad-check',
        'A check says "every" and "in", or "unique", or "if", "is" and "never"; and "say".',
        ['checks', index],
      );
      return [];
    });
  }

  prompt(): string {
    const prompt = this.head.body.trim();
    if (prompt === '') this.head.error('no-prompt', 'Below the fields there is no prompt.');
    else if (prompt.length > LONGEST_PROMPT)
      this.head.error('too-large', `The prompt is longer than ${LONGEST_PROMPT} characters.`);
    return prompt;
  }

  private items(field: string): readonly JsonValue[] {
    const value = this.head.value(field);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.head.error('wrong-type', `"${field}" is a list.`, field);
      return [];
    }
    if (value.length > MOST_ITEMS)
      this.head.error('too-many', `"${field}" has more than ${MOST_ITEMS} items.`, field);
    return value.slice(0, MOST_ITEMS) as readonly JsonValue[];
  }

  private isName(value: JsonValue | undefined, place: Place): value is string {
    if (typeof value === 'string' && NAME.test(value)) return true;
    const what = typeof place === 'string' ? `"${place}"` : `An item of "${place[0] ?? ''}"`;
    this.head.error('bad-name', `${what} is lower-case letters, digits, hyphens and underscores.`, place);
    return false;
  }

  private isLine(value: JsonValue | undefined, place: Place): value is string {
    if (
      typeof value === 'string' &&
      value.trim() !== '' &&
      !/[\r\n]/.test(value) &&
      value.length <= LONGEST_LINE
    )
      return true;
    const what = typeof place === 'string' ? `"${place}"` : `An item of "${place[0] ?? ''}"`;
    this.head.error('bad-text', `${what} is one line of at most ${LONGEST_LINE} characters.`, place);
    return false;
  }
}

/**
 * A schema in which every object is closed and needs all its properties, unless it says otherwise itself: what an agent's file
 * lists is what the answer has, and every vendor's strict mode takes it.
 */
function closed(schema: JsonValue): JsonValue {
  if (!isJsonObject(schema)) return schema;
  const { properties, items } = schema;
  const whole: Record<string, JsonValue> = { ...schema };
  if (isJsonObject(properties)) {
    whole['type'] = schema['type'] ?? 'object';
    whole['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, inner]) => [name, closed(inner)]),
    );
    whole['required'] = schema['required'] ?? Object.keys(properties);
    whole['additionalProperties'] = schema['additionalProperties'] ?? false;
  }
  if (items !== undefined) whole['items'] = closed(items);
  return whole;
}
