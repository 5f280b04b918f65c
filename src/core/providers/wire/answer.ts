import { withoutFence } from '../../base/without-fence';
import type { Connection } from '../connection';
import type { ChatAnswer, ChatEvent, ChatRequest, ToolCall } from '../provider';
import { failWith } from './fault';
import { wellFormed } from './well-formed';

/**
 * The answer if it is one: text that says something, calls that can be run. Everything else a terminal event may end with proves
 * nothing. Text that is not the JSON asked for is a whole answer all the same: whoever asked names the faults and asks again.
 * @throws WireFault
 */
export function proven(answer: ChatAnswer, request: ChatRequest): ChatAnswer {
  const { finish, toolCalls } = answer;
  switch (finish) {
    case 'complete':
      if (toolCalls.length > 0) failWith('incomplete', `tool calls that end with ${shown(answer.rawFinish)}`);
      if (answer.text.trim() === '') failWith('incomplete', 'an answer that says nothing');
      return { ...answer, text: wellFormed(request.output ? withoutFence(answer.text) : answer.text) };
    case 'tool-calls':
      if (toolCalls.length === 0) failWith('incomplete', 'no tool call');
      return { ...answer, text: wellFormed(answer.text), toolCalls: wellFormed(toolCalls) };
    case 'length':
    case 'paused':
      // Whatever was called stands in an answer that is not whole.
      return { ...answer, text: wellFormed(answer.text), toolCalls: [] };
    default:
      return finish satisfies never;
  }
}

/** A vendor's word as it may stand in a sentence. */
export function shown(word: string): string {
  return /^[\w.-]{1,60}$/.test(word) ? word : 'an unknown word';
}

/** Ids of calls as the vendor gave them, made up where it gave none or one that is taken: results find their calls by them. */
export function callIds(request: ChatRequest, ids: Connection['ids']): (given: unknown) => string {
  const taken = new Set(
    request.messages.flatMap((message) =>
      message.role === 'assistant' ? message.toolCalls.map(({ id }) => id) : [],
    ),
  );
  return (given) => {
    const id = typeof given === 'string' && given !== '' && !taken.has(given) ? given : `call_${ids.next()}`;
    taken.add(id);
    return id;
  };
}

/** Tells of calls and the final usage once the answer is proven; text was told as it came. */
export function tellEnd(answer: ChatAnswer, tell: (event: ChatEvent) => void): void {
  for (const call of answer.toolCalls satisfies readonly ToolCall[]) tell({ type: 'tool-call', call });
  tell({ type: 'usage', usage: answer.usage });
}
