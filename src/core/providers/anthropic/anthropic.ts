import { isJsonObject } from '../../base/json';
import type { Connection } from '../connection';
import type { ChatAnswer, ChatOptions, ChatProvider, ChatRequest } from '../provider';
import { callIds, tellEnd } from '../wire/answer';
import { Exchange } from '../wire/exchange';
import { lentClients } from '../wire/lent-clients';
import { checkTimeouts, LONGEST_TIMEOUT } from '../wire/timeouts';
import { saidIn } from '../wire/said';
import { createAnthropicReader, eventsOfMessage } from './answer';
import { AnthropicClient } from './client';
import { anthropicBody } from './request';

/** Claude, through the Messages API. */
export function createAnthropic(connection: Connection): ChatProvider {
  const { name } = connection.settings;

  // A client goes through one exchange at a time, whose fetch knows its timers. The key lives in this closure and in no property.
  const clients = lentClients(
    (fetch) =>
      new AnthropicClient({
        apiKey: connection.key ?? 'not-needed',
        baseURL: addressOf(connection),
        fetch,
        maxRetries: 0,
        timeout: LONGEST_TIMEOUT,
        // It would log whole requests, and give them to whoever records traces in this process.
        logLevel: 'off',
        openTelemetry: false,
      }),
  );
  const through = <T>(exchange: Exchange, work: (client: AnthropicClient) => Promise<T>) =>
    exchange.run(() => clients.with(exchange.fetch, work));

  async function chat(request: ChatRequest, options: ChatOptions): Promise<ChatAnswer> {
    const tell = (event: Parameters<NonNullable<ChatOptions['onEvent']>>[0]) => {
      if (!exchange.isOver) options.onEvent?.(event);
    };
    const reader = createAnthropicReader(request, tell);
    const exchange: Exchange = new Exchange({
      connection,
      signal: options.signal,
      timeouts: options.timeouts,
      shape: options.stream ? 'events' : 'whole',
      model: request.model,
      said: () => saidIn(request),
      spent: () => reader.usage,
      isLast: ({ type }) => type === 'message_stop',
    });
    return through(exchange, async ({ messages }) => {
      const body = anthropicBody(request, name);
      if (options.stream) {
        for await (const event of await messages.create({ ...body, stream: true })) {
          if (reader.take(event)) exchange.progressed();
        }
      } else {
        const message: unknown = await messages.create({ ...body, stream: false });
        for (const event of eventsOfMessage(isJsonObject(message) ? message : {})) reader.take(event);
      }
      const answer = reader.answer({ id: callIds(request, connection.ids), provider: name });
      const { requestId, restMs } = exchange;
      tellEnd(answer, tell);
      return {
        ...answer,
        ...(requestId !== undefined && { requestId }),
        ...(restMs !== undefined && { restMs }),
      };
    });
  }

  const check = (signal: AbortSignal) =>
    new Exchange({
      connection,
      signal,
      timeouts: checkTimeouts,
      shape: 'whole',
      isAnswer: ({ data }) => Array.isArray(data),
    });

  return {
    name,
    chat,
    async healthCheck(signal) {
      const started = connection.clock.monotonic();
      const exchange = check(signal);
      await through(exchange, async ({ models }) => models.list({ limit: 1 }));
      return { latencyMs: connection.clock.monotonic() - started, detail: 'Answers and takes the key.' };
    },
    models(signal) {
      const exchange = check(signal);
      return through(exchange, async ({ models }) => {
        const page = await models.list({ limit: 1000 });
        return page.data.map(({ id, display_name: title }) => ({ id, ...(title && { title }) }));
      });
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
      return through(exchange, async (client) => {
        const { model, messages, system, tools } = anthropicBody(request, name);
        const { input_tokens: tokens } = await client.messages.countTokens({
          model,
          messages,
          ...(system !== undefined && { system }),
          ...(tools !== undefined && { tools: tools }),
        });
        return typeof tokens === 'number' ? tokens : undefined;
      });
    },
  };
}

/** The package puts /v1 before each path itself. */
function addressOf({ settings }: Connection): string {
  return (settings.baseUrl ?? 'https://api.anthropic.com').replace(/\/+$/, '').replace(/\/v1$/, '');
}
