import { isJsonObject, type JsonObject, type JsonValue } from '../base/json';
import type { InputDeclaration } from '../model/workflow';
import { nearest } from '../base/nearest';

export interface InputProblem {
  readonly input: string;
  /** "missing-input", "unknown-input", "input-type" or "input-choice". */
  readonly code: string;
  readonly message: string;
}

export interface ResolvedInputs {
  /** Declared inputs that have a value; an optional one without a default is absent. */
  readonly values: JsonObject;
  readonly problems: readonly InputProblem[];
}

/**
 * The inputs of a run: texts (as typed in a terminal or a form) are converted to the declared types, defaults fill
 * the gaps. `allowMissing` is for rehearsals, where a missing input renders as `<name>`.
 */
export function resolveInputs(
  declarations: Readonly<Record<string, InputDeclaration>>,
  given: JsonObject,
  options: { readonly allowMissing?: boolean } = {},
): ResolvedInputs {
  const values = Object.create(null) as Record<string, JsonValue>;
  const problems: InputProblem[] = [];
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(declarations, name)) continue;
    const hint = nearest(name, Object.keys(declarations));
    problems.push({
      input: name,
      code: 'unknown-input',
      message: `This workflow has no input "${name}".${hint === undefined ? '' : ` Did you mean "${hint}"?`}`,
    });
  }
  for (const [name, declaration] of Object.entries(declarations)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || isBlank(value, declaration)) {
      if (declaration.default !== undefined) values[name] = declaration.default;
      else if (declaration.required && options.allowMissing !== true) {
        const about = declaration.description?.trim().replace(/[.\s]+$/, '') ?? '';
        problems.push({
          input: name,
          code: 'missing-input',
          message: `The input "${name}" has no value${about === '' ? '' : ` (${about})`}.`,
        });
      }
      continue;
    }
    const converted = convertInput(declaration, value);
    if ('value' in converted) values[name] = converted.value;
    else
      problems.push({ input: name, code: converted.code, message: `The input "${name}" ${converted.why}.` });
  }
  return { values, problems };
}

/** An emptied field of a form means "not given", except where an empty text is a fine text. */
function isBlank(value: JsonValue, declaration: InputDeclaration): boolean {
  if (value === null) return declaration.type !== 'json';
  return value === '' && (declaration.type !== 'string' || declaration.required);
}

export type ConvertedInput = { readonly value: JsonValue } | { readonly code: string; readonly why: string };

/** One value as the declared type; `why` completes the sentence "The input ...". */
export function convertInput(declaration: InputDeclaration, value: JsonValue): ConvertedInput {
  switch (declaration.type) {
    case 'string':
      if (typeof value === 'string') return { value };
      if (typeof value === 'number' || typeof value === 'boolean') return { value: String(value) };
      return { code: 'input-type', why: 'must be a text' };
    case 'number': {
      if (typeof value === 'number') return { value };
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
      return Number.isFinite(number) ? { value: number } : { code: 'input-type', why: 'must be a number' };
    }
    case 'boolean': {
      if (typeof value === 'boolean') return { value };
      const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
      if (text === 'true' || text === 'false') return { value: text === 'true' };
      return { code: 'input-type', why: 'must be true or false' };
    }
    case 'choice': {
      const options = declaration.options ?? [];
      const text = typeof value === 'string' ? value : isScalar(value) ? String(value) : undefined;
      if (text !== undefined && options.includes(text)) return { value: text };
      return { code: 'input-choice', why: `must be one of: ${options.join(', ')}` };
    }
    case 'json': {
      if (typeof value !== 'string') return { value };
      try {
        return { value: JSON.parse(value) as JsonValue };
      } catch {
        return { code: 'input-type', why: 'must be JSON, e.g. {"a": 1} or "a text in quotes"' };
      }
    }
    default:
      return declaration.type satisfies never;
  }
}

function isScalar(value: JsonValue): value is string | number | boolean {
  return value !== null && !Array.isArray(value) && !isJsonObject(value);
}
