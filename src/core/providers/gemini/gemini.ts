import { GoogleGenerativeAI, type GenerateContentRequest } from '@google/generative-ai';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { Connection } from '../connection';
import type {
  ChatAnswer,
  ChatEvent,
  ChatOptions,
  ChatProvider,
  ChatRequest,
  OfferedModel,
} from '../provider';
import { callIds, tellEnd } from '../wire/answer';
import { Exchange } from '../wire/exchange';
import { failWith } from '../wire/fault';
import { saidIn } from '../wire/said';
import { checkTimeouts } from '../wire/timeouts';
import { createGeminiReader, isLastChunk } from './answer';
import { lendFetch } from './fetch';
import { geminiBody } from './request';

/**
 * Gemini, through generateContent.
 *
 * What the package does by itself, measured with 0.24.1, and why its every byte goes through an exchange: it follows redirects to
 * another host and takes the key along (with 307 and 308 also the request); it ends a stream that is cut, and one that tells an
 * error, as if all were well; it cannot read comments, "data:" without a space, or a line separator in a text; a timeout and a
 * cancellation are the same error, and in a stream even the same as a reset; `{}` is an empty answer. It never retries.
 */
export function createGemini(connection: Connection): ChatProvider {
  const { name } = connection.settings;
  const { baseUrl, apiVersion } = addressOf(connection);

  /** Does something with the package's model, whose every request goes through the exchange. */
  async function through<T>(
    exchange: Exchange,
    model: string,
    work: (model: ReturnType<GoogleGenerativeAI['getGenerativeModel']>) => Promise<T>,
  ): Promise<T> {
    // It becomes part of the address.
    if (!/^[\w.@-]+(\/[\w.@-]+)*$/.test(model) || model.includes('..')) failWith('model-gone');
    const lent = lendFetch(exchange.fetch);
    try {
      const customHeaders = lent.headers;
      const client = new GoogleGenerativeAI(connection.key ?? 'not-needed');
      return await work(client.getGenerativeModel({ model }, { baseUrl, apiVersion, customHeaders }));
    } finally {
      lent.dispose();
    }
  }

  async function chat(request: ChatRequest, options: ChatOptions): Promise<ChatAnswer> {
    const tell = (event: ChatEvent) => {
      if (!exchange.isOver) options.onEvent?.(event);
    };
    const reader = createGeminiReader(request, tell);
    const exchange: Exchange = new Exchange({
      connection,
      signal: options.signal,
      timeouts: options.timeouts,
      shape: options.stream ? 'events' : 'whole',
      model: request.model,
      said: () => saidIn(request),
      spent: () => reader.usage,
      isEnd: isLastChunk,
      asEvent: asChunk,
    });
    return exchange.run(() =>
      through(exchange, request.model, async (model) => {
        const body = geminiBody(request, name) as unknown as GenerateContentRequest;
        if (options.stream) {
          const { stream, response } = await model.generateContentStream(body);
          // The package gathers a second answer of its own, and its failure is told by the stream already.
          response.catch(() => undefined);
          for await (const chunk of stream) {
            if (reader.take(chunk)) exchange.progressed();
          }
        } else {
          const { response } = await model.generateContent(body);
          reader.take(
            isJsonObject(response) ? (asChunk(response) ?? failWith('invalid-response')) : undefined,
          );
        }
        const answer = reader.answer({ id: callIds(request, connection.ids), provider: name });
        const { requestId, restMs } = exchange;
        tellEnd(answer, tell);
        return {
          ...answer,
          ...(requestId !== undefined && { requestId }),
          ...(restMs !== undefined && { restMs }),
        };
      }),
    );
  }

  /** The package lists no models, so the exchange asks by itself. */
  async function list(signal: AbortSignal, pageSize: number): Promise<readonly JsonObject[]> {
    const exchange = new Exchange({
      connection,
      signal,
      timeouts: checkTimeouts,
      shape: 'whole',
      isAnswer: ({ models }) => Array.isArray(models),
    });
    return exchange.run(async () => {
      const headers = { 'x-goog-api-key': connection.key ?? 'not-needed' };
      const response = await exchange.fetch(`${baseUrl}/${apiVersion}/models?pageSize=${pageSize}`, {
        headers,
      });
      const { models } = (await response.json()) as { readonly models: readonly JsonValue[] };
      return models.filter(isJsonObject);
    });
  }

  return {
    name,
    chat,
    async healthCheck(signal) {
      const started = connection.clock.monotonic();
      await list(signal, 1);
      return { latencyMs: connection.clock.monotonic() - started, detail: 'Answers and takes the key.' };
    },
    async models(signal) {
      return (await list(signal, 1000)).flatMap(offered);
    },
    countTokens(request, signal) {
      const exchange = new Exchange({
        connection,
        signal,
        timeouts: checkTimeouts,
        shape: 'whole',
        model: request.model,
        said: () => saidIn(request),
      });
      return exchange.run(() =>
        through(exchange, request.model, async (model) => {
          const generateContentRequest = {
            ...geminiBody(request, name),
            generationConfig: {},
            model: `models/${request.model}`,
          };
          const { totalTokens } = await model.countTokens({ generateContentRequest } as never);
          return typeof totalTokens === 'number' ? totalTokens : undefined;
        }),
      );
    },
  };
}

function asChunk(response: JsonObject): JsonObject | undefined {
  const isAnswer = ['candidates', 'promptFeedback', 'usageMetadata'].some(
    (key) => response[key] !== undefined,
  );
  return isAnswer ? response : undefined;
}

/** Those that chat; the list also names models of pictures and of embeddings. */
function offered(model: JsonObject): OfferedModel[] {
  const { name, displayName, inputTokenLimit, supportedGenerationMethods: methods } = model;
  if (typeof name !== 'string') return [];
  if (Array.isArray(methods) && !methods.includes('generateContent')) return [];
  return [
    {
      id: name.replace(/^models\//, ''),
      ...(typeof displayName === 'string' && { title: displayName }),
      ...(typeof inputTokenLimit === 'number' && { context: inputTokenLimit }),
    },
  ];
}

/** The package puts the API's version before each path itself. */
function addressOf({ settings }: Connection): { readonly baseUrl: string; readonly apiVersion: string } {
  const given = (settings.baseUrl ?? 'https://generativelanguage.googleapis.com').replace(/\/+$/, '');
  const version = /\/(v\d+(?:alpha|beta)?\d*)$/.exec(given)?.[1];
  return version === undefined
    ? { baseUrl: given, apiVersion: 'v1beta' }
    : { baseUrl: given.slice(0, -version.length - 1), apiVersion: version };
}
