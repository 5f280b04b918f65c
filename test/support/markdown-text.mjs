/**
 * Markdown is its text, as in the bundles.
 *
 * @type {import('vitest/config').Plugin}
 */
export const markdownText = {
  name: 'markdown-text',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('.md') ? { code: `export default ${JSON.stringify(code)};`, map: null } : undefined,
};
