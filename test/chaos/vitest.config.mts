import { defineConfig } from 'vitest/config';
import { markdownText } from '../support/markdown-text.mjs';

export default defineConfig({
  plugins: [markdownText],
  test: {
    include: ['test/chaos/**/*.test.ts'],
    testTimeout: 300_000,
  },
});
