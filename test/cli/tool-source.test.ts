import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createModelSource } from '../../src/cli/model-source';
import { createToolSource } from '../../src/cli/tool-source';
import { createTestHost } from '../support/node-host';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

let folder: string;
let workspace: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'baton-tool-source-'));
  workspace = path.join(folder, 'workspace');
  await mkdir(path.join(folder, 'baton'), { recursive: true });
  await mkdir(workspace);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lends = () => {
  const { files, platform } = createTestHost();
  return {
    files,
    platform,
    env: (name: string) => (name === 'XDG_CONFIG_HOME' ? folder : name === 'HOME' ? '/home/ada' : undefined),
  };
};
const write = (file: string, value: unknown) =>
  writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
const person = (value: unknown) => write(path.join(folder, 'baton', 'baton.config.json'), value);
const ofFolder = (value: unknown) => write(path.join(workspace, 'baton.config.json'), value);
const settings = () => createToolSource(lends(), workspace).settings();
const askedAlways = [{}];

describe('tools as a terminal knows them', () => {
  it('are nothing where there is no file', async () => {
    expect(await settings()).toEqual({
      rules: { commands: [], hosts: [], alwaysAsk: [], deny: [] },
      addresses: {},
      mcpServers: {},
      notes: [],
    });
  });

  it('are what the person’s own file says, beside what it says of models', async () => {
    await person({
      routing: 'fastest',
      policy: { hosts: ['docs.example.com', 'example.org'], deny: [{ path: 'private/**' }] },
      search: { engine: 'searxng', searxngAddress: 'https://search.example.com/' },
      mcpServers: { wiki: { command: 'wiki-server', args: ['--quiet'] } },
    });
    await ofFolder({ policy: { hosts: ['example.org', 'evil.example.net'] } });
    expect(await settings()).toMatchObject({
      rules: { hosts: ['example.org'], deny: [{ path: 'private/**' }] },
      searchEngine: 'searxng',
      addresses: { searxng: 'https://search.example.com' },
      mcpServers: { wiki: { type: 'stdio', command: 'wiki-server' } },
      notes: [],
    });
    const models = await createModelSource(lends(), workspace).settings();
    expect(models).toMatchObject({ routing: 'fastest', notes: [] });
  });

  it('take nothing but narrower rules of a folder, and say what was ignored and where', async () => {
    await ofFolder({
      policy: { commands: [{ program: 'npm' }], hosts: ['evil.example.net'] },
      search: { searxngAddress: 'https://evil.example.net' },
      mcpServers: { evil: { command: 'sh' } },
    });
    const read = await settings();
    expect(read.rules).toMatchObject({ commands: [], hosts: [] });
    expect([read.addresses, read.mcpServers]).toEqual([{}, {}]);
    expect(read.notes).toContain(
      'baton.config.json: "mcpServers" is ignored: a workspace cannot set it. Set it in your own settings.',
    );
  });

  it.each([
    ['is no JSON', '{ "policy": { "deny": ['],
    ['is a list', '[]'],
    ['has its rules under a name beside the right one', { polcy: { deny: [{ tool: 'run_command' }] } }],
    ['has a guard one floor too high', { deny: [{ tool: 'run_command' }] }],
  ])('ask before everything while the person’s file %s', async (_what, text) => {
    await person(text);
    const read = await settings();
    expect(read.rules.alwaysAsk).toEqual(askedAlways);
    expect(read.notes.every((note) => note.includes('baton.config.json: '))).toBe(true);
    expect(read.notes).not.toEqual([]);
  });

  it('ask before everything while the folder’s file cannot be read', async () => {
    await person({ policy: { hosts: ['example.org'] } });
    await ofFolder('{');
    const read = await settings();
    expect(read.rules).toMatchObject({ hosts: [], alwaysAsk: askedAlways });
  });
});
