import * as vscode from 'vscode';
import { localActions } from '../../core/agents/local-actions';
import type { KnownAgent } from '../../core/agents/roster';
import type { JsonObject } from '../../core/base/json';
import { MODELS } from '../../core/providers/model-table';
import { describeModel } from '../../core/providers/model-words';
import type { LanguageParts } from './language-parts';
import { placeAt, type Place } from './place';
import { descriptionOf, isNested, keysOf, schemaAt, valuesOf } from './schema';
import { stepNames } from './step-keys';

/** Offers the keys and values that may stand where the cursor is. */
export class CompleteWorkflow implements vscode.CompletionItemProvider {
  constructor(private readonly parts: Pick<LanguageParts, 'isWorkflow' | 'agents'>) {}

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[] | undefined> {
    if (!this.parts.isWorkflow(document)) return undefined;
    const before = document.lineAt(position.line).text.slice(0, position.character);
    if (/^\s*#|\s#[^'"]*$/.test(before)) return undefined;
    const insideExpression = /\{\{[^}]*$/.exec(before);
    if (insideExpression !== null) return references(document, position, insideExpression[0]);
    const place = placeAt((line) => document.lineAt(line).text, position.line, position.character);
    const range = new vscode.Range(position.line, place.start, position.line, position.character);
    const agents = await this.parts.agents.of(document.uri);
    const items = place.inValueOf === undefined ? keysAt(document, position, place) : [];
    items.push(...values(document, position, place, agents));
    for (const item of items) item.range = range;
    return items;
  }
}

function keysAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  place: Place,
): vscode.CompletionItem[] {
  const schema = schemaAt(place.path);
  if (schema === undefined) return [];
  const present = keysBeside(document, position, place);
  return keysOf(schema)
    .filter(({ key }) => !present.has(key))
    .map(({ key, schema: meaning }, i) => {
      const item = new vscode.CompletionItem(key, vscode.CompletionItemKind.Property);
      item.insertText = new vscode.SnippetString(
        `${key}:${continuation(meaning, document, position, place)}`,
      );
      // In the order of the format, which is the order in which people write a step.
      item.sortText = String(i).padStart(3, '0');
      const description = descriptionOf(meaning);
      if (description !== undefined) item.documentation = description;
      if (!key.includes('prompt')) item.command = SUGGEST;
      return item;
    });
}

const SUGGEST: vscode.Command = { command: 'editor.action.triggerSuggest', title: '' };

/** What follows the colon: a space, or a new line that is indented once more. */
function continuation(
  schema: JsonObject,
  document: vscode.TextDocument,
  position: vscode.Position,
  place: Place,
): string {
  const nested = isNested(schema);
  if (nested === undefined) return ' ';
  // VS Code indents a new line of a snippet as the line it is in; a hyphen before the key adds to that.
  const line = document.lineAt(position.line);
  const extra = Math.max(0, place.start - line.firstNonWhitespaceCharacterIndex);
  return `\n${' '.repeat(extra + 2)}${nested === 'list' ? '- ' : ''}`;
}

/** Keys of the same mapping that are written already. */
function keysBeside(
  document: vscode.TextDocument,
  position: vscode.Position,
  place: Place,
): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (step: 1 | -1) => {
    for (let line = position.line + step; line >= 0 && line < document.lineCount; line += step) {
      const { text, isEmptyOrWhitespace } = document.lineAt(line);
      if (isEmptyOrWhitespace || /^\s*#/.test(text)) continue;
      const key = /^(\s*(?:- +)*)([^\s:#-][^:#]*):(?:\s|$)/.exec(text);
      const column = key === null ? text.length - text.trimStart().length : key[1]!.length;
      if (column < place.start) return;
      if (key === null || column > place.start) continue;
      found.add(key[2]!.trim());
      // A hyphen begins the item: what is above it is another mapping.
      if (step === -1 && key[1]!.includes('-')) return;
    }
  };
  const startsItem = document.lineAt(position.line).text.slice(0, place.start).includes('-');
  if (!startsItem) visit(-1);
  visit(1);
  return found;
}

function values(
  document: vscode.TextDocument,
  position: vscode.Position,
  place: Place,
  agents: readonly KnownAgent[],
): vscode.CompletionItem[] {
  const path = place.inValueOf === undefined ? place.path : [...place.path, place.inValueOf];
  const key = path.findLast((part) => part !== '[]');
  const isItem = path.at(-1) === '[]';
  if (place.inValueOf === undefined && !isItem) return [];
  switch (key) {
    case 'agent':
    case 'agent_type':
      return agents.map(({ name, description }) => value(name, description));
    case 'action':
    case 'method':
      return localActions.map(({ name, agent }) =>
        value(name, vscode.l10n.t('Done by {0}, local engine: rules, no AI model', agent)),
      );
    case 'model':
      return MODELS.filter(({ status }) => status === 'current').map((facts) =>
        value(facts.id, describeModel(facts)),
      );
    case 'dependsOn':
    case 'dependencies':
    case 'depends_on':
    case 'needs':
      return otherSteps(document, position).map((step) =>
        value(step, vscode.l10n.t('Step'), vscode.CompletionItemKind.Reference),
      );
    default: {
      const schema = schemaAt(path);
      return schema === undefined ? [] : valuesOf(schema).map((word) => value(word));
    }
  }
}

/** Keys of all steps but the one the cursor is in. */
function otherSteps(document: vscode.TextDocument, position: vscode.Position): readonly string[] {
  const offset = document.offsetAt(position);
  const definitions = stepNames(document.getText()).filter(({ isDefinition }) => isDefinition);
  const own = definitions.findLast(({ start }) => start <= offset)?.key;
  return definitions.map(({ key }) => key).filter((key) => key !== own);
}

/** Inside `{{ … }}` and `${{ … }}`: inputs, results and variables. */
function references(
  document: vscode.TextDocument,
  position: vscode.Position,
  begun: string,
): vscode.CompletionItem[] {
  const word = /[\w.-]*$/.exec(begun)?.[0] ?? '';
  const text = document.getText();
  const inputs = keysBelow(text, 'inputs').map((name) => `inputs.${name}`);
  const env = keysBelow(text, 'env').map((name) => `env.${name}`);
  const steps = otherSteps(document, position).flatMap((key) => [
    `steps.${key}.output`,
    `steps.${key}.status`,
  ]);
  const range = new vscode.Range(position.translate(0, -word.length), position);
  return [...inputs, ...steps, ...env].map((path) => {
    const item = value(path, undefined, vscode.CompletionItemKind.Variable);
    item.range = range;
    return item;
  });
}

/** Names one level below a key at the left margin. */
function keysBelow(text: string, key: string): readonly string[] {
  const block = new RegExp(`^${key}:[ \\t]*\\n((?:[ \\t]+.*\\n?|\\s*\\n)*)`, 'm').exec(text)?.[1] ?? '';
  const indent = /^([ \t]+)\S/m.exec(block)?.[1] ?? '  ';
  return [...block.matchAll(/^([ \t]+)([\w-]+):/gm)]
    .filter((found) => found[1] === indent)
    .map((found) => found[2]!);
}

function value(
  label: string,
  documentation?: string,
  kind = vscode.CompletionItemKind.Value,
): vscode.CompletionItem {
  const item = new vscode.CompletionItem(label, kind);
  if (documentation !== undefined) item.documentation = documentation;
  return item;
}
