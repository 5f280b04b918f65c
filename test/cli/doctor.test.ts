import { describe, expect, it } from 'vitest';
import { Emitter } from '../../src/core/base/emitter';
import type { ListedTools, ProviderStatus, Runtime } from '../../src/core/runtime-port';
import { agents } from '../../src/cli/commands/agents';
import { doctor } from '../../src/cli/commands/doctor';
import type { Context } from '../../src/cli/context';
import { examineMachine, isAtLeast, type Machine } from '../../src/cli/doctor/machine';
import { wrapped } from '../../src/cli/show/doctor-lines';
import { createTestHost } from '../support/node-host';
import type { RunSummary } from '../../src/core/storage/run-store';
import { fakeContext } from './fake-runtime';

const machine: Machine = {
  baton: '0.1.0',
  node: { version: '20.19.4', oldest: '20.19.0', isEnough: true },
  git: '2.43.0',
};
const today = { calls: 0, usd: 0, tokens: 0, estimated: false };
const provider = (more: Partial<ProviderStatus>): ProviderStatus => ({
  name: 'claude',
  title: 'Claude',
  enabled: true,
  priority: 1,
  state: 'ready',
  detail: '',
  model: 'claude-opus-5-5',
  requestsPerMinute: 0,
  today,
  ...more,
});
const noKey = provider({
  name: 'gemini',
  title: 'Gemini',
  state: 'no-key',
  detail: 'No key.',
  fix: 'set-key',
});
const listed: ListedTools = {
  usable: ['read_file', 'list_files', 'mcp_wiki_find'].map((name) => ({
    name,
    description: 'What it does.',
  })),
  missing: [{ name: 'web_search', why: 'No key is set.', fix: 'Set TAVILY_API_KEY.' }],
  servers: [{ name: 'wiki', tools: 1, faults: [] }],
  code: { kind: 'parser', name: 'parser', languages: ['JavaScript', 'Python'] },
  asksEverything: false,
  notes: [],
};
const poet = {
  name: 'poet',
  aliases: [],
  description: 'Writes verse.',
  source: '.baton/agents/poet.agent.md',
};
const security = {
  name: 'security',
  aliases: [],
  description: 'Ours.',
  source: '.claude/agents/security.md',
};
const backend = { name: 'backend', aliases: [], description: 'Builds services.', source: 'baton' };

interface Given {
  readonly providers?: readonly ProviderStatus[];
  readonly tools?: Partial<ListedTools>;
  readonly agentNotes?: Runtime['agents']['notes'];
  readonly modelNotes?: readonly string[];
  readonly runs?: readonly Pick<RunSummary, 'runId' | 'status'>[];
}

const runtime = ({
  providers = [provider({}), noKey],
  tools,
  agentNotes = [],
  modelNotes = [],
  runs = [],
}: Given) =>
  ({
    stateFolder: '/state/w',
    otherOwner: undefined,
    runs: async () => runs,
    models: {
      status: async () => providers,
      automatic: async () => ({ why: ['Claude: key from ANTHROPIC_API_KEY'] }),
      notes: async () => modelNotes,
    },
    agents: {
      list: async () => [backend, { ...security, replaces: true }, poet],
      notes: agentNotes,
    },
    tools: { list: async () => ({ ...listed, ...tools }), onDidChange: new Emitter<void>().event },
  }) as unknown as Runtime;

function examined(given: Given = {}, more: Partial<Context> = {}, on: Machine = machine) {
  const fake = fakeContext([], { open: async () => runtime(given), ...more });
  return { ...fake, done: doctor(fake.context, async () => on) };
}

