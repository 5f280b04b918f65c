import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { ProviderName } from '../../model/model-call';
import type { ChatRequest, ToolDeclaration, ToolResult } from '../provider';
import { askedInWords, isClosed } from '../wire/output-schema';
import { turnsOf, type Turn } from '../wire/turns';
import { wellFormed } from '../wire/well-formed';
import { geminiSchema } from './schema';

/** The body of generateContent, as plain JSON: the package's types are older than the API. */
export function geminiBody(request: ChatRequest, provider: ProviderName): JsonObject {
  const { model, maxOutputTokens, temperature, tools, toolChoice, output } = request;
  // The API takes a schema for the answer or tools, not both.
  const isEnforced = output !== undefined && tools.length === 0 && isClosed(output.schema);
  const system = [request.system ?? '', output === undefined || isEnforced ? '' : askedInWords(output.schema)]
    .filter((part) => part.trim() !== '')
    .join('\n\n');
  return wellFormed<JsonObject>({
    contents: contentsOf(turnsOf(request.messages, { provider, model }), wantsSignatures(model)),
    ...(system !== '' && { systemInstruction: { role: 'system', parts: [{ text: system }] } }),
    ...(tools.length > 0 && {
      tools: [{ functionDeclarations: tools.map(declaration) }],
      toolConfig: { functionCallingConfig: { mode: modes[toolChoice ?? 'auto'] } },
    }),
    generationConfig: {
      maxOutputTokens,
      ...(temperature !== undefined && { temperature }),
      ...(output !== undefined && tools.length === 0 && { responseMimeType: 'application/json' }),
      ...(isEnforced && { responseSchema: geminiSchema(output.schema) }),
    },
  });
}

const modes = { auto: 'AUTO', none: 'NONE', required: 'ANY' } as const;

/** Gemini 3 and everything after it refuses a call of a function that stands there without the signature of a thought. */
function wantsSignatures(model: string): boolean {
  return /(^|\/)gemini-([3-9]|\d\d)/.test(model);
}

/** Google's own word for a call that another model made, or that was made before there were signatures. */
const UNSIGNED = 'skip_thought_signature_validator';

function contentsOf(turns: readonly Turn[], areSigned: boolean): JsonObject[] {
  // Ids that Gemini gave itself are to come back with the results; ids that were made up here are unknown to it.
  const known = new Set<string>();
  return turns.map((turn) => {
    if (turn.side === 'assistant') {
      const parts = partsOf(turn, areSigned);
      for (const part of parts) {
        const call = part['functionCall'];
        if (isJsonObject(call) && typeof call['id'] === 'string') known.add(call['id']);
      }
      return { role: 'model', parts };
    }
    const results = turn.results.map((result) => functionResponse(result, known));
    return { role: 'user', parts: [...results, ...(turn.text === '' ? [] : [{ text: turn.text }])] };
  });
}

function partsOf(turn: Extract<Turn, { side: 'assistant' }>, areSigned: boolean): JsonObject[] {
  // Thought signatures are only taken back on the parts that they came with.
  if (turn.own !== undefined && Array.isArray(turn.own))
    return (turn.own as readonly JsonValue[]).filter(isJsonObject);
  // Of calls that stand side by side only the first is signed.
  const calls = turn.toolCalls.map((call, at): JsonObject => ({
    functionCall: { name: call.name, args: call.arguments },
    ...(areSigned && at === 0 && { thoughtSignature: UNSIGNED }),
  }));
  return [...(turn.text.trim() === '' ? [] : [{ text: turn.text }]), ...calls];
}

function functionResponse({ id, name, text, isError }: ToolResult, known: ReadonlySet<string>): JsonObject {
  const response = isError ? { error: text } : { result: text };
  return { functionResponse: { ...(known.has(id) && { id }), name, response } };
}

function declaration({ name, description, parameters }: ToolDeclaration): JsonObject {
  const schema = geminiSchema(parameters);
  // An object without properties is refused; a function without parameters is not.
  return { name, description, ...(schema['properties'] !== undefined && { parameters: schema }) };
}
