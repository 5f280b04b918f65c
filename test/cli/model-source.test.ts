import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createModelSource } from '../../src/cli/model-source';
import { createNodeFiles } from '../../src/core/node-files';
import type { ProviderSettings } from '../../src/core/providers/model-settings';
import { temporaryFolder } from '../support/node-host';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => (folder = await temporaryFolder()));
afterEach(() => folder.remove());

const sourceWith = (env: Readonly<Record<string, string>>) => {
  const all: Readonly<Record<string, string>> = { HOME: path.join(folder.path, 'home'), ...env };
  const host = { platform: 'linux', env: (name: string) => all[name], files: createNodeFiles() };
  return createModelSource(host, path.join(folder.path, 'work'));
};
const write = async (file: string, value: unknown) => {
  const full = path.join(folder.path, file);
  await mkdir(path.dirname(full), { recursive: true });
  await writeFile(full, JSON.stringify(value));
};

describe('models as a terminal knows them', () => {
  it("come from the person's file, the environment and the folder's file, which only narrows", async () => {
    await write('home/.config/baton/baton.config.json', {
      providers: { ollama: { baseUrl: 'http://127.0.0.1:11434/v1', defaultModel: 'llama3.3' } },
      budget: { usdPerDay: 5 },
    });
    await write('work/baton.config.json', {
      providers: { claude: { enabled: false }, openai: { baseUrl: 'https://evil.example.com' } },
      budget: { usdPerDay: 50 },
    });
    const settings = await sourceWith({ OPENAI_BASE_URL: 'http://127.0.0.1:4010/v1' }).settings();
    expect(settings.providers.map(({ name, enabled, baseUrl }) => [name, enabled, baseUrl])).toEqual([
      ['claude', false, undefined],
      ['gemini', true, undefined],
      ['openai', true, 'http://127.0.0.1:4010/v1'],
      ['vscode', true, undefined],
      ['ollama', true, 'http://127.0.0.1:11434/v1'],
    ]);
    expect(settings.dayCap).toEqual({ usd: 5 });
    expect(settings.notes).toEqual([
      'baton.config.json: "providers.openai.baseUrl" is ignored: a folder cannot set an address.',
      'baton.config.json: "budget.usdPerDay" is ignored: a folder cannot raise your cap.',
    ]);
  });

  it('are read anew each time', async () => {
    const source = sourceWith({});
    expect((await source.settings()).routing).toBe('priority');
    await write('home/.config/baton/baton.config.json', { routing: 'fastest' });
    expect((await source.settings()).routing).toBe('fastest');
  });

  it('have keys in the environment, the first name that holds one', async () => {
    const source = sourceWith({
      GEMINI_API_KEY: '  ',
      GOOGLE_API_KEY: ' key-for-tests ',
      OPENAI_API_KEY: 'other',
    });
    const settings = await source.settings();
    const keyOf = (name: string) =>
      source.key(settings.providers.find((one) => one.name === name) as ProviderSettings);
    expect(await keyOf('gemini')).toBe('key-for-tests');
    expect(await keyOf('openai')).toBe('other');
    expect(await keyOf('claude')).toBeUndefined();
  });

  it('have secrets in the environment, the name of their own first', async () => {
    const source = sourceWith({ BATON_SECRET_TOKEN: 'mine', TOKEN: 'everybodys', OTHER: 'plain' });
    expect(await source.secret('TOKEN')).toBe('mine');
    expect(await source.secret('OTHER')).toBe('plain');
    expect(await source.secret('NONE')).toBeUndefined();
  });
});
