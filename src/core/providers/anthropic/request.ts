import type { JsonObject, JsonValue } from '../../base/json';
import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ContentBlockParam, MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages/messages';
import type { ProviderName } from '../../model/model-call';
import type { ChatRequest, ToolDeclaration } from '../provider';
import { askedInWords, closed, isClosed } from '../wire/output-schema';
import { turnsOf, type Turn } from '../wire/turns';
import { wellFormed } from '../wire/well-formed';

/** The body of a request to the Messages API, without `stream`. */
export function anthropicBody(request: ChatRequest, provider: ProviderName): MessageCreateParamsBase {
  const { model, maxOutputTokens, temperature, tools, toolChoice, output } = request;
  const isEnforced = output !== undefined && isClosed(output.schema);
  const system = [request.system ?? '', output === undefined || isEnforced ? '' : askedInWords(output.schema)]
    .filter((part) => part.trim() !== '')
    .join('\n\n');
  return wellFormed({
    model,
    max_tokens: maxOutputTokens,
    messages: turnsOf(request.messages, { provider, model }).map(message),
    ...(system !== '' && { system }),
    ...(tools.length > 0 && { tools: tools.map(tool), tool_choice: choice(toolChoice) }),
    ...(temperature !== undefined && { temperature }),
    ...(isEnforced && {
      output_config: { format: { type: 'json_schema' as const, schema: closed(output.schema) } },
    }),
  });
}

function message(turn: Turn): MessageParam {
  if (turn.side === 'assistant') return { role: 'assistant', content: assistantContent(turn) };
  // Results come first in a turn, or the API refuses it.
  const results = turn.results.map(({ id, text, isError }): ContentBlockParam => ({
    type: 'tool_result',
    tool_use_id: id,
    content: text,
    ...(isError && { is_error: true }),
  }));
  return { role: 'user', content: [...results, ...texts(turn.text)] };
}

function assistantContent(turn: Extract<Turn, { side: 'assistant' }>): ContentBlockParam[] {
  // Signed thoughts are only taken back unchanged and in their place, so the whole of what it wrote goes back.
  if (turn.own !== undefined) return blocksOf(turn.own);
  const calls = turn.toolCalls.map((call): ContentBlockParam => ({
    type: 'tool_use',
    id: call.id,
    name: call.name,
    input: call.arguments,
  }));
  return [...texts(turn.text), ...calls];
}

function texts(text: string): ContentBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

function blocksOf(own: JsonValue): ContentBlockParam[] {
  return (Array.isArray(own) ? own : []) as ContentBlockParam[];
}

function tool({ name, description, parameters }: ToolDeclaration): Tool {
  const schema: JsonObject = { ...parameters, type: 'object' };
  return { name, description, input_schema: schema as Tool.InputSchema };
}

function choice(toolChoice: ChatRequest['toolChoice']): NonNullable<MessageCreateParamsBase['tool_choice']> {
  return { type: toolChoice === 'required' ? 'any' : (toolChoice ?? 'auto') };
}
