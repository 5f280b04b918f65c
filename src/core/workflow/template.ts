/*
 * owns: `{{ path }}` in prompts, arguments and messages, and `${{ expression }}` in values of `with:`.
 * does not own: shell text, which is never filled in.
 * must stay true: pure, bounded, own properties only, never throws; what is missing is never the text "undefined".
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json';
import { evaluateValue, wholeExpression, type ValueContext } from './expressions';

/** A place in a text that is filled in. `start` and `end` are 0-based offsets around the braces. */
export type Placeholder = { readonly start: number; readonly end: number; readonly source: string } & (
  | { readonly kind: 'path'; readonly path: readonly string[] }
  | { readonly kind: 'expression' }
  /** `{{ '{{' }}`: the quoted text itself. */
  | { readonly kind: 'literal'; readonly text: string }
  /** Neither a path nor a quoted text. */
  | { readonly kind: 'bad' }
);

/**
 * What to do where a name leads to nothing: show it as `<name>` (rehearsal), report a fault (a real run),
 * or leave it empty and note it. A value that is there and null, and what would stand below it
 * (a skipped step), is always empty and noted.
 */
export type MissingRule = 'placeholder' | 'error' | 'empty';

export interface RenderOptions {
  readonly missing: MissingRule;
}

export interface Rendered<Value> {
  readonly value: Value;
  /** One sentence for each place that was left empty or shown as a placeholder. */
  readonly notes: readonly string[];
  /** Not empty: the value is not to be used. */
  readonly faults: readonly string[];
}

export interface RenderedText extends Rendered<string> {
  /** Same as `value`. */
  readonly text: string;
}

/** No rendered text is longer: a prompt that size helps nobody. */
const MAX_RENDERED = 8_000_000;

const OPENING = /\$?\{\{/g;

/** Every `{{ }}` and `${{ }}` of a text, in order. An opening without an end is plain text. */
export function placeholders(template: string): readonly Placeholder[] {
  if (!template.includes('{{')) return [];
  const found: Placeholder[] = [];
  OPENING.lastIndex = 0;
  for (let match = OPENING.exec(template); match !== null; match = OPENING.exec(template)) {
    const open = match.index + match[0].length;
    const close = closing(template, open);
    // Nothing ends it here, so nothing ends what follows either.
    if (close < 0) break;
    const source = template.slice(open, close);
    const place = { start: match.index, end: close + 2, source };
    if (match[0].startsWith('$')) found.push({ ...place, kind: 'expression' });
    else found.push(pathPlaceholder(place));
    OPENING.lastIndex = close + 2;
  }
  return found;
}

/** The first `}}` outside of single quotes; without one, the first at all. */
function closing(template: string, from: number): number {
  const end = template.indexOf('}}', from);
  if (end < 0) return -1;
  const quote = template.indexOf("'", from);
  if (quote < 0 || quote > end) return end;
  let isQuoted = false;
  // A quoted part does not run over the end of its line: prose has apostrophes, too.
  for (let at = from; at < template.length && template[at] !== '\n'; at++) {
    if (template[at] === "'") isQuoted = !isQuoted;
    else if (!isQuoted && template[at] === '}' && template[at + 1] === '}') return at;
  }
  return end;
}

function pathPlaceholder(place: { start: number; end: number; source: string }): Placeholder {
  const source = place.source.trim();
  const literal = /^'([^']*)'$/.exec(source);
  if (literal) return { ...place, kind: 'literal', text: literal[1] ?? '' };
  const path = parsePath(source);
  return path === undefined ? { ...place, kind: 'bad' } : { ...place, kind: 'path', path };
}

/**
 * The parts of `steps.my-step.output.files[0].name`: names of letters, digits, `_` and `-`, numbers, and quoted
 * names in brackets. Undefined when the text is none.
 */
