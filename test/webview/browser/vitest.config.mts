import { defineConfig } from 'vitest/config';

/** The views in a real browser. Apart from the unit tests, because they need one. */
export default defineConfig({
  test: {
    include: ['test/webview/browser/*.test.ts'],
    // One page at a time: what is measured on a crowded machine says nothing.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
