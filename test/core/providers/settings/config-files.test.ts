import { describe, expect, it } from 'vitest';
import { readConfigFiles } from '../../../../src/core/providers/settings/config-files';
import { placeOf } from '../../../../src/core/providers/settings/json-places';

const PERSONS = '/home/ada/.config/baton/baton.config.json';

function machine(texts: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}) {
  const all: Readonly<Record<string, string>> = { HOME: '/home/ada', ...env };
  return {
    platform: 'linux',
    env: (name: string) => all[name],
    files: {
      join: (...parts: string[]) => parts.join('/'),
      read: (path: string) => {
        const text = texts[path];
        if (text instanceof Error) return Promise.reject(text);
        if (text === undefined) return Promise.resolve(undefined);
        return Promise.resolve(
          new TextEncoder().encode(typeof text === 'string' ? text : JSON.stringify(text)),
        );
      },
    },
  };
}

const readPersons = (value: unknown, env?: Readonly<Record<string, string>>) =>
  readConfigFiles(machine({ [PERSONS]: value }, env), '/w');

describe('settings files', () => {
  it('that are not there say nothing', async () => {
    expect(await readConfigFiles(machine({}), '/w')).toEqual({ person: [], workspace: [], notes: [] });
  });

  it("are the person's own in their own folder, and the folder's in the workspace", async () => {
    const files = await readConfigFiles(
      machine({ [PERSONS]: { routing: 'fastest' }, '/w/baton.config.json': { routing: 'cheapest' } }),
      '/w',
    );
    expect(files).toEqual({
      person: [{ from: '~/.config/baton/baton.config.json', routing: 'fastest' }],
      workspace: [{ from: 'baton.config.json', routing: 'cheapest' }],
      notes: [],
    });
  });

  it('are looked for where XDG_CONFIG_HOME says', async () => {
    const texts = {
      '/etc/mine/baton/baton.config.json': { routing: 'fastest' },
      [PERSONS]: { routing: 'cheapest' },
    };
    const { person } = await readConfigFiles(machine(texts, { XDG_CONFIG_HOME: '/etc/mine' }), '/w');
    expect(person).toEqual([{ from: '/etc/mine/baton/baton.config.json', routing: 'fastest' }]);
  });

  it('say everything that can be said', async () => {
    const { person, notes } = await readPersons({
      $schema: 'x',
      providers: {
        claude: {
          enabled: true,
          priority: 2,
          defaultModel: 'claude-opus-5-5',
          maxRetries: 1,
          timeout: '90s',
          rateLimitPerMinute: 50,
        },
        ollama: {
          baseUrl: 'http://127.0.0.1:11434/v1',
          keyless: true,
          keyName: 'MINE',
          title: 'Mine',
          timeout: 500,
        },
      },
      routing: 'cheapest',
      budget: { usdPerDay: 5, tokensPerDay: 1_000_000 },
      probeLocalServers: false,
      prices: { 'llama3.3': { input: 0, output: 0 } },
    });
    expect(notes).toEqual([]);
    expect(person).toEqual([
      {
        from: '~/.config/baton/baton.config.json',
        providers: {
          claude: {
            enabled: true,
            priority: 2,
            defaultModel: 'claude-opus-5-5',
            maxRetries: 1,
            timeout: 90_000,
            rateLimitPerMinute: 50,
          },
          ollama: {
            baseUrl: 'http://127.0.0.1:11434/v1',
            keyless: true,
            keyName: 'MINE',
            title: 'Mine',
            timeout: 500,
          },
        },
        routing: 'cheapest',
        dayCap: { usd: 5, tokens: 1_000_000 },
        probeLocalServers: false,
        prices: { 'llama3.3': { input: 0, output: 0 } },
      },
    ]);
  });

  it('of another program are read for their providers, and it is told', async () => {
    const seed = {
      providers: { claude: { enabled: true, priority: 3, timeout: 60_000, command: 'claude', circuit: {} } },
      execution: { concurrency: 4 },
    };
    const files = await readConfigFiles(
      machine({
        '/w/automatosx.config.json': seed,
        '/w/baton.config.json': { providers: { claude: { priority: 1 } } },
      }),
      '/w',
    );
    expect(files.workspace).toEqual([
      {
        from: 'automatosx.config.json',
        providers: { claude: { enabled: true, priority: 3, timeout: 60_000 } },
      },
      { from: 'baton.config.json', providers: { claude: { priority: 1 } } },
    ]);
    expect(files.notes).toEqual([
      'automatosx.config.json is read as baton.config.json.',
      'automatosx.config.json: only "providers" of this file is read.',
    ]);
  });

  it('have a part for the environment that BATON_ENV names, which wins', async () => {
    const value = {
      budget: { usdPerDay: 5 },
      environments: { development: { budget: { usdPerDay: 1 } }, production: { routing: 'fastest' } },
    };
    const { person } = await readPersons(value, { BATON_ENV: 'development' });
    expect(person.map(({ from, dayCap }) => [from, dayCap])).toEqual([
      ['~/.config/baton/baton.config.json', { usd: 5 }],
      ['~/.config/baton/baton.config.json (development)', { usd: 1 }],
    ]);
    expect((await readPersons(value)).person).toHaveLength(1);
    expect((await readPersons(value, { BATON_ENV: 'staging' })).notes).toEqual([
      '~/.config/baton/baton.config.json: BATON_ENV is "staging", and the file has no such environment (development, production).',
    ]);
  });
});

