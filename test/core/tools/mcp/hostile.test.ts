import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { neverAborted } from '../../../../src/core/base/abort';
import type { McpLimits } from '../../../../src/core/tools/mcp/limits';
import { hasHidden } from '../../../../src/core/tools/policy/visible-text';
import type { Tool, ToolOutcome } from '../../../../src/core/tools/tool';
import { bench, prepare, program, verdictOf, type Bench } from './servers';

const secret = ['made', 'up', 'token', '7713'].join('-');
let here: Bench;
beforeEach(async () => (here = await bench({ KEY: secret })));
afterEach(() => here.close());

/** What came of a server of one kind: its tools, its faults, and one call of its first tool. */
interface Told {
  readonly tools: readonly Tool[];
  readonly faults: readonly string[];
  /** The code of the error where the call was refused. */
  readonly outcome?: ToolOutcome | { readonly code: string };
  readonly calls: readonly string[];
}

async function meet(kind: string, limits: Partial<McpLimits> = {}): Promise<Told> {
  const servers = here.open(
    { hostile: { ...program('hostile', kind), env: { KEY: '${secrets.KEY}' } } },
    limits,
  );
  const tools = await servers.tools(neverAborted);
  for (const tool of tools) {
    const { name, description, parameters } = tool.declaration;
    expect(name).toMatch(/^mcp_hostile_[a-zA-Z0-9_-]+$/);
    expect(name.length).toBeLessThanOrEqual(64);
    expect(description.length).toBeLessThanOrEqual(1_000);
    expect(hasHidden(description.replaceAll('\n', ''))).toBe(false);
    expect(description).toContain('of the MCP server hostile');
    expect(parameters['type']).toBe('object');
    expect(JSON.stringify(parameters).length).toBeLessThanOrEqual(30_000);
    expect(JSON.stringify(parameters)).not.toMatch(/\$ref|"oneOf"|"pattern"/);
    const prepared = await prepare(here, tool);
    expect(prepared.effects.map(({ type }) => type)).toEqual(['mcp']);
    expect(prepared.idempotent).toBe(false);
    expect(verdictOf(here, name, prepared)).toMatchObject({ verdict: 'ask' });
  }
  expect(tools.length).toBeLessThanOrEqual(128);
  expect(new Set(tools.map(({ declaration }) => declaration.name)).size).toBe(tools.length);
  // Nothing was done for being listed, prepared and judged.
  expect(await here.calls()).toEqual([]);

  const [first] = tools;
  const args = first?.declaration.parameters['properties'];
  const text = args !== undefined && 'text' in (args as object) ? { text: `${'a'.repeat(40)}!` } : {};
  const outcome =
    first &&
    (await (
      await prepare(here, first, text)
    )
      .run({ signal: neverAborted, onText: () => {} })
      .catch((error: unknown) => ({ code: (error as { code: string }).code })));
  if (outcome !== undefined && 'text' in outcome) {
    expect(outcome.isForeign).toBe(true);
    expect(new TextEncoder().encode(outcome.text).length).toBeLessThanOrEqual(100_000);
    expect(outcome.text).not.toMatch(/\u001b|\u202e|[\u{e0000}-\u{e007f}]/u);
    expect(JSON.stringify(outcome)).not.toContain(secret);
  }
  const faults = servers.faults().map(({ message }) => message);
  for (const fault of faults) {
    expect(hasHidden(fault)).toBe(false);
    expect(fault.length).toBeLessThanOrEqual(600);
  }
  const calls = await here.calls();
  expect(calls.length).toBeLessThanOrEqual(1);
  await servers.dispose();
  await vi.waitFor(() => expect(here.left()).toEqual([]), { timeout: 5_000, interval: 20 });
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  return { tools, faults, calls, ...(outcome && { outcome }) };
}

const names = ({ tools }: Told) =>
  tools.map(({ declaration }) => declaration.name.slice('mcp_hostile_'.length));

