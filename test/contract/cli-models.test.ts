import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import { nothingSpent } from '../../src/core/model/model-call';
import type { RunSummary } from '../../src/core/storage/run-store';
import { builtCli, eventsIn, finish, untilEvent, Workplace } from '../support/built-cli';
import {
  environmentOf,
  startVendorServer,
  TEST_KEYS,
  type VendorServer,
  type Vendor,
} from '../support/vendor-servers';

/* The built command line, the vendors' packages in their bundles, and servers that speak like the vendors. */

/** In the words of each vendor. */
const USAGE = {
  input_tokens: 30,
  output_tokens: 12,
  prompt_tokens: 30,
  completion_tokens: 12,
  promptTokenCount: 30,
  candidatesTokenCount: 12,
};
const ONE = 'name: one\nsteps:\n  - key: think\n    prompt: How is it?\n';

let place: Workplace;
let servers: Record<Vendor, VendorServer>;
const make = async (files: Record<string, string>) => (place = await Workplace.make(files));
const of = <Type extends RunEvent['type']>(events: readonly RunEvent[], type: Type) =>
  events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
/** With `--json` of run and resume also the events. */
const run = async (
  args: readonly string[],
  env: Record<string, string> = environmentOf(servers),
  input = '',
) => {
  const ended = await place.baton(args, { env, input });
  const printsEvents = args.includes('--json') && args[0] !== 'providers';
  return { ...ended, events: printsEvents ? eventsIn(ended.stdout) : [] };
};

beforeAll(() => builtCli(), 120_000);
beforeEach(async () => {
  const [claude, gemini, openai] = await Promise.all([
    startVendorServer(),
    startVendorServer(),
    startVendorServer(),
  ]);
  servers = { claude, gemini, openai };
  for (const [name, { mock }] of Object.entries(servers))
    mock.onMessage(/./, { content: `${name} says so.`, usage: USAGE });
});
afterEach(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  await place.remove();
});

