import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../../src/core/providers/provider';
import { requestFor, translateMessages } from '../../../../src/core/providers/router/translate-request';
import { SimulatedClock } from '../../engine/simulated-clock';
import { answerOf, callOf, factsOf, routerOver, scripted } from './scripted';

const user = (text: string): ChatMessage => ({ role: 'user', text });
const call = (id: string) => ({ id, name: 'read', arguments: {} });
const result = (id: string) => ({ id, name: 'read', text: 'contents', isError: false });
const claude = { provider: 'claude', model: 'claude-model' };
const gemini = { provider: 'gemini', model: 'gemini-model' };
const opaque = { ...gemini, data: { signature: 'x' } };

describe('a conversation for another provider', () => {
  it('keeps what was said and drops what only its writer understands', () => {
    const messages: ChatMessage[] = [
      user('a'),
      { role: 'assistant', text: 'b', toolCalls: [], opaque },
      user('c'),
    ];
    expect(translateMessages(messages, gemini)).toEqual(messages);
    expect(translateMessages(messages, claude)).toEqual([
      user('a'),
      { role: 'assistant', text: 'b', toolCalls: [] },
      user('c'),
    ]);
  });

  it('is for another model of the same provider as for another provider: it takes no thoughts of others', () => {
    const messages: ChatMessage[] = [
      user('a'),
      { role: 'assistant', text: 'b', toolCalls: [], opaque },
      { role: 'assistant', text: 'c', toolCalls: [], opaque: { provider: 'gemini', data: 'of before' } },
    ];
    const [, ...rest] = translateMessages(messages, { ...gemini, model: 'gemini-next' });
    expect(rest.slice(0, 1)).toEqual([{ role: 'assistant', text: 'bc', toolCalls: [] }]);
  });

  it('makes ids of tool calls such that every vendor takes them, the same in call and result', () => {
    const ids = ['functions.read:0', 'functions.read:1', 'call_ok-1', 'x'.repeat(60)];
    const messages: ChatMessage[] = [
      user('a'),
      { role: 'assistant', text: '', toolCalls: ids.map(call), opaque },
      { role: 'tool', results: ids.map(result) },
    ];
    const [, assistant, tool] = translateMessages(messages, claude);
    const called = assistant?.role === 'assistant' ? assistant.toolCalls.map(({ id }) => id) : [];
    const answered = tool?.role === 'tool' ? tool.results.map(({ id }) => id) : [];
    expect(answered).toEqual(called);
    expect(new Set(called).size).toBe(4);
    expect(called[2]).toBe('call_ok-1');
    for (const id of called) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
    expect(translateMessages(messages, gemini)).toEqual(messages);
  });

  it('leaves no empty answer and no two messages of one side in a row', () => {
    const messages: ChatMessage[] = [
      user('a'),
      { role: 'assistant', text: ' ', toolCalls: [], opaque },
      user('b'),
      { role: 'assistant', text: 'one', toolCalls: [], opaque },
      { role: 'assistant', text: ' two', toolCalls: [], opaque },
      user('c'),
    ];
    expect(translateMessages(messages, claude)).toEqual([
      user('a\n\nb'),
      { role: 'assistant', text: 'one two', toolCalls: [] },
      user('c'),
    ]);
  });

  it('asks to go on where another provider paused', () => {
    const messages: ChatMessage[] = [user('a'), { role: 'assistant', text: 'half', toolCalls: [], opaque }];
    expect(translateMessages(messages, gemini)).toEqual(messages);
    expect(translateMessages(messages, claude).at(-1)).toEqual(user('Go on where the answer stopped.'));
  });

  it('asks for no more than the model can give, and for no temperature where it takes none', () => {
    const clock = new SimulatedClock();
    const routable = scripted(clock, 'claude');
    const facts = factsOf('m', {
      maxOutput: 500,
      abilities: { tools: true, structuredOutput: true, temperature: false },
    });
    const request = requestFor(
      { ref: { provider: 'claude', model: 'm' }, routable, title: 'Claude', facts },
      { messages: [user('a')], tools: [], maxOutputTokens: 4_000, temperature: 0.5 },
    );
    expect(request).toEqual({ model: 'm', messages: [user('a')], tools: [], maxOutputTokens: 500 });
  });

  it('is what the next provider gets when the one that began it fails', async () => {
    const clock = new SimulatedClock();
    const gemini = scripted(clock, 'gemini', ['auth']);
    const claude = scripted(clock, 'claude');
    const request = {
      messages: [user('a'), { role: 'assistant', text: 'b', toolCalls: [], opaque } as const, user('c')],
      tools: [],
      maxOutputTokens: 100,
    };
    await answerOf(clock, routerOver(clock, [gemini, claude]).ask(callOf({ request }).call));
    expect(gemini.got[0]?.request.messages[1]).toHaveProperty('opaque');
    expect(claude.got[0]?.request.messages[1]).not.toHaveProperty('opaque');
  });
});
