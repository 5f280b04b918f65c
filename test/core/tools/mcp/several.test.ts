import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { neverAborted } from '../../../../src/core/base/abort';
import { bench, call, program, type Bench } from './servers';

let here: Bench;
beforeEach(async () => (here = await bench()));
afterEach(async () => {
  vi.restoreAllMocks();
  await here.close();
});

describe('several servers', () => {
  it('share the number of tools: one that has a thousand takes nothing from one that has few', async () => {
    const servers = here.open({
      greedy: program('hostile', 'thousand-tools'),
      few: program('hostile', 'like-names'),
      alike: program('hostile', 'thousand-tools'),
    });
    const tools = [...(await here.tools(servers)).keys()];
    const of = (server: string) => tools.filter((name) => name.startsWith(`mcp_${server}_`)).length;
    expect(tools).toHaveLength(128);
    expect(of('few')).toBe(5);
    expect(of('greedy') + of('alike')).toBe(123);
    expect(Math.abs(of('greedy') - of('alike'))).toBeLessThanOrEqual(1);
  });

  it('give their tools in the same order each time', async () => {
    const servers = here.open({ b: program('hostile', 'harmless'), a: program('hostile', 'like-names') });
    const first = [...(await here.tools(servers)).keys()];
    expect(first[0]).toBe('mcp_b_tool');
    expect([...(await here.tools(servers)).keys()]).toEqual(first);
  });

  it('are not started for the tools of another one, and say nothing of it', async () => {
    const servers = here.open({
      wanted: program('hostile', 'harmless'),
      gone: program('hostile', 'exits-at-once'),
    });
    const names = async (...only: readonly string[]) =>
      (await servers.tools(neverAborted, only)).map(({ declaration }) => declaration.name);
    expect(await names()).toEqual([]);
    expect(here.left()).toEqual([]);
    expect(await names('wanted')).toEqual(['mcp_wanted_tool']);
    expect(here.left()).toHaveLength(1);
    expect(servers.faults()).toEqual([]);
    expect(await names('gone')).toEqual([]);
    expect(await names('wanted')).toEqual(['mcp_wanted_tool']);
    // What was found wrong with one stays known while others are asked.
    expect(servers.faults().map(({ server }) => server)).toEqual(['gone']);
  });

  it('are no more than those that work: each of the others says what it lacks', async () => {
    const servers = here.open(
      {
        silent: program('hostile', 'silent'),
        floods: program('hostile', 'floods-notifications'),
        works: program('hostile', 'harmless'),
        gone: program('hostile', 'exits-at-once'),
      },
      { startMs: 3_000 },
    );
    const tools = await here.tools(servers);
    expect([...tools.keys()]).toEqual(['mcp_works_tool']);
    expect(servers.faults().map(({ server }) => server)).toEqual(['silent', 'floods', 'gone']);
    expect((await call(here, tools.get('mcp_works_tool'))).text).toBe('done');
  });
});

describe('a server that failed', () => {
  it('is left alone for a while, longer each time', async () => {
    let now = 0;
    vi.spyOn(here.host.clock, 'monotonic').mockImplementation(() => now);
    const servers = here.open({ gone: program('hostile', 'exits-at-once') }, { restMs: 30_000 });
    const starts = async () => {
      await servers.tools(neverAborted);
      return here.logged.filter((message) => message.includes('ended with the exit code 3')).length;
    };
    expect(await starts()).toBe(1);
    expect(await starts()).toBe(1);
    now += 31_000;
    expect(await starts()).toBe(2);
    now += 31_000;
    expect(await starts()).toBe(2);
    now += 31_000;
    expect(await starts()).toBe(3);
    expect(servers.faults()).toHaveLength(1);
  });
});

describe('a server that lacks a secret', () => {
  it('comes up as soon as the secret is set', async () => {
    const secrets: Record<string, string> = {};
    const its = await bench(secrets);
    try {
      const settings = { ...program('hostile', 'harmless'), env: { KEY: '${secrets.LATE}' } };
      const servers = its.open({ late: settings }, { restMs: 60_000 });
      expect(await servers.tools(neverAborted)).toEqual([]);
      expect(servers.faults()).toEqual([
        { server: 'late', message: 'needs the secret LATE, which is not set' },
      ]);
      secrets['LATE'] = ['a', 'late', 'value'].join('-');
      expect(await servers.tools(neverAborted)).toHaveLength(1);
      expect(servers.faults()).toEqual([]);
    } finally {
      await its.close();
    }
  });
});

describe('a server that works on a call', () => {
  it('is not ended for having no time to say what it offers, and the other call is not sent', async () => {
    const servers = here.open({ busy: program('hostile', 'busy-in-a-call') }, { listMs: 1_000 });
    const tool = (await here.tools(servers)).get('mcp_busy_tool');
    const first = call(here, tool);
    await vi.waitFor(async () => expect(await here.calls()).toHaveLength(1), {
      timeout: 5_000,
      interval: 10,
    });
    expect((await call(here, tool)).text).toBe(
      'The MCP server busy did not answer within 1 s. Nothing was sent.',
    );
    expect((await first).text).toBe('worked');
    expect(await here.calls()).toHaveLength(1);
  });
});
