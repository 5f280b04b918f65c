import { serviceUrl } from '../services/ask-service';
import { listAt, textAt } from '../services/read-answer';
import type { SearchEngine } from './search-engine';

/** https://docs.searxng.org, "Search API": the server's settings must allow the format "json". */
export function searxng(address: string): SearchEngine {
  const title = 'SearXNG';
  return {
    title,
    needsKey: false,
    request: (query) => ({
      service: title,
      method: 'GET',
      url: serviceUrl(title, address, '/search', { q: query, format: 'json' }),
    }),
    results: (body) =>
      listAt(body, 'results').map((found) => ({
        title: textAt(found, 300, 'title'),
        url: textAt(found, 2000, 'url'),
        snippet: textAt(found, 1000, 'content'),
      })),
  };
}
