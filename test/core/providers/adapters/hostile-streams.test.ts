import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ChatOptions, ToolDeclaration } from '../../../../src/core/providers/provider';
import { wireKinds } from '../../../support/provider-connection';
import { wireServerOfFile } from '../../../support/wire-providers';
import { events, json, type WireAnswer } from '../../../support/wire-server';
import { askBuilt, type Asking } from './ask';
import { words, written } from './vendor-words';

const tool: ToolDeclaration = {
  name: 'write_file',
  description: 'Writes a file.',
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};
const free: ToolDeclaration = {
  name: 'now',
  description: 'Tells the time.',
  parameters: { type: 'object', properties: {} },
};
const TEXT = 'Hello – “there” 👋 and \u2028 more';

const server = wireServerOfFile();

for (const kind of wireKinds)
  describe(kind, () => {
    const { begin, text, call, end, error, empty, mark } = words[kind];
    const whole = [...written([...begin, ...text(TEXT), ...end('complete')]), mark];
    const ask = (answer: WireAnswer, asking: Asking = {}) => {
      server.answer = answer;
      return askBuilt(kind, server.url, asking);
    };
    /** Bytes in pieces, each handed to the system by itself. */
    const inPieces =
      (pieces: readonly (string | Uint8Array)[], then: 'end' | 'reset' | 'wait' = 'end'): WireAnswer =>
      async (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const piece of pieces)
          await new Promise<void>((resolve) => response.write(piece, () => setImmediate(resolve)));
        if (then === 'end') response.end();
        if (then === 'reset') response.destroy();
      };

    it('is whole only with its end, wherever it is cut', async () => {
      const bytes = Buffer.from(whole.join(''));
      const untilEnd = Buffer.from(
        written([
          ...begin,
          ...text(TEXT),
          ...end('complete', kind !== 'openai' && kind !== 'compatible'),
        ]).join(''),
      ).length;
      // What closes the last event (an empty line) may be missing: its JSON is whole.
      const proven = untilEnd - 2;
      const cuts = Array.from({ length: bytes.length }, (_, cut) => cut).filter(
        (cut) => cut % 5 === 0 || Math.abs(cut - proven) < 12,
      );
      expect(cuts.length).toBeGreaterThan(30);
      const verdicts = new Map<number, string>();
      for (const cut of cuts) verdicts.set(cut, (await ask(events(bytes.subarray(0, cut)))).verdict);
      const early = [...verdicts].filter(([cut]) => cut < proven);
      expect(early.filter(([, verdict]) => verdict !== 'incomplete')).toEqual([]);
      const late = [...verdicts].filter(([cut]) => cut >= proven);
      // After the end, only usage can still be missing.
      expect(late.filter(([, verdict]) => verdict !== 'complete')).toEqual([]);
      expect((await ask(events(bytes))).verdict).toBe('complete');
    });

    it.each([
      ['lines that end with a return and a line feed', (all: string) => all.replaceAll('\n', '\r\n')],
      ['lines that end with a return', (all: string) => all.replaceAll('\n', '\r')],
      ['a mark at the beginning', (all: string) => `\uFEFF${all}`],
      ['no space after the colon', (all: string) => all.replaceAll('data: ', 'data:')],
      [
        'comments and empty lines between',
        (all: string) => `: hello\n\n${all.replaceAll('\n\n', '\n\n\n: ping\n\n')}`,
      ],
      ['other fields', (all: string) => all.replaceAll('data: ', 'id: 7\nretry: 100\ndata: ')],
      ['no names of events', (all: string) => all.replaceAll(/event: .*\n/g, '')],
      ['data over many lines', (all: string) => all.replaceAll('data: {"', 'data: {\ndata: "')],
    ])('reads the same with %s', async (_what, change) => {
      const { verdict, answer } = await ask(events(change(whole.join(''))));
      expect(verdict).toBe('complete');
      expect(answer?.text).toBe(TEXT);
      expect(answer?.usage).toMatchObject({ inputTokens: 30, outputTokens: 12, estimated: false });
    });

    it('reads the same compressed, and byte by byte', async () => {
      const bytes = Buffer.from(whole.join(''));
      const zipped = await ask(events(gzipSync(bytes), { 'content-encoding': 'gzip' }));
      expect(zipped.answer?.text).toBe(TEXT);
      const single = await ask(inPieces(Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))));
      expect(single.answer?.text).toBe(TEXT);
    });

    it('reads a line of five megabytes in a moment', async () => {
      const long = 'a "quoted" line\n'.repeat(330_000);
      const started = performance.now();
      const { answer } = await ask(events(written([...begin, ...text(long), ...end('complete')]).join('')));
      expect(answer?.text.length).toBe(long.length);
      expect(performance.now() - started).toBeLessThan(5000);
    });

    it('takes a broken connection, bytes that are damaged and events that are not JSON for no answer', async () => {
      const [first = '', ...rest] = written([...begin, ...text('Hello')]);
      const broken = await ask(inPieces([first, ...rest], 'reset'));
      expect(broken.verdict).toBe('incomplete');
      expect(broken.facts?.usage?.outputTokens).toBeGreaterThan(0);
      const bad = ['data: {oops}\n\n', 'data: 7\n\n', 'data: null\n\n', 'data: "text"\n\n', 'data: [1]\n\n'];
      for (const event of bad)
        expect((await ask(events([first, ...rest, event, ...whole].join('')))).verdict).toBe('incomplete');
      const damaged = Buffer.concat([
        Buffer.from([first, ...rest].join('')),
        Buffer.from([0x64, 0xff, 0xfe, 0x0a]),
      ]);
      expect((await ask(events(damaged))).verdict).toBe('incomplete');
      expect((await ask((response) => void response.destroy())).verdict).toBe('network');
      expect((await ask(events(''))).verdict).toBe('incomplete');
      expect((await ask(events(': only a comment\n\n'))).verdict).toBe('incomplete');
      if (mark !== '') expect((await ask(events(mark))).verdict).toBe('incomplete');
    });

    it('tells an error in a stream by its type, and an unknown one as no proof', async () => {
      const after = (event: object) =>
        written([...begin, ...text('Hello'), event as Record<string, unknown>]).join('');
      expect((await ask(events(after(error.overloaded)))).verdict).toBe('overloaded');
      expect((await ask(events(after(error.unknown)))).verdict).toBe('incomplete');
      // A refusal of everything, with the status of success.
      expect((await ask(json(error.overloaded))).verdict).toBe('overloaded');
      expect((await ask(json(error.overloaded), { options: { stream: false } })).verdict).toBe('overloaded');
    });

    it('takes pages and other documents for what they are, whatever they say they are', async () => {
      const page = '\n <!doctype html><html><body>Sign in</body></html>';
      for (const stream of [true, false]) {
        expect((await ask(events(page), { options: { stream } })).verdict).toBe('not-the-provider');
        expect((await ask(json(page), { options: { stream } })).verdict).toBe('not-the-provider');
        expect((await ask(json(page, 404), { options: { stream } })).verdict).toBe('not-the-provider');
        expect((await ask(json('[]'), { options: { stream } })).verdict).toBe('invalid-response');
        expect((await ask(json('"ok"'), { options: { stream } })).verdict).toBe('invalid-response');
        expect((await ask(json('{"ok":true}'), { options: { stream } })).verdict).toBe('invalid-response');
      }
      expect((await ask(json(''), { options: { stream: false } })).verdict).toBe('invalid-response');
      expect((await ask(json('not found'), { options: { stream: false } })).verdict).toBe('invalid-response');
    });

    it('runs no tool from an answer that does not end with its calls', async () => {
      const called = [...begin, ...text('I write.'), ...call(0, 'write_file', ['{"path":', '"a.txt"}'])];
      const asking = { request: { tools: [tool], model: 'gpt-6.1-terra' } };
      const good = await ask(events(written([...called, ...end('tool-calls')]).join('')), asking);
      expect(good.verdict).toBe('tool-calls');
      expect(good.answer?.toolCalls).toMatchObject([{ name: 'write_file', arguments: { path: 'a.txt' } }]);
      expect(good.answer?.text).toBe('I write.');
      const cut = await ask(events(written([...called, ...end('length')]).join('')), asking);
      expect(cut.verdict).toBe('length');
      expect(cut.answer?.toolCalls).toEqual([]);
      const open = await ask(events(written(called).join('')), asking);
      expect(open.verdict).toBe('incomplete');
      for (const { told } of [cut, open]) expect(told.some(({ type }) => type === 'tool-call')).toBe(false);
      if (kind === 'gemini') return;
      const other = await ask(events(written([...called, ...end('complete')]).join('')), asking);
      // Servers that imitate OpenAI's say "stop" for both.
      expect(other.verdict).toBe(kind === 'compatible' ? 'tool-calls' : 'incomplete');
      const none = await ask(
        events(written([...begin, ...text('x'), ...end('tool-calls')]).join('')),
        asking,
      );
      expect(none.verdict).toBe('incomplete');
    });

    it('reads arguments strictly', async () => {
      if (kind === 'gemini') return;
      const asked = async (pieces: readonly string[], name = 'write_file') =>
        await ask(events(written([...begin, ...call(0, name, pieces), ...end('tool-calls')]).join('')), {
          request: { tools: [tool, free] },
        });
      for (const pieces of [
        ['{"path":"/etc","recursive":tr'],
        ['{"path":"a"}}'],
        ['[1]'],
        ['"a"'],
        ['null'],
        [],
        ['  '],
      ])
        expect((await asked(pieces)).verdict, JSON.stringify(pieces)).toBe('malformed-tool-call');
      // Nothing said where nothing is required is no arguments.
      expect((await asked([], 'now')).answer?.toolCalls).toMatchObject([{ name: 'now', arguments: {} }]);
    });

    it('does not take what is counted before the answer for what the answer took', async () => {
      const long = 'Hello, you there. '.repeat(40);
      const { answer } = await ask(
        events(written([...begin, ...text(long), ...end('complete', false)]).join('') + mark),
      );
      expect(answer?.usage.estimated).toBe(true);
      expect(answer?.usage.outputTokens).toBeGreaterThan(100);
    });

    it('estimates what the provider does not count', async () => {
      const silent = written([...begin, ...text('Hello, you.'), ...end('complete', false)]).join('');
      const without = silent.replaceAll(/"usage":\{[^}]*\}/g, '"usage":null');
      const { answer } = await ask(events(without));
      expect(answer?.usage.estimated).toBe(true);
      expect(answer?.usage.inputTokens).toBeGreaterThan(0);
      expect(answer?.usage.outputTokens).toBeGreaterThan(0);
    });

    it('lives on content, not on pings', async () => {
      const [first = '', ...rest] = written([...begin, ...text('Hello')]);
      const [nothing = ''] = written([empty]);
      const timeouts = { firstByte: 5000, idle: 250, total: 8000 };
      for (const ping of [': ping\n\n', nothing, '\n', 'da']) {
        const started = performance.now();
        const { verdict } = await ask(
          async (response, request) => {
            response.writeHead(200, { 'content-type': 'text/event-stream' }).write([first, ...rest].join(''));
            const timer = setInterval(() => response.write(ping), 40);
            await request.closed;
            clearInterval(timer);
          },
          { options: { timeouts } },
        );
        expect(verdict).toBe('timeout');
        expect(performance.now() - started).toBeLessThan(2000);
      }
    });

    it('has a timer for the first byte, one for silence and one for the whole', async () => {
      const long = 60_000;
      const silent: WireAnswer = () => undefined;
      const headersOnly: WireAnswer = (response) =>
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      const first = { firstByte: 150, idle: long, total: long };
      const idle = { firstByte: long, idle: 150, total: long };
      const total = { firstByte: long, idle: long, total: 150 };
      const said = async (answer: WireAnswer, options: Partial<ChatOptions>) => {
        const { verdict, error } = await ask(answer, { options });
        expect(verdict).toBe('timeout');
        return error?.message;
      };
      // Only what the person's own timeout ended is told to be mended by it.
      const later = 'Try again later or use another provider.';
      const raise = 'which is its timeout. Raise that or use another provider.';
      for (const stream of [true, false]) {
        expect(await said(silent, { stream, timeouts: first })).toContain(
          `did not begin to answer within 150 ms. ${later}`,
        );
        expect(await said(headersOnly, { stream, timeouts: idle })).toContain(
          `began to answer and then sent nothing for 150 ms. ${later}`,
        );
        for (const answer of [silent, headersOnly])
          expect(await said(answer, { stream, timeouts: total })).toContain(
            `was not done within 150 ms, ${raise}`,
          );
      }
      const [piece = ''] = written(text('and on '));
      const endless: WireAnswer = async (response, request) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(written(begin).join(''));
        const timer = setInterval(() => response.write(kind === 'anthropic' ? ': on\n\n' : piece), 20);
        await request.closed;
        clearInterval(timer);
      };
      expect((await ask(endless, { options: { timeouts: total } })).verdict).toBe('timeout');
    });

    it('lets go within half a second when it is cancelled, in each state, and ends the connection', async () => {
      const start = [...written([...begin, ...text('Hello')])].join('');
      const states: Readonly<Record<string, WireAnswer>> = {
        'before any header': () => undefined,
        'after the headers': (response) =>
          response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
        'in the middle': (response) =>
          void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(start),
        'in a refusal': (response) =>
          void response.writeHead(500, { 'content-type': 'application/json' }).write('{"error"'),
      };
      for (const stream of [true, false])
        for (const [state, answer] of Object.entries(states)) {
          const controller = new AbortController();
          let closed: Promise<void> | undefined;
          let cancelled = 0;
          const asked = ask(
            (response, request) => {
              closed = request.closed;
              void answer(response, request);
              setTimeout(() => {
                cancelled = performance.now();
                controller.abort();
              }, 60);
            },
            { options: { stream, signal: controller.signal } },
          );
          const { verdict } = await asked;
          expect(verdict, state).toBe('cancelled');
          expect(performance.now() - cancelled, state).toBeLessThan(500);
          await closed;
        }
    });

    it('waits no longer than it must for what follows the end', async () => {
      const finished = written([
        ...begin,
        ...text('Hello'),
        ...end('complete', kind !== 'openai' && kind !== 'compatible'),
      ]);
      for (const then of ['wait', 'reset'] as const) {
        const started = performance.now();
        const { verdict } = await ask(inPieces(finished, then));
        expect(verdict).toBe('complete');
        expect(performance.now() - started).toBeLessThan(4000);
      }
    });
  });
