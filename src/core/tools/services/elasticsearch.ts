import type { Host } from '../../host';
import { askService, serviceUrl, type ServiceAnswer } from './ask-service';
import { wrongArguments } from './checked-arguments';
import { textAt } from './read-answer';

/** A server that the person set up; it may stand in a private network. */
export interface ElasticsearchConnection {
  readonly address: string;
  /** The encoded API key; undefined: the server wants none. */
  readonly key: () => Promise<string | undefined>;
}

const SERVICE = 'Elasticsearch';

export function indexUrl({ address }: ElasticsearchConnection, index: string, rest = ''): string {
  return serviceUrl(SERVICE, address, `/${encodeURIComponent(index)}${rest}`);
}

export async function askElasticsearch(
  host: Host,
  connection: ElasticsearchConnection,
  request: Pick<Parameters<typeof askService>[1], 'method' | 'url'> & {
    readonly body: Parameters<typeof askService>[1]['body'] & object;
  },
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const secret = await connection.key();
  const headers = secret === undefined || secret === '' ? {} : { authorization: `ApiKey ${secret}` };
  return askService(host, { ...request, service: SERVICE, headers, secret, timeoutMs: 30_000 }, signal);
}

/** Why an answer is none, in a sentence; undefined when it is one. */
export function elasticsearchFault({ status, body }: ServiceAnswer): string | undefined {
  if (status >= 200 && status <= 299)
    return typeof body === 'object' && body !== null
      ? undefined
      : 'Elasticsearch gave an answer that is no JSON.';
  if (status === 401 || status === 403)
    return 'Elasticsearch did not accept the key, or the key may not do this. A person has to set another one.';
  const type = textAt(body, 100, 'error', 'type');
  const reason = textAt(body, 300, 'error', 'reason');
  if (status === 404) return 'Elasticsearch has no such index.';
  return `Elasticsearch refuses with status ${status}${type === '' ? '' : ` (${type}: ${reason})`}.`;
}

/** A name of one index as Elasticsearch allows it; never one of its own, never a path. @throws BatonError "tool-arguments" */
export function indexName(text: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,199}$/.test(text) || text.includes('..'))
    throw wrongArguments(
      'arguments.index must be a name of lower-case letters, digits, dots, hyphens and underscores that begins with a letter or digit.',
    );
  return text;
}
