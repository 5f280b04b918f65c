import { LLMock, type ChatCompletionRequest, type FixtureResponse } from '@copilotkit/aimock';
import { script, type Scripted } from '../contract/chat-provider';

/** A server that speaks as every vendor does, with a model behind it that follows the script of the contract. */
export async function startScriptedModel(): Promise<LLMock> {
  const server = new LLMock({ port: 0, logLevel: 'silent' });
  for (const [told, scripted] of Object.entries(script)) addScripted(server, told, scripted);
  server.mount('/v1beta/models', {
    handleRequest(request, response, path) {
      if (request.method !== 'GET' || path !== '/') return Promise.resolve(false);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ models: [{ name: 'models/gemini-for-tests', inputTokenLimit: 1000 }] }));
      return Promise.resolve(true);
    },
  });
  await server.start();
  return server;
}

function addScripted(server: LLMock, told: string, scripted: Scripted): void {
  const match = { predicate: (request: ChatCompletionRequest) => lastTold(request) === told };
  switch (scripted.does) {
    case 'say':
      server.on(match, {
        content: scripted.text,
        usage,
        ...(scripted.isCut && { finishReason: 'length' }),
      });
      return;
    case 'call': {
      const toolCalls = scripted.calls.map((call) => ({
        name: call.name,
        arguments: JSON.stringify(call.arguments),
      }));
      server.on(match, { toolCalls });
      return;
    }
    case 'wait':
      // Nobody waits for the rest: the tests let go long before.
      if (scripted.after === '') server.on(match, () => new Promise<never>(() => undefined));
      else
        server.on(
          match,
          { content: `${scripted.after}, and never the rest of it${' of it'.repeat(20)}` },
          {
            chunkSize: scripted.after.length,
            // Claude's first piece of text is its third event.
            recordedTimings: { ttftMs: 0, interChunkDelaysMs: [0, 0, 600_000, 600_000], totalDurationMs: 0 },
          },
        );
      return;
    case 'fail':
      server.on(match, failures[scripted.how]);
      return;
    default:
      return scripted satisfies never;
  }
}

/** In the words of each vendor. */
const usage = {
  input_tokens: 30,
  output_tokens: 12,
  prompt_tokens: 30,
  completion_tokens: 12,
  total_tokens: 42,
  promptTokenCount: 30,
  candidatesTokenCount: 12,
  totalTokenCount: 42,
};

const failures: Readonly<Record<Extract<Scripted, { does: 'fail' }>['how'], FixtureResponse>> = {
  server: { status: 500, error: { message: 'x', type: 'server_error' } },
  'rate-limited': { status: 429, error: { message: 'x', type: 'rate_limit_error' }, retryAfter: 3 },
  auth: { status: 401, error: { message: 'x', type: 'authentication_error' } },
  'model-gone': { status: 404, error: { message: 'x', type: 'not_found_error' } },
};

function lastTold({ messages }: ChatCompletionRequest): string {
  const content = messages.at(-1)?.content ?? '';
  const text = typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
  // Messages in a row become one, and Gemini wraps results.
  const last = text.split('\n\n').at(-1) ?? '';
  try {
    const wrapped = JSON.parse(last) as { readonly result?: unknown };
    return typeof wrapped.result === 'string' ? wrapped.result : last;
  } catch {
    return last;
  }
}
