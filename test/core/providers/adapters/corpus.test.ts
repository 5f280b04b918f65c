import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CallFault } from '../../../../src/core/model/model-call';
import type { ChatAnswer, ChatEvent } from '../../../../src/core/providers/provider';
import { factsOf, type ProviderErrorFacts } from '../../../../src/core/providers/provider-error';
import { connectBuilt } from '../../../support/built-providers';
import {
  chatOptions,
  connectionTo,
  requestOf,
  wireKinds,
  type WireKind,
} from '../../../support/provider-connection';
import { wireServerOfFile } from '../../../support/wire-providers';
import { events, type WireAnswer } from '../../../support/wire-server';
import { wholeOf } from './whole-of';

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/providers');
const read = (name: string) => readFileSync(path.join(fixtures, name), 'utf8');
const expected = JSON.parse(read('expect.json')) as Record<string, string>;

interface HttpError {
  readonly p: 'anthropic' | 'openai' | 'gemini' | 'any';
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly error?: string;
  readonly class: string;
}
const httpErrors = JSON.parse(read('http-errors.json')) as readonly HttpError[];

type Outcome =
  { readonly answer: ChatAnswer } | { readonly facts: ProviderErrorFacts; readonly message: string };

/** The verdict in the words of the table, exact; and the fault that says it. */
const exact: Readonly<Record<string, CallFault | ChatAnswer['finish']>> = {
  'anthropic-bad-json': 'incomplete',
  'anthropic-context-exceeded': 'context-too-long',
  'anthropic-cut-no-stop': 'incomplete',
  'anthropic-delta-no-start': 'incomplete',
  'anthropic-empty-content': 'incomplete',
  'anthropic-ok': 'complete',
  'anthropic-pause_turn': 'paused',
  'anthropic-refusal': 'content-blocked',
  'anthropic-tool-max_tokens': 'length',
  'anthropic-unknown-event': 'complete',
  'gemini-cut-no-finish': 'incomplete',
  'gemini-error-midstream': 'overloaded',
  'gemini-max-tokens-no-parts': 'length',
  'gemini-no-candidates': 'incomplete',
  'gemini-prompt-blocked': 'content-blocked',
  'gemini-recitation': 'content-blocked',
  'gemini-thought-only': 'incomplete',
  'gemini-unexpected-tool': 'malformed-tool-call',
  'openai-content_filter': 'content-blocked',
  'openai-cut-no-done': 'incomplete',
  'openai-error-midstream': 'server',
  'openai-length-tool': 'length',
  'openai-refusal': 'content-blocked',
  'openai-stop-no-done': 'complete',
};
const classes: Readonly<Record<string, readonly (CallFault | ChatAnswer['finish'])[]>> = {
  complete: ['complete'],
  'complete-or-retryable': ['complete', 'incomplete'],
  continue: ['paused'],
  truncated: ['length'],
  'retryable-incomplete': ['incomplete', 'invalid-response', 'malformed-tool-call', 'overloaded', 'server'],
  'context-too-long': ['context-too-long'],
  'content-blocked': ['content-blocked'],
};
const httpClasses: Readonly<Record<string, CallFault>> = {
  'too-large': 'context-too-long',
  model: 'model-gone',
};

const server = wireServerOfFile();

async function ask(kind: WireKind, answer: WireAnswer, stream: boolean, fetch = globalThis.fetch) {
  server.answer = answer;
  const provider = await connectBuilt(connectionTo(kind, server.url, {}, { fetch }));
  const told: ChatEvent[] = [];
  const before = server.requests.length;
  const options = chatOptions({ stream, onEvent: (event) => told.push(event) });
  const outcome = await provider.chat(requestOf('Write a file for me, please.'), options).then(
    (given): Outcome => ({ answer: given }),
    (error: unknown): Outcome => {
      const facts = factsOf(error);
      if (facts === undefined) throw error;
      return { facts, message: (error as Error).message };
    },
  );
  return { outcome, told, requests: server.requests.length - before };
}

const verdictOf = (outcome: Outcome) => ('answer' in outcome ? outcome.answer.finish : outcome.facts.fault);
const dialectsOf = (vendor: string): readonly WireKind[] =>
  vendor === 'openai' ? ['openai', 'compatible'] : vendor === 'any' ? wireKinds : [vendor as WireKind];
const streams = readdirSync(fixtures).filter((name) => name.endsWith('.sse'));

describe('recorded streams', () => {
  it('are all of them, each with its verdict', () => {
    expect(streams.map((name) => name.replace('.sse', '')).sort()).toEqual(Object.keys(expected).sort());
    expect(Object.keys(exact).sort()).toEqual(Object.keys(expected).sort());
  });

  for (const file of streams) {
    const name = file.replace('.sse', '');
    for (const kind of dialectsOf(name.split('-')[0] ?? '')) {
      it(`${name} over ${kind} is ${expected[name]}`, async () => {
        const { outcome, told, requests } = await ask(kind, events(read(file)), true);
        const verdict = verdictOf(outcome);
        expect(verdict).toBe(exact[name]);
        expect(classes[(expected[name] ?? '').split(' ')[0] ?? '']).toContain(verdict);
        expect(requests).toBe(1);
        // No tool may run from any of them.
        expect(told.filter(({ type }) => type === 'tool-call')).toEqual([]);
        if ('answer' in outcome) expect(outcome.answer.toolCalls).toEqual([]);
      });

      const whole = wholeOf(kind, read(file));
      if (whole === undefined) continue;
      it(`${name} over ${kind}, as one document, is the same`, async () => {
        const { outcome, told } = await ask(kind, whole, false);
        expect(verdictOf(outcome)).toBe(exact[name]);
        expect(told.filter(({ type }) => type === 'tool-call')).toEqual([]);
      });
    }
  }
});

describe('recorded HTTP faults', () => {
  for (const [index, fault] of httpErrors.entries()) {
    for (const kind of dialectsOf(fault.p))
      for (const stream of [true, false]) {
        const what = fault.error ?? `${fault.status}`;
        it(`${index + 1}: ${what} over ${kind}${stream ? ', streaming,' : ''} is ${fault.class}`, async () => {
          const text = fault.rawBody ?? (fault.body === undefined ? '' : JSON.stringify(fault.body));
          const answer: WireAnswer = (response) =>
            void response
              .writeHead(fault.status ?? 500, { 'content-type': 'application/json', ...fault.headers })
              .end(text);
          const broken: typeof globalThis.fetch = () =>
            Promise.reject(
              new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: fault.error }) }),
            );
          const { outcome, requests } = await ask(
            kind,
            answer,
            stream,
            fault.error === undefined ? undefined : broken,
          );
          expect(verdictOf(outcome)).toBe(httpClasses[fault.class] ?? fault.class);
          expect(requests).toBe(fault.error === undefined ? 1 : 0);
          const after = fault.headers?.['retry-after'];
          if (after !== undefined && 'facts' in outcome)
            expect(outcome.facts.retryAfterMs).toBe(Number(after) * 1000);
          if ('facts' in outcome) expect(outcome.message).not.toContain('key-for-tests');
        });
      }
  }
});
