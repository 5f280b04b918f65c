import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelSource } from '../../src/core/providers/model-settings';
import { resolveModelSettings } from '../../src/core/providers/settings/resolve-settings';
import { createRuntime } from '../../src/core/runtime';
import type { Runtime } from '../../src/core/runtime-port';
import { createTestHost, temporaryFolder } from '../support/node-host';
import { environmentOf, startVendorServer, type Vendor, type VendorServer } from '../support/vendor-servers';

/* The whole core with the vendors' packages, over servers that speak like the vendors. */

const ONE = 'name: one\nsteps:\n  - key: think\n    prompt: How is it?\n';

describe('a run over several vendors', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let servers: Record<Vendor, VendorServer>;
  let runtime: Runtime;
  const logged: string[] = [];

  const note = (message: string) => void logged.push(message);
  const log = { debug: note, info: note, warn: note, error: note };

  beforeEach(async () => {
    logged.length = 0;
    place = await temporaryFolder();
    const [claude, gemini, openai] = [
      await startVendorServer(),
      await startVendorServer(),
      await startVendorServer(),
    ];
    servers = { claude, gemini, openai };
    const environment: Readonly<Record<string, string>> = {
      ...environmentOf(servers),
      XDG_STATE_HOME: path.join(place.path, 'home'),
    };
    const env = (name: string) => environment[name];
    const models: ModelSource = {
      settings: async () =>
        resolveModelSettings({ person: [{ from: 'test', probeLocalServers: false }], workspace: [], env }),
      key: async ({ keyNames }) => keyNames.map(env).find((key) => key !== undefined),
      secret: async () => undefined,
    };
    const workspace = path.join(place.path, 'workspace');
    await mkdir(workspace);
    runtime = await createRuntime({
      host: { ...createTestHost(log), env },
      workspace,
      stateDirectory: path.join(place.path, 'state'),
      access: 'run',
      owner: { name: 'test' },
      models,
    });
  });
  afterEach(async () => {
    await runtime.close();
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    await place.remove();
  });

  const start = async (text = ONE) => {
    const started = await runtime.start({
      workflow: { text, path: 'one.baton.yaml' },
      inputs: {},
      mode: 'interactive',
      rehearsal: false,
      by: 'ada',
      trusted: true,
    });
    if ('refusal' in started) throw new Error(started.refusal.message);
    return started.runId;
  };
  const run = async (text = ONE) => runtime.whenIdle(await start(text));

  it('takes back what one said before it broke off; the next one answers', async () => {
    const long = 'Claude begins to say something long and never comes to its end. '.repeat(4);
    servers.claude.mock.onMessage(
      /./,
      { content: long },
      { chunkSize: 20, truncateAfterChunks: 6, latency: 20 },
    );
    servers.gemini.mock.onMessage(/./, { content: 'Gemini says it whole.' });
    const seen: string[] = [];
    runtime.onLive(({ text, voided }) => {
      if (text !== undefined) seen.push(text);
      if (voided !== undefined) seen.push('~void~');
    });
    const state = await run();
    expect(state.steps['think']).toMatchObject({ output: { text: 'Gemini says it whole.' } });
    expect(state.calls['think']?.[0]).toMatchObject({
      status: 'answered',
      chosen: { provider: 'gemini' },
      failures: [{ model: { provider: 'claude' } }, { model: { provider: 'claude' } }],
    });
    expect(servers.claude.asked()).toBe(2);
    expect(seen.join('')).toMatch(/Claude begins.*~void~.*Claude begins.*~void~.*Gemini says it whole\./);
    expect(state.spent.estimated).toBe(true);
  });

  it('stops using a provider whose key is refused, and says so', async () => {
    servers.claude.mock.onMessage(/./, {
      status: 401,
      error: { message: 'x', type: 'authentication_error' },
    });
    servers.gemini.mock.onMessage(/./, { content: 'Gemini here.' });
    await run();
    await run();
    expect(servers.claude.asked()).toBe(1);
    expect((await runtime.models.status())[0]).toMatchObject({ state: 'refused-key', fix: 'set-key' });
    expect((await runtime.models.automatic()).model).toMatchObject({ provider: 'gemini' });
  });

  it('tells the log whom it asked and what came of it, never what was said', async () => {
    servers.claude.mock.onMessage(/./, { status: 404, error: { message: 'x', type: 'not_found_error' } });
    servers.gemini.mock.onMessage(/./, { content: 'Gemini says a private word.' });
    await run();
    const text = logged.join('\n');
    expect(text).toMatch(/claude[^]*gemini/i);
    expect(text).not.toMatch(/How is it|private word/);
  });

  it('never falls over to get around a refusal', async () => {
    servers.claude.mock.onMessage(/./, { content: '', finishReason: 'content_filter' });
    servers.openai.mock.onMessage(/./, { content: 'OpenAI would.' });
    const state = await run(`${ONE}    provider: [openai, claude]\n`);
    expect(state.steps['think']).toMatchObject({ status: 'completed', output: { text: 'OpenAI would.' } });
    servers.openai.mock.clearFixtures().onMessage(/./, { content: '', finishReason: 'content_filter' });
    const blocked = await run(`${ONE}    provider: [openai, gemini]\n`);
    expect(blocked.steps['think']).toMatchObject({
      status: 'failed',
      error: { code: 'content-blocked', class: 'error' },
    });
    expect(servers.gemini.asked()).toBe(0);
  });

  it('ends a call under way when its run is cancelled, and books what it may have cost', async () => {
    servers.claude.mock.onMessage(/./, { content: 'Too late.' }, { latency: 60_000 });
    const runId = await start();
    await new Promise<void>((resolve) => {
      runtime.onEvent(({ type }) => type === 'routing-decision' && resolve());
    });
    const begun = performance.now();
    await runtime.cancel(runId, 'ada');
    const state = await runtime.whenIdle(runId);
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(state.phase).toBe('cancelled');
    expect(state.calls['think']?.[0]?.status).not.toBe('answered');
    expect(state.spent.usd).toBeGreaterThan(0);
    expect(servers.gemini.asked()).toBe(0);
  });

  it('answers twenty steps at once and books each of them', async () => {
    for (const [name, { mock }] of Object.entries(servers))
      mock.onMessage(/./, {
        content: `${name} here.`,
        usage: { input_tokens: 10, output_tokens: 5, prompt_tokens: 10, completion_tokens: 5 },
      });
    const steps = Array.from(
      { length: 20 },
      (_none, index) =>
        `  - key: s${index}\n    prompt: "Number ${index}?"\n    provider: ${index % 2 ? 'claude' : 'openai'}\n`,
    );
    const state = await run(`name: many\nconfig: { parallelism: 20 }\nsteps:\n${steps.join('')}`);
    expect(state.phase).toBe('completed');
    expect(state.spent).toMatchObject({ calls: 20, inputTokens: 200, outputTokens: 100 });
    expect([servers.claude.asked(), servers.openai.asked()]).toEqual([10, 10]);
    const today = Object.fromEntries(
      (await runtime.models.status()).map(({ name, today: { calls } }) => [name, calls]),
    );
    expect(today).toMatchObject({ claude: 10, openai: 10, gemini: 0 });
  });
});
