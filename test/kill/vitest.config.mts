import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/kill/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