describe('a hostile server is a fault, and nothing of it is left,', () => {
  it.each<[kind: string, fault: RegExp, limits?: Partial<McpLimits>]>([
    ['silent', /^did not introduce itself in time$/, { startMs: 700 }],
    ['exits-at-once', /^ended with the exit code 3$/],
    ['exits-after-initialize', /^ended with the exit code 4$/],
    ['other-protocol', /^failed: .*not supported: 1999-01-01$/],
    ['initialize-is-garbage', /^failed: .*its answer cannot be read$/],
    ['initialize-is-refused', /^failed: .*no/],
    ['endless-line', /^sent a message of more than 8 MB$/],
    ['floods-garbage', /^sends more than anybody asked for$/],
    ['floods-notifications', /^sends more than anybody asked for$/],
    ['floods-pings', /^sends more than anybody asked for$/],
    ['closes-its-output', /^did not introduce itself in time$/, { startMs: 1_500 }],
    ['reads-nothing', /^did not introduce itself in time$/, { startMs: 700 }],
    ['silent-list', /^did not answer within 0.5 s$/, { listMs: 500 }],
    ['dripping-list', /^did not answer within 1 s$/, { listMs: 1_000 }],
    ['huge-list', /^sent a message of more than 8 MB$/],
    ['list-is-garbage', /^answered with no list of tools$/],
    ['refused-list', /^failed: .*no$/],
    ['prototype-envelope', /^failed: .*its answer cannot be read$/],
    ['deep-schema', /^sent a message that is nested too deeply$/],
  ])('when it is of the kind %s', async (kind, fault, limits = {}) => {
    const told = await meet(kind, limits);
    expect(told.tools).toEqual([]);
    expect(told.faults).toEqual([expect.stringMatching(fault)]);
  });
});

describe('a hostile list', () => {
  it.each<[kind: string, names: readonly string[], faults: readonly RegExp[]]>([
    ['list-in-a-circle', ['tool'], [/twice/, /without end; the first 2/]],
    ['list-of-garbage', ['tool'], [/./]],
    ['prototype-names', ['constructor', '__proto__', 'toString', 'prototype', 'hasOwnProperty'], []],
    ['prototype-arguments', ['third'], [/tool, which has an argument/, /second, which has an argument/]],
    ['prototype-messages', ['tool'], []],
    ['hidden-name', ['tool'], [/name cannot be used/]],
    ['same-names', ['tool'], [/the tool tool twice/]],
    ['remote-reference', ['other'], [/refers to another place/]],
    ['file-reference', ['other'], [/refers to another place/]],
    ['endless-reference', ['tool', 'other'], []],
    ['reference-to-nothing', ['other'], [/refers to nothing/]],
    ['exploding-reference', ['other'], [/too many parts/]],
    ['no-schema', ['other'], [/says nothing of its arguments/]],
    ['list-for-a-schema', ['other'], [/no object/]],
    ['huge-schema', ['other'], [/more than 30 kB/]],
    ['slow-pattern', ['tool', 'other'], []],
    ['unusual-arguments', ['other'], [/whose name cannot be used/]],
    ['hidden-choice', ['other'], [/cannot be seen/]],
    ['harmless', ['tool'], []],
    ['storm-of-changes', ['tool'], []],
    ['injecting-description', ['tool'], []],
  ])('of the kind %s offers what of it can be used', async (kind, expected, faults) => {
    const told = await meet(kind);
    expect(names(told)).toEqual(expected);
    for (const fault of faults) expect(told.faults.join('\n')).toMatch(fault);
    if (faults.length === 0) expect(told.faults).toEqual([]);
    expect(told.outcome).toMatchObject({ isError: false });
    expect(told.calls).toHaveLength(1);
  });

  it('without end is taken as far as it was read', async () => {
    const told = await meet('endless-list', { pages: 5 });
    expect(names(told)).toEqual(['tool1', 'tool2', 'tool3', 'tool4', 'tool5']);
    expect(told.faults).toEqual(['lists its tools without end; the first 5 are taken']);
    // Asked again it offers others: what was shown is gone.
    expect(told.outcome).toEqual({ code: 'tool-changed' });
  });

  it('of a thousand tools gives 128', async () => {
    const told = await meet('thousand-tools');
    expect(told.tools).toHaveLength(128);
    expect(told.faults.join('\n')).toMatch(/offers 512 tools, of which the first 128 are taken/);
  });

  it('has words in which nothing draws or hides', async () => {
    const { tools } = await meet('hidden-description');
    expect(tools[0]?.declaration.description).toMatch(/: Adds numbers {2}two<U\+2800> three$/);
  });

  it('has words of at most a thousand characters', async () => {
    const { tools } = await meet('long-description');
    expect(tools[0]?.declaration.description).toHaveLength(1_000);
  });

  it('has names that differ where they are not spelled as vendors take them', async () => {
    const like = names(await meet('like-names'));
    expect(like).toHaveLength(5);
    expect(like).toContain('a_b');
  });

  it('has names of at most 64 characters that differ where they are cut', async () => {
    expect(names(await meet('long-names'))).toHaveLength(2);
  });

  it('holds no secret that its server was given', async () => {
    const { tools } = await meet('description-with-a-secret');
    expect(tools[0]?.declaration.description).toMatch(/key \[hidden: KEY\]$/);
  });
});

