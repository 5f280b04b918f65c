import { toJson, type JsonObject } from '../../base/json';
import type { ToolDeclaration } from '../../providers/provider';
import { effectsAt, locate, shownPlace } from '../files/locate';
import { checkArguments, optionalText, textOf, wrongArguments } from '../files/tool-arguments';
import { visibleText } from '../files/visible-text';
import type { PreparedCall, Tool, ToolScope } from '../tool';
import type { CodeIntelligence, CodePlace, CodeSource, Found } from './code-intelligence';

/** Who answers for the workspace of a call. */
export type IntelligenceFor = (scope: ToolScope) => CodeIntelligence;

const MOST_TOLD = 100;
const path = { type: 'string', description: 'File or folder, relative to the workspace.' };
const file = { type: 'string', description: 'The file where the name stands, relative to the workspace.' };
const line = { type: 'integer', minimum: 1, description: 'The line in that file, 1-based.' };

/** The four tools that ask about code. */
export function createCodeTools(intelligenceFor: IntelligenceFor): Tool[] {
  return [
    codeTool(
      'find_symbols',
      'Finds declarations (functions, methods, classes, types, constants) by a part of their name, or lists those of a file or folder.',
      { name: { type: 'string', description: 'A part of the name, in any case.' }, path },
      [],
      async (ask, args, relative, signal) => {
        const name = optionalText(args, 'name');
        if (!name && !args['path']) throw wrongArguments('find_symbols: give "name", "path" or both.');
        const found = await ask.symbols({ ...(name ? { name } : {}), ...pathOf(relative) }, signal);
        return told(found, (one) => {
          const inside = one.container === undefined ? '' : ` in ${one.container}`;
          return `${at(one)} ${one.kind} ${one.name}${inside}${one.isExported ? ' (exported)' : ''}`;
        });
      },
    ),
    codeTool(
      'find_definition',
      'Finds where a name is declared. With "path" and "line" of a use it tells apart what bears the same name.',
      { name: { type: 'string', description: 'The whole name.' }, path: file, line },
      ['name'],
      async (ask, args, relative, signal) =>
        told(
          await ask.definitions(nameQuery(args, relative), signal),
          (one) => `${at(one)} ${one.kind} ${one.name}`,
        ),
    ),
    codeTool(
      'find_references',
      'Finds where a name is used. With "path" and "line" of a declaration or use only what is meant there.',
      { name: { type: 'string', description: 'The whole name.' }, path: file, line },
      ['name'],
      async (ask, args, relative, signal) =>
        told(await ask.references(nameQuery(args, relative), signal), (one) => `${at(one)} ${one.text}`),
    ),
    codeTool(
      'get_diagnostics',
      'Lists faults and warnings in a file, or in the files of a folder.',
      { path },
      ['path'],
      async (ask, _args, relative, signal) =>
        told(
          await ask.diagnostics(relative, signal),
          (one) => `${one.file ?? ''}:${one.line ?? 1} ${one.severity} ${one.rule}: ${one.message}`,
        ),
    ),
  ];

  function codeTool(
    name: string,
    description: string,
    properties: JsonObject,
    required: readonly string[],
    answer: Answer,
  ): Tool {
    const declaration: ToolDeclaration = {
      name,
      description,
      parameters: { type: 'object', properties, required, additionalProperties: false },
    };
    return {
      declaration,
      async prepare(args, scope) {
        checkArguments(declaration, args);
        return prepareQuestion(declaration.name, args, scope, intelligenceFor(scope), answer);
      },
    };
  }
}

type Answer = (
  ask: CodeIntelligence,
  args: JsonObject,
  /** Real and below the workspace; "" where none was given. */
  relative: string,
  signal: AbortSignal,
) => Promise<Told>;

interface Told {
  readonly lines: readonly string[];
  readonly count: number;
  readonly isPartial: boolean;
  readonly items: readonly unknown[];
  readonly source?: CodeSource;
}

async function prepareQuestion(
  name: string,
  args: JsonObject,
  scope: ToolScope,
  ask: CodeIntelligence,
  answer: Answer,
): Promise<PreparedCall> {
  const place = await locate(optionalText(args, 'path') || '.', scope);
  if (place.stat === undefined)
    throw wrongArguments(`${name}: there is nothing at ${visibleText(place.relative)}.`);
  // A file says only which name is meant; what bears it is looked for everywhere.
  const whole = name === 'find_definition' || name === 'find_references' ? await locate('.', scope) : place;
  return {
    effects: effectsAt('read', whole, scope),
    shown: { tool: name, ...args, ...shownPlace(place), source: ask.source.name },
    idempotent: true,
    run: async ({ signal }) => {
      const found = await answer(ask, args, place.relative, signal);
      return {
        text: [...found.lines, ending(found, found.source ?? ask.source)].join('\n'),
        isError: false,
        data: toJson({
          source: (found.source ?? ask.source).kind,
          items: found.items,
          isPartial: found.isPartial,
        }),
        isForeign: true,
      };
    },
  };
}

function told<T>(found: Found<T>, lineOf: (one: T) => string): Told {
  const items = found.items.slice(0, MOST_TOLD);
  return {
    lines: items.map((one) => visibleText(lineOf(one)).slice(0, 500)),
    count: found.items.length,
    isPartial: found.isPartial || items.length < found.items.length,
    items,
    ...(found.source && { source: found.source }),
  };
}

function ending(found: Told, source: CodeSource): string {
  const count = found.count === 0 ? 'Nothing was found' : `${found.lines.length} of ${found.count} found`;
  return `(${count}${found.isPartial ? ', and there is more' : ''}. Asked: ${source.name}.)`;
}

function nameQuery(args: JsonObject, relative: string) {
  const at = args['line'];
  return {
    name: textOf(args, 'name'),
    ...pathOf(relative),
    ...(typeof at === 'number' ? { line: at } : {}),
  };
}

const pathOf = (relative: string): { path?: string } => (relative === '' ? {} : { path: relative });

const at = (place: CodePlace): string => `${place.path}:${place.line}:${place.column}`;
