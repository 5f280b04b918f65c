/*
 * What every provider must do, whoever stands behind it. The suite asks only through the port, of a model that follows the script
 * below; it needs nothing but `node:assert` and the two functions that it is given, so that it also runs inside an editor.
 */
import assert from 'node:assert/strict';
import type {
  ChatEvent,
  ChatMessage,
  ChatOptions,
  ChatProvider,
  ChatRequest,
  ToolDeclaration,
} from '../../src/core/providers/provider';
import { factsOf } from '../../src/core/providers/provider-error';

/** What the model behind a provider is to do with the last thing that it was told: a prompt, or the text of a tool's result. */
export type Scripted =
  | { readonly does: 'say'; readonly text: string; readonly isCut?: true }
  | {
      readonly does: 'call';
      readonly calls: readonly { readonly name: string; readonly arguments: object }[];
    }
  /** Says so much, then nothing more. */
  | { readonly does: 'wait'; readonly after: string }
  | { readonly does: 'fail'; readonly how: 'server' | 'rate-limited' | 'auth' | 'model-gone' };

export const script: Readonly<Record<string, Scripted>> = {
  'Say hello.': { does: 'say', text: 'Hello there, my friend. 👋' },
  'Stop short.': { does: 'say', text: 'This is only the beg', isCut: true },
  'Say nothing.': { does: 'say', text: '' },
  'Answer in JSON.': { does: 'say', text: '{"colour":"blue","count":3}' },
  'Answer in JSON, but do not.': { does: 'say', text: 'It is blue, three times.' },
  'Look it up.': { does: 'call', calls: [{ name: 'look_up', arguments: { word: 'baton', limit: 2 } }] },
  'Look both up.': {
    does: 'call',
    calls: [
      { name: 'look_up', arguments: { word: 'baton', limit: 1 } },
      { name: 'look_up', arguments: { word: 'stick "with" \n lines', limit: 1 } },
    ],
  },
  'a stick that is handed on': { does: 'say', text: 'It is a stick.' },
  'Wait forever.': { does: 'wait', after: '' },
  'Begin and wait.': { does: 'wait', after: 'Once upon a time' },
  'Fail.': { does: 'fail', how: 'server' },
  'Too many.': { does: 'fail', how: 'rate-limited' },
  'Wrong key.': { does: 'fail', how: 'auth' },
  'No such model.': { does: 'fail', how: 'model-gone' },
};

/** What a provider can be asked to show; what it has no way to tell is not asked of it. */
export type Ability =
  'usage' | 'length' | 'failures' | 'structured-output' | 'whole' | 'models' | 'script-of-results';
export const allAbilities: ReadonlySet<Ability> = new Set<Ability>([
  'usage',
  'length',
  'failures',
  'structured-output',
  'whole',
  'models',
  'script-of-results',
]);

export interface ProviderUnderTest {
  readonly provider: ChatProvider;
  /** Id of the model that follows the script. */
  readonly model: string;
  dispose(): Promise<void>;
}

export interface TestFrame {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
}

const lookUp: ToolDeclaration = {
  name: 'look_up',
  description: 'Tells what a word means.',
  parameters: {
    type: 'object',
    properties: { word: { type: 'string', description: 'The word.' }, limit: { type: 'integer' } },
    required: ['word', 'limit'],
    additionalProperties: false,
  },
};
const colour = {
  name: 'colour',
  schema: {
    type: 'object',
    properties: { colour: { type: 'string' }, count: { type: 'integer' } },
    required: ['colour', 'count'],
    additionalProperties: false,
  },
};

