import { createHash } from 'node:crypto';
import { LLMock, type ChatCompletionRequest } from '@copilotkit/aimock';

/** A model server that can be well or in trouble. */
export interface TroubledServer {
  readonly url: string;
  /** Requests that came over the wire, as the server's own journal has them. */
  requests(): number;
  /** Of these: answered whole, and the kinds of trouble. */
  ends(): Readonly<Record<string, number>>;
  heal(): void;
  trouble(): void;
  stop(): Promise<void>;
}

/** 500s, bad JSON, 429 with Retry-After and streams that are cut: each at 30 % of what the ones before it left. */
const RATE = 0.3;

export async function startTroubledServer(): Promise<TroubledServer> {
  const server = new LLMock({ port: 0, logLevel: 'silent' });
  let isIll = true;
  const answer = (request: ChatCompletionRequest) => ({
    content: answerTo(questionIn(JSON.stringify(request.messages))),
  });
  const isCut = () => isIll && Math.random() < RATE;
  server.addFixture({ match: { predicate: isCut }, response: answer, chunkSize: 16, truncateAfterChunks: 4 });
  server.addFixture({ match: { predicate: () => true }, response: answer, chunkSize: 16 });
  await server.start();
  const trouble = () => {
    isIll = true;
    server.setChaos({ dropRate: RATE, malformedRate: RATE, rateLimitRate: RATE });
  };
  trouble();
  return {
    url: server.url,
    requests: () => server.getRequests().length,
    ends: () =>
      server.getRequests().reduce<Record<string, number>>((counts, { response }) => {
        const end = response.chaosAction ?? (response.interrupted ? 'cut' : 'whole');
        return { ...counts, [end]: (counts[end] ?? 0) + 1 };
      }, {}),
    heal() {
      isIll = false;
      server.clearChaos();
    },
    trouble,
    stop: () => server.stop(),
  };
}

/** The one right answer to a question: nothing but the whole of it will do. */
export function answerTo(question: string): string {
  const proof = createHash('sha256').update(question).digest('hex');
  return `The answer to ${question} is ${proof}, and that is all there is to say about it.`;
}

function questionIn(messages: string): string {
  return /Question ([a-z0-9-]+)\?/.exec(messages)?.[1] ?? 'nothing';
}
