import type { ToolDeclaration } from '../../providers/provider';
import type { Tool, ToolOutcome, ToolScope } from '../tool';
import { askService, serviceUrl } from './ask-service';
import { checkedArguments, wrongArguments } from './checked-arguments';
import { failed, outcomeOf } from './outcome';
import { listAt, numberAt } from './read-answer';

/** A server that speaks OpenAI's /embeddings, set up by the person. */
export interface EmbeddingConnection {
  /** With its version: "https://api.openai.com/v1". */
  readonly address: string;
  readonly model: string;
  readonly key: () => Promise<string | undefined>;
}

const SERVICE = 'The embedding server';

const declaration: ToolDeclaration = {
  name: 'generate_embeddings',
  description:
    'Makes one vector of numbers of each text and keeps them as an artifact of the step. The texts are sent to the embedding server.',
  parameters: {
    type: 'object',
    properties: {
      texts: {
        type: 'array',
        minItems: 1,
        maxItems: 64,
        items: { type: 'string', minLength: 1, maxLength: 20_000 },
      },
    },
    required: ['texts'],
    additionalProperties: false,
  },
};

export function generateEmbeddings(connection: EmbeddingConnection): Tool {
  return {
    declaration,
    async prepare(args, scope) {
      const texts = checkedArguments(declaration, args)['texts'] as readonly string[];
      if (texts.some((text) => text.trim() === '')) throw wrongArguments('A text is empty.');
      const url = serviceUrl(SERVICE, connection.address, '/embeddings');
      return {
        effects: [{ type: 'network', purpose: 'service', method: 'POST', url }],
        shown: { service: 'Embeddings', method: 'POST', url, model: connection.model, texts },
        // It costs, but a second time gives the same and changes nothing.
        idempotent: true,
        run: ({ signal }) => outcomeOf(() => generate(connection, url, texts, scope, signal)),
      };
    },
  };
}

async function generate(
  { model, key }: EmbeddingConnection,
  url: string,
  texts: readonly string[],
  { host, putArtifact }: ToolScope,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const secret = await key();
  const { status, body } = await askService(
    host,
    {
      service: SERVICE,
      method: 'POST',
      url,
      secret,
      headers: secret === undefined || secret === '' ? {} : { authorization: `Bearer ${secret}` },
      body: { model, input: texts, encoding_format: 'float' },
      timeoutMs: 60_000,
    },
    signal,
  );
  if (status === 401 || status === 403)
    return failed('The embedding server did not accept the key. A person has to set another one.');
  if (status === 429) return failed('The embedding server takes no more texts for now. Try again later.');
  if (status < 200 || status > 299) return failed(`The embedding server answered with status ${status}.`);
  const vectors = vectorsOf(body, texts.length);
  if (vectors === undefined) return failed('The embedding server gave no vector for each of the texts.');
  const dimensions = vectors[0]?.length ?? 0;
  const document = { model, dimensions, vectors };
  const name = `embeddings-${host.sha256(JSON.stringify([model, texts])).slice(0, 12)}.json`;
  const artifact = await putArtifact(name, 'application/json', JSON.stringify(document));
  return {
    text: `${vectors.length} vectors of ${dimensions} numbers are kept in the artifact ${artifact.path}.`,
    isError: false,
    data: {
      artifact: { ...artifact },
      count: vectors.length,
      dimensions,
      tokens: numberAt(body, 'usage', 'total_tokens') ?? null,
    },
    isForeign: false,
  };
}

/** In the order of the texts; undefined unless there is a vector of the same length for each. */
function vectorsOf(body: unknown, count: number): readonly (readonly number[])[] | undefined {
  const vectors: (readonly number[])[] = [];
  for (const [place, entry] of listAt(body, 'data').entries()) {
    const vector = entry['embedding'];
    if (!Array.isArray(vector) || vector.length === 0 || !vector.every((n) => typeof n === 'number'))
      return undefined;
    vectors[numberAt(entry, 'index') ?? place] = vector;
  }
  const length = vectors[0]?.length;
  return vectors.length === count && Array.from(vectors).every((vector) => vector?.length === length)
    ? vectors
    : undefined;
}
