import type { JsonObject, JsonValue } from '../../src/core/base/json';
import type { InputDeclaration } from '../../src/core/model/workflow';

/** What a person typed, by input. Checkboxes hold "true" or "". */
export type FormTexts = Readonly<Record<string, string>>;

/** The texts a form begins with: the last values, else the defaults. */
export function initialTexts(
  inputs: Readonly<Record<string, InputDeclaration>>,
  values: JsonObject,
): FormTexts {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, textOf(input, values[name] ?? input.default)]),
  );
}

function textOf(input: InputDeclaration, value: JsonValue | undefined): string {
  if (input.type === 'boolean') return value === true ? 'true' : '';
  if (value === undefined || value === null) {
    // A dropdown always shows one of its values; sending another would be a surprise.
    return input.type === 'choice' ? (input.options?.[0] ?? '') : '';
  }
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, input.type === 'json' ? 2 : 0);
}

/** The typed values of a form, or what is wrong with each field. Empty optional fields are left out. */
export function readForm(
  inputs: Readonly<Record<string, InputDeclaration>>,
  texts: FormTexts,
): { readonly values: JsonObject; readonly errors: Readonly<Record<string, string>> } {
  const values: Record<string, JsonValue> = {};
  const errors: Record<string, string> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const text = texts[name] ?? '';
    if (input.type === 'boolean') {
      values[name] = text === 'true';
    } else if (text.trim() === '') {
      if (input.required) errors[name] = 'Needs a value.';
    } else if (input.type === 'number') {
      const number = Number(text);
      if (Number.isFinite(number)) values[name] = number;
      else errors[name] = 'Needs a number, like 3 or 0.5.';
    } else if (input.type === 'choice') {
      if (input.options === undefined || input.options.includes(text)) values[name] = text;
      else errors[name] = `Choose one of ${input.options.join(', ')}.`;
    } else if (input.type === 'json') {
      try {
        values[name] = JSON.parse(text) as JsonValue;
      } catch {
        errors[name] = 'Needs JSON, like {"a": 1} or ["b"].';
      }
    } else {
      values[name] = text;
    }
  }
  return { values, errors };
}
