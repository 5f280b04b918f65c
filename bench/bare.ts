/* The vendors' packages as their own pages show them: one streamed request, read to its end. */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenerativeAI } from '@google/generative-ai';
import OpenAI from 'openai';
import { modelOf, type Vendor } from './vendors';

const KEY = 'key-for-tests';

/** Asks once and gives the text. */
export function bareOf(vendor: Vendor, url: string): (question: string) => Promise<string> {
  const model = modelOf(vendor);
  switch (vendor) {
    case 'anthropic': {
      const client = new Anthropic({ apiKey: KEY, baseURL: url, maxRetries: 0 });
      return async (question) => {
        const stream = await client.messages.create({
          model,
          max_tokens: 1000,
          messages: [{ role: 'user', content: question }],
          stream: true,
        });
        let text = '';
        for await (const event of stream)
          if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
            text += event.delta.text;
        return text;
      };
    }
    case 'openai': {
      const client = new OpenAI({ apiKey: KEY, baseURL: `${url}/v1`, maxRetries: 0 });
      return async (question) => {
        const stream = await client.chat.completions.create({
          model,
          max_completion_tokens: 1000,
          messages: [{ role: 'user', content: question }],
          stream: true,
          stream_options: { include_usage: true },
        });
        let text = '';
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
        return text;
      };
    }
    case 'gemini': {
      const asked = new GoogleGenerativeAI(KEY).getGenerativeModel(
        { model, generationConfig: { maxOutputTokens: 1000 } },
        { baseUrl: url },
      );
      return async (question) => {
        const { stream } = await asked.generateContentStream(question);
        let text = '';
        for await (const chunk of stream) text += chunk.text();
        return text;
      };
    }
    default:
      return vendor satisfies never;
  }
}
