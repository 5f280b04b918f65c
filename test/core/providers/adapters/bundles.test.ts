import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtCli } from '../../../support/built-cli';

let cli: string;
beforeAll(async () => void (cli = await builtCli()), 120_000);

describe('the bundle that asks providers', () => {
  it('has each vendor’s package in a file of its own beside it, which it loads when first needed', async () => {
    // The runtime asks; whoever starts it, the command line or a window, shares its file.
    const folder = path.dirname(cli);
    const text = await readFile(path.join(folder, 'runtime.js'), 'utf8');
    expect(await readFile(cli, 'utf8')).toContain('require("./runtime.js")');
    const signs = { anthropic: 'anthropic-version', gemini: 'x-goog-api-client', openai: 'OPENAI_ORG_ID' };
    for (const [name, sign] of Object.entries(signs)) {
      expect(text).toContain(`require("./provider-${name}.js")`);
      expect(text).not.toContain(sign);
      expect(await readFile(path.join(folder, `provider-${name}.js`), 'utf8')).toContain(sign);
    }
    // None of them at the beginning: only inside the function that connects.
    expect(text).toMatch(/then\(\(\) => __toESM\(require\("\.\/provider-/);
  });
});
