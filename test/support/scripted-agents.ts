import type { ChatCompletionRequest, FixtureResponse } from '@copilotkit/aimock';
import type { JsonObject, JsonValue } from '../../src/core/base/json';
import type { VendorServer } from './vendor-servers';

/** What a model says in one turn: words, a document, calls of tools, or a failure of its server. */
export type Turn =
  | string
  | { readonly json: JsonValue }
  | { readonly fails: number; readonly type: string }
  | readonly (readonly [tool: string, args: JsonObject])[];

/**
 * The model behind a server answers as this agent, turn by turn. Which turn it is stands in the request, so that it makes no
 * difference how often one is asked, or who gave the turns before.
 *
 * @param about what the agent was told to begin with; what is said first about one request counts
 */
export function agentSays(server: VendorServer, agent: string, turns: readonly Turn[], about = /(?:)/): void {
  turns.forEach((turn, index) =>
    server.mock.on(
      {
        predicate: (request) =>
          isFor(agent, request) && turnsIn(request) === index && about.test(taskIn(request)),
      },
      responseOf(turn),
    ),
  );
}

/** What this agent was told, request by request: all of it as one text. */
export function toldTo(server: VendorServer, agent: string): string[] {
  return server.mock
    .getRequests()
    .flatMap(({ body }) => (body === null ? [] : [body as unknown as ChatCompletionRequest]))
    .filter((request) => isFor(agent, request))
    .map(({ messages }) => messages.map(textOf).join('\n\n'));
}

function isFor(agent: string, { messages }: ChatCompletionRequest): boolean {
  return messages.some(
    (message) => message.role === 'system' && textOf(message).includes(`You work as the agent "${agent}".`),
  );
}

function taskIn({ messages }: ChatCompletionRequest): string {
  const first = messages.find(({ role }) => role === 'user');
  return first === undefined ? '' : textOf(first);
}

const turnsIn = ({ messages }: ChatCompletionRequest): number =>
  messages.filter(({ role }) => role === 'assistant').length;

const textOf = ({ content }: ChatCompletionRequest['messages'][number]): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('\n');

function responseOf(turn: Turn): FixtureResponse {
  if (typeof turn === 'string') return { content: turn, usage };
  if ('json' in turn) return { content: JSON.stringify(turn.json), usage };
  if ('fails' in turn) return { error: { message: 'Not now.', type: turn.type }, status: turn.fails };
  return { toolCalls: turn.map(([name, args]) => ({ name, arguments: JSON.stringify(args) })), usage };
}

/** In the words of each vendor. */
const usage = {
  input_tokens: 900,
  output_tokens: 40,
  prompt_tokens: 900,
  completion_tokens: 40,
  promptTokenCount: 900,
  candidatesTokenCount: 40,
};
