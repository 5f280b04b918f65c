/*
 * owns: what stands in `if:` and `${{ }}`: GitHub's expression grammar over inputs, steps and env.
 * does not own: what success() and failure() mean (the engine passes them in), nor `{{ }}` (template).
 * must stay true: evaluation is pure and bounded, reaches own data only, and never throws.
 */
import { Evaluator, ExpressionError, Lexer, Parser, data, type Expr } from '@actions/expressions';
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Unary,
} from '@actions/expressions/ast';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { TokenType, type Token } from '@actions/expressions/lexer';
import type { JsonObject, JsonValue } from '../base/json';
import { messageOf } from '../model/errors';
import type { StepKey } from '../model/ids';
import { LazyDictionary, SafeDictionary, boundedFunctions, fromData } from './expression-data';

/** The values that expressions and templates can name. */
export interface ValueContext {
  readonly inputs: JsonObject;
  readonly env: Readonly<Record<string, string>>;
  /** Settled steps by key. A skipped or failed step has output null, or the substitute. */
  readonly steps: Readonly<Record<StepKey, { readonly output: JsonValue; readonly status: string }>>;
}

/** For `if:`: what the status functions answer, decided by the engine. */
export interface ConditionContext extends ValueContext {
  readonly success: boolean;
  readonly failure: boolean;
  readonly cancelled: boolean;
}

export interface ExpressionFault {
  readonly message: string;
  /** 0-based place in the source. */
  readonly offset: number;
}

/** A value that an expression or template names: ["steps", "lint", "output", "files"]. A part that is computed ends the path. */
export interface Reference {
  readonly path: readonly string[];
  /** 0-based place in the source. */
  readonly offset: number;
}

export interface CheckedExpression {
  readonly fault?: ExpressionFault;
  readonly references: readonly Reference[];
  /** True when one of success(), failure(), always(), cancelled() is called; else success() is implied. */
  readonly callsStatus: boolean;
}

export const EXPRESSION_ROOTS = ['inputs', 'env', 'steps'] as const;
/** Understood so that it can be refused at its place: no expression ever gets a secret's value. */
const CHECKED_ROOTS = [...EXPRESSION_ROOTS, 'secrets'];
const STATUS_FUNCTIONS = ['success', 'failure', 'always', 'cancelled'] as const;
/** Longer sources are refused: an `if:` that size is a mistake or an attack. */
const MAX_EXPRESSION_LENGTH = 8_000;

const KNOWN_FUNCTIONS = new Map(
  [
    'case',
    'contains',
    'endsWith',
    'format',
    'fromJSON',
    'join',
    'startsWith',
    'toJSON',
    ...STATUS_FUNCTIONS,
  ].map((name) => [name.toLowerCase(), name]),
);

/** Whether the source is an expression, and what it names. `source` is the text without `${{ }}`. */
export function checkExpression(source: string): CheckedExpression {
  const parsed = parseExpression(source, CHECKED_ROOTS);
  if ('fault' in parsed) return { fault: parsed.fault, references: [], callsStatus: false };
  return { references: parsed.references, callsStatus: parsed.callsStatus };
}

/**
 * The truth of an `if:`. success() is implied where no status function is called.
 * With an `error` the value is false: a condition that cannot be told never starts work.
 */
export function evaluateCondition(
  source: string,
  context: ConditionContext,
): { readonly value: boolean; readonly error?: ExpressionFault } {
  const parsed = parseExpression(source);
  if ('fault' in parsed) return { value: false, error: parsed.fault };
  if (!parsed.callsStatus && !context.success) return { value: false };
  const result = run(parsed.tree, context, context);
  return 'fault' in result ? { value: false, error: result.fault } : { value: isTruthy(result.value) };
}

/** The typed value of a `${{ }}` outside of `if:`; status functions are not available there. */
export function evaluateValue(
  source: string,
  context: ValueContext,
): { readonly value: JsonValue; readonly error?: ExpressionFault } {
  const parsed = parseExpression(source);
  if ('fault' in parsed) return { value: null, error: parsed.fault };
  if (parsed.callsStatus) {
    return {
      value: null,
      error: { message: 'success(), failure(), always() and cancelled() work in "if:" only.', offset: 0 },
    };
  }
  const result = run(parsed.tree, context, undefined);
  return 'fault' in result ? { value: null, error: result.fault } : { value: result.value };
}

/** The source inside one `${{ }}` that is the whole text, else undefined. */
export function wholeExpression(text: string): string | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('${{') || !trimmed.endsWith('}}')) return undefined;
  const inner = trimmed.slice(3, -2);
  return inner.includes('${{') ? undefined : inner;
}

function isTruthy(value: JsonValue): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

interface Parsed {
  readonly tree: Expr;
  readonly references: readonly Reference[];
  readonly callsStatus: boolean;
}

