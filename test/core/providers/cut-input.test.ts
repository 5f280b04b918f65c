import { describe, expect, it } from 'vitest';
import { cutInputOf } from '../../../src/core/providers/cut-input';
import { estimateRequest } from '../../../src/core/providers/pricing';
import type { ChatRequest } from '../../../src/core/providers/provider';
import { SimulatedClock } from '../engine/simulated-clock';
import { answerOf, callOf, routerOver, scripted } from './router/scripted';

const prose = (words: number) => 'Somebody reads every single word. '.repeat(Math.ceil(words / 5));
const request = (text: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'm',
  messages: [{ role: 'user', text }],
  tools: [],
  maxOutputTokens: 100,
  ...more,
});
const told = (inputTokens: number, estimated = false) => ({ inputTokens, outputTokens: 5, estimated });

describe('what a server left out of a request', () => {
  it('is proven by fewer tokens than there are words', () => {
    const long = request(prose(6_000));
    expect(cutInputOf(long, told(2_050))).toEqual({ read: 2_050, sent: estimateRequest(long) });
    expect(cutInputOf(long, told(6_000))).toBeUndefined();
  });

  it('is looked for in instructions, the conversation and what tools gave', () => {
    const parts: Partial<ChatRequest>[] = [
      { system: prose(1_000) },
      { messages: [{ role: 'assistant', text: prose(1_000), toolCalls: [] }] },
      {
        messages: [
          { role: 'tool', results: [{ id: '1', name: 'read', text: prose(1_000), isError: false }] },
        ],
      },
    ];
    for (const part of parts) expect(cutInputOf(request('Hi.', part), told(100))).toBeDefined();
  });

  it('is not assumed where text takes few tokens: space, signs, tools that a template leaves out', () => {
    expect(cutInputOf(request(`a${' '.repeat(50_000)}b`), told(40))).toBeUndefined();
    expect(cutInputOf(request('-'.repeat(50_000)), told(400))).toBeUndefined();
    const tool = { name: 'look', description: prose(2_000), parameters: { type: 'object' } };
    expect(cutInputOf(request('Hi.', { tools: [tool] }), told(20))).toBeUndefined();
  });

  it('is not known where the server did not count', () => {
    expect(cutInputOf(request(prose(6_000)), told(10, true))).toBeUndefined();
  });
});

describe('the router', () => {
  const call = () =>
    callOf({
      request: { messages: [{ role: 'user', text: prose(2_000) }], tools: [], maxOutputTokens: 100 },
    }).call;

  it.each([
    ['compatible', true],
    ['anthropic', false],
  ] as const)('with a server of kind %s tells in the log what was left out: %s', async (kind, isTold) => {
    const clock = new SimulatedClock();
    const warnings: string[] = [];
    const log = {
      debug: () => {},
      info: () => {},
      warn: (text: string) => warnings.push(text),
      error: () => {},
    };
    const router = routerOver(clock, [scripted(clock, 'ollama', [], { kind })], { log });
    const { answer } = await answerOf(clock, router.ask(call()));
    expect(answer.cutInput !== undefined).toBe(isTold);
    const told = warnings.filter((text) => /^Ollama read only 100 of about [\d,]+ tokens/.test(text));
    expect(told).toHaveLength(isTold ? 1 : 0);
  });
});