describe('baton doctor', () => {
  it('shows what there is, in sections, within 80 columns and without a colour', async () => {
    const { out, done } = examined();
    expect(await done).toBe(0);
    expect(out).toEqual([
      'Baton 0.1.0',
      '  ✓ folder   /w',
      '  ✓ state    /state/w',
      '  ✓ Node.js  20.19.4',
      '  ✓ git      2.43.0',
      '',
      'Models',
      '  ✓ Claude     ready, claude-opus-5-5',
      '  ○ Gemini     no key. Set GEMINI_API_KEY in the environment.',
      '  ✓ automatic  Claude: key from ANTHROPIC_API_KEY',
      '',
      'Agents',
      '  ✓ Baton’s own  1',
      '  ✓ security     .claude/agents/security.md, instead of Baton’s',
      '  ✓ poet         .baton/agents/poet.agent.md',
      '',
      'Tools',
      '  ✓ 2 tools     read_file, list_files',
      '  ○ web_search  No key is set.',
      '                Set TAVILY_API_KEY.',
      '  ✓ code        JavaScript, Python, by a parser; in the editor by its language',
      '                services',
      '',
      'MCP servers',
      '  ✓ wiki  1 tool',
      '',
      'A run can be started.',
    ]);
  });

  it('names the runs of which records are lost, which keep no other one from starting', async () => {
    const { out, done } = examined({
      runs: [
        { runId: 'run1', status: 'completed' },
        { runId: 'run2', status: 'damaged' },
      ],
    });
    expect(await done).toBe(0);
    expect(out).toContain('  ! runs     Records of 1 run are lost: run2');
    expect(out).toContain('             See what is left: baton status RUN');
  });

  it('finds nothing wrong where nothing is set up', async () => {
    const { done } = examined({ providers: [noKey], tools: { servers: [] } });
    expect(await done).toBe(0);
  });

  it.each<[string, Given]>([
    ['a key that was refused', { providers: [provider({ state: 'refused-key', detail: 'It is wrong.' })] }],
    [
      'a server of models that is not there',
      { providers: [provider({ state: 'unreachable', detail: 'It is wrong.' })] },
    ],
    ['a provider without money', { providers: [provider({ state: 'no-money', detail: 'It is wrong.' })] }],
    [
      'an MCP server that does not start',
      { tools: { servers: [{ name: 'wiki', tools: 0, faults: ['is wrong'] }] } },
    ],
    ['an agent that cannot be read', { agentNotes: [{ text: 'It is wrong.', isFault: true }] }],
    ['rules that cannot be read', { tools: { asksEverything: true, notes: ['It is wrong.'] } }],
  ])('ends with 1 for %s, and says so last', async (_what, given) => {
    const { out, done } = examined(given);
    expect(await done).toBe(1);
    const text = out.join('\n');
    expect(text).toContain('\nOne thing does not work:\n  ✗ ');
    expect(text).not.toContain('A run can be started.');
    expect(text).toMatch(/is wrong/);
  });

  it.each<[string, Given]>([
    ['a provider that is switched off', { providers: [provider({ enabled: false, state: 'unreachable' })] }],
    ['a provider that has to wait', { providers: [provider({ state: 'cooling-down', until: 1 })] }],
    [
      'a server that gives some of its tools',
      { tools: { servers: [{ name: 'wiki', tools: 1, faults: ['left one out'] }] } },
    ],
    ['an agent’s file that is not used', { agentNotes: [{ text: 'x.md is not used.', isFault: false }] }],
    ['a wish of the folder that was ignored', { modelNotes: ['baton.config.json: "prices" is ignored.'] }],
    ['a person who wants to be asked about everything', { tools: { asksEverything: true } }],
  ])('takes no offence at %s', async (_what, given) => {
    expect(await examined(given).done).toBe(0);
  });

  it('ends with 1 when the state cannot be opened, and still shows the rest', async () => {
    const { out, done } = examined({}, { open: () => Promise.reject(new Error('The disk is gone.')) });
    expect(await done).toBe(1);
    expect(out).toContain('  ✗ state    cannot be opened');
    expect(out.join('\n')).toContain('The state cannot be opened: The disk is gone.');
  });

  it('ends with 1 on a Node.js that is too old, and not for a missing git', async () => {
    const { git, ...rest } = machine;
    expect(git).toBeDefined();
    expect(await examined({}, {}, rest).done).toBe(0);
    const old = { version: '18.20.0', oldest: '20.19.0', isEnough: false };
    const { out, done } = examined({}, {}, { ...rest, node: old });
    expect(await done).toBe(1);
    expect(out).toContain('  ✗ Node.js  18.20.0, needs 20.19.0 or newer');
    expect(out).toContain('  ○ git      not found. Only steps that use it need it.');
  });

  it('ends with 1 while the person’s file has a fault', async () => {
    const { context, files, out } = fakeContext([], { open: async () => runtime({}) });
    files.set('/.config/baton/baton.config.json', '{');
    expect(await doctor(context, async () => machine)).toBe(1);
    expect(out.join('\n')).toContain('baton.config.json has a fault.');
  });

  it('prints one JSON document with everything, for scripts', async () => {
    const { out, done } = examined({ tools: { notes: ['a note'] } }, { json: true });
    expect(await done).toBe(0);
    expect(out).toHaveLength(1);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      ok: true,
      machine,
      stateFolder: '/state/w',
      agents: [{ name: 'backend', source: 'baton' }, { name: 'security', replaces: true }, { name: 'poet' }],
      tools: { missing: [{ name: 'web_search' }], servers: [{ name: 'wiki' }] },
      notes: ['a note'],
      faults: [],
    });
  });

  it('ends with 130 when the person has waited enough for a server', async () => {
    const waits: Runtime['tools']['list'] = (signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('ended')));
        interrupt.fire('SIGINT');
      });
    const { context, interrupt, out } = fakeContext([], {
      open: async () => {
        const whole = runtime({});
        return { ...whole, tools: { ...whole.tools, list: waits } };
      },
    });
    expect(await doctor(context, async () => machine)).toBe(130);
    expect(out).toEqual([]);
  });

  it('shows nothing that could move the cursor', async () => {
    const evil = '\u001b[2Jx';
    const { out, done } = examined({
      tools: { servers: [{ name: evil, tools: 0, faults: [evil] }], notes: [evil] },
      agentNotes: [{ text: evil, isFault: true }],
    });
    await done;
    expect(out.join('')).not.toContain('\u001b');
  });
});