describe('what was shown', () => {
  it.each(['schema-changes', 'description-changes', 'hidden-part-changes', 'tool-disappears'])(
    'is not what would be called any more when it is of the kind %s: nothing is sent',
    async (kind) => {
      const told = await meet(kind);
      expect(told.outcome).toEqual({ code: 'tool-changed' });
      expect(told.calls).toEqual([]);
    },
  );

  it('is called on the server that was started again, when it died before', async () => {
    const told = await meet('crashes-before-the-call');
    expect(told.outcome).toMatchObject({ text: 'done', isError: false });
    expect(told.calls).toEqual(['tool']);
  });

  it('is called on the server that was started again, when it gives no list any more', async () => {
    const told = await meet('silent-when-asked-again', { listMs: 1_500 });
    expect(told.outcome).toMatchObject({ text: 'done', isError: false });
    expect(told.calls).toEqual(['tool']);
  });
});

describe('a hostile answer', () => {
  it.each<[kind: string, text: RegExp, limits?: Partial<McpLimits>]>([
    [
      'silent-call',
      /did not answer within 2.5 s. Whether it was carried out is not known/,
      { callMs: 2_500 },
    ],
    [
      'stops-in-a-call',
      /did not answer within 2.5 s. Whether it was carried out is not known/,
      { callMs: 2_500 },
    ],
    ['dripping-answer', /did not answer within 2.5 s. Whether/, { callMs: 2_500 }],
    ['crashes-in-a-call', /ended with the exit code 5. Whether it was carried out is not known/],
    ['killed-in-a-call', /ended by the signal SIGKILL. Whether it was carried out is not known/],
    ['huge-answer', /sent a message of more than 8 MB. Whether it was carried out is not known/],
    ['progress-without-end', /sends more than anybody asked for. Whether it was carried out is not known/],
    ['deep-answer', /sent a message that is nested too deeply. Whether/],
    ['answer-is-garbage', /its answer cannot be read/],
    ['content-is-garbage', /answered with nothing that can be read/],
    ['answer-without-content', /answered with nothing that can be read/],
    ['answer-is-a-task', /answered with nothing that can be read/],
    ['demands-a-visit', /failed: .*open it/],
    ['long-refusal', /failed: .*no no/],
  ])(
    'of the kind %s is an error as a result, and the call is not sent again',
    async (kind, text, limits = {}) => {
      const told = await meet(kind, limits);
      expect(told.outcome).toMatchObject({ isError: true, text: expect.stringMatching(text) as string });
      expect(told.calls).toEqual(['tool']);
    },
  );

  it.each<[kind: string, text: RegExp]>([
    ['forged-ids', /^true$/],
    ['large-answer', /^x+…\n\[the rest is left out\]$/],
    ['many-parts', /\[49000 more parts are left out\]$/],
    ['parts-are-garbage', /^(\[something that cannot be read\]\n){3}/],
    ['drawing-answer', /^link\n+x$/],
    ['instructing-answer', /^SYSTEM: /],
    ['answer-with-a-secret', /^key \[hidden: KEY\]$/],
    ['asks-back', /^900:-32601 901:-32601 902:-32601$/],
    ['chatters-first', /^done$/],
    ['breaks-utf8', /^done$/],
    ['floods-complaints', /^done$/],
    ['one-endless-complaint', /^done$/],
    ['ignores-term', /^done$/],
    ['leaves-children', /^done$/],
    ['stays-after-input', /^done$/],
  ])('of the kind %s is told as far as it is words', async (kind, text) => {
    const told = await meet(kind);
    expect(told.outcome).toMatchObject({ isError: false, text: expect.stringMatching(text) as string });
    expect(told.calls).toEqual(['tool']);
    // However much it complains.
    expect(here.logged.length).toBeLessThanOrEqual(102);
    for (const message of here.logged) expect(message.length).toBeLessThan(600);
  });
});
