import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions/completions';
import { factsOfModel } from '../model-facts';
import type { ChatMessage, ChatRequest, ToolDeclaration } from '../provider';
import { askedInWords, isClosed, isStrict } from '../wire/output-schema';
import { wellFormed } from '../wire/well-formed';
import { callIdsFor } from './call-ids';
import { withListItems } from './list-items';

export interface Dialect {
  /** OpenAI's own servers; all others know only the older name of the token limit, and enforce schemas as they can. */
  readonly isOpenAI: boolean;
}

/** The body of a request to Chat Completions, without `stream`. */
export function openAIBody(
  request: ChatRequest,
  { isOpenAI }: Dialect,
): Omit<ChatCompletionCreateParamsNonStreaming, 'stream'> {
  const { model, maxOutputTokens, temperature, tools, toolChoice, output } = request;
  const isEnforced = output !== undefined && isClosed(output.schema);
  // A server that does not enforce a schema has at least read it.
  const asked = output === undefined || (isEnforced && isOpenAI) ? '' : askedInWords(output.schema);
  const system = [request.system ?? '', asked].filter((part) => part.trim() !== '').join('\n\n');
  const idOf = callIdsFor(model);
  return wellFormed({
    model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      ...merged(request.messages).flatMap((each) => message(each, idOf)),
    ],
    ...(isOpenAI ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens }),
    ...(tools.length > 0 && { tools: tools.map(tool), tool_choice: toolChoice ?? 'auto' }),
    // Over Chat Completions these models use tools only when they do not think first.
    ...(tools.length > 0 &&
      isOpenAI &&
      factsOfModel(model)?.abilities.toolsWithoutReasoning === true && { reasoning_effort: 'none' as const }),
    ...(temperature !== undefined && { temperature }),
    ...(isEnforced && {
      response_format: {
        type: 'json_schema' as const,
        json_schema: {
          name: output.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'answer',
          schema: output.schema,
          strict: isStrict(output.schema),
        },
      },
    }),
    // JSON of any shape is all that can be enforced of an open schema; with tools it would forbid their calls on some servers.
    ...(output !== undefined &&
      !isEnforced &&
      tools.length === 0 && {
        response_format: { type: 'json_object' as const },
      }),
  });
}

/** Templates of local models insist on turns: messages of one side that follow each other become one. */
function merged(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const result: ChatMessage[] = [];
  for (const next of messages) {
    const before = result.at(-1);
    if (next.role === 'user' && next.text.trim() === '') continue;
    if (next.role === 'assistant' && next.text.trim() === '' && next.toolCalls.length === 0) continue;
    if (before?.role === 'user' && next.role === 'user')
      result[result.length - 1] = { role: 'user', text: `${before.text}\n\n${next.text}` };
    else result.push(next);
  }
  return result;
}

function message(given: ChatMessage, idOf: (id: string) => string): ChatCompletionMessageParam[] {
  switch (given.role) {
    case 'user':
      return [{ role: 'user', content: given.text }];
    case 'assistant': {
      const calls = given.toolCalls.map(({ id, name, arguments: args }) => ({
        id: idOf(id),
        type: 'function' as const,
        function: { name, arguments: JSON.stringify(args) },
      }));
      const content = given.text === '' && calls.length > 0 ? null : given.text;
      return [{ role: 'assistant', content, ...(calls.length > 0 && { tool_calls: calls }) }];
    }
    case 'tool':
      return given.results.map(({ id, text, isError }) => ({
        role: 'tool',
        tool_call_id: idOf(id),
        // There is no field for it.
        content: isError ? `Error: ${text}` : text,
      }));
    default:
      return given satisfies never;
  }
}

function tool({ name, description, parameters }: ToolDeclaration): ChatCompletionTool {
  return { type: 'function', function: { name, description, parameters: { ...withListItems(parameters) } } };
}
