import * as vscode from 'vscode';
import type { ChatMessage, ChatRequest } from '../../core/providers/provider';
import { wellFormed } from '../../core/providers/wire/well-formed';

/** What one message of the editor's protocol holds, before it is one of its classes. */
type Part =
  vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart | vscode.LanguageModelToolResultPart;

/**
 * A request as the editor's models take it. They know no system role, so the system text opens the first message; a wish for
 * JSON is said in words, since nothing else would be understood by all of them.
 */
export function editorMessages(given: ChatRequest): vscode.LanguageModelChatMessage[] {
  // Half a character, as of a text that was cut, would be refused by the wire behind some models.
  const request = wellFormed(given);
  const opening = [request.system, wishForJson(request)].filter((text) => text !== undefined && text !== '');
  const messages = request.messages.map(editorMessage);
  if (opening.length === 0) return messages;
  const text = opening.join('\n\n');
  const [first] = messages;
  if (first?.role === vscode.LanguageModelChatMessageRole.User && isTalk(request.messages[0])) {
    first.content = [new vscode.LanguageModelTextPart(`${text}\n\n`), ...first.content];
    return messages;
  }
  return [vscode.LanguageModelChatMessage.User(text), ...messages];
}

/** The tools of a request; undefined when none may be called. */
export function editorTools({ tools, toolChoice }: ChatRequest): vscode.LanguageModelChatTool[] | undefined {
  if (tools.length === 0 || toolChoice === 'none') return undefined;
  return tools.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters }));
}

/** A model must call a tool only where there is one: with several, some models refuse to be made to. */
export function editorToolMode({ tools, toolChoice }: ChatRequest): vscode.LanguageModelChatToolMode {
  return toolChoice === 'required' && tools.length === 1
    ? vscode.LanguageModelChatToolMode.Required
    : vscode.LanguageModelChatToolMode.Auto;
}

function editorMessage(message: ChatMessage): vscode.LanguageModelChatMessage {
  switch (message.role) {
    case 'user':
      return vscode.LanguageModelChatMessage.User([textPart(message.text)]);
    case 'assistant': {
      const parts: Part[] = message.text === '' ? [] : [textPart(message.text)];
      for (const { id, name, arguments: input } of message.toolCalls)
        parts.push(new vscode.LanguageModelToolCallPart(id, name, input));
      return new vscode.LanguageModelChatMessage(vscode.LanguageModelChatMessageRole.Assistant, parts);
    }
    case 'tool': {
      const results = message.results.map(({ id, text, isError }) => {
        const shown = isError ? `The tool failed: ${text}` : text;
        return new vscode.LanguageModelToolResultPart(id, [textPart(shown)]);
      });
      return new vscode.LanguageModelChatMessage(vscode.LanguageModelChatMessageRole.User, results);
    }
    default:
      return message satisfies never;
  }
}

function textPart(text: string): vscode.LanguageModelTextPart {
  return new vscode.LanguageModelTextPart(text);
}

function isTalk(message: ChatMessage | undefined): boolean {
  return message?.role === 'user';
}

function wishForJson({ output }: ChatRequest): string | undefined {
  if (output === undefined) return undefined;
  return `Answer with one JSON document and nothing else, no fence around it. It must fit this JSON Schema:\n${JSON.stringify(output.schema)}`;
}
