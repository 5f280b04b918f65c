import { appendFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/base/json';
import type { AskedCall } from '../../src/core/model/tool-call';
import type { Tool } from '../../src/core/tools/tool';
import { asked, calls, goOn, openSite, profile, work, type Site } from '../core/agents/loop/at-work';
import { answer } from '../core/agents/scripted';
import { bench, program, type Bench } from '../core/tools/mcp/servers';
import { begin, openOf, openTheatre, type Theatre } from './injection/theatre';

/** Of each kind; 200 in all. */
const EACH = 20;
/** Servers are programs, and each has to be started. */
const SERVERS = process.env['HOSTILE'] === 'full' ? EACH : 4;

interface Kind {
  readonly what: string;
  readonly call: readonly [tool: string, args: JsonObject];
  readonly change: (workspace: string, number: number) => Promise<void>;
}

const at = (workspace: string, name: string) => path.join(workspace, name);
const script = (number: number) => `#!/bin/sh\n# ${number}\necho changed\n`;

const kinds: readonly Kind[] = [
  {
    what: 'the file that is written over',
    call: ['write_file', { path: 'docs/a.md', content: 'mine\n' }],
    change: (workspace, number) => appendFile(at(workspace, 'docs/a.md'), `${number}\n`),
  },
  {
    what: 'the file that is edited',
    call: ['edit_file', { path: 'docs/a.md', old_text: 'one', new_text: 'two' }],
    change: (workspace, number) => appendFile(at(workspace, 'docs/a.md'), `${number}\n`),
  },
  {
    what: 'one file of a patch',
    call: [
      'apply_patch',
      {
        patch:
          '--- a/docs/a.md\n+++ b/docs/a.md\n@@ -1 +1 @@\n-one\n+two\n--- /dev/null\n+++ b/docs/b.md\n@@ -0,0 +1 @@\n+new\n',
      },
    ],
    change: (workspace, number) => appendFile(at(workspace, 'docs/a.md'), `${number}\n`),
  },
  {
    what: 'the file that is deleted',
    call: ['delete_file', { path: 'docs/a.md' }],
    change: (workspace, number) => writeFile(at(workspace, 'docs/a.md'), `other ${number}\n`),
  },
  {
    what: 'where a link leads',
    call: ['write_file', { path: 'link.md', content: 'mine\n' }],
    change: async (workspace, number) => {
      await writeFile(at(workspace, `other-${number}.md`), 'one\n');
      await rm(at(workspace, 'link.md'));
      await symlink(`other-${number}.md`, at(workspace, 'link.md'));
    },
  },
  {
    what: 'the script that a command runs',
    call: ['run_command', { program: 'sh', arguments: ['run.sh'] }],
    change: (workspace, number) => writeFile(at(workspace, 'run.sh'), script(number)),
  },
  {
    what: 'the script that a shell text names',
    call: ['run_command', { shellText: 'sh run.sh | cat' }],
    change: (workspace, number) => writeFile(at(workspace, 'run.sh'), script(number)),
  },
  {
    what: 'the recipe of the tests',
    call: ['run_tests', { system: 'make' }],
    change: (workspace, number) => writeFile(at(workspace, 'Makefile'), `test:\n\t@echo ${number}\n`),
  },
  {
    what: 'what comes before the script of the tests',
    call: ['run_tests', { system: 'npm' }],
    change: (workspace, number) =>
      writeFile(
        at(workspace, 'package.json'),
        JSON.stringify({ scripts: { pretest: `echo ${number}`, test: 'node --version' } }),
      ),
  },
];

async function lay(workspace: string): Promise<void> {
  await mkdir(at(workspace, 'docs'));
  await writeFile(at(workspace, 'docs/a.md'), 'one\n');
  await writeFile(at(workspace, 'target.md'), 'one\n');
  await symlink('target.md', at(workspace, 'link.md'));
  await writeFile(at(workspace, 'run.sh'), '#!/bin/sh\necho unchanged\n');
  await writeFile(at(workspace, 'Makefile'), 'test:\n\t@echo unchanged\n');
  await writeFile(at(workspace, 'package.json'), JSON.stringify({ scripts: { test: 'node --version' } }));
}

describe('a call that a person allowed', () => {
  let site: Site;
  beforeEach(async () => {
    site = await openSite();
    await lay(site.folder.workspace);
  });
  afterEach(() => site.folder.remove());

  const agent = profile({
    tools: ['write_file', 'edit_file', 'apply_patch', 'delete_file', 'run_command', 'run_tests'],
  });

  /** Asks, allows, changes, and goes on; gives what is asked then, or what was done. */
  const again = async (
    one: Kind['call'],
    change: () => Promise<void>,
    more: () => readonly Tool[] = () => [],
  ) => {
    const turns = [calls(one), answer('Done.')];
    const options = () => ({ profiles: [profile({ ...agent, serverTools: ['teller/*'] })], more: more() });
    const before = work(site, {});
    const stepped = { ...before, step: { ...before.step, with: { tools: ['mcp_teller_note'] } } };
    const [first] = await asked(site.chat(turns, options()).chat.perform(stepped));
    if (first === undefined) throw new Error('Nothing was asked.');
    before.tools.answers.set(first.key, { type: 'allow', hash: first.hash, without: [] });
    await change();
    const next = goOn(site, before);
    const hired = site.chat(turns.slice(1), options());
    const found: { asked?: readonly AskedCall[] } = {};
    await hired.chat.perform({ ...next, step: stepped.step }).catch(async (error: Error) => {
      found.asked = await asked(Promise.reject(error));
    });
    return { first, second: found.asked?.[0], told: next.tools.told };
  };

  it.each(kinds)(
    'is asked again when $what has changed since, and made when it has not',
    async ({ call, change }) => {
      const same = await again(call, () => Promise.resolve());
      expect(same.second).toBeUndefined();
      expect(same.told).toEqual([`${call[0]} done`]);
      for (let number = 0; number < EACH; number += 1) {
        await site.folder.remove();
        site = await openSite();
        await lay(site.folder.workspace);
        const { first, second, told } = await again(call, () => change(site.folder.workspace, number));
        expect(second?.key).toBe(first.key);
        expect(second?.hash).not.toBe(first.hash);
        expect(told).toEqual([]);
      }
    },
  );

  it('is refused when its folder has become a link out of the workspace', async () => {
    const { second, told } = await again(
      ['write_file', { path: 'docs/a.md', content: 'mine\n' }],
      async () => {
        await rename(at(site.folder.workspace, 'docs'), at(site.folder.workspace, 'old'));
        await symlink(site.folder.outside, at(site.folder.workspace, 'docs'));
      },
    );
    expect(second).toBeUndefined();
    expect(told).toEqual(['write_file refused by tool (tool-refused)']);
  });

  describe('of a server', () => {
    let desk: Bench;
    beforeAll(async () => {
      desk = await bench();
    });
    afterAll(() => desk.close());

    const toolsSaying = async (words: string): Promise<readonly Tool[]> => {
      const file = path.join(desk.workspace, 'told');
      await writeFile(file, words);
      const servers = desk.open(
        { teller: { ...program('teller'), env: { TOLD: file } } },
        { startMs: 30_000 },
      );
      const tools = [...(await desk.tools(servers)).values()];
      return tools;
    };

    it('is asked again when the server says something else of its tool', async () => {
      for (let number = 0; number < SERVERS; number += 1) {
        let tools = await toolsSaying('Harmless.');
        const { first, second, told } = await again(
          ['mcp_teller_note', {}],
          async () => void (tools = await toolsSaying(`Harmless, version ${number}.`)),
          () => tools,
        );
        expect(second?.key).toBe(first.key);
        expect(second?.hash).not.toBe(first.hash);
        expect(told).toEqual([]);
      }
    });
  });
});

describe('an approval', () => {
  let theatre: Theatre;
  beforeEach(async () => {
    theatre = await openTheatre();
  });
  afterEach(() => theatre.close());

  const workflow = 'name: told\nsteps:\n  - key: held\n    agent: victim\n    prompt: Write it.\n';

  /** Two calls in two runs, both allowed while nothing can go on here; then the program begins anew. */
  const allowed = async () => {
    const { folder } = theatre;
    let turn = 0;
    theatre.plays(() =>
      (turn += 1) === 1 ? [['write_file', { path: 'README.md', content: 'Allowed.\n' }]] : 'Done.',
    );
    const first = await theatre.open();
    const runId = await begin(first, workflow, 'interactive');
    await first.whenIdle(runId);
    await first.close();
    const second = await theatre.open('decide');
    const [question] = await openOf(second, runId);
    if (question === undefined) throw new Error('Nothing was asked.');
    const { id, shownHash } = question.approval;
    expect(
      await second.decide(runId, id, { action: 'approve', shownHash }, { name: 'ada', channel: 'terminal' }),
    ).toEqual({ ok: true });
    await second.close();
    return { runId, question, readme: path.join(folder.workspace, 'README.md') };
  };

  it('outlives the program: what was allowed is done by the next one, without another question', async () => {
    const { runId } = await allowed();
    const runtime = await theatre.open();
    await runtime.resume(runId, { by: 'ada' });
    expect((await runtime.whenIdle(runId)).phase).toBe('completed');
    expect(theatre.world.changes().filter(({ path: name }) => name.endsWith('README.md'))).toHaveLength(1);
  });

  it('does not outlive what it was about', async () => {
    const { runId, question, readme } = await allowed();
    await appendFile(readme, 'Somebody else was here.\n');
    theatre.world.changes();
    const runtime = await theatre.open();
    await runtime.resume(runId, { by: 'ada' });
    await runtime.whenIdle(runId);
    const [again] = await openOf(runtime, runId);
    expect(again?.approval.id).not.toBe(question.approval.id);
    expect(again?.approval.shown.calls?.[0]?.key).toBe(question.approval.shown.calls?.[0]?.key);
    expect(again?.approval.shownHash).not.toBe(question.approval.shownHash);
    expect(theatre.world.changes()).toEqual([]);
  });
});
