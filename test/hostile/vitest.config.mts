import { defineConfig } from 'vitest/config';

/** Markdown is its text, as in the bundles. */
const markdownText = {
  name: 'markdown-text',
  enforce: 'pre',
  transform: (code: string, id: string) =>
    id.endsWith('.md') ? { code: `export default ${JSON.stringify(code)};`, map: null } : undefined,
} as const;

export default defineConfig({
  plugins: [markdownText],
  test: {
    include: ['test/hostile/**/*.test.ts'],
    testTimeout: 90 * 60_000,
    hookTimeout: 120_000,
    // Each sets the search path of its process.
    pool: 'forks',
  },
});
