import { serviceUrl } from '../services/ask-service';
import { listAt, textAt } from '../services/read-answer';
import type { SearchEngine, Secret } from './search-engine';

/** https://docs.tavily.com, "Tavily Search". */
export function tavily(key: Secret, address = 'https://api.tavily.com'): SearchEngine {
  const title = 'Tavily';
  return {
    title,
    key,
    needsKey: true,
    request: (query, count, secret) => ({
      service: title,
      method: 'POST',
      url: serviceUrl(title, address, '/search'),
      headers: { authorization: `Bearer ${secret ?? ''}` },
      body: {
        query,
        max_results: count,
        search_depth: 'basic',
        include_answer: false,
        include_images: false,
      },
    }),
    results: (body) =>
      listAt(body, 'results').map((found) => ({
        title: textAt(found, 300, 'title'),
        url: textAt(found, 2000, 'url'),
        snippet: textAt(found, 1000, 'content'),
      })),
  };
}
