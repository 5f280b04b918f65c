/*
 * Chunks of Chat Completions folded into an answer, OpenAI's own and those of the servers that imitate it. A reason to finish
 * proves the whole; the mark "[DONE]" alone proves nothing.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { CallUsage } from '../../model/model-call';
import type { ChatAnswer, ChatEvent, ChatRequest, ToolCall } from '../provider';
import { proven, shown } from '../wire/answer';
import { failWith } from '../wire/fault';
import { toolArguments } from '../wire/tool-arguments';
import { amount, usageOf, type ToldUsage } from '../wire/usage';
import { InlineThoughts, type Told } from './inline-thoughts';
import { ToolCallPieces, type GatheredCall } from './tool-call-pieces';

export interface Reading {
  /**
   * False: a server of another maker, which speaks the protocol as well as it can. Many end their calls with "stop", give them no
   * ids, and hand on thoughts as text; what is whole is whole all the same.
   */
  readonly isOpenAI: boolean;
}

export interface OpenAIReader {
  /** Takes one chunk; true when it carried content. */
  take(chunk: unknown): boolean;
  readonly usage: CallUsage;
  /** @throws WireFault */
  answer(id: (given: unknown) => string): ChatAnswer;
}

export function createOpenAIReader(
  request: ChatRequest,
  tell: (event: ChatEvent) => void,
  { isOpenAI }: Reading,
): OpenAIReader {
  const calls = new ToolCallPieces();
  const inline = isOpenAI ? undefined : new InlineThoughts();
  const text: string[] = [];
  const thoughts: string[] = [];
  let refusal = '';
  let finish = '';
  let model = '';
  let told: ToldUsage = {};

  const seen = () =>
    [...text, ...thoughts, ...calls.all().map((call) => call.name + call.arguments)].join('');
  const usageNow = () => usageOf(told, request, seen);

  function take(chunk: unknown): boolean {
    if (!isJsonObject(chunk)) failWith('incomplete', 'an event that is not an object');
    if (typeof chunk['model'] === 'string' && chunk['model'] !== '') model = chunk['model'];
    const usage = toldBy(chunk['usage']);
    if (usage !== undefined) {
      told = usage;
      tell({ type: 'usage', usage: usageNow() });
    }
    const choice = choiceOf(chunk);
    if (choice === undefined) return false;
    const hadContent = content(deltaOf(choice));
    const reason = choice['finish_reason'];
    if (typeof reason !== 'string' || reason === '') return hadContent;
    if (finish !== '' && finish !== reason) failWith('incomplete', 'two reasons to finish');
    finish = reason;
    return true;
  }

  /** Some servers end with the whole message in the place of its last piece. */
  function deltaOf({ delta, message }: JsonObject): JsonObject {
    if (isJsonObject(delta)) return delta;
    return isJsonObject(message) && seen() === '' ? message : {};
  }

  function said(told: Told): void {
    if (told.thought !== '') thoughts.push(told.thought);
    if (told.text === '') return;
    text.push(told.text);
    tell({ type: 'text', text: told.text });
  }

  function content(delta: JsonObject): boolean {
    const piece = textOf(delta['content']);
    if (piece !== '') said(inline?.take(piece) ?? { text: piece, thought: '' });
    const thought = textOf(delta['reasoning_content']) || textOf(delta['reasoning']);
    if (thought !== '') thoughts.push(thought);
    if (typeof delta['refusal'] === 'string') refusal += delta['refusal'];
    if (isJsonObject(delta['function_call'])) failWith('incomplete', 'a call of the older kind');
    const pieces = Array.isArray(delta['tool_calls']) ? (delta['tool_calls'] as readonly JsonValue[]) : [];
    const hadCalls = pieces.map((call) => calls.take(call)).includes(true);
    return piece !== '' || thought !== '' || hadCalls || textOf(delta['refusal']) !== '';
  }

  return {
    take,
    get usage() {
      return usageNow();
    },
    answer(id) {
      if (finish === '') failWith('incomplete');
      if (refusal !== '') failWith('content-blocked', 'refusal');
      if (inline !== undefined) said(inline.end());
      const named = finishOf(finish);
      const kind = !isOpenAI && named === 'complete' && calls.all().length > 0 ? 'tool-calls' : named;
      const toolCalls =
        kind === 'length' ? [] : calls.all().map((call) => callOf(call, request, isOpenAI, id));
      return proven(
        {
          finish: kind,
          rawFinish: finish,
          text: text.join(''),
          toolCalls,
          usage: usageNow(),
          model: model === '' ? request.model : model,
        },
        request,
      );
    },
  };
}

/** A reason to finish was given; only usage may still come. */
export function isLastChunk(chunk: JsonObject): boolean {
  const reason = choiceOf(chunk)?.['finish_reason'];
  return typeof reason === 'string' && reason !== '';
}

/** Azure begins with a chunk about the prompt that has no choice; usage comes without one too. */
function choiceOf({ choices }: JsonObject): JsonObject | undefined {
  return (Array.isArray(choices) ? (choices as readonly JsonValue[]) : [])
    .filter(isJsonObject)
    .find(({ index }) => index === undefined || index === null || index === 0);
}

/** A whole completion as the one chunk that it would have been; undefined if it is none. */
export function asChunk(completion: JsonObject): JsonObject | undefined {
  const { choices } = completion;
  if (!Array.isArray(choices) || choices.length === 0) return undefined;
  const all = choices as readonly JsonValue[];
  if (
    !all.every(
      (choice) => isJsonObject(choice) && (isJsonObject(choice['message']) || isJsonObject(choice['delta'])),
    )
  )
    return undefined;
  return {
    ...completion,
    choices: all
      .filter(isJsonObject)
      .map((choice) => ({ ...choice, delta: choice['message'] ?? choice['delta'] ?? null })),
  };
}

function finishOf(reason: string): ChatAnswer['finish'] {
  switch (reason) {
    case 'stop':
      return 'complete';
    case 'tool_calls':
      return 'tool-calls';
    case 'length':
      return 'length';
    case 'content_filter':
      return failWith('content-blocked', reason);
    default:
      return failWith('incomplete', shown(reason));
  }
}

function callOf(
  call: GatheredCall,
  request: ChatRequest,
  isOpenAI: boolean,
  id: (given: unknown) => string,
): ToolCall {
  // Every piece but the first is without them: one that lacks them has lost its beginning.
  if (call.name === '' || (call.id === '' && isOpenAI))
    failWith('malformed-tool-call', 'a call without a name or an id');
  const given = call.arguments === '' ? (call.whole ?? '') : call.arguments;
  return { id: id(call.id), name: call.name, arguments: toolArguments(given, call.name, request.tools) };
}

/** Text, or the texts of a list of parts, as some servers send it. */
function textOf(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as readonly JsonValue[])
    .map((part) => (isJsonObject(part) && part['type'] === 'text' ? textOf(part['text']) : ''))
    .join('');
}

function toldBy(usage: JsonValue | undefined): ToldUsage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const details = usage['prompt_tokens_details'];
  const input = amount(usage['prompt_tokens']);
  const output = amount(usage['completion_tokens']);
  const total = amount(usage['total_tokens']);
  // Thoughts are paid for, and some count them in the total alone.
  const beside = input === undefined || total === undefined ? undefined : total - input;
  return {
    input,
    output: output === undefined || beside === undefined ? output : Math.max(output, beside),
    cached: isJsonObject(details)
      ? amount(details['cached_tokens'])
      : amount(usage['prompt_cache_hit_tokens']),
  };
}
