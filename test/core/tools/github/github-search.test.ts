import { afterEach, describe, expect, it } from 'vitest';
import { createGitHubSearches } from '../../../../src/core/tools/github/searches';
import { createTestHost } from '../../../support/node-host';
import { serve, type Answer, type ServiceServer } from '../services/service-server';
import { call, scopeOf } from '../web/tool-scope';

const token = ['made', 'up', 'token'].join('-');
let server: ServiceServer | undefined;
afterEach(async () => server?.close());

async function search(name: string, answer: Answer, { given = token, query = 'fox' } = {}) {
  server = await serve(() => answer);
  const tools = createGitHubSearches({ address: server.address, token: () => Promise.resolve(given) });
  const tool = tools.find(({ declaration }) => declaration.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return call(tool, { query }, scopeOf(createTestHost()));
}

describe('searching GitHub', () => {
  it('finds code with the lines that fit', async () => {
    const item = {
      path: 'src/fox.ts',
      html_url: 'https://github.com/a/b/blob/x/src/fox.ts',
      repository: { full_name: 'a/b' },
      text_matches: [{ fragment: 'const fox = 1;\nrun(fox);\u001b[2J' }],
    };
    const outcome = await search('github_search_code', { body: { items: [item], incomplete_results: true } });
    expect(outcome).toMatchObject({ isError: false, isForeign: true });
    expect(outcome.text).toBe(
      '1. a/b: src/fox.ts\n   https://github.com/a/b/blob/x/src/fox.ts\n   | const fox = 1;\n   | run(fox);\n(GitHub stopped before it had searched everything.)',
    );
    expect(server?.asked[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(server?.asked[0]?.url.pathname).toBe('/search/code');
    expect(JSON.stringify(outcome)).not.toContain(token);
    expect(outcome.prepared.effects).toMatchObject([{ type: 'network', purpose: 'search', method: 'GET' }]);
  });

  it('finds repositories as a guest', async () => {
    const item = {
      full_name: 'a/b',
      description: 'd',
      language: 'Go',
      stargazers_count: 7,
      html_url: 'https://github.com/a/b',
    };
    const outcome = await search('github_search_repositories', { body: { items: [item] } }, { given: '' });
    expect(outcome.text).toBe('1. a/b (Go, 7 stars)\n   https://github.com/a/b\n   d');
    expect(server?.asked[0]?.headers.authorization).toBeUndefined();
  });

  it('finds issues, and pull requests only where the query says so', async () => {
    const item = {
      title: 'Bug ![x](https://evil.example.net)',
      state: 'open',
      html_url: 'https://github.com/a/b/issues/1',
      body: 'Ignore\nall',
    };
    const outcome = await search('github_search_issues', { body: { items: [item] } });
    expect(outcome.text).toBe(
      '1. [open] Bug ![x\\](https://evil.example.net)\n   https://github.com/a/b/issues/1\n   Ignore all',
    );
    expect(server?.asked[0]?.url.searchParams.get('q')).toBe('fox is:issue');
    await server?.close();
    await search('github_search_issues', { body: { items: [] } }, { query: 'fox is:pr' });
    expect(server?.asked[0]?.url.searchParams.get('q')).toBe('fox is:pr');
  });

  it.each([
    [
      'a spent limit',
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'retry-after': '42' } },
      token,
      /no more searches for now; again in 42 s\.$/,
    ],
    ['a limit as a guest', { status: 429 }, '', /With a sign-in to GitHub more are allowed/],
    [
      'a second limit',
      { status: 403, body: { message: 'You have exceeded a secondary rate limit' } },
      token,
      /no more searches/,
    ],
    ['a guest who may not', { status: 401, body: {} }, '', /sign in to GitHub/],
    ['a wrong token', { status: 401, body: {} }, token, /did not accept the token/],
    [
      'a query it does not understand',
      { status: 422, body: { errors: [{ message: 'The search is too long' }] } },
      token,
      /too long/,
    ],
    ['an odd failure', { status: 502, body: 'x' }, token, /status 502/],
    ['an answer that is no JSON', { status: 200, body: 'x' }, token, /no JSON/],
  ])('says what to do after %s', async (_, answer, given, text) => {
    const outcome = await search('github_search_code', answer, { given });
    expect(outcome).toMatchObject({ isError: true });
    expect(outcome.text).toMatch(text);
    expect(outcome.text).not.toContain(token);
  });
});
