import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentProfiles } from '../../../../src/core/agents/own/agent-profiles';
import { loadProfile } from '../../../../src/core/agents/profile/load-profile';
import { READING_TOOLS } from '../../../../src/core/agents/profile/tool-names';
import { knownAgents } from '../../../../src/core/agents/roster';
import { createTestHost } from '../../../support/node-host';

let workspace: string;
const { files } = createTestHost();

beforeEach(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'baton-agent-profiles-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

async function put(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(workspace, file)), { recursive: true });
  await writeFile(path.join(workspace, file), text);
}
const agent = (head: string, body = 'Do it well.') => `---\n${head}\n---\n\n${body}\n`;
const profiles = (isTrusted?: () => boolean) =>
  createAgentProfiles({ files, workspace, ...(isTrusted && { isTrusted }) });

describe('the agents of a folder, together with Baton’s own', () => {
  it('are Baton’s alone where there are no files', async () => {
    const agents = profiles();
    expect(await agents.known()).toBe(knownAgents);
    expect(await agents.profile('security')).toBe(await loadProfile('security'));
    expect(await agents.profile('wizard')).toBeUndefined();
    const listed = await agents.list();
    expect(listed.map(({ name }) => name)).toEqual(knownAgents.map(({ name }) => name));
    expect(new Set(listed.map(({ source }) => source))).toEqual(new Set(['baton']));
    expect(agents.ownNames.size).toBe(0);
  });

  it('are listed with the file that describes them, and known to the parser', async () => {
    await put('.baton/agents/poet.agent.md', agent('name: poet\ndescription: Writes verse.'));
    await put('.claude/agents/security.md', agent('name: security\ndescription: Ours.\ntools: Read'));
    const agents = profiles();
    const listed = await agents.list();
    expect(listed.find(({ name }) => name === 'poet')).toEqual({
      name: 'poet',
      aliases: [],
      description: 'Writes verse.',
      source: '.baton/agents/poet.agent.md',
    });
    expect(listed.find(({ name }) => name === 'security')).toMatchObject({
      description: 'Ours.',
      source: '.claude/agents/security.md',
      replaces: true,
    });
    expect(listed).toHaveLength(knownAgents.length + 1);
    expect((await agents.known()).at(-1)?.name).toBe('poet');
    expect([...agents.ownNames].sort()).toEqual(['poet', 'security']);
  });

  it('have a profile made of their file; what a replaced agent was found by stays', async () => {
    await put(
      '.baton/agents/security.agent.md',
      agent(
        'name: security\ndescription: Ours.\ntools: [read_file, run_command]\nmodel: sonnet\nagents: [Writer, poet, nobody]',
        'Look for our own mistakes.',
      ),
    );
    await put('.baton/agents/poet.agent.md', agent('name: poet\ndescription: Verse.\ntools: [jira/find]'));
    const own = await profiles().profile('security');
    const baton = await loadProfile('security');
    expect(own).toMatchObject({
      prompt: 'Look for our own mistakes.',
      source: '.baton/agents/security.agent.md',
      agents: ['writer', 'poet'],
      capabilities: baton?.capabilities,
      actions: baton?.actions,
      checks: [],
      model: { prefer: ['claude'], needs: { tools: true, structuredOutput: false } },
    });
    expect(own?.output).toBeUndefined();
    expect(own?.tools.every((tool) => baton?.tools.includes(tool))).toBe(true);
    expect((await profiles().profile('poet'))?.serverTools).toEqual(['jira/find']);
  });

  it('replace nobody and only read while the folder is not trusted, and are looked at anew when it is', async () => {
    await put('.baton/agents/security.agent.md', agent('name: security\ndescription: Theirs.'));
    await put('.baton/agents/poet.agent.md', agent('name: poet\ndescription: Verse.\ntools: "*"'));
    let trusted = false;
    const agents = profiles(() => trusted);
    expect(await agents.profile('security')).toBe(await loadProfile('security'));
    const reading: readonly string[] = READING_TOOLS;
    expect((await agents.profile('poet'))?.tools.every((tool) => reading.includes(tool))).toBe(true);
    expect(agents.notes).toMatchObject([{ isFault: false }]);
    expect(agents.notes[0]?.text).toMatch(/^\.baton\/agents\/security\.agent\.md is not used\. /);
    trusted = true;
    expect((await agents.profile('security'))?.description).toBe('Theirs.');
    expect((await agents.profile('poet'))?.tools).toContain('run_command');
    expect(agents.notes).toEqual([]);
  });

  it('stay who they are between two looks, and the list stays the same array while nothing changes', async () => {
    await put('.baton/agents/poet.agent.md', agent('name: poet\ndescription: Verse.', 'One.'));
    const agents = profiles();
    const known = await agents.known();
    expect(await agents.known()).toBe(known);
    await put('.baton/agents/poet.agent.md', agent('name: poet\ndescription: Verse.', 'Two, and longer.'));
    expect((await agents.profile('poet'))?.prompt).toBe('One.');
    await agents.known();
    expect((await agents.profile('poet'))?.prompt).toBe('Two, and longer.');
  });

  it('that cannot be read are told and keep nobody else away', async () => {
    await put('.baton/agents/broken.agent.md', agent('name: {a: b}'));
    await put('.baton/agents/poet.agent.md', agent('name: poet\ndescription: Verse.'));
    const agents = profiles();
    expect((await agents.list()).map(({ name }) => name)).toContain('poet');
    expect(
      agents.notes.some(({ text, isFault }) => isFault && text.startsWith('.baton/agents/broken.agent.md:')),
    ).toBe(true);
  });
});
