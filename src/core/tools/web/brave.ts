import { serviceUrl } from '../services/ask-service';
import { listAt, textAt } from '../services/read-answer';
import type { SearchEngine, Secret } from './search-engine';

/** https://api-dashboard.search.brave.com, "Web Search". */
export function brave(key: Secret, address = 'https://api.search.brave.com'): SearchEngine {
  const title = 'Brave Search';
  return {
    title,
    key,
    needsKey: true,
    request: (query, count, secret) => ({
      service: title,
      method: 'GET',
      url: serviceUrl(title, address, '/res/v1/web/search', {
        q: query,
        count: String(count),
        text_decorations: 'false',
      }),
      headers: { 'x-subscription-token': secret ?? '' },
    }),
    results: (body) =>
      listAt(body, 'web', 'results').map((found) => ({
        title: textAt(found, 300, 'title'),
        url: textAt(found, 2000, 'url'),
        snippet: textAt(found, 1000, 'description'),
      })),
  };
}
