import type { Plugin } from 'vitest/config';

/** Markdown is its text, as in the bundles. */
export const markdownText: Plugin = {
  name: 'markdown-text',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('.md') ? { code: `export default ${JSON.stringify(code)};`, map: null } : undefined,
};
