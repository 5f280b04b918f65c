import OpenAI from 'openai';
import type { Connection } from '../connection';
import type { ChatAnswer, ChatEvent, ChatOptions, ChatProvider, ChatRequest } from '../provider';
import { callIds, tellEnd } from '../wire/answer';
import { Exchange } from '../wire/exchange';
import { failWith } from '../wire/fault';
import { lentClients, type LentClients } from '../wire/lent-clients';
import { saidIn } from '../wire/said';
import { checkTimeouts, LONGEST_TIMEOUT } from '../wire/timeouts';
import { isJsonObject } from '../../base/json';
import { addressOf, countsUnasked, isOpenAIs, knowsNewerNames, listAddressOf, type Address } from './address';
import { asChunk, createOpenAIReader, isLastChunk } from './answer';
import { openAIBody } from './request';

/** OpenAI, Azure and every server that speaks Chat Completions. */
export function createOpenAI(connection: Connection): ChatProvider {
  const { name } = connection.settings;

  // A client goes through one exchange at a time, whose fetch knows its timers. The key lives in this closure and in no property.
  const clientOf = (fetch: typeof globalThis.fetch, { baseURL, query, isAzure }: Address) => {
    const key = connection.key ?? 'not-needed';
    return new OpenAI({
      apiKey: key,
      // Whatever the environment holds for OpenAI is no business of another server.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      baseURL,
      fetch,
      maxRetries: 0,
      timeout: LONGEST_TIMEOUT,
      // It would log whole requests.
      logLevel: 'off',
      ...(query && { defaultQuery: { ...query } }),
      ...(isAzure && { defaultHeaders: { 'api-key': key, Authorization: null } }),
    });
  };
  /** By address: Azure has one for each model. */
  const clients = new Map<string, LentClients<OpenAI>>();
  const through = <T>(exchange: Exchange, address: Address, work: (client: OpenAI) => Promise<T>) => {
    let lent = clients.get(address.baseURL);
    if (lent === undefined)
      clients.set(address.baseURL, (lent = lentClients((fetch) => clientOf(fetch, address))));
    return lent.with(exchange.fetch, work);
  };

  async function chat(request: ChatRequest, options: ChatOptions): Promise<ChatAnswer> {
    const tell = (event: ChatEvent) => {
      if (!exchange.isOver) options.onEvent?.(event);
    };
    const reader = createOpenAIReader(request, tell, { isOpenAI: isOpenAIs(connection, request.model) });
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
    return exchange.run(async () => {
      const address = addressOf(connection, request.model);
      const body = openAIBody(request, { isOpenAI: knowsNewerNames(connection, address, request.model) });
      return through(exchange, address, async ({ chat: { completions } }) => {
        if (options.stream) {
          const chunks = await completions.create({
            ...body,
            stream: true,
            ...(!countsUnasked(address) && { stream_options: { include_usage: true } }),
          });
          for await (const chunk of chunks) {
            if (reader.take(chunk)) exchange.progressed();
          }
        } else {
          const completion: unknown = await completions.create({ ...body, stream: false });
          reader.take(
            (isJsonObject(completion) ? asChunk(completion) : undefined) ?? failWith('invalid-response'),
          );
        }
        const answer = reader.answer(callIds(request, connection.ids));
        const { requestId, restMs } = exchange;
        tellEnd(answer, tell);
        return {
          ...answer,
          ...(requestId !== undefined && { requestId }),
          ...(restMs !== undefined && { restMs }),
        };
      });
    });
  }

  async function list(signal: AbortSignal) {
    const exchange = new Exchange({
      connection,
      signal,
      timeouts: checkTimeouts,
      shape: 'whole',
      // Ollama says null where there is no model yet; others leave out the document around the list.
      isAnswer: ({ data }) => Array.isArray(data) || data === null,
      ofList: (data) => (data.every(isModel) ? { object: 'list', data } : undefined),
    });
    const page = await exchange.run(async () =>
      through(exchange, listAddressOf(connection), async ({ models }) => models.list()),
    );
    return page.data.filter(isModel);
  }

  return {
    name,
    chat,
    async healthCheck(signal) {
      const started = connection.clock.monotonic();
      const { length } = await list(signal);
      const detail = length === 1 ? '1 model offered.' : `${length} models offered.`;
      return { latencyMs: connection.clock.monotonic() - started, detail };
    },
    async models(signal) {
      return (await list(signal)).map((model) => {
        const context = contextOf(model);
        return { id: model.id, ...(context !== undefined && { context }) };
      });
    },
  };
}

function isModel(model: unknown): boolean {
  return isJsonObject(model) && typeof model['id'] === 'string';
}

/** Told by some compatible servers, each under a name of its own. */
function contextOf(model: object): number | undefined {
  const told = model as Readonly<Record<string, unknown>>;
  return [told['context_length'], told['max_model_len'], told['max_context_length']].find(
    (tokens): tokens is number => typeof tokens === 'number' && tokens > 0,
  );
}
