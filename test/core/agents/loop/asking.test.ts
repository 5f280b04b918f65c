import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AskedCall, CallAnswer } from '../../../../src/core/model/tool-call';
import type { PolicyRules } from '../../../../src/core/tools/policy/rules';
import { noRules } from '../../../../src/core/tools/policy/rules';
import type { Tool } from '../../../../src/core/tools/tool';
import { answer } from '../scripted';
import { asked, calls, goOn, openSite, profile, results, work, type Site, type Work } from './at-work';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.folder.remove());

const says = (before: Work, call: AskedCall | undefined, said: CallAnswer) =>
  void before.tools.answers.set(call?.key ?? '', said);
const allow = (call: AskedCall | undefined, without: readonly string[] = []): CallAnswer => ({
  type: 'allow',
  hash: call?.hash ?? '',
  without,
});
const PATCH = ['a', 'b']
  .map((name) => `--- a/${name}.txt\n+++ b/${name}.txt\n@@ -1 +1 @@\n-old ${name}\n+new ${name}\n`)
  .join('');

describe('a call that a person is asked about', () => {
  it('is not made where it is refused, and the model hears why', async () => {
    const script = [calls(['write_file', { path: 'a.ts', content: 'x' }]), answer('Without it, then.')];
    const before = work(site);
    const [call] = await asked(site.chat(script).chat.perform(before));
    says(before, call, { type: 'refuse', comment: 'Not this file.' });
    const again = goOn(site, before);
    const { chat, router } = site.chat(script.slice(1));
    expect(await chat.perform(again)).toMatchObject({ output: { text: 'Without it, then.' } });
    expect(results(router)[0]).toContain('Not this file.');
    expect(again.tools.told).toEqual(['write_file refused by person (outside-writes)']);
    expect(await site.read('a.ts')).toBeUndefined();
  });

  it('is asked anew where what it would do has changed since', async () => {
    await site.folder.put('a.ts', 'one');
    const script = [calls(['write_file', { path: 'a.ts', content: 'two' }])];
    const before = work(site);
    const [call] = await asked(site.chat(script).chat.perform(before));
    says(before, call, allow(call));
    await site.folder.put('a.ts', 'by somebody else');
    const [anew] = await asked(site.chat([]).chat.perform(goOn(site, before)));
    expect(anew?.key).toBe(call?.key);
    expect(anew?.hash).not.toBe(call?.hash);
    expect(await site.read('a.ts')).toBe('by somebody else');
  });

  it('stands beside all others of its turn, once those that need no question are done', async () => {
    await site.folder.put('a.ts', 'one');
    const before = work(site, { writes: ['out/**'] });
    const script = [
      calls(
        ['read_file', { path: 'a.ts' }],
        ['write_file', { path: 'a.ts', content: 'two' }],
        ['write_file', { path: 'out/b.ts', content: 'free' }],
        ['run_command', { program: 'node', arguments: ['--version'] }],
      ),
    ];
    const questions = await asked(site.chat(script).chat.perform(before));
    expect(questions.map(({ tool, rule }) => `${tool} ${rule}`)).toEqual([
      'write_file outside-writes',
      'run_command shell',
    ]);
    expect(before.tools.told).toEqual(['read_file done', 'write_file done']);
    expect(await site.read('out/b.ts')).toBe('free');
    expect(await site.read('a.ts')).toBe('one');
  });

  it('may be allowed without some of its files', async () => {
    await site.folder.put('a.txt', 'old a\n');
    await site.folder.put('b.txt', 'old b\n');
    const script = [calls(['apply_patch', { patch: PATCH }]), answer('Done.')];
    const before = work(site);
    const [call] = await asked(site.chat(script).chat.perform(before));
    expect(call?.files).toEqual(['a.txt', 'b.txt']);
    says(before, call, {
      ...{ type: 'allow', hash: call?.hash ?? '', without: ['b.txt'] },
      comment: 'That one is for Ada.',
    });
    const again = goOn(site, before);
    const { chat, router } = site.chat(script.slice(1));
    await chat.perform(again);
    expect([await site.read('a.txt'), await site.read('b.txt')]).toEqual(['new a\n', 'old b\n']);
    expect(results(router)[0]).toContain('left as they are: b.txt. They say: That one is for Ada.');
    const done = again.tools.events.at(-1);
    expect(done?.type === 'completed' && done.call.changes?.map(({ path }) => path)).toEqual(['a.txt']);
  });

  it('of one file cannot be allowed in part', async () => {
    const script = [calls(['write_file', { path: 'a.ts', content: 'x' }])];
    const [call] = await asked(site.chat(script).chat.perform(work(site)));
    expect(call?.files).toBeUndefined();
  });

  it('offers for the run the narrowest that fits, and exactly itself where each is worth a look', async () => {
    const script = [
      calls(
        ['write_file', { path: 'src/a.ts', content: 'x' }],
        ['write_file', { path: '.vscode/settings.json', content: '{}' }],
        ['run_command', { program: 'node', arguments: ['--version'] }],
        ['run_command', { shellText: 'node --version | cat' }],
      ),
    ];
    const [write, protectedFile, command, text] = await asked(site.chat(script).chat.perform(work(site)));
    expect(write?.forRun?.allowances).toEqual([
      { type: 'exact', rule: 'outside-writes', hash: write?.hash },
      { type: 'path', tool: 'write_file', glob: 'src/*' },
    ]);
    expect(write?.forRun?.says).toBe('write_file for files in src/, for the rest of the run.');
    expect(command?.forRun?.allowances).toMatchObject([
      { type: 'exact', rule: 'shell' },
      { type: 'command', command: { type: 'exact', argv: ['node', '--version'] } },
    ]);
    for (const one of [protectedFile, text]) {
      expect(one?.forRun?.allowances).toHaveLength(1);
      expect(one?.forRun?.says).toBe('Exactly this call, for the rest of the run.');
    }
  });

  it('is not asked again for the run, and everything else is', async () => {
    const first = work(site);
    const [call] = await asked(
      site.chat([calls(['write_file', { path: 'src/a.ts', content: 'x' }])]).chat.perform(first),
    );
    const second = work(site);
    second.tools.granted = call?.forRun?.allowances ?? [];
    const script = [
      calls(
        ['write_file', { path: 'src/b.ts', content: 'y' }],
        ['write_file', { path: 'src/deep/c.ts', content: 'z' }],
        ['write_file', { path: 'src/.env', content: 'z' }],
      ),
    ];
    const more = await asked(site.chat(script).chat.perform(second));
    expect(more.map(({ rule }) => rule)).toEqual(['outside-writes', 'protected-file']);
    expect(await site.read('src/b.ts')).toBe('y');
    expect(second.tools.events[0]).toMatchObject({ call: { permit: { rule: 'allowed-for-this-run' } } });
  });

  it('stays refused where the same decision allows its like for the run', async () => {
    const script = [
      calls(
        ['write_file', { path: 'src/a.ts', content: 'x' }],
        ['write_file', { path: 'src/b.ts', content: 'y' }],
      ),
      answer('Done.'),
    ];
    const before = work(site);
    const [one, other] = await asked(site.chat(script).chat.perform(before));
    says(before, one, allow(one));
    says(before, other, { type: 'refuse' });
    before.tools.granted = one?.forRun?.allowances ?? [];
    await site.chat(script.slice(1)).chat.perform(goOn(site, before));
    expect([await site.read('src/a.ts'), await site.read('src/b.ts')]).toEqual(['x', undefined]);
  });
});

