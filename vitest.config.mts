import path from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { markdownText } from './test/support/markdown-text.mjs';

/** Google's package gets the fetch that its bundle gets from esbuild. */
const geminiFetch: Plugin = {
  name: 'gemini-fetch',
  transform(code, id) {
    if (!id.includes('@google/generative-ai')) return undefined;
    const file = path.resolve(import.meta.dirname, 'src/core/providers/gemini/fetch.ts');
    return { code: `import { fetch } from ${JSON.stringify(file)};\n${code}`, map: null };
  },
};

export default defineConfig({
  plugins: [geminiFetch, markdownText],
  test: {
    server: { deps: { inline: [/@google\/generative-ai/] } },
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // The suites under test/vscode run inside a real VS Code, the long fault tests on the built command line,
    // the ones with model servers in trouble for half a minute, the views under test/webview/browser in a browser.
    exclude: [
      'test/vscode/**',
      'test/webview/browser/**',
      'test/kill/**',
      'test/chaos/**',
      'test/hostile/**',
      'test/torture/**',
      'node_modules/**',
    ],
    // A process for each file would take as long as the tests themselves; what a test leaves behind then shows in the next.
    isolate: false,
    testTimeout: 20_000,
  },
});
