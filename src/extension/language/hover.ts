import * as vscode from 'vscode';
import { resolveAction } from '../../core/agents/local-actions';
import { resolveAgent, type KnownAgent } from '../../core/agents/roster';
import { factsOfModel } from '../../core/providers/model-facts';
import { describeModel } from '../../core/providers/model-words';
import { placeAt } from './place';
import { descriptionOf, schemaAt } from './schema';

/** Says what the key, agent or action under the mouse means. */
export function hoverWorkflow(
  document: vscode.TextDocument,
  position: vscode.Position,
  agents: readonly KnownAgent[],
): vscode.Hover | undefined {
  const range = document.getWordRangeAtPosition(position, /[\p{L}\p{N}_-]+/u);
  if (range === undefined) return undefined;
  const word = document.getText(range);
  const lineAt = (line: number) => document.lineAt(line).text;
  const rest = document.lineAt(position.line).text.slice(range.end.character);
  if (/^["']?\s*:(\s|$)/.test(rest)) {
    const { path } = placeAt(lineAt, position.line, range.start.character);
    const schema = schemaAt([...path, word]);
    const description = schema && descriptionOf(schema);
    return description === undefined ? undefined : hover(range, word, description);
  }
  const place = placeAt(lineAt, position.line, range.start.character);
  if (place.inValueOf === 'agent' || place.inValueOf === 'agent_type') {
    const named = agents.find(({ name }) => name === word) ?? resolveAgent(word);
    // The folder's own may stand under a name of Baton's.
    const agent = agents.find(({ name }) => name === named?.name) ?? named;
    if (agent !== undefined) return hover(range, agent.name, agent.description);
  }
  if (place.inValueOf === 'action' || place.inValueOf === 'method') {
    const action = resolveAction(word);
    if (action !== undefined)
      return hover(
        range,
        action.name,
        vscode.l10n.t('Done by {0}. Local engine: rules, no AI model.', action.agent),
      );
  }
  return place.inValueOf === 'model' ? hoverModel(document, position) : undefined;
}

/** Names of models hold dots, and the provider may stand before them. */
function hoverModel(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
  const range = document.getWordRangeAtPosition(position, /[\w.:/-]+/);
  if (range === undefined) return undefined;
  const name = document.getText(range);
  const facts = factsOfModel(name) ?? factsOfModel(name.replace(/^[^/]*\//, ''));
  return facts === undefined ? undefined : hover(range, name, describeModel(facts));
}

function hover(range: vscode.Range, name: string, text: string): vscode.Hover {
  const content = new vscode.MarkdownString();
  content.appendMarkdown('**').appendText(name).appendMarkdown('**\n\n').appendText(text);
  return new vscode.Hover(content, range);
}
