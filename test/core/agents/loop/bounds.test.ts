import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../../../../src/core/base/redactor';
import { BatonError } from '../../../../src/core/model/errors';
import { OverBudget } from '../../../../src/core/providers/routing';
import type { Tool } from '../../../../src/core/tools/tool';
import { answer, step } from '../scripted';
import { calls, goOn, openSite, profile, results, work, type Site } from './at-work';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.folder.remove());

/** A tool of the test's own that reads. */
const reading = (name: string, run: Awaited<ReturnType<Tool['prepare']>>['run']): Tool => ({
  declaration: { name, description: name, parameters: { type: 'object', properties: {} } },
  prepare: async (_args, { workspace }) => ({
    effects: [{ type: 'read', path: `${workspace}/x` }],
    shown: { name },
    idempotent: true,
    run,
  }),
});
const having = (...tools: readonly Tool[]) => ({
  more: tools,
  profiles: [profile({ tools: ['read_file', ...tools.map(({ declaration }) => declaration.name)] })],
});

describe('the loop of an agent', () => {
  it('tells the model to answer when its turns are used up, and fails when it does not', async () => {
    const { chat, router } = site.chat(() => calls(['list_files', { path: '.' }]));
    await expect(chat.perform(work(site))).rejects.toMatchObject({ code: 'too-many-turns' });
    expect(router.asked).toHaveLength(40);
    const last = router.asked.at(-1)?.request;
    expect(last?.toolChoice).toBe('none');
    expect(JSON.stringify(last?.messages.at(-1))).toContain('Give your final answer now');
    expect(router.asked.filter(({ request }) => request.toolChoice === 'none')).toHaveLength(1);
  });

  it('takes the answer that comes when it is told so', async () => {
    const { chat } = site.chat((_call, number) =>
      number < 40 ? calls(['list_files', { path: '.' }]) : answer('All I know.'),
    );
    expect(await chat.perform(work(site))).toMatchObject({ output: { text: 'All I know.' } });
  });

  it('does no more than 120 calls, and says so', async () => {
    const many = calls(...Array.from({ length: 70 }, () => ['list_files', { path: '.' }] as const));
    const { chat, router } = site.chat([many, many, answer('Enough.')]);
    const given = work(site);
    await chat.perform(given);
    const told = given.tools.told;
    expect(told.filter((line) => line === 'list_files done')).toHaveLength(120);
    expect(told.filter((line) => line.includes('bounds (too-many-calls)'))).toHaveLength(20);
    expect(router.asked[2]?.request.toolChoice).toBe('none');
  });

  it('runs reads side by side, at most eight, and gives their results in the order of asking', async () => {
    let running = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const slow = reading('slow', async () => {
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => {
        release.push(resolve);
        // The last of a group lets all of it end, the last begun first.
        if (running === 8 || release.length === 11)
          release
            .splice(0)
            .reverse()
            .forEach((end) => end());
        else if (release.length === 3 && most === 8) release.splice(0).forEach((end) => end());
      });
      return { text: `done ${(running -= 1)}`, isError: false, isForeign: false };
    });
    const { chat, router } = site.chat(
      [calls(...Array.from({ length: 11 }, () => ['slow', {}] as const)), answer('Done.')],
      having(slow),
    );
    await chat.perform(work(site));
    expect(most).toBe(8);
    expect(results(router)).toHaveLength(11);
  });

  it('gives the model a result for whatever goes wrong in a tool', async () => {
    const broken = reading('broken', () => Promise.reject(new TypeError('of undefined')));
    const { chat, router } = site.chat(
      [
        calls(
          ['broken', {}],
          ['no_such_tool', { a: 1 }],
          ['constructor', {}],
          ['read_file', { wrong: true }],
          ['read_file', { path: '../outside' }],
          ['read_file', { path: 'not-there' }],
        ),
        answer('So be it.'),
      ],
      having(broken),
    );
    const given = work(site);
    expect(await chat.perform(given)).toMatchObject({ output: { text: 'So be it.' } });
    expect(given.tools.told).toHaveLength(6);
    const message = router.asked[1]?.request.messages.at(-1);
    expect(message?.role === 'tool' && message.results.every(({ isError }) => isError)).toBe(true);
    expect(results(router)[1]).toContain('There is no tool "no_such_tool" here.');
  });

  it.each([
    ['too little money', new OverBudget({} as never), 'over-budget'],
    ['a record that cannot be written', new BatonError('store-failed', 'No.'), 'store-failed'],
  ])('lets %s through from inside a tool', async (_name, error, code) => {
    const tool = reading('asks', () => Promise.reject(error));
    const { chat } = site.chat([calls(['asks', {}])], having(tool));
    await expect(chat.perform(work(site))).rejects.toMatchObject({ code });
  });

  it('ends when it is cancelled in the middle of a tool', async () => {
    const cancel = new AbortController();
    const tool = reading('waits', ({ signal }) => {
      cancel.abort(new Error('Stopped.'));
      return Promise.reject(signal.reason as Error);
    });
    const { chat, router } = site.chat([calls(['waits', {}])], having(tool));
    await expect(chat.perform(work(site, { signal: cancel.signal }))).rejects.toThrow('Stopped.');
    expect(router.asked).toHaveLength(1);
  });

  it('never uses calls of an answer that was cut', async () => {
    const cut = {
      ...calls(['write_file', { path: 'a', content: 'half' }]),
      finish: 'length',
      text: 'And',
    } as const;
    const { chat, router } = site.chat([cut, answer('The whole.')]);
    const given = work(site, { writes: ['**'] });
    expect(await chat.perform(given)).toMatchObject({ output: { text: 'The whole.' } });
    expect(given.tools.events).toEqual([]);
    expect(router.asked.map(({ request }) => request.maxOutputTokens)).toEqual([4_096, 16_384]);
  });

  it('bounds what a result holds, and shows what cannot be seen', async () => {
    const loud = reading('loud', async () => ({
      text: `\u001b[2J${'x'.repeat(300_000)}`,
      isError: false,
      isForeign: true,
    }));
    const { chat, router } = site.chat([calls(['loud', {}]), answer('Done.')], having(loud));
    await chat.perform(work(site));
    const [told = ''] = results(router);
    expect(told.length).toBeLessThan(101_000);
    expect(told).toContain('\\u{1b}[2J');
    expect(told).toMatch(/<\/data-[0-9a-f]{12}>$/);
  });

  it('asks again with shorter results where the model has no room, and finds that answer again', async () => {
    const long = reading('long', async () => ({ text: 'y'.repeat(50_000), isError: false, isForeign: true }));
    const tooLong = new BatonError('context-too-long', 'Too long.');
    const turn = calls(['long', {}]);
    const first = site.chat([turn, turn, tooLong, answer('Done.')], having(long));
    const before = work(site);
    await first.chat.perform(before);
    const lengths = results(first.router).map(({ length }) => length);
    const older = first.router.asked[3]?.request.messages.find(({ role }) => role === 'tool');
    expect(older?.role === 'tool' && older.results[0]?.text.length).toBeLessThan(1_200);
    expect(lengths[0]).toBeGreaterThan(50_000);
    const again = site.chat([], having(long));
    expect(await again.chat.perform(goOn(site, before))).toMatchObject({ output: { text: 'Done.' } });
    expect(again.router.asked).toHaveLength(0);
  });

  it('shows neither model nor record a hidden value, and lets none be written over', async () => {
    const key = ['sk', 'A1b2C3d4E5f6G7h8'].join('-');
    const redactor = createRedactor();
    redactor.add(key, 'TEST_KEY');
    await site.folder.put('a.txt', `key: ${key}\n`);
    const redact = <T>(value: T): T => redactor.json(value);
    const script = [
      calls(['read_file', { path: 'a.txt' }]),
      calls(['write_file', { path: 'a.txt', content: 'key: [hidden: TEST_KEY]\nmore\n' }]),
      answer(`It is ${key}.`),
    ];
    const { chat, router } = site.chat(script, { redact });
    const given = work(site, { writes: ['**'] });
    expect(await chat.perform(given)).toMatchObject({ output: { text: 'It is [hidden: TEST_KEY].' } });
    expect(results(router, 1)[0]).toContain('key: [hidden: TEST_KEY]');
    expect(given.tools.told).toEqual(['read_file done', 'write_file refused by tool (tool-refused)']);
    expect(await site.read('a.txt')).toBe(`key: ${key}\n`);
    expect(JSON.stringify([router.asked.map(({ request }) => request), given.tools.events])).not.toContain(
      key,
    );
    const again = site.chat([], { redact });
    await again.chat.perform(goOn(site, given));
    expect(again.router.asked).toHaveLength(0);
  });
});

