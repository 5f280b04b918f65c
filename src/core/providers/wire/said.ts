import type { ChatRequest } from '../provider';

/** Everything of a request that may be private, as one text. */
export function saidIn({ system, messages }: ChatRequest): string {
  const parts = messages.flatMap((message): string[] => {
    switch (message.role) {
      case 'user':
        return [message.text];
      case 'assistant':
        return [message.text, ...message.toolCalls.map((call) => JSON.stringify(call.arguments))];
      case 'tool':
        return message.results.map(({ text }) => text);
      default:
        return message satisfies never;
    }
  });
  return [system ?? '', ...parts].join('\n');
}
