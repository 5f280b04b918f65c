import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/vscode/e2e/**/*.test.ts'],
    // A window waits as much as it works: two of them fill two processors.
    maxWorkers: 2,
    testTimeout: 420_000,
    hookTimeout: 120_000,
  },
});