describe('a workflow that asks a model', () => {
  it.each(['claude', 'gemini', 'openai'] as const)(
    'is answered by %s, with its key and address',
    async (name) => {
      await make({ 'flow.yaml': ONE });
      const { code, stderr, events } = await run(
        ['run', 'flow.yaml', '--json'],
        environmentOf({ [name]: servers[name] }),
      );
      expect(code).toBe(0);
      expect(stderr).toMatch(/^Models: 1 call, 42 tokens, /m);
      expect(of(events, 'routing-decision')[0]).toMatchObject({ chosen: { provider: name }, call: 1 });
      expect(of(events, 'call-answered')[0]).toMatchObject({ model: { provider: name } });
      expect(of(events, 'step-completed')[0]).toMatchObject({
        output: { text: `${name} says so.` },
        summary: `${name} says so.`,
      });
      expect(of(events, 'call-answered')[0]?.usage.usd).toBeGreaterThan(0);
      expect(servers[name].asked()).toBe(1);
    },
  );

  it('is answered by the first by priority, and by whom the step names', async () => {
    await make({ 'flow.yaml': `${ONE}    provider: [gemini, openai]\n`, 'any.yaml': ONE });
    expect(of((await run(['run', 'flow.yaml', '--json'])).events, 'call-answered')[0]?.model.provider).toBe(
      'gemini',
    );
    expect(of((await run(['run', 'any.yaml', '--json'])).events, 'call-answered')[0]?.model.provider).toBe(
      'claude',
    );
    expect(servers.openai.asked()).toBe(0);
  });

  it('falls over to the next provider at once where the first refuses, and says why', async () => {
    await make({ 'flow.yaml': ONE });
    servers.claude.mock.clearFixtures().onMessage(/./, {
      error: { message: 'invalid x-api-key', type: 'authentication_error' },
      status: 401,
    });
    const { code, events } = await run(['run', 'flow.yaml', '--json']);
    expect(code).toBe(0);
    expect(of(events, 'call-failed')[0]).toMatchObject({
      model: { provider: 'claude' },
      fault: 'auth',
      next: 'fallback',
    });
    expect(of(events, 'routing-decision').map(({ chosen }) => chosen.provider)).toEqual(['claude', 'gemini']);
    expect(of(events, 'step-completed')[0]).toMatchObject({ output: { text: 'gemini says so.' } });
    expect([servers.claude.asked(), servers.gemini.asked(), servers.openai.asked()]).toEqual([1, 1, 0]);
    expect((await run(['status', 'last'])).stdout).toContain('⇄ Claude refused the key, answered by Gemini');
    const { fallbacks } = await place.json<{ readonly fallbacks: unknown }>('status', 'last');
    expect(fallbacks).toMatchObject([
      {
        step: 'think',
        failures: [{ model: { provider: 'claude' }, fault: 'auth' }],
        answeredBy: { provider: 'gemini' },
      },
    ]);
    expect((await run(['list', '--runs'])).stdout).toMatch(/ 1\/1 .* <\$0\.0001 {2}one$/m);
    const listed = await place.json<{ readonly runs: readonly RunSummary[] }>('list', '--runs');
    expect(listed.runs[0]?.spent).toEqual({
      ...nothingSpent,
      calls: 1,
      inputTokens: 30,
      outputTokens: 12,
      usd: of(events, 'call-answered')[0]?.usage.usd,
    });
  });

  it('fails with each provider and its reason when all of them fail, within the requests that are allowed', async () => {
    await make({ 'flow.yaml': ONE });
    for (const { mock } of Object.values(servers))
      mock
        .clearFixtures()
        .onMessage(/./, { error: { message: 'Nothing left.', type: 'server_error' }, status: 500 });
    const { code, events } = await run(['run', 'flow.yaml', '--json']);
    expect(code).toBe(1);
    const failed = of(events, 'step-failed');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.error).toMatchObject({ code: 'providers-failed', class: 'error' });
    for (const title of ['Claude', 'Gemini', 'OpenAI']) expect(failed[0]?.error.message).toContain(title);
    expect(failed[0]?.error.unanswered?.filter(({ standing }) => standing === 'failed')).toMatchObject([
      { provider: 'claude', why: 'has an error of its own (2 requests)' },
      { provider: 'gemini' },
      { provider: 'openai' },
    ]);
    const asked = Object.values(servers).map((server) => server.asked());
    expect(Math.max(...asked)).toBeLessThanOrEqual(3);
    expect(asked.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(6);
  });

  it('gives a document that fits the schema, mended where the first one does not', async () => {
    await make({
      'flow.yaml': `${ONE}    output: { schema: { type: object, properties: { n: { type: integer } }, required: [n] } }\n`,
    });
    servers.claude.mock
      .clearFixtures()
      .on({ predicate: ({ messages }) => messages.length < 3 }, { content: '{"n":"x"}' })
      .on({ predicate: ({ messages }) => messages.length >= 3 }, { content: '{"n":3}' });
    const { code, events } = await run(
      ['run', 'flow.yaml', '--json'],
      environmentOf({ claude: servers.claude }),
    );
    expect(code).toBe(0);
    expect(of(events, 'step-completed')[0]).toMatchObject({ output: { n: 3 } });
    expect(of(events, 'call-answered')).toHaveLength(2);
  });

  it('is refused before anything is sent where no provider has a key, and says what to do', async () => {
    await make({ 'flow.yaml': ONE, 'baton.config.json': '{"probeLocalServers":false}' });
    const { code, stderr } = await run(['run', 'flow.yaml'], {});
    expect(code).toBe(2);
    expect(stderr).toContain('think');
    expect(stderr).toContain('ANTHROPIC_API_KEY');
  });

  it('waits at its budget with the exit code of what waits; more money lets it go on', async () => {
    await make({ 'flow.yaml': ONE.replace('steps:', 'config: { budget: { usd: 0.0001 } }\nsteps:') });
    const { code, events } = await run(['run', 'flow.yaml', '--json', '--approvals', 'none']);
    expect(code).toBe(3);
    const requested = of(events, 'approval-requested')[0];
    expect(requested?.approval.kind).toBe('budget');
    expect(servers.claude.asked()).toBe(0);
    const runId = events[0]?.runId ?? '';
    expect((await run(['approve', runId, 'think', '--action', 'modify', '--value', '1'])).code).toBe(0);
    const resumed = await run(['resume', runId, '--json']);
    expect(resumed.code).toBe(0);
    expect(of(resumed.events, 'step-completed')).toHaveLength(1);
    expect(servers.claude.asked()).toBe(1);
  });

  it('asks again only for the turn that was under way when its process was killed', async () => {
    await make({ 'flow.yaml': `${ONE}  - key: more\n    dependsOn: [think]\n    prompt: Tell more.\n` });
    servers.claude.mock
      .clearFixtures()
      .onMessage(/How is it/, { content: 'It is so.' })
      .onMessage(/Tell more/, { content: 'Slowly said.' }, { latency: 60_000 });
    const env = environmentOf({ claude: servers.claude });
    const child = place.start(['run', 'flow.yaml', '--json'], env);
    const ended = finish(child);
    const before = await untilEvent(
      child,
      (event) => event.type === 'routing-decision' && event.step === 'more',
    );
    child.kill('SIGKILL');
    await ended;
    expect(of(before, 'call-answered')).toHaveLength(1);
    servers.claude.mock.clearFixtures().onMessage(/./, { content: 'Said at once.' });
    servers.claude.mock.clearRequests();
    const { code, events } = await run(['resume', 'last', '--json'], env);
    expect(code).toBe(0);
    expect(of(events, 'call-answered').map(({ step }) => step)).toEqual(['more']);
    expect(servers.claude.asked()).toBe(1);
  });

  it('goes on inside a step where it was killed: the first answer is taken from the record', async () => {
    await make({
      'flow.yaml': `${ONE}    output: { schema: { type: object, properties: { n: { type: integer } }, required: [n] } }\n`,
    });
    const isMend = ({ messages }: { readonly messages: readonly unknown[] }) => messages.length >= 3;
    servers.claude.mock
      .clearFixtures()
      .on({ predicate: isMend }, { content: '{"n":1}' }, { latency: 60_000 })
      .on({ predicate: (request) => !isMend(request) }, { content: '{"n":"x"}' });
    const env = environmentOf({ claude: servers.claude });
    const child = place.start(['run', 'flow.yaml', '--json'], env);
    const ended = finish(child);
    await untilEvent(child, (event) => event.type === 'routing-decision' && event.call === 2);
    child.kill('SIGKILL');
    await ended;
    servers.claude.mock
      .clearFixtures()
      .on({ predicate: isMend }, { content: '{"n":3}' })
      .on({ predicate: (request) => !isMend(request) }, { content: '{"n":"asked twice"}' });
    servers.claude.mock.clearRequests();
    const { code, events } = await run(['resume', 'last', '--json'], env);
    expect(code).toBe(0);
    expect(of(events, 'step-completed')[0]).toMatchObject({ attempt: 2, output: { n: 3 } });
    expect(servers.claude.asked()).toBe(1);
    const status = await place.json<{ readonly spent?: { readonly calls: number } }>('status', 'last');
    // The killed one is booked at its worst case.
    expect(status.spent?.calls).toBe(3);
  });

  it('answers an identical request from disk the second time', async () => {
    await make({ 'flow.yaml': ONE.replace('steps:', 'config: { responseCache: true }\nsteps:') });
    expect((await run(['run', 'flow.yaml', '--json'])).code).toBe(0);
    const { events } = await run(['run', 'flow.yaml', '--json']);
    expect(of(events, 'call-answered')[0]).toMatchObject({ cached: true });
    expect(servers.claude.asked()).toBe(1);
  });

  it('leaves no key in what it prints or stores', async () => {
    await make({
      'flow.yaml': `${ONE}  - key: leak\n    run: cat key.txt\n`,
      'key.txt': `the key is ${TEST_KEYS.claude}\n`,
    });
    const { code, stdout, stderr } = await run(['run', 'flow.yaml', '--json']);
    expect(code).toBe(0);
    const listed = await run(['providers', '--json']);
    const printed = stdout + stderr + listed.stdout + listed.stderr;
    const files = await readdir(place.folder, { recursive: true, withFileTypes: true });
    const stored = await Promise.all(
      files
        .filter((entry) => entry.isFile() && entry.name !== 'key.txt')
        .map(async ({ parentPath, name }) => readFile(path.join(parentPath, name), 'latin1')),
    );
    expect(stored.length).toBeGreaterThan(3);
    for (const key of Object.values(TEST_KEYS)) {
      expect(printed).not.toContain(key);
      expect(stored.filter((text) => text.includes(key))).toEqual([]);
    }
    expect(printed).toContain('[hidden: ANTHROPIC_API_KEY]');
  });
});

describe('providers', () => {
  it('tells who can be asked, and where each key came from', async () => {
    await make({});
    const { code, stdout } = await run(['providers', '--json'], environmentOf({ gemini: servers.gemini }));
    expect(code).toBe(0);
    expect(stdout).toContain('GEMINI_API_KEY');
    expect(stdout).toContain('no-key');
  });
});