export function describeChatProvider(
  name: string,
  setUp: () => Promise<ProviderUnderTest>,
  { describe, it }: TestFrame,
  abilities: ReadonlySet<Ability> = allAbilities,
): void {
  const test = (title: string, body: (under: ProviderUnderTest) => Promise<void>, ...needs: Ability[]) => {
    if (!needs.every((need) => abilities.has(need))) return;
    it(title, async () => {
      const under = await setUp();
      try {
        await body(under);
      } finally {
        await under.dispose();
      }
    });
  };

  describe(name, () => {
    for (const stream of abilities.has('whole') ? [true, false] : [true]) {
      const way = stream ? 'streaming' : 'as one document';

      test(`says what the model says, ${way}`, async (under) => {
        const { answer, told } = await ask(under, 'Say hello.', { stream });
        assert.equal(answer.finish, 'complete');
        assert.notEqual(answer.rawFinish, '');
        assert.equal(answer.text, 'Hello there, my friend. 👋');
        assert.equal(textIn(told), answer.text);
        assert.deepEqual(answer.toolCalls, []);
        assert.notEqual(answer.model, '');
      });

      test(`hands tool calls over whole, ${way}`, async (under) => {
        const { answer, told } = await ask(under, 'Look both up.', { stream }, { tools: [lookUp] });
        assert.equal(answer.finish, 'tool-calls');
        assert.deepEqual(
          answer.toolCalls.map((call) => ({ name: call.name, arguments: call.arguments })),
          (script['Look both up.'] as Extract<Scripted, { does: 'call' }>).calls,
        );
        const ids = answer.toolCalls.map(({ id }) => id);
        assert.equal(new Set(ids).size, 2);
        assert.ok(ids.every((id) => id !== ''));
        assert.deepEqual(
          told.flatMap((event) => (event.type === 'tool-call' ? [event.call] : [])),
          answer.toolCalls,
        );
      });

      test(`takes nothing said for no answer, ${way}`, async (under) => {
        assert.equal(await faultOf(ask(under, 'Say nothing.', { stream })), 'incomplete');
      });

      test(
        `counts tokens, ${way}`,
        async (under) => {
          const { answer, told } = await ask(under, 'Say hello.', { stream });
          assert.equal(answer.usage.estimated, false);
          assert.ok(answer.usage.inputTokens > 0 && answer.usage.outputTokens > 0);
          const last = told.filter((event) => event.type === 'usage').at(-1);
          assert.deepEqual(last, { type: 'usage', usage: answer.usage });
        },
        'usage',
      );

      test(
        `tells an answer that was cut by its length, ${way}`,
        async (under) => {
          const { answer } = await ask(under, 'Stop short.', { stream });
          assert.equal(answer.finish, 'length');
          assert.equal(answer.text, 'This is only the beg');
        },
        'length',
      );

      test(
        `answers with the JSON that was asked for, ${way}`,
        async (under) => {
          const { answer } = await ask(under, 'Answer in JSON.', { stream }, { output: colour });
          assert.deepEqual(JSON.parse(answer.text), { colour: 'blue', count: 3 });
        },
        'structured-output',
      );

      test(
        `hands over words in the place of JSON as they are, for the asker to judge, ${way}`,
        async (under) => {
          const { answer } = await ask(under, 'Answer in JSON, but do not.', { stream }, { output: colour });
          assert.equal(answer.finish, 'complete');
          assert.match(answer.text, /blue, three times/);
        },
        'structured-output',
      );

      test(
        `tells failures for what they are, ${way}`,
        async (under) => {
          assert.equal(await faultOf(ask(under, 'Fail.', { stream })), 'server');
          assert.equal(await faultOf(ask(under, 'Wrong key.', { stream })), 'auth');
          assert.equal(await faultOf(ask(under, 'No such model.', { stream })), 'model-gone');
          assert.equal(await faultOf(ask(under, 'Too many.', { stream })), 'rate-limited');
        },
        'failures',
      );

      test(`is cancelled while nothing has come, ${way}`, async (under) => {
        await assertCancels(under, 'Wait forever.', { stream }, () => Promise.resolve());
      });
    }

    test(
      'goes on with the results of its calls',
      async (under) => {
        const { answer } = await ask(under, 'Look it up.', {}, { tools: [lookUp] });
        const [call] = answer.toolCalls;
        assert.ok(call !== undefined);
        const messages: readonly ChatMessage[] = [
          { role: 'user', text: 'Look it up.' },
          {
            role: 'assistant',
            text: answer.text,
            toolCalls: answer.toolCalls,
            ...(answer.opaque && { opaque: answer.opaque }),
          },
          {
            role: 'tool',
            results: [{ id: call.id, name: call.name, text: 'a stick that is handed on', isError: false }],
          },
        ];
        const next = await ask(under, '', {}, { tools: [lookUp], messages });
        assert.equal(next.answer.finish, 'complete');
        assert.equal(next.answer.text, 'It is a stick.');
      },
      'script-of-results',
    );

    test('takes halves of characters, system words and two messages in a row', async (under) => {
      const { answer } = await ask(
        under,
        'Say hello.',
        {},
        {
          system: 'Be kind. \ud83d',
          messages: [
            { role: 'user', text: 'First \udc4b' },
            { role: 'user', text: 'Say hello.' },
          ],
        },
      );
      assert.equal(answer.finish, 'complete');
    });

    test('is cancelled in the middle of an answer', async (under) => {
      let begun: () => void = () => undefined;
      const began = new Promise<void>((resolve) => (begun = resolve));
      const onEvent = (event: ChatEvent) => {
        if (event.type === 'text') begun();
      };
      await assertCancels(under, 'Begin and wait.', { onEvent }, () => began);
    });

    test('does not begin when it is cancelled already', async (under) => {
      const told: ChatEvent[] = [];
      const signal = AbortSignal.abort();
      const asked = under.provider.chat(
        requestOf(under, 'Say hello.'),
        optionsOf({ signal, onEvent: (event) => told.push(event) }),
      );
      await assert.rejects(asked, { name: 'CancelledError' });
      assert.deepEqual(told, []);
    });

    test('ends by itself when nothing comes', async (under) => {
      const firstByte = ask(under, 'Wait forever.', { timeouts: { firstByte: 200, idle: 200, total: 9000 } });
      assert.equal(await faultOf(firstByte), 'timeout');
      const total = ask(under, 'Wait forever.', { timeouts: { firstByte: 9000, idle: 9000, total: 200 } });
      assert.equal(await faultOf(total), 'timeout');
    });

    test('ends by itself when nothing more comes', async (under) => {
      const idle = ask(under, 'Begin and wait.', { timeouts: { firstByte: 9000, idle: 400, total: 9000 } });
      assert.equal(await faultOf(idle), 'timeout');
    });

    test('answers ten at once, each its own', async (under) => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          index % 2 === 0 ? ask(under, 'Say hello.') : ask(under, 'Look it up.', {}, { tools: [lookUp] }),
        ),
      );
      assert.deepEqual(
        answers.map(({ answer }) => answer.finish),
        answers.map((_, index) => (index % 2 === 0 ? 'complete' : 'tool-calls')),
      );
    });

    test(
      'tells whether it is well, and what it offers',
      async (under) => {
        const signal = new AbortController().signal;
        const report = await under.provider.healthCheck(signal);
        assert.ok(report.latencyMs >= 0 && report.latencyMs < 5000);
        assert.notEqual(report.detail, '');
        const models = await under.provider.models(signal);
        assert.ok(models.length > 0 && models.every(({ id }) => id !== ''));
      },
      'models',
    );
  });
}

