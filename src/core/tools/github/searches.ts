import { listAt, numberAt, textAt } from '../services/read-answer';
import type { Tool } from '../tool';
import { inertMarkdown, plainText } from '../web/plain-text';
import type { GitHubConnection } from './ask-github';
import { createGitHubSearch, type GitHubSearch } from './github-search';

const code: GitHubSearch = {
  name: 'github_search_code',
  kind: 'code',
  description: 'Searches the code of GitHub repositories: repository, path and the lines that fit.',
  entry(item) {
    const repository = textAt(item, 200, 'repository', 'full_name');
    const path = textAt(item, 500, 'path');
    const url = textAt(item, 1000, 'html_url');
    const lines = listAt(item, 'text_matches')
      .slice(0, 3)
      .map(({ fragment }) => (typeof fragment === 'string' ? plainText(fragment).slice(0, 600) : ''));
    const shown = lines.map((fragment) => `\n${fragment.replace(/^/gm, '   | ')}`).join('');
    return { text: `${repository}: ${path}\n   ${url}${shown}`, data: { repository, path, url, lines } };
  },
};

const repositories: GitHubSearch = {
  name: 'github_search_repositories',
  kind: 'repositories',
  description: 'Searches GitHub repositories: name, description, language and stars.',
  entry(item) {
    const repository = textAt(item, 200, 'full_name');
    const description = inertMarkdown(textAt(item, 500, 'description'));
    const language = textAt(item, 50, 'language');
    const stars = numberAt(item, 'stargazers_count') ?? 0;
    const url = textAt(item, 1000, 'html_url');
    return {
      text: `${repository} (${language === '' ? '' : `${language}, `}${stars} stars)\n   ${url}\n   ${description}`,
      data: { repository, description, language, stars, url },
    };
  },
};

const issues: GitHubSearch = {
  name: 'github_search_issues',
  kind: 'issues',
  description:
    'Searches GitHub issues (or pull requests, with is:pr): title, state and the beginning of the text.',
  // GitHub refuses some sign-ins that ask for both at once.
  query: (query) => (/\b(?:is|type):(?:issue|pr|pull-request)\b/i.test(query) ? query : `${query} is:issue`),
  entry(item) {
    const title = inertMarkdown(textAt(item, 300, 'title'));
    const state = textAt(item, 20, 'state');
    const url = textAt(item, 1000, 'html_url');
    const body = inertMarkdown(textAt(item, 800, 'body'));
    return { text: `[${state}] ${title}\n   ${url}\n   ${body}`, data: { title, state, url, body } };
  },
};

/** The tools that search GitHub, as a guest or with the person's sign-in. */
export function createGitHubSearches(connection: GitHubConnection): Tool[] {
  return [code, repositories, issues].map((search) => createGitHubSearch(search, connection));
}
