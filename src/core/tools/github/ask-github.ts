import type { JsonObject } from '../../base/json';
import type { Host } from '../../host';
import { BatonError } from '../../model/errors';
import { askService, serviceUrl, type ServiceAnswer } from '../services/ask-service';
import { listAt, textAt } from '../services/read-answer';

export interface GitHubConnection {
  /** Of the REST interface. Default: https://api.github.com. */
  readonly address?: string;
  /** Of the editor's session or set by the person; undefined: as a guest. */
  readonly token: () => Promise<string | undefined>;
}

export type SearchKind = 'code' | 'repositories' | 'issues';

export function searchUrl(
  { address = 'https://api.github.com' }: GitHubConnection,
  kind: SearchKind,
  query: string,
  count: number,
): string {
  return serviceUrl('GitHub', address, `/search/${kind}`, { q: query, per_page: String(count) });
}

/** What a search of GitHub found. @throws BatonError "service-refused" with a sentence that says what to do */
export async function askGitHub(
  host: Host,
  connection: GitHubConnection,
  url: string,
  signal: AbortSignal,
): Promise<{ readonly items: readonly JsonObject[]; readonly isIncomplete: boolean }> {
  const secret = await connection.token();
  const isGuest = secret === undefined || secret === '';
  const answer = await askService(
    host,
    {
      service: 'GitHub',
      method: 'GET',
      url,
      secret,
      headers: {
        accept: 'application/vnd.github.text-match+json',
        'x-github-api-version': '2022-11-28',
        ...(isGuest ? {} : { authorization: `Bearer ${secret}` }),
      },
    },
    signal,
  );
  const refusal = refusalOf(answer, isGuest, host.clock.now());
  if (refusal !== undefined) throw new BatonError('service-refused', refusal);
  return {
    items: listAt(answer.body, 'items'),
    isIncomplete: (answer.body as JsonObject)['incomplete_results'] === true,
  };
}

/** Source: GitHub's pages "Rate limits for the REST API" and "REST API endpoints for search". */
function refusalOf(
  { status, headers, body }: ServiceAnswer,
  isGuest: boolean,
  now: number,
): string | undefined {
  if (status >= 200 && status <= 299)
    return typeof body === 'object' && body !== null ? undefined : 'GitHub gave an answer that is no JSON.';
  const said = textAt(body, 300, 'message');
  const isLimit =
    headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after') || /rate limit/i.test(said);
  if (status === 429 || (status === 403 && isLimit)) {
    const more = isGuest ? ' With a sign-in to GitHub more are allowed.' : '';
    return `GitHub allows no more searches for now${waitOf(headers, now)}.${more}`;
  }
  if (status === 401)
    return isGuest
      ? 'GitHub searches this only for people who signed in. A person has to sign in to GitHub or set a token.'
      : 'GitHub did not accept the token. A person has to sign in again or set another one.';
  if (status === 403) return 'GitHub refuses this search for this sign-in.';
  if (status === 422) {
    const why = textAt(listAt(body, 'errors')[0], 300, 'message');
    return `GitHub did not understand the query or may not show what it names${why === '' ? '' : ` ("${why}")`}.`;
  }
  return `GitHub answered with status ${status} and no results.`;
}

function waitOf(headers: Headers, now: number): string {
  const after = Number(headers.get('retry-after') ?? Number.NaN);
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  const seconds = after > 0 ? after : Math.ceil(reset - now / 1000);
  return seconds > 0 && seconds < 100_000 ? `; again in ${seconds} s` : '';
}