function requestOf({ model }: ProviderUnderTest, text: string, rest: Partial<ChatRequest> = {}): ChatRequest {
  return { model, messages: [{ role: 'user', text }], tools: [], maxOutputTokens: 1000, ...rest };
}

function optionsOf(rest: Partial<ChatOptions> = {}): ChatOptions {
  return {
    signal: new AbortController().signal,
    stream: true,
    timeouts: { firstByte: 15_000, idle: 15_000, total: 15_000 },
    ...rest,
  };
}

async function ask(
  under: ProviderUnderTest,
  text: string,
  options: Partial<ChatOptions> = {},
  rest: Partial<ChatRequest> = {},
) {
  const told: ChatEvent[] = [];
  const onEvent = (event: ChatEvent) => void told.push(event);
  const answer = await under.provider.chat(requestOf(under, text, rest), optionsOf({ onEvent, ...options }));
  return { answer, told };
}

async function faultOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    (answer) => assert.fail(`It answered: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  );
  const facts = factsOf(error);
  if (facts === undefined) throw error;
  assert.notEqual((error as Error).message, '');
  return facts.fault;
}

async function assertCancels(
  under: ProviderUnderTest,
  text: string,
  options: Partial<ChatOptions>,
  until: () => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const asked = ask(under, text, { signal: controller.signal, ...options });
  const ended = assert.rejects(asked, { name: 'CancelledError' });
  await until();
  // The request is on its way by then, or the answer has begun.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const cancelled = performance.now();
  controller.abort();
  await ended;
  assert.ok(performance.now() - cancelled < 500, 'It took more than 500 ms to end.');
}

function textIn(told: readonly ChatEvent[]): string {
  return told.map((event) => (event.type === 'text' ? event.text : '')).join('');
}
