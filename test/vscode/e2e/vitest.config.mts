import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/vscode/e2e/**/*.test.ts'],
    // A VS Code with a browser fills two cores.
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
