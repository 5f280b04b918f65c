/*
 * Gemini's chunks folded into an answer. A reason to finish proves the whole; safety stops come as success with no text, and
 * thoughts come as text that is no answer.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { CallUsage } from '../../model/model-call';
import type { ChatAnswer, ChatEvent, ChatRequest, ToolCall } from '../provider';
import { proven, shown } from '../wire/answer';
import { failWith } from '../wire/fault';
import { toolArguments } from '../wire/tool-arguments';
import { amount, usageOf, type ToldUsage } from '../wire/usage';

export interface GeminiReader {
  /** Takes one chunk; true when it carried content. */
  take(chunk: unknown): boolean;
  readonly usage: CallUsage;
  /** @throws WireFault */
  answer(given: { readonly id: (given: unknown) => string; readonly provider: string }): ChatAnswer;
}

export function createGeminiReader(request: ChatRequest, tell: (event: ChatEvent) => void): GeminiReader {
  const parts: JsonObject[] = [];
  let finish = '';
  let blocked = '';
  let model = '';
  let told: ToldUsage = {};
  const seen = () => parts.map((part) => textOf(part) + JSON.stringify(part['functionCall'] ?? '')).join('');
  const usageNow = () => usageOf(told, request, seen);

  function take(chunk: unknown): boolean {
    if (!isJsonObject(chunk)) failWith('incomplete', 'an event that is not an object');
    if (typeof chunk['modelVersion'] === 'string' && chunk['modelVersion'] !== '')
      model = chunk['modelVersion'];
    const usage = toldBy(chunk['usageMetadata']);
    if (usage !== undefined) {
      told = usage;
      tell({ type: 'usage', usage: usageNow() });
    }
    const feedback = chunk['promptFeedback'];
    const reason = isJsonObject(feedback) ? feedback['blockReason'] : undefined;
    if (typeof reason === 'string' && reason !== '' && !/UNSPECIFIED$/.test(reason)) blocked = reason;
    const candidate = candidateOf(chunk);
    if (candidate === undefined) return blocked !== '';
    const hadContent = content(candidate['content']);
    const stop = candidate['finishReason'];
    if (typeof stop !== 'string' || stop === '') return hadContent;
    if (finish !== '' && finish !== stop) failWith('incomplete', 'two reasons to finish');
    finish = stop;
    return true;
  }

  function content(given: JsonValue | undefined): boolean {
    const list = isJsonObject(given) ? given['parts'] : undefined;
    let hadContent = false;
    for (const part of (Array.isArray(list) ? (list as readonly JsonValue[]) : []).filter(isJsonObject)) {
      parts.push(part);
      const text = textOf(part);
      if (text !== '' && part['thought'] !== true) tell({ type: 'text', text });
      hadContent ||= text !== '' || part['functionCall'] !== undefined;
    }
    return hadContent;
  }

  return {
    take,
    get usage() {
      return usageNow();
    },
    answer({ id, provider }) {
      if (blocked !== '') failWith('content-blocked', shown(blocked));
      if (finish === '') failWith('incomplete');
      const hasCalls = parts.some((part) => part['functionCall'] !== undefined);
      const kind = finishOf(finish, hasCalls);
      const toolCalls = kind === 'tool-calls' ? parts.flatMap((part) => callsIn(part, request, id)) : [];
      const isSigned = parts.some((part) => typeof part['thoughtSignature'] === 'string');
      return proven(
        {
          finish: kind,
          rawFinish: finish,
          text: parts.map((part) => (part['thought'] === true ? '' : textOf(part))).join(''),
          toolCalls,
          usage: usageNow(),
          model: model === '' ? request.model : model,
          ...(isSigned &&
            kind !== 'length' && {
              opaque: { provider, model: request.model, data: parts.filter(isWorthKeeping) },
            }),
        },
        request,
      );
    },
  };
}

/** A reason to finish was given. */
export function isLastChunk(chunk: JsonObject): boolean {
  const reason = candidateOf(chunk)?.['finishReason'];
  return typeof reason === 'string' && reason !== '';
}

function candidateOf({ candidates }: JsonObject): JsonObject | undefined {
  return (Array.isArray(candidates) ? (candidates as readonly JsonValue[]) : [])
    .filter(isJsonObject)
    .find(({ index }) => index === undefined || index === null || index === 0);
}

function finishOf(reason: string, hasCalls: boolean): ChatAnswer['finish'] {
  switch (reason) {
    case 'STOP':
      return hasCalls ? 'tool-calls' : 'complete';
    // Said by gateways, never by Google.
    case 'FUNCTION_CALL':
      return 'tool-calls';
    case 'MAX_TOKENS':
      return 'length';
    case 'CONTINUATION':
      return 'paused';
    case 'SAFETY':
    case 'RECITATION':
    case 'LANGUAGE':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
    case 'IMAGE_RECITATION':
    case 'MODEL_ARMOR':
      return failWith('content-blocked', reason);
    case 'MALFORMED_FUNCTION_CALL':
    case 'UNEXPECTED_TOOL_CALL':
    case 'TOO_MANY_TOOL_CALLS':
    case 'MALFORMED_RESPONSE':
    case 'MISSING_THOUGHT_SIGNATURE':
      return failWith('malformed-tool-call', reason);
    default:
      return failWith('incomplete', shown(reason));
  }
}

function callsIn(part: JsonObject, request: ChatRequest, id: (given: unknown) => string): ToolCall[] {
  const call = part['functionCall'];
  if (call === undefined) return [];
  if (!isJsonObject(call) || typeof call['name'] !== 'string' || call['name'] === '')
    failWith('malformed-tool-call', 'a call without a name');
  const { name } = call;
  // No arguments are left out, as everything empty is in this protocol.
  return [{ id: id(call['id']), name, arguments: toolArguments(call['args'] ?? '', name, request.tools) }];
}

/** Thoughts are not taken back; their signatures stand on the parts that follow. */
function isWorthKeeping(part: JsonObject): boolean {
  return part['thought'] !== true || typeof part['thoughtSignature'] === 'string';
}

function textOf(part: JsonObject): string {
  return typeof part['text'] === 'string' ? part['text'] : '';
}

/** Thoughts are paid for as output, and counted beside it. */
function toldBy(usage: JsonValue | undefined): ToldUsage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const input = amount(usage['promptTokenCount']);
  const output = amount(usage['candidatesTokenCount']);
  const thoughts = amount(usage['thoughtsTokenCount']);
  const tools = amount(usage['toolUsePromptTokenCount']) ?? 0;
  if (input === undefined && output === undefined && thoughts === undefined) return undefined;
  return {
    input: input === undefined ? undefined : input + tools,
    output: output === undefined && thoughts === undefined ? undefined : (output ?? 0) + (thoughts ?? 0),
    cached: amount(usage['cachedContentTokenCount']),
  };
}
