import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer } from '../scripted';
import { asked, calls, goOn, openSite, results, work, type Site } from './at-work';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.folder.remove());

describe('an agent with tools', () => {
  it('reads what it asks for, and answers from it', async () => {
    await site.folder.put('src/a.ts', 'export const a = 1;\n');
    const { chat, router } = site.chat([calls(['read_file', { path: 'src/a.ts' }]), answer('It is one.')]);
    const given = work(site);
    expect(await chat.perform(given)).toMatchObject({ output: { text: 'It is one.' } });
    expect(router.asked[0]?.request.tools.map(({ name }) => name)).toContain('read_file');
    expect(results(router)[0]).toMatch(/^<data-[0-9a-f]{12} what="result of read_file">\n[^]*const a = 1/);
    expect(given.tools.told).toEqual(['read_file done']);
  });

  it('asks before it writes what the step does not name, with the diff, and writes once it may', async () => {
    const script = [calls(['write_file', { path: 'a.ts', content: 'export {};\n' }]), answer('Done.')];
    const first = site.chat(script);
    const before = work(site);
    const [call] = await asked(first.chat.perform(before));
    expect(call).toMatchObject({
      agent: 'backend',
      tool: 'write_file',
      rule: 'outside-writes',
      shown: { changes: [{ path: 'a.ts', kind: 'create' }] },
    });
    expect(JSON.stringify(call?.shown)).toContain('+export {};');
    expect(await site.read('a.ts')).toBeUndefined();
    before.tools.answers.set(call?.key ?? '', { type: 'allow', hash: call?.hash ?? '', without: [] });
    const again = goOn(site, before);
    const second = site.chat(script.slice(1));
    expect(await second.chat.perform(again)).toMatchObject({ output: { text: 'Done.' } });
    expect(await site.read('a.ts')).toBe('export {};\n');
    expect(again.tools.told).toEqual(['write_file done']);
    expect(second.router.asked).toHaveLength(1);
  });
});