export function parsePath(text: string): readonly string[] | undefined {
  const part = /(?:^|\.)([\p{L}\p{N}_$][\p{L}\p{M}\p{N}_$-]*)|\[(?:(\d+)|'([^']*)'|"([^"]*)")\]/uy;
  const path: string[] = [];
  let at = 0;
  while (at < text.length) {
    part.lastIndex = at;
    const match = part.exec(text);
    if (match === null || path.length >= 100) return undefined;
    path.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
    at = part.lastIndex;
  }
  return path.length === 0 || /^[[.]/.test(text) ? undefined : path;
}

export type Found =
  | { readonly found: true; readonly value: JsonValue }
  /** `because` is null for something that is there and empty (a skipped step). */
  | { readonly found: false; readonly because: 'missing' | 'null' };

/** Follows a path through the context by own properties only. */
export function lookup(path: readonly string[], context: ValueContext): Found {
  const [root, ...rest] = path;
  if (root !== 'inputs' && root !== 'env' && root !== 'steps') return { found: false, because: 'missing' };
  let value: JsonValue = context[root];
  for (const name of rest) {
    if (value === null) return { found: false, because: 'null' };
    if (Array.isArray(value)) {
      const item: JsonValue | undefined = /^\d+$/.test(name)
        ? (value as readonly JsonValue[])[Number(name)]
        : name === 'length'
          ? value.length
          : undefined;
      if (item === undefined) return { found: false, because: 'missing' };
      value = item;
    } else if (isJsonObject(value) && Object.hasOwn(value, name)) value = value[name] ?? null;
    else return { found: false, because: 'missing' };
  }
  return { found: true, value };
}

/** Fills in a text. Objects and lists appear as indented JSON. */
export function render(template: string, context: ValueContext, options: RenderOptions): RenderedText {
  const places = placeholders(template);
  if (places.length === 0) return { text: template, value: template, notes: [], faults: [] };
  const notes: string[] = [];
  const faults: string[] = [];
  const parts: string[] = [];
  let length = 0;
  let at = 0;
  for (const place of places) {
    const filled = fill(place, context, options, notes, faults);
    length += place.start - at + filled.length;
    if (length > MAX_RENDERED) {
      faults.push(`The filled-in text is longer than ${MAX_RENDERED} characters.`);
      break;
    }
    parts.push(template.slice(at, place.start), filled);
    at = place.end;
  }
  parts.push(template.slice(at));
  const text = parts.join('');
  return { text, value: text, notes, faults };
}

/**
 * Fills in every string of `with:`. A string that is one whole `${{ }}` becomes the expression's typed value;
 * everything else is text. Keys are left as they are.
 */
export function renderWith(
  value: JsonObject,
  context: ValueContext,
  options: RenderOptions,
): Rendered<JsonObject> {
  const notes: string[] = [];
  const faults: string[] = [];
  const walk = (inner: JsonValue): JsonValue => {
    if (typeof inner === 'string') {
      const expression = wholeExpression(inner);
      if (expression !== undefined && placeholders(inner).length === 1) {
        const { value: typed, error } = evaluateValue(expression, context);
        if (error) faults.push(`${inner}: ${error.message}`);
        else if (typed === null) notes.push(`${inner} has no value.`);
        return typed === null && options.missing === 'placeholder' ? `<${expression.trim()}>` : typed;
      }
      const rendered = render(inner, context, options);
      notes.push(...rendered.notes);
      faults.push(...rendered.faults);
      return rendered.text;
    }
    if (inner === null || typeof inner !== 'object') return inner;
    if (Array.isArray(inner)) return (inner as readonly JsonValue[]).map(walk);
    return walkObject(inner as JsonObject);
  };
  const walkObject = (object: JsonObject): JsonObject => {
    const result = Object.create(null) as Record<string, JsonValue>;
    for (const key of Object.keys(object)) result[key] = walk(object[key] ?? null);
    return result;
  };
  return { value: walkObject(value), notes, faults };
}

/** Fills in an argument list: each element that is one whole placeholder becomes one argument, whatever it holds. */
export function renderArguments(
  command: readonly string[],
  context: ValueContext,
  options: RenderOptions,
): Rendered<readonly string[]> {
  const notes: string[] = [];
  const faults: string[] = [];
  const value = command.map((argument) => {
    const rendered = render(argument, context, options);
    notes.push(...rendered.notes);
    faults.push(...rendered.faults);
    return rendered.text;
  });
  return { value, notes, faults };
}

/** A value as it appears inside a text. */
export function asText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

function fill(
  place: Placeholder,
  context: ValueContext,
  options: RenderOptions,
  notes: string[],
  faults: string[],
): string {
  const name = place.source.trim();
  const empty = () => {
    notes.push(`${name} is empty.`);
    return options.missing === 'placeholder' ? `<${name}>` : '';
  };
  switch (place.kind) {
    case 'literal':
      return place.text;
    case 'expression': {
      const { value, error } = evaluateValue(place.source, context);
      if (error) {
        faults.push(`\${{ ${name} }}: ${error.message}`);
        return '';
      }
      return value === null ? empty() : asText(value);
    }
    case 'path': {
      const result = lookup(place.path, context);
      if (result.found) return result.value === null ? empty() : asText(result.value);
      if (result.because === 'null') return empty();
      break;
    }
    case 'bad':
      break;
    default:
      return place satisfies never;
  }
  switch (options.missing) {
    case 'error':
      faults.push(`{{ ${name} }} leads to nothing.`);
      return '';
    case 'placeholder':
      notes.push(`{{ ${name} }} is not known yet.`);
      return `<${name}>`;
    case 'empty':
      notes.push(`{{ ${name} }} leads to nothing and was left empty.`);
      return '';
    default:
      return options.missing satisfies never;
  }
}