describe('policy', () => {
  const denying: PolicyRules = { ...noRules, deny: [{ tool: 'run_command' }] };

  it('lets nobody ask for what a person denies, not even with an answer', async () => {
    const script = [
      calls(['run_command', { program: 'node', arguments: ['--version'] }]),
      answer('So be it.'),
    ];
    const before = work(site);
    const [call] = await asked(site.chat(script).chat.perform(before));
    says(before, call, allow(call));
    const again = goOn(site, before);
    const { chat, router } = site.chat(script.slice(1), { rules: denying });
    await chat.perform(again);
    expect(again.tools.told).toEqual(['run_command refused by policy (denied-by-rule)']);
    expect(results(router)[0]).toContain('Your rules deny it');
  });

  it('sees a command run by itself only under a rule of the person', async () => {
    const rules: PolicyRules = { ...noRules, commands: [{ type: 'exact', argv: ['node', '--version'] }] };
    const given = work(site);
    const script = [calls(['run_command', { program: 'node', arguments: ['--version'] }]), answer('Done.')];
    const { chat, router } = site.chat(script, { rules });
    await chat.perform(given);
    expect(given.tools.told).toEqual(['run_command done']);
    expect(results(router)[0]).toContain(process.version);
  });

  it('asks before anything reaches outside once keys and words of others were read', async () => {
    await site.folder.put('.env', 'NAME=Ada\n');
    const rules: PolicyRules = { ...noRules, hosts: ['example.com'] };
    const before = work(site);
    const read = [calls(['read_file', { path: '.env' }])];
    const profiles = [profile({ tools: ['read_file', 'fetch_page'] })];
    const [secret] = await asked(site.chat(read, { rules, profiles }).chat.perform(before));
    expect(secret?.rule).toBe('secret-file');
    says(before, secret, allow(secret));
    const again = goOn(site, before);
    const fetching = [calls(['fetch_page', { url: 'https://example.com/' }])];
    const [fetch] = await asked(site.chat(fetching, { rules, profiles }).chat.perform(again));
    expect(fetch?.rule).toBe('rule-of-two');
    // The same again from the record alone: what was read still counts.
    const third = goOn(site, again);
    const [same] = await asked(site.chat([], { rules, profiles }).chat.perform(third));
    expect(same).toEqual(fetch);
  });

  describe('before anything reaches outside', () => {
    const argv = ['node', '--version'];
    const rules: PolicyRules = { ...noRules, commands: [{ type: 'exact', argv }] };
    const [program = '', ...rest] = argv;
    const run = calls(['run_command', { program, arguments: rest }]);
    const upstream = (more: object) => [
      {
        key: 'a',
        title: 'a',
        status: 'completed',
        output: 'x',
        summary: '',
        artifacts: [],
        ...more,
      } as const,
    ];
    const said: Tool = {
      declaration: {
        name: 'hear',
        description: 'x',
        parameters: { type: 'object', properties: {} },
      },
      prepare: async () => ({
        effects: [],
        shown: {},
        idempotent: true,
        run: async () => ({ text: 'a message', isError: false, isForeign: true }),
      }),
    };
    const profiles = [profile({ tools: ['run_command'] })];

    it('asks where a step that this one goes on from has read keys, else not', async () => {
      const free = work(site, { upstream: upstream({}) });
      await site.chat([run, answer('Done.')], { rules, profiles }).chat.perform(free);
      expect(free.tools.told).toEqual(['run_command done']);
      const bound = work(site, { upstream: upstream({ hasReadKeys: true }) });
      const [call] = await asked(site.chat([run], { rules, profiles }).chat.perform(bound));
      expect(call?.rule).toBe('rule-of-two');
    });

    it.each([
      ['read_file', { path: 'notes/today.txt' }],
      ['search_files', { pattern: 'nothing', path: 'notes' }],
      ['search_files', { pattern: 'nothing' }],
    ])('asks where %s %j touches what an agent with keys has written, else not', async (tool, args) => {
      await site.folder.put('notes/today.txt', 'a note');
      const readers = { rules, profiles: [profile({ tools: [tool, 'run_command'] })] };
      const free = work(site);
      free.tools.keyFiles.add('notes/tomorrow.txt').add('notes');
      if (tool === 'search_files') free.tools.keyFiles.clear();
      await site.chat([calls([tool, args]), run, answer('Done.')], readers).chat.perform(free);
      expect(free.tools.told).toEqual([`${tool} done`, 'run_command done']);
      const bound = work(site);
      bound.tools.keyFiles.add('notes/today.txt');
      const [call] = await asked(site.chat([calls([tool, args]), run], readers).chat.perform(bound));
      expect(call?.rule).toBe('rule-of-two');
      const both = work(site);
      both.tools.keyFiles.add('notes/today.txt');
      const turn = calls([tool, args], ['run_command', { program, arguments: rest }]);
      expect((await asked(site.chat([turn], readers).chat.perform(both)))[0]?.rule).toBe('rule-of-two');
    });

    it('asks where what was read held a value that is hidden, whoever put it there', async () => {
      await site.folder.put('notes.txt', 'the word is Abrakadabra');
      const redact = <T>(value: T): T =>
        JSON.parse(JSON.stringify(value).replaceAll('Abrakadabra', '[hidden: WORD]')) as T;
      const readers = { rules, profiles: [profile({ tools: ['read_file', 'run_command'] })], redact };
      const reads = calls(['read_file', { path: 'notes.txt' }]);
      const [call] = await asked(site.chat([reads, run], readers).chat.perform(work(site)));
      expect(call?.rule).toBe('rule-of-two');
    });

    it('says of what an agent with keys writes that it may hold some', async () => {
      const profiles = [profile({ tools: ['write_file'] })];
      const write = calls(['write_file', { path: 'notes.txt', content: 'x' }]);
      const written = async (more: object) => {
        const given = work(site, { upstream: upstream(more), writes: ['*.txt'] });
        await site.chat([write, answer('Done.')], { profiles }).chat.perform(given);
        return given.tools.events.flatMap((event) => (event.type === 'completed' ? [event.call.result] : []));
      };
      expect((await written({}))[0]).not.toHaveProperty('readsSecrets');
      expect((await written({ hasReadKeys: true }))[0]).toMatchObject({ isError: false, readsSecrets: true });
    });

    it('asks where another agent of the run has read keys and said something to this one', async () => {
      const listens = calls(['hear', {}]);
      const options = { rules, profiles, toolsOf: () => [said] };
      const free = work(site);
      await site.chat([listens, run, answer('Done.')], options).chat.perform(free);
      expect(free.tools.told).toEqual(['hear done', 'run_command done']);
      const deaf = work(site);
      deaf.tools.hasKeys = true;
      await site.chat([run, answer('Done.')], options).chat.perform(deaf);
      expect(deaf.tools.told).toEqual(['run_command done']);
      const told = work(site);
      told.tools.hasKeys = true;
      const [call] = await asked(site.chat([listens, run], options).chat.perform(told));
      expect(call?.rule).toBe('rule-of-two');
    });
  });
});