const statusStubs: FunctionDefinition[] = STATUS_FUNCTIONS.map((name) => ({
  name,
  minArgs: 0,
  maxArgs: 0,
  call: () => new data.BooleanData(true),
}));

function parseExpression(
  source: string,
  roots: readonly string[] = EXPRESSION_ROOTS,
): Parsed | { readonly fault: ExpressionFault } {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    return {
      fault: { message: `Expressions are at most ${MAX_EXPRESSION_LENGTH} characters long.`, offset: 0 },
    };
  }
  if (source.trim() === '') return { fault: { message: 'The expression is empty.', offset: 0 } };
  try {
    const { tokens } = new Lexer(source).lex();
    const unknown = unknownFunction(tokens, source);
    if (unknown !== undefined) return { fault: unknown };
    for (const token of tokens) {
      // The library unescapes only the first quote of 'it''s'.
      if (token.type === TokenType.STRING) token.value = token.lexeme.slice(1, -1).replaceAll("''", "'");
    }
    const tree = new Parser(tokens, [...roots], statusStubs).parse();
    const references: Reference[] = [];
    const calls = { status: false };
    collect(tree, source, references, calls);
    return { tree, references, callsStatus: calls.status };
  } catch (error) {
    return { fault: faultOf(error, source) };
  }
}

/** The library finds functions by name on a plain object, where "constructor" and "toString" are always there. */
function unknownFunction(tokens: readonly Token[], source: string): ExpressionFault | undefined {
  for (let i = 0; i + 1 < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.type !== TokenType.IDENTIFIER || tokens[i + 1]!.type !== TokenType.LEFT_PAREN) continue;
    if (KNOWN_FUNCTIONS.has(token.lexeme.toLowerCase())) continue;
    return {
      message: `There is no function "${token.lexeme}". Known: ${[...KNOWN_FUNCTIONS.values()].join(', ')}.`,
      offset: offsetOf(source, token.range.start),
    };
  }
  return undefined;
}

function collect(node: Expr, source: string, references: Reference[], calls: { status: boolean }): void {
  const each = (child: Expr) => collect(child, source, references, calls);
  if (node instanceof ContextAccess || node instanceof IndexAccess) {
    const path: string[] = [];
    let at: Expr = node;
    while (at instanceof IndexAccess) {
      const { index } = at;
      if (index instanceof Literal && index.literal.primitive) path.unshift(index.literal.coerceString());
      else {
        // What stands below a computed part is not known before the run.
        path.length = 0;
        each(index);
      }
      at = at.expr;
    }
    if (at instanceof ContextAccess) {
      path.unshift(at.name.lexeme.toLowerCase());
      references.push({ path, offset: offsetOf(source, at.name.range.start) });
    } else each(at);
  } else if (node instanceof FunctionCall) {
    if ((STATUS_FUNCTIONS as readonly string[]).includes(node.functionName.lexeme.toLowerCase())) {
      calls.status = true;
    }
    node.args.forEach(each);
  } else if (node instanceof Binary) {
    each(node.left);
    each(node.right);
  } else if (node instanceof Logical) node.args.forEach(each);
  else if (node instanceof Unary) each(node.expr);
  else if (node instanceof Grouping) each(node.group);
}

function run(
  tree: Expr,
  context: ValueContext,
  status: ConditionContext | undefined,
): { readonly value: JsonValue } | { readonly fault: ExpressionFault } {
  const root = new SafeDictionary();
  root.add('inputs', new LazyDictionary(context.inputs));
  root.add('env', new LazyDictionary(context.env));
  root.add('steps', new LazyDictionary(context.steps));
  const answers = new Map(boundedFunctions.map((definition) => [definition.name, definition]));
  const answer = (name: string, value: boolean) =>
    answers.set(name, { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) });
  answer('success', status?.success ?? false);
  answer('failure', status?.failure ?? false);
  answer('cancelled', status?.cancelled ?? false);
  answer('always', true);
  try {
    return { value: fromData(new Evaluator(tree, root, answers).evaluate()) };
  } catch (error) {
    return { fault: { message: messageOf(error), offset: 0 } };
  }
}

function faultOf(error: unknown, source: string): ExpressionFault {
  if (error instanceof ExpressionError) {
    const known = error.message.startsWith('Unrecognized named-value')
      ? ` Known names: ${EXPRESSION_ROOTS.join(', ')}.`
      : '';
    return { message: `${error.message}.${known}`, offset: offsetOf(source, error.pos) };
  }
  const message = messageOf(error);
  const place = /Located at position (\d+)/.exec(message);
  if (place === null) return { message, offset: 0 };
  return { message: `${message.slice(0, place.index).trim()}`, offset: Number(place[1]) - 1 };
}

/** The library's positions: lines and columns from 0. */
function offsetOf(source: string, position: { readonly line: number; readonly column: number }): number {
  let start = 0;
  for (let line = 0; line < position.line; line++) start = source.indexOf('\n', start) + 1;
  return Math.min(start + Math.max(0, position.column), source.length);
}
