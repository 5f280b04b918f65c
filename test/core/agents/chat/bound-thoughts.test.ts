import { describe, expect, it } from 'vitest';
import { boundTo, withThoughtsUnder } from '../../../../src/core/agents/chat/bound-thoughts';
import { shorterResults } from '../../../../src/core/agents/chat/shorter-results';
import type { ChatMessage, Opaque } from '../../../../src/core/providers/provider';
import { answer } from '../scripted';

const signed = (more: Partial<Opaque> = {}): Opaque => ({
  provider: 'claude',
  model: 'claude-test',
  isBound: true,
  data: ['signed'],
  ...more,
});
const called = (opaque?: Opaque): ChatMessage => ({
  role: 'assistant',
  text: '',
  toolCalls: [{ id: '1', name: 'read', arguments: {} }],
  ...(opaque !== undefined && { opaque }),
});
const result = (text: string): ChatMessage => ({
  role: 'tool',
  results: [{ id: '1', name: 'read', text, isError: false }],
});
const whose = (messages: readonly ChatMessage[] | undefined) =>
  messages?.flatMap((message) => (message.role === 'assistant' ? message.opaque !== undefined : []));

describe('signed thoughts', () => {
  const long = 'x'.repeat(20_000);

  it('from the first result on that is cut go with it; those before it stay', () => {
    const messages = [
      { role: 'user', text: 'a' } as const,
      called(signed()),
      result('short'),
      called(signed()),
      result(long),
      called(signed()),
      result('short'),
      called(signed()),
      result('short'),
    ];
    expect(whose(shorterResults(messages))).toEqual([true, true, false, false]);
  });

  it('that are not bound to what was said before stay when that is cut', () => {
    const free: Opaque = { provider: 'gemini', model: 'gemini-test', data: ['signed'] };
    const messages = [called(free), result(long), called(free), result('short')];
    expect(whose(shorterResults(messages))).toEqual([true, true]);
  });

  it('are sent only with the tools under which they were written', () => {
    const { opaque } = boundTo(answer('', { opaque: signed() }), () => 'tools-of-then');
    const messages = [called(opaque), result('short')];
    expect(whose(withThoughtsUnder(messages, () => 'tools-of-then'))).toEqual([true]);
    expect(whose(withThoughtsUnder(messages, () => 'other-tools'))).toEqual([false]);
  });
});
