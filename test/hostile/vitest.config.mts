import { defineConfig } from 'vitest/config';
import { markdownText } from '../support/markdown-text.mjs';

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