describe('baton agents', () => {
  it('lists whom a step can name, the folder’s with their file', async () => {
    const { context, out, err } = fakeContext([], {
      open: async () => runtime({ agentNotes: [{ text: 'a.md is not used.', isFault: false }] }),
    });
    expect(await agents(context)).toBe(0);
    expect(out.join('\n').split('\n')).toEqual([
      'backend  Builds services.',
      '',
      'Of this folder',
      'security  Ours.',
      '    .claude/agents/security.md, instead of Baton’s own',
      'poet      Writes verse.',
      '    .baton/agents/poet.agent.md',
    ]);
    expect(err).toEqual(['a.md is not used.']);
  });

  it('lists them as JSON', async () => {
    const { context, out } = fakeContext([], { json: true, open: async () => runtime({}) });
    expect(await agents(context)).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({
      agents: [backend, { ...security, replaces: true }, poet],
      notes: [],
    });
  });
});

describe('the machine', () => {
  it('is known by the versions of Node.js and git', async () => {
    const facts = { version: '1.2.3', oldestNode: '20.19.0' };
    const found = await examineMachine(createTestHost(), facts, process.cwd());
    expect(found).toMatchObject({
      baton: '1.2.3',
      node: { version: process.versions.node, oldest: '20.19.0', isEnough: true },
    });
    const { git, ...rest } = await examineMachine(
      {
        ...createTestHost(),
        processes: { ...createTestHost().processes, run: () => Promise.reject(new Error('ENOENT')) },
      },
      facts,
      process.cwd(),
      '19.9.9',
    );
    expect([git, rest.node.isEnough]).toEqual([undefined, false]);
  });

  it.each([
    ['20.19.0', '20.19.0', true],
    ['20.100.0', '20.19.0', true],
    ['21.0.0-nightly', '20.19.0', true],
    ['20.18.9', '20.19.0', false],
    ['9.99.99', '20.19.0', false],
  ])('takes %s for at least %s: %s', (version, oldest, is) => {
    expect(isAtLeast(version, oldest)).toBe(is);
  });
});

describe('lines', () => {
  it('are broken between words, and a longer word stands alone', () => {
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapped('/a/very/long/path and more', 8)).toEqual(['/a/very/long/path', 'and more']);
    expect(wrapped('', 8)).toEqual(['']);
  });
});