describe('the tools of an agent', () => {
  const names = async (fields: Parameters<typeof profile>[0], more: object = {}, own = {}) => {
    const { chat, router } = site.chat([answer('Done.')], { profiles: [profile(fields)], ...more });
    await chat.perform(work(site, own));
    return router.asked[0]?.request.tools.map(({ name }) => name);
  };

  it('are those that its file names, no others', async () => {
    expect(await names({ tools: ['search_files', 'read_file', 'web_search'] })).toEqual([
      'read_file',
      'search_files',
    ]);
    expect(await names({ tools: [] })).toEqual([]);
  });

  it('are fewer where the step names some, and more only of servers that a person set up', async () => {
    const server = reading('mcp_notes_find', async () => ({ text: '', isError: false, isForeign: true }));
    const more = { more: [server] };
    const own = { step: step({ prompt: 'x', with: { tools: ['read_*', 'mcp_notes_*', 'run_command'] } }) };
    expect(await names({ tools: ['read_file', 'list_files'] }, more, own)).toEqual([
      'read_file',
      'mcp_notes_find',
    ]);
    expect(await names({ tools: ['read_file', 'list_files'] }, more)).not.toContain('mcp_notes_find');
  });

  it('of servers are wanted only as far as its file or the step names them', async () => {
    const wanted: unknown[] = [];
    const more = { onBox: (one: unknown) => wanted.push(one) };
    await names({ tools: ['read_file'] }, more);
    await names({ tools: [], serverTools: ['notes/*'] }, more);
    await names({ tools: ['read_file'] }, more, {
      step: step({ prompt: 'x', with: { tools: ['mcp_wiki_*'] } }),
    });
    expect(wanted).toEqual([
      { ofServers: [], named: [] },
      { ofServers: ['notes/*'], named: [] },
      { ofServers: [], named: ['mcp_wiki_*'] },
    ]);
  });

  it('only read in a folder that is not trusted', async () => {
    expect(await names({ tools: ['read_file', 'write_file', 'run_command'] }, { isTrusted: false })).toEqual([
      'read_file',
    ]);
  });

  it('are left out, and it is told so, where no model that can be asked uses any', async () => {
    const { chat, router } = site.chat([answer('Done.')]);
    const able = router.route.bind(router);
    router.route = (wish) => (wish.needs.tools ? { none: 'Nobody uses tools.' } : able(wish));
    expect(chat.assign(step({ agent: 'backend', prompt: 'x' }))).toMatchObject({
      why: expect.stringContaining('no model that can be asked uses tools, so it works without') as string,
    });
    await chat.perform(work(site));
    expect(router.asked[0]?.request.tools).toEqual([]);
    expect(router.asked[0]?.request.system).toContain('say what you would have looked at');
  });
});
