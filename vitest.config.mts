import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // The suites under test/vscode run inside a real VS Code, the long fault tests on the built command line,
    // the views under test/webview/browser in a browser.
    exclude: [
      'test/vscode/**',
      'test/webview/browser/**',
      'test/kill/**',
      'test/torture/**',
      'node_modules/**',
    ],
    testTimeout: 20_000,
  },
});
