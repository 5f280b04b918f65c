import { describe, expect, it } from 'vitest';
import { factsOfModel } from '../../../src/core/providers/model-facts';
import { openAIBody } from '../../../src/core/providers/openai/request';
import type { ChatRequest } from '../../../src/core/providers/provider';
import { requestFor } from '../../../src/core/providers/router/translate-request';

const request: Omit<ChatRequest, 'model'> = {
  messages: [{ role: 'user', text: 'Look into it.' }],
  tools: [{ name: 'read', description: 'Reads.', parameters: { type: 'object', properties: {} } }],
  toolChoice: 'required',
  maxOutputTokens: 1_000_000,
  temperature: 0.5,
};
const asked = (provider: string, model: string) => {
  const facts = factsOfModel(model);
  return requestFor(
    { ref: { provider, model }, ...(facts && { facts }) } as Parameters<typeof requestFor>[0],
    request,
  );
};

describe('a request to a model that cannot do everything', () => {
  it('keeps to what the model takes: no temperature, no forced tool, no longer answer', () => {
    expect(asked('claude', 'claude-sonnet-5-5')).toMatchObject({
      toolChoice: 'auto',
      maxOutputTokens: 128_000,
    });
    expect(asked('claude', 'claude-sonnet-5-5')).not.toHaveProperty('temperature');
  });

  it('is left as it is where the model can, or is not known', () => {
    for (const model of ['claude-haiku-4-5', 'some-model']) {
      expect(asked('claude', model)).toMatchObject({ toolChoice: 'required', temperature: 0.5 });
    }
  });

  it('turns thinking off where OpenAI takes tools only without it', () => {
    const body = (model: string, tools = request.tools, isOpenAI = true) =>
      openAIBody({ ...request, tools, model }, { isOpenAI });
    expect(body('gpt-6-luna')).toMatchObject({ reasoning_effort: 'none' });
    expect(body('gpt-6-luna', [])).not.toHaveProperty('reasoning_effort');
    expect(body('gpt-4o')).not.toHaveProperty('reasoning_effort');
    expect(body('gpt-6-luna', request.tools, false)).not.toHaveProperty('reasoning_effort');
  });
});