describe('a fault in a settings file', () => {
  const told = async (text: string, env?: Readonly<Record<string, string>>) => {
    const { person, notes } = await readPersons(text, env);
    const at = '~/.config/baton/baton.config.json';
    return {
      notes: notes.map((note) => note.replace(at, '')),
      isBroken: person.some(({ isBroken }) => isBroken),
    };
  };

  it.each([
    ['{\n  "routing": "fastest",\n}', ':3:1 This is no JSON.'],
    ['{ "budget": { "usdPerDay": "5" } }', ':1:15 "budget.usdPerDay" must be a number above 0.'],
    ['{ "budget": { "usdPerDay": -5 } }', ':1:15 "budget.usdPerDay" must be a number above 0.'],
    ['{ "budget": 5 }', ':1:3 "budget" must be an object.'],
    ['{ "budget": { "usd": 5 } }', ':1:15 "budget.usd" is no setting and has no effect.'],
    ['{ "budgets": {} }', ':1:3 "budgets" is no setting. Did you mean "budget"?'],
    [
      '{\n  "providers": {\n    "claude": { "rateLimitPerMinut": 5 }\n  }\n}',
      ':3:17 "providers.claude.rateLimitPerMinut" is no setting. Did you mean "rateLimitPerMinute"?',
    ],
    [
      '{ "providers": { "claude": { "timeout": "soon" } } }',
      ':1:30 "providers.claude.timeout" must be milliseconds, or a duration like 60s, at most 1h.',
    ],
    ['{ "providers": [] }', ':1:3 "providers" must be an object.'],
    [
      '{ "providers": { "a b": {} } }',
      ':1:18 "providers.a b" is no name for a provider: letters, digits, ".", "_" and "-", at most 64.',
    ],
    ['[]', ': settings are a JSON object.'],
  ])('that may have cost a cap stops all asking: %s', async (text, note) => {
    expect(await told(text)).toEqual({ notes: [note], isBroken: true });
  });

  it('that can have cost none is only told', async () => {
    expect(await told('{ "colour": 1 }')).toEqual({
      notes: [':1:3 "colour" is no setting and has no effect.'],
      isBroken: false,
    });
  });

  it('in the part of an environment is found at its line', async () => {
    const text = '{\n "environments": {\n  "production": { "routing": "best" }\n }\n}';
    expect((await told(text, { BATON_ENV: 'production' })).notes).toEqual([
      ':3:19 "environments.production.routing" must be "priority", "cheapest" or "fastest".',
    ]);
  });

  it('that cannot be read at all is one too', async () => {
    expect(await readPersons(new Error('no right to read it'))).toEqual({
      person: [{ from: '~/.config/baton/baton.config.json', isBroken: true }],
      workspace: [],
      notes: ['~/.config/baton/baton.config.json could not be read: no right to read it.'],
    });
    expect((await told(`"${'x'.repeat(300_000)}"`)).isBroken).toBe(true);
  });

  it.each(['apiKey', 'api_key', 'key', 'token', 'headers', 'Authorization', 'password'])(
    'a key in a file is refused and never repeated: %s',
    async (name) => {
      const value = ['key', 'for', 'tests'].join('-');
      for (const text of [
        JSON.stringify({ providers: { claude: { [name]: value } } }),
        JSON.stringify({ [name]: value }),
      ]) {
        const files = await readPersons(text);
        expect(files.notes).toHaveLength(1);
        expect(files.notes[0]).toContain('Keys do not belong into files');
        expect(JSON.stringify(files)).not.toContain(value);
      }
    },
  );
});

describe('the place of a value', () => {
  const text = '{\n  "a": [1, {"b": "}\\"", "c": 2}],\n  "d": {"e": {}}\n}';
  it.each([
    [['a'], { line: 2, column: 3 }],
    [['a', 1, 'b'], { line: 2, column: 13 }],
    [['a', 1, 'c'], { line: 2, column: 25 }],
    [['d', 'e'], { line: 3, column: 9 }],
    [[], { line: 1, column: 1 }],
  ])('%j', (path, place) => {
    expect(placeOf(text, path)).toEqual(place);
  });

  it('is nowhere when it is not there', () => {
    for (const path of [['x'], ['a', 5], ['a', 'b'], ['d', 'e', 'f']])
      expect(placeOf(text, path)).toBeUndefined();
    expect(placeOf('', ['a'])).toBeUndefined();
  });
});
