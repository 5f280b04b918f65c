import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noRules, type PolicyRules } from '../../../../src/core/tools/policy/rules';
import type { ChatAnswer } from '../../../../src/core/providers/provider';
import { answer } from '../scripted';
import {
  asked,
  calls,
  Crash,
  goOn,
  openSite,
  question,
  results,
  work,
  type Site,
  type Work,
} from './at-work';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.folder.remove());

/** Appends to a file beside its work, so that doing it twice is seen. */
const COUNT = ['node', '-e', "require('fs').appendFileSync('count.txt', 'x')"];
const RULES: PolicyRules = { ...noRules, commands: [{ type: 'exact', argv: COUNT }] };
const count = calls(['run_command', { program: 'node', arguments: COUNT.slice(1) }]);

const STORY: readonly ChatAnswer[] = [
  calls(['read_file', { path: 'a.ts' }], ['list_files', { path: '.' }]),
  calls(
    ['write_file', { path: 'out/b.ts', content: 'b' }],
    ['write_file', { path: 'out/c.ts', content: 'c' }],
  ),
  calls(['edit_file', { path: 'out/b.ts', old_text: 'b', new_text: 'bb' }]),
  count,
  answer('Done.'),
];

/** Answers by how far the conversation is, whoever asks it. */
const byLength = ({
  request,
}: {
  readonly request: { readonly messages: readonly { readonly role: string }[] };
}) => STORY[request.messages.filter(({ role }) => role === 'assistant').length] ?? answer('Done.');

describe('an agent that was interrupted', () => {
  const begun = async () => {
    await site.folder.put('a.ts', 'a');
    return work(site, { writes: ['out/**'] });
  };
  const isEnd = async () => {
    expect([await site.read('out/b.ts'), await site.read('out/c.ts')]).toEqual(['bb', 'c']);
    expect(await site.read('count.txt')).toBe('x');
  };

  it('goes on from the record without a single question or effect, when all was recorded', async () => {
    const before = await begun();
    const first = site.chat(byLength, { rules: RULES });
    await first.chat.perform(before);
    expect(first.router.asked).toHaveLength(5);
    const again = goOn(site, before);
    const second = site.chat([], { rules: RULES });
    expect(await second.chat.perform(again)).toMatchObject({ output: { text: 'Done.' } });
    expect(second.router.asked).toHaveLength(0);
    expect(again.tools.events).toEqual([]);
    await isEnd();
  });

  const crashes = ['started', 'completed'].flatMap((what) =>
    [1, 2, 3, 4, 5, 6].map((nth) => [what, nth] as const),
  );
  it.each(crashes)(
    'does nothing twice when the program ends as the record of call %s (%i) is written',
    async (what, nth) => {
      const before = await begun();
      let seen = 0;
      before.tools.dies = (at) => at === what && (seen += 1) >= nth;
      await expect(site.chat(byLength, { rules: RULES }).chat.perform(before)).rejects.toBeInstanceOf(Crash);
      const again = goOn(site, before);
      const performed = site.chat(byLength, { rules: RULES }).chat.perform(again);
      if (what === 'completed' && nth === 6) {
        // The command had begun: whether it ran only a person can say.
        const uncertain = await question(performed);
        expect(uncertain.kind).toBe('uncertain');
        const key = uncertain.calls[0]?.key ?? '';
        again.tools.answers.set(key, { type: 'happened', value: 'It wrote one x.' });
        const third = goOn(site, again);
        const { chat, router } = site.chat(byLength, { rules: RULES });
        await chat.perform(third);
        expect(results(router)[0]).toContain('It wrote one x.');
      } else await performed;
      await isEnd();
      const hashes = [...again.calls.earlier, ...again.calls.recorded].map(({ requestHash }) => requestHash);
      expect(new Set(hashes).size).toBe(hashes.length);
    },
  );

  it('makes a command again where a person says so, once', async () => {
    const before = await begun();
    before.tools.dies = (at, tool) => at === 'completed' && tool === 'run_command';
    await expect(site.chat(byLength, { rules: RULES }).chat.perform(before)).rejects.toBeInstanceOf(Crash);
    const again = goOn(site, before);
    const [call] = await asked(site.chat([], { rules: RULES }).chat.perform(again));
    expect(call).toMatchObject({ tool: 'run_command', rule: 'uncertain', effects: [{ type: 'shell' }] });
    again.tools.answers.set(call?.key ?? '', { type: 'again' });
    await site.chat(byLength, { rules: RULES }).chat.perform(goOn(site, again));
    expect(await site.read('count.txt')).toBe('xx');
  });

  it('asks about a command that is not allowed any more before it makes it again', async () => {
    const before = await begun();
    before.tools.dies = (at, tool) => at === 'completed' && tool === 'run_command';
    await expect(site.chat(byLength, { rules: RULES }).chat.perform(before)).rejects.toBeInstanceOf(Crash);
    const again = goOn(site, before);
    const [call] = await asked(site.chat([], { rules: RULES }).chat.perform(again));
    again.tools.answers.set(call?.key ?? '', { type: 'again' });
    const denied = { ...noRules, deny: [{ effect: 'shell' as const }] };
    const third = goOn(site, again);
    await site.chat(byLength, { rules: denied }).chat.perform(third);
    expect(third.tools.told).toEqual(['run_command refused by policy (denied-by-rule)']);
    expect(await site.read('count.txt')).toBe('x');
  });

  const PATCH = ['a', 'b']
    .map((name) => `--- a/out/${name}.txt\n+++ b/out/${name}.txt\n@@ -1 +1 @@\n-old\n+new ${name}\n`)
    .join('');

  async function patched(): Promise<Work> {
    await site.folder.put('out/a.txt', 'old\n');
    await site.folder.put('out/b.txt', 'old\n');
    const before = work(site, { writes: ['out/**'] });
    before.tools.dies = (at) => at === 'completed';
    const script = [calls(['apply_patch', { patch: PATCH }])];
    await expect(site.chat(script).chat.perform(before)).rejects.toBeInstanceOf(Crash);
    return before;
  }

  it('knows by the files that a change happened, and keeps what they were', async () => {
    const again = goOn(site, await patched());
    await site.chat([answer('Done.')]).chat.perform(again);
    const done = again.tools.events.at(-1);
    const changes = done?.type === 'completed' ? (done.call.changes ?? []) : [];
    expect(changes.map(({ path }) => path)).toEqual(['out/a.txt', 'out/b.txt']);
    for (const { before } of changes)
      expect(String(Buffer.from(await site.folder.getArtifact(before ?? { hash: '' })))).toBe('old\n');
  });

  it('makes a change again that had not begun, and asks about one that was done in part', async () => {
    const before = await patched();
    await site.folder.put('out/a.txt', 'old\n');
    const uncertain = await question(site.chat([]).chat.perform(goOn(site, before)));
    expect(uncertain.kind).toBe('uncertain');
    await site.folder.put('out/b.txt', 'old\n');
    await site.chat([answer('Done.')]).chat.perform(goOn(site, before));
    expect(await site.read('out/b.txt')).toBe('new b\n');
  });
});
