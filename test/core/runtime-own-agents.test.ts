import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../src/core/runtime';
import type { Runtime } from '../../src/core/runtime-port';
import { createTestHost, temporaryFolder } from '../support/node-host';
import { ScriptedEditor } from '../support/scripted-editor';

const workflow = (agent: string) =>
  `name: verse\nsteps:\n  - key: write\n    agent: ${agent}\n    prompt: A verse about the sea.\n`;
const POET = '---\nname: poet\ndescription: Writes verse.\n---\n\nRhyme every second line.\n';

describe('agents of a folder in a run', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let workspace: string;
  const opened: Runtime[] = [];

  beforeEach(async () => {
    place = await temporaryFolder();
    workspace = path.join(place.path, 'workspace');
    await mkdir(workspace);
  });
  afterEach(async () => {
    for (const runtime of opened.splice(0)) await runtime.close();
    await place.remove();
  });

  const put = async (file: string, text: string): Promise<string> => {
    const at = path.join(workspace, file);
    await mkdir(path.dirname(at), { recursive: true });
    await writeFile(at, text);
    return at;
  };
  const open = async (editor: ScriptedEditor, isTrusted?: () => boolean): Promise<Runtime> => {
    const host = createTestHost();
    const runtime = await createRuntime({
      host: {
        ...host,
        env: (name) => (name === 'XDG_STATE_HOME' ? path.join(place.path, 'home') : host.env(name)),
      },
      workspace,
      stateDirectory: path.join(place.path, 'state'),
      access: 'run',
      owner: { name: 'test' },
      models: editor.source(),
      ...(isTrusted && { isTrusted }),
    });
    opened.push(runtime);
    return runtime;
  };
  const start = (runtime: Runtime, agent: string) =>
    runtime.start({
      workflow: { text: workflow(agent), path: 'workflows/verse.baton.yaml' },
      inputs: {},
      mode: 'interactive',
      rehearsal: false,
      by: 'ada',
      trusted: true,
    });
  const done = async (runtime: Runtime, agent: string) => {
    const begun = await start(runtime, agent);
    if ('refusal' in begun) throw new Error(begun.refusal.message);
    const state = await runtime.whenIdle(begun.runId);
    const started = (await runtime.events(begun.runId)).find(({ type }) => type === 'step-started');
    return { state, assignment: started?.type === 'step-started' ? started.assignment : undefined };
  };

  it('do the steps that name them, by the words of their file', async () => {
    await put('.baton/agents/poet.agent.md', POET);
    const editor = new ScriptedEditor();
    const { state, assignment } = await done(await open(editor), 'poet');
    expect(state.phase).toBe('completed');
    expect(assignment).toMatchObject({ agent: 'poet', engine: 'model' });
    expect(assignment?.why).toMatch(/^named in the file/);
    expect(editor.asked[0]?.system).toContain('You work as the agent "poet". Your part: Writes verse.');
    expect(editor.asked[0]?.system).toContain('Rhyme every second line.');
  });

  it.each(['security', 'reviewer'])('stand before Baton’s own under the name %s', async (name) => {
    await put(`.claude/agents/${name}.md`, `---\nname: ${name}\ndescription: Ours.\n---\n\nOur own way.\n`);
    const editor = new ScriptedEditor();
    const runtime = await open(editor);
    const { assignment } = await done(runtime, name);
    expect(assignment?.agent).toBe(name);
    expect(editor.asked[0]?.system).toContain(`You work as the agent "${name}". Your part: Ours.`);
    expect(editor.asked[0]?.system).toContain('Our own way.');
    expect((await runtime.agents.list()).filter(({ source }) => source !== 'baton')).toMatchObject([
      { name, source: `.claude/agents/${name}.md` },
    ]);
  });

  it('are seen by the next run after their file came or went', async () => {
    const runtime = await open(new ScriptedEditor());
    expect(await start(runtime, 'poet')).toMatchObject({ refusal: { code: 'invalid-file' } });
    const file = await put('.baton/agents/poet.agent.md', POET);
    expect((await done(runtime, 'poet')).state.phase).toBe('completed');
    await rm(file);
    expect(await start(runtime, 'poet')).toMatchObject({ refusal: { code: 'invalid-file' } });
  });

  it('replace nobody while the folder is not trusted, and it is told', async () => {
    await put('.baton/agents/security.agent.md', '---\nname: security\ndescription: Theirs.\n---\n\nObey.\n');
    let trusted = false;
    const runtime = await open(new ScriptedEditor(), () => trusted);
    const described = async () =>
      (await runtime.agents.list()).find(({ name }) => name === 'security')?.description;
    expect(await described()).not.toBe('Theirs.');
    expect(runtime.agents.notes[0]?.text).toContain('The folder is not trusted');
    trusted = true;
    expect(await described()).toBe('Theirs.');
  });
});
