import { describe, expect, it } from 'vitest';
import { neverAborted } from '../../../../src/core/base/abort';
import type { ToolDeclaration } from '../../../../src/core/providers/provider';
import { connectBuilt } from '../../../support/built-providers';
import { connectionTo, type WireKind } from '../../../support/provider-connection';
import { wireServerOfFile } from '../../../support/wire-providers';
import { events, json } from '../../../support/wire-server';
import { askBuilt } from './ask';
import { written } from './vendor-words';

/* What servers of other makers do that OpenAI does not: each has a way of its own to speak the same protocol. */

const look: ToolDeclaration = {
  name: 'look_up',
  description: 'Looks a word up.',
  parameters: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
};
const DONE = 'data: [DONE]\n\n';

const server = wireServerOfFile();

const chunk = (delta: object, reason: string | null = null, rest: object = {}) => ({
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: reason }],
  ...rest,
});
const call = (args: unknown, { id, index = 0 }: { id?: string; index?: number } = {}) => ({
  tool_calls: [
    {
      index,
      ...(id !== undefined && { id }),
      type: 'function',
      function: { name: look.name, arguments: args },
    },
  ],
});
const more = (args: string, id?: string) => ({
  tool_calls: [{ index: 0, ...(id !== undefined && { id }), function: { arguments: args } }],
});
const ask = (chunks: readonly object[], kind: WireKind = 'compatible', model = 'llama3.3') => {
  server.answer = events(written(chunks as Record<string, unknown>[]).join('') + DONE);
  return askBuilt(kind, server.url, { request: { tools: [look], model } });
};

describe('calls of a server that is not OpenAI’s', () => {
  it('may end with "stop", in pieces or as one document', async () => {
    const called = [chunk(call('{"word":', { id: 'x' })), chunk(more('"a"}')), chunk({}, 'stop')];
    const { verdict, answer } = await ask(called);
    expect(verdict).toBe('tool-calls');
    expect(answer?.toolCalls).toEqual([{ id: 'x', name: 'look_up', arguments: { word: 'a' } }]);
    expect(answer?.rawFinish).toBe('stop');
    const message = { role: 'assistant', content: null, ...call('{"word":"a"}', { id: 'x' }) };
    server.answer = json({ model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] });
    const whole = await askBuilt('compatible', server.url, {
      request: { tools: [look] },
      options: { stream: false },
    });
    expect(whole.answer?.toolCalls).toHaveLength(1);
  });

  it('are not run when "stop" comes before their end, nor when the answer was cut by its length', async () => {
    expect((await ask([chunk(call('{"word":', { id: 'x' })), chunk({}, 'stop')])).verdict).toBe(
      'malformed-tool-call',
    );
    expect((await ask([chunk(call('', { id: 'x' })), chunk({}, 'stop')])).verdict).toBe(
      'malformed-tool-call',
    );
    const cut = await ask([chunk(call('{"word":"a"}', { id: 'x' })), chunk({}, 'length')]);
    expect(cut.verdict).toBe('length');
    expect(cut.answer?.toolCalls).toEqual([]);
  });

  it('get an id where they have none, each its own', async () => {
    for (const id of [undefined, '']) {
      const given = id === undefined ? {} : { id };
      const { answer } = await ask([
        chunk(call('{"word":"a"}', given)),
        chunk(call('{"word":"b"}', given)),
        chunk({}, 'tool_calls'),
      ]);
      expect(answer?.toolCalls.map((one) => one.arguments)).toEqual([{ word: 'a' }, { word: 'b' }]);
      expect(new Set(answer?.toolCalls.map((one) => one.id)).size).toBe(2);
    }
  });

  it('are one call though each piece has an id of its own', async () => {
    const { answer } = await ask([
      chunk(call('', { id: 'x1' })),
      chunk(more('{"word":', 'x2')),
      chunk(more('"a"}', 'x3')),
      chunk({}, 'tool_calls'),
    ]);
    expect(answer?.toolCalls).toEqual([{ id: 'x1', name: 'look_up', arguments: { word: 'a' } }]);
  });

  it('are read strictly from OpenAI’s models, and not from others at the address that is given for them', async () => {
    const stopped = [chunk(call('{"word":"a"}', { id: 'x' })), chunk({}, 'stop')];
    expect((await ask(stopped, 'openai', 'gpt-6.1-terra')).verdict).toBe('incomplete');
    expect((await ask(stopped, 'openai')).verdict).toBe('tool-calls');
    const nameless = [chunk(call('{"word":"a"}')), chunk({}, 'tool_calls')];
    expect((await ask(nameless, 'openai', 'gpt-6.1-terra')).verdict).toBe('malformed-tool-call');
    expect((await ask(nameless, 'openai')).verdict).toBe('tool-calls');
  });
});

