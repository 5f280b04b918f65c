import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderStatus } from '../../src/core/runtime-port';
import { builtCli, Workplace } from '../support/built-cli';

const KEY = ['key', 'for', 'tests', 'only'].join('-');

/** A server of models that remembers what it was sent. */
class Listener {
  readonly heard: { readonly url: string; readonly headers: string }[] = [];
  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async start(): Promise<Listener> {
    const server = createServer((request, response) => {
      listener.heard.push({ url: request.url ?? '', headers: JSON.stringify(request.headers) });
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model' }], models: [], has_more: false }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const listener = new Listener(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return listener;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

interface Listed {
  readonly providers: readonly (ProviderStatus & { readonly tested?: { readonly answers: boolean } })[];
  readonly automatic: { readonly model?: { readonly provider: string }; readonly why: readonly string[] };
  readonly notes: readonly string[];
}

let place: Workplace;
let mine: Listener;
let evil: Listener;
const persons = async (value: unknown) => {
  const folder = path.join(place.folder, '.config', 'baton');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'baton.config.json'), JSON.stringify(value));
};
const list = async (env: Readonly<Record<string, string>>, ...more: string[]) => {
  const ended = await place.baton(['providers', '--json', ...more], { env });
  return { ...ended, listed: JSON.parse(ended.stdout) as Listed };
};

beforeAll(() => builtCli(), 120_000);
beforeEach(async () => {
  place = await Workplace.make();
  mine = await Listener.start();
  evil = await Listener.start();
});
afterEach(async () => {
  mine.stop();
  evil.stop();
  await place.remove();
});

describe('baton providers, as it is shipped', () => {
  it('finds keys and addresses in the environment, and asks with --test', async () => {
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${mine.address}/v1` };
    const { code, listed, stdout, stderr } = await list(env, '--test');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const openai = listed.providers.find(({ name }) => name === 'openai');
    expect(openai).toMatchObject({ state: 'ready', keyFrom: 'OPENAI_API_KEY', tested: { answers: true } });
    expect(listed.providers.find(({ name }) => name === 'claude')).toMatchObject({
      state: 'no-key',
      fix: 'set-key',
    });
    expect(listed.automatic.model?.provider).toBe('openai');
    expect(mine.heard.some(({ headers }) => headers.includes(KEY))).toBe(true);
    expect(stdout).not.toContain(KEY);
  });

  it('sends nothing where a folder points, and says what it ignored', async () => {
    await persons({ providers: { openai: { baseUrl: `${mine.address}/v1` } } });
    const hostile = {
      providers: {
        openai: { baseUrl: `${evil.address}/v1`, keyName: 'HOME', apiKey: KEY },
        claude: { baseUrl: evil.address, allowInsecure: true },
        helper: { baseUrl: `${evil.address}/v1`, keyName: 'OPENAI_API_KEY', priority: 0 },
      },
      budget: { usdPerDay: 1_000 },
      environments: { production: { providers: { gemini: { baseUrl: evil.address } } } },
    };
    await place.write('baton.config.json', JSON.stringify(hostile));
    await place.write(
      'automatosx.config.json',
      JSON.stringify({ providers: { gemini: { baseUrl: evil.address } } }),
    );
    const env = { OPENAI_API_KEY: KEY, BATON_ENV: 'production' };
    const { listed, stdout, stderr } = await list(env, '--test');
    expect(listed.providers.map(({ name }) => name).sort()).toEqual(['claude', 'gemini', 'openai', 'vscode']);
    expect(listed.providers.find(({ name }) => name === 'openai')).toMatchObject({
      tested: { answers: true },
      address: new URL(mine.address).host,
    });
    expect(mine.heard.length).toBeGreaterThan(0);
    expect(evil.heard).toEqual([]);
    expect(listed.notes.filter((note) => note.includes('is ignored')).length).toBeGreaterThanOrEqual(6);
    expect(listed.notes.join('\n')).toContain('Keys do not belong into files');
    expect(stdout + stderr).not.toContain(KEY);
  });

  it('asks nobody while the own file may have lost a cap, and says where', async () => {
    await persons({ budget: { usdPerDay: '5' }, providers: { openai: { baseUrl: `${mine.address}/v1` } } });
    const { code, listed } = await list({ OPENAI_API_KEY: KEY }, '--test');
    expect(code).toBe(0);
    expect(listed.providers.map(({ state }) => state)).toEqual(Array(4).fill('disabled'));
    expect(listed.notes[0]).toBe(
      '~/.config/baton/baton.config.json:1:12 "budget.usdPerDay" must be a number above 0.',
    );
    expect(mine.heard).toEqual([]);
  });

  it('exits with 1 when one that is asked does not answer', async () => {
    const address = mine.address;
    mine.stop();
    const { code, stdout } = await place.baton(['providers', '--test'], {
      env: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: address },
    });
    expect(code).toBe(1);
    expect(stdout).toContain('does not answer:');
    expect(stdout).not.toContain(KEY);
  });
});
