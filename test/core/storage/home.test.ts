import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/core/host';
import { notesFolder, resolveHome } from '../../../src/core/storage/home';
import { createTestHost, temporaryFolder } from '../../support/node-host';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let host: Host;
let workspace: string;
let storageFolder: string;

beforeEach(async () => {
  root = await temporaryFolder();
  host = hostWith({ XDG_STATE_HOME: path.join(root.path, 'state') });
  workspace = path.join(root.path, 'project');
  storageFolder = path.join(root.path, 'given-by-vscode');
  await mkdir(workspace);
});
afterEach(() => root.remove());

function hostWith(environment: Readonly<Record<string, string>>, platform = 'linux'): Host {
  return { ...createTestHost(), platform, env: (name) => environment[name] };
}

describe('the home of a workspace folder', () => {
  it('is the folder that the editor gave when it came first, for every later window and terminal', async () => {
    expect(await resolveHome(host, { workspace, storageFolder })).toEqual({
      folder: storageFolder,
      findings: [],
    });
    const other = path.join(root.path, 'given-after-a-slow-reload');
    expect((await resolveHome(host, { workspace, storageFolder: other })).folder).toBe(storageFolder);
    expect((await resolveHome(host, { workspace })).folder).toBe(storageFolder);
  });

  it('lies beside the note when a terminal came first', async () => {
    const { folder, findings } = await resolveHome(host, { workspace });
    expect(path.dirname(folder)).toBe(path.join(root.path, 'state', 'baton'));
    expect(findings).toEqual([]);
    expect((await resolveHome(host, { workspace, storageFolder })).folder).toBe(folder);
  });

  it('is one for a folder and a link to it, and another for another folder', async () => {
    const link = path.join(root.path, 'link');
    await symlink(workspace, link);
    const { folder } = await resolveHome(host, { workspace });
    expect((await resolveHome(host, { workspace: link })).folder).toBe(folder);
    expect((await resolveHome(host, { workspace: root.path })).folder).not.toBe(folder);
  });

  it('moves beside the note when it is gone, and says so once', async () => {
    await resolveHome(host, { workspace, storageFolder });
    await rm(storageFolder, { recursive: true });
    const moved = await resolveHome(host, { workspace, storageFolder });
    expect(moved.findings).toHaveLength(1);
    expect(moved.findings[0]).toContain('is gone');
    expect(moved.folder).not.toBe(storageFolder);
    expect(await resolveHome(host, { workspace, storageFolder })).toEqual({
      folder: moved.folder,
      findings: [],
    });
  });

  it('does not trust a note that is damaged', async () => {
    await resolveHome(host, { workspace, storageFolder });
    const real = (await host.files.realPath(workspace)) ?? '';
    await writeFile(path.join(notesFolder(host), host.sha256(real)), '');
    const { folder, findings } = await resolveHome(host, { workspace, storageFolder });
    expect(findings).toHaveLength(1);
    expect((await resolveHome(host, { workspace })).folder).toBe(folder);
  });

  it('is where the person says, without a note', async () => {
    const override = path.join(root.path, 'elsewhere');
    expect((await resolveHome(host, { workspace, storageFolder, override })).folder).toBe(override);
    expect((await resolveHome(host, { workspace, storageFolder })).folder).toBe(storageFolder);
  });

  it('is one place when two processes come first at the same moment', async () => {
    const homes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        resolveHome(host, { workspace, storageFolder: path.join(root.path, `given-${index}`) }),
      ),
    );
    expect(new Set(homes.map((home) => home.folder)).size).toBe(1);
  });

  it('is noted where each system keeps such things', () => {
    const home = { HOME: '/home/ada' };
    expect(notesFolder(hostWith(home))).toBe('/home/ada/.local/state/baton');
    expect(notesFolder(hostWith(home, 'darwin'))).toBe('/home/ada/Library/Application Support/baton');
    expect(notesFolder(hostWith({ LOCALAPPDATA: '/data' }, 'win32'))).toBe('/data/baton');
  });
});