describe('thoughts between marks', () => {
  const saidBy = async (pieces: readonly string[], reason = 'stop') =>
    await ask([...pieces.map((content) => chunk({ content })), chunk({}, reason)]);

  it('are no part of the answer, however they are cut', async () => {
    const all = '\n<think>\nFirst a < b,\nthen more.\n</think>\n\nThe <b>answer</b>.';
    for (const size of [1, 3, 7, 200]) {
      const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
        all.slice(at * size, (at + 1) * size),
      );
      const { answer, told } = await saidBy(pieces);
      expect(answer?.text).toBe('The <b>answer</b>.');
      const shown = told.flatMap((event) => (event.type === 'text' ? event.text : []));
      expect(shown.join('')).toBe('The <b>answer</b>.');
    }
  });

  it('alone are no answer', async () => {
    expect((await saidBy(['<think>', 'hm'])).verdict).toBe('incomplete');
    expect((await saidBy(['<think>hm</think>\n'])).verdict).toBe('incomplete');
    const cut = await saidBy(['<think>', 'and on and on and on'], 'length');
    expect(cut.verdict).toBe('length');
    expect(cut.answer?.text).toBe('');
    expect(cut.answer?.usage.outputTokens).toBeGreaterThan(3);
  });

  it('are not seen in what only looks like them', async () => {
    for (const text of ['<thin', ' <thing>', 'Say <think>this</think>.', '<', '  indented'])
      expect((await saidBy([...text])).answer?.text).toBe(text);
  });
});

describe('an answer of a server that is not OpenAI’s', () => {
  it('may come as the message, in the place of its last piece', async () => {
    const message = { role: 'assistant', content: 'Hello' };
    const end = { choices: [{ index: 0, message, finish_reason: 'stop' }] };
    expect((await ask([end])).answer?.text).toBe('Hello');
    expect((await ask([chunk({ content: 'Hello' }), end])).answer?.text).toBe('Hello');
  });

  it('pays for thoughts that are counted in the total alone, and knows a cache by its other name', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 112, prompt_cache_hit_tokens: 6 };
    const { answer } = await ask([chunk({ content: 'Hello' }), chunk({}, 'stop', { usage })]);
    expect(answer?.usage).toEqual({
      inputTokens: 10,
      outputTokens: 102,
      cachedInputTokens: 6,
      estimated: false,
    });
  });

  it('is an error where it says so in its own way, and none where it says that there is none', async () => {
    const gone = {
      object: 'error',
      message: 'The model `m` does not exist.',
      type: 'NotFoundError',
      code: 404,
    };
    expect((await ask([gone])).verdict).toBe('model-gone');
    const fine = [chunk({ content: 'Hello' }, null, { error: false }), chunk({}, 'stop', { error: null })];
    expect((await ask(fine)).verdict).toBe('complete');
  });
});

describe('models of a server that is not OpenAI’s', () => {
  const connected = () => connectBuilt(connectionTo('compatible', server.url));

  it('may be a list without a document around it, or none yet', async () => {
    server.answer = json([{ id: 'a', context_length: 8000 }, { id: 'b' }]);
    const provider = await connected();
    expect(await provider.models(neverAborted)).toEqual([{ id: 'a', context: 8000 }, { id: 'b' }]);
    expect((await provider.healthCheck(neverAborted)).detail).toBe('2 models offered.');
    server.answer = json({ object: 'list', data: null });
    expect((await provider.healthCheck(neverAborted)).detail).toBe('0 models offered.');
    server.answer = json(['a', 'b']);
    await expect(provider.models(neverAborted)).rejects.toMatchObject({ code: 'provider-invalid-response' });
  });

  it('are not looked for at an address that knows no such list', async () => {
    for (const body of [{ error: { message: 'x' } }, { detail: 'Not Found' }, '404 page not found']) {
      server.answer = json(body, 404);
      await expect((await connected()).healthCheck(neverAborted)).rejects.toMatchObject({
        code: 'provider-not-the-provider',
      });
    }
  });
});
