import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/base/json';
import { applyPatchTool } from '../../../../src/core/tools/files/apply-patch';
import { deleteFileTool } from '../../../../src/core/tools/files/delete-file';
import { editFileTool } from '../../../../src/core/tools/files/edit-file';
import { writeFileTool } from '../../../../src/core/tools/files/write-file';
import { undoChanges } from '../../../../src/core/tools/files/undo-changes';
import type { FileChange } from '../../../../src/core/model/tool-call';
import type { Tool } from '../../../../src/core/tools/tool';
import { makeToolFolder, quietly, use, type ToolFolder } from './tool-scope';

let folder: ToolFolder;
beforeEach(async () => {
  folder = await makeToolFolder();
});
afterEach(() => folder.remove());

const content = (name: string) => readFile(path.join(folder.workspace, name), 'utf8');
const run = (tool: Tool, args: JsonObject) => use(tool, args, folder.scope);
const wrong = (message: RegExp): unknown =>
  expect.objectContaining({
    code: 'tool-arguments',
    message: expect.stringMatching(message) as string,
  });
const text = async (ref: FileChange['before']) =>
  ref === undefined ? undefined : Buffer.from(await folder.getArtifact(ref)).toString();

describe('write_file', () => {
  it('creates a file with its folders and keeps what it wrote', async () => {
    const { changes, isError } = await run(writeFileTool, { path: 'a/b/c.txt', content: 'hello\n' });
    expect(isError).toBe(false);
    expect(await content('a/b/c.txt')).toBe('hello\n');
    expect(changes).toMatchObject([{ path: 'a/b/c.txt' }]);
    expect(changes?.[0]?.before).toBeUndefined();
    expect(await text(changes?.[0]?.after)).toBe('hello\n');
  });

  it('replaces a file, both images kept', async () => {
    await folder.put('x', 'old');
    const { changes } = await run(writeFileTool, { path: './x', content: 'new' });
    expect(await content('x')).toBe('new');
    expect([await text(changes?.[0]?.before), await text(changes?.[0]?.after)]).toEqual(['old', 'new']);
  });

  it('shows the whole diff, the real path and the hashes, with everything visible', async () => {
    await folder.put('x', 'one\ntwo\n');
    const { shown } = await writeFileTool.prepare(
      { path: 'x', content: 'one\n\u001b[2Jthree\u202e\n' },
      folder.scope,
    );
    const told = JSON.stringify(shown);
    expect(shown['changes']).toMatchObject([
      {
        path: 'x',
        resolved: path.join(folder.workspace, 'x'),
        kind: 'edit',
        before: folder.scope.host.sha256('one\ntwo\n'),
      },
    ]);
    expect(told).toContain('-two');
    expect(told).toContain('+\\\\u{1b}[2Jthree\\\\u{202e}');
  });

  it('refuses when the file is not what it was prepared on', async () => {
    const file = await folder.put('x', 'old');
    const changing = await writeFileTool.prepare({ path: 'x', content: 'new' }, folder.scope);
    const creating = await writeFileTool.prepare({ path: 'y', content: 'new' }, folder.scope);
    await writeFile(file, 'of a person');
    await folder.put('y', 'of a person');
    await expect(changing.run(quietly)).rejects.toMatchObject({ code: 'tool-changed' });
    await expect(creating.run(quietly)).rejects.toMatchObject({ code: 'tool-changed' });
    expect([await content('x'), await content('y')]).toEqual(['of a person', 'of a person']);
  });

  it('is done when an earlier try of the same call did it', async () => {
    await folder.put('x', 'old');
    const prepared = await writeFileTool.prepare({ path: 'x', content: 'new' }, folder.scope);
    await prepared.run(quietly);
    expect((await prepared.run(quietly)).isError).toBe(false);
    expect(await content('x')).toBe('new');
  });

  it.each([
    ['write_file', writeFileTool, { content: 'new' }],
    ['edit_file', editFileTool, { old_text: 'old', new_text: 'new' }],
    ['delete_file', deleteFileTool, {}],
  ] as const)('refuses a file that somebody made read-only: %s', async (_name, tool, args) => {
    await folder.put('x', 'old');
    await chmod(path.join(folder.workspace, 'x'), 0o444);
    await expect(run(tool, { path: 'x', ...args })).rejects.toMatchObject({
      code: 'tool-refused',
      message: expect.stringContaining('read-only') as string,
    });
    expect(await content('x')).toBe('old');
  });

  it('touches nothing once it is cancelled', async () => {
    const prepared = await writeFileTool.prepare({ path: 'x', content: 'new' }, folder.scope);
    const stop = new AbortController();
    stop.abort();
    await expect(prepared.run({ ...quietly, signal: stop.signal })).rejects.toThrow();
    expect(await readdir(folder.workspace)).toEqual([]);
  });

  it('tells what is no file, and arguments that do not fit', async () => {
    await mkdir(path.join(folder.workspace, 'd'));
    await folder.put('f', 'x');
    const attempt = (args: JsonObject) => writeFileTool.prepare(args, folder.scope);
    await expect(attempt({ path: 'd', content: '' })).rejects.toEqual(wrong(/not an ordinary file/));
    await expect(attempt({ path: '.', content: '' })).rejects.toEqual(wrong(/workspace itself/));
    await expect(attempt({ path: 'f/x', content: '' })).rejects.toMatchObject({ code: 'tool-refused' });
    await expect(attempt({ path: 'x' })).rejects.toEqual(wrong(/arguments\.content is missing/));
    await expect(attempt({ path: 7, content: '' })).rejects.toEqual(wrong(/arguments\.path must be string/));
    await expect(attempt({ path: 'x', content: '', mode: 1 })).rejects.toEqual(wrong(/not expected/));
    await expect(attempt({ path: 'x', content: 'x'.repeat(5_000_001) })).rejects.toEqual(wrong(/larger/));
  });
});

describe('edit_file', () => {
  const edit = (old_text: string, new_text: string, more: JsonObject = {}) =>
    run(editFileTool, { path: 'x', old_text, new_text, ...more });

  it('replaces a piece that stands there once, and nothing else', async () => {
    await folder.put('x', 'a $1 b\nc');
    await edit('$1', '$& $$');
    expect(await content('x')).toBe('a $& $$ b\nc');
  });

  it('says how often a piece stands there', async () => {
    await folder.put('x', 'aa bb aa aaa');
    await expect(edit('zz', 'y')).rejects.toEqual(wrong(/does not occur/));
    await expect(edit('bb ', '')).resolves.toMatchObject({ isError: false });
    await expect(edit('aa ', 'y')).rejects.toEqual(wrong(/2 times/));
    await edit('aa ', '-', { replace_all: true });
    expect(await content('x')).toBe('--aaa');
    await expect(edit('aa', 'y')).rejects.toEqual(wrong(/2 times/));
  });

  it('keeps the byte order mark and the line ends', async () => {
    await folder.put('x', '\ufeffone\r\ntwo\r\nthree\r\n');
    await edit('one\ntwo', 'one\nand\ntwo');
    expect(await content('x')).toBe('\ufeffone\r\nand\r\ntwo\r\nthree\r\n');
    await folder.put('x', 'one\r\ntwo\nthree');
    await edit('two\nthree', 'two\nfour');
    expect(await content('x')).toBe('one\r\ntwo\nfour');
  });

  it('does not touch what is no UTF-8 text', async () => {
    await folder.put('x', Buffer.from([0x61, 0xff, 0x62]));
    await expect(edit('a', 'b')).rejects.toEqual(wrong(/not UTF-8/));
    await folder.put('x', Buffer.from('a\0b'));
    await expect(edit('a', 'b')).rejects.toEqual(wrong(/not UTF-8/));
  });
});

describe('apply_patch', () => {
  const patch = (lines: readonly string[]) => run(applyPatchTool, { patch: lines.join('\n') });
  const change = ['--- a/x', '+++ b/x', '@@ -1,3 +1,3 @@', ' one', '-two', '+TWO', ' three'];

  it('changes, creates and deletes files in one act', async () => {
    await folder.put('x', 'one\ntwo\nthree\n');
    await folder.put('gone', 'bye\n');
    const { changes } = await patch([
      'diff --git a/x b/x',
      ...change,
      '--- /dev/null',
      '+++ b/new/y',
      '@@ -0,0 +1,1 @@',
      '+hello',
      '--- a/gone',
      '+++ /dev/null',
      '@@ -1,1 +0,0 @@',
      '-bye',
    ]);
    expect(await content('x')).toBe('one\nTWO\nthree\n');
    expect(await content('new/y')).toBe('hello\n');
    expect(await readdir(folder.workspace)).toEqual(['new', 'x']);
    expect(changes?.map((each) => each.path)).toEqual(['x', 'new/y', 'gone']);
  });

  it('keeps line ends and the byte order mark', async () => {
    await folder.put('x', '\ufeffone\r\ntwo\r\nthree\r\n');
    await patch(change);
    expect(await content('x')).toBe('\ufeffone\r\nTWO\r\nthree\r\n');
  });

  it('refuses what does not fit as a whole, and says why', async () => {
    await folder.put('x', 'one\nother\nthree\n');
    await expect(patch(change)).rejects.toEqual(wrong(/does not fit x/));
    await expect(patch(['nothing'])).rejects.toEqual(wrong(/no hunk|no unified diff/));
    await expect(patch(['--- a/x', '+++ b/y', ...change.slice(2)])).rejects.toEqual(wrong(/Renames/));
    await expect(patch(['--- a/none', '+++ b/none', ...change.slice(2)])).rejects.toEqual(
      wrong(/no file none/),
    );
    await expect(patch(['--- a/../x', '+++ b/../x', ...change.slice(2)])).rejects.toMatchObject({
      code: 'tool-refused',
    });
  });

  it('takes back the files that it changed when a later one cannot be', async () => {
    await folder.put('a', 'one\n');
    const last = await folder.put('z', 'one\n');
    const hunk = ['@@ -1,1 +1,1 @@', '-one', '+two'];
    const both = ['--- a/a', '+++ b/a', ...hunk, '--- a/z', '+++ b/z', ...hunk].join('\n');
    const prepared = await applyPatchTool.prepare({ patch: both }, folder.scope);
    expect(prepared.effects).toMatchObject([{ relative: 'a' }, { relative: 'z' }]);
    await writeFile(last, 'of a person\n');
    await expect(prepared.run(quietly)).rejects.toMatchObject({ code: 'tool-changed' });
    expect([await content('a'), await content('z')]).toEqual(['one\n', 'of a person\n']);
  });
});

describe('delete_file', () => {
  it('deletes one file and keeps its content', async () => {
    await folder.put('x', 'old');
    const prepared = await deleteFileTool.prepare({ path: 'x' }, folder.scope);
    expect(prepared.effects).toMatchObject([{ type: 'delete', relative: 'x' }]);
    const { changes } = await prepared.run(quietly);
    expect(await readdir(folder.workspace)).toEqual([]);
    expect(await text(changes?.[0]?.before)).toBe('old');
    expect(changes?.[0]?.after).toBeUndefined();
    await expect(run(deleteFileTool, { path: 'x' })).rejects.toEqual(wrong(/no file/));
  });
});

describe('undoChanges', () => {
  const undo = (changes: readonly FileChange[]) =>
    undoChanges(changes, {
      host: folder.scope.host,
      workspace: folder.workspace,
      getArtifact: folder.getArtifact,
    });
  const changed = async (tool: Tool, args: JsonObject) => (await run(tool, args)).changes ?? [];

  it('restores what was changed, created and deleted', async () => {
    await folder.put('x', 'one');
    await folder.put('gone', 'bye');
    const changes = [
      ...(await changed(writeFileTool, { path: 'x', content: 'two' })),
      ...(await changed(editFileTool, { path: 'x', old_text: 'two', new_text: 'three' })),
      ...(await changed(writeFileTool, { path: 'new', content: 'n' })),
      ...(await changed(deleteFileTool, { path: 'gone' })),
    ];
    const { restored, changedSince } = await undo(changes);
    expect([...restored].sort()).toEqual(['gone', 'new', 'x']);
    expect(changedSince).toEqual([]);
    expect(await readdir(folder.workspace)).toEqual(['gone', 'x']);
    expect([await content('x'), await content('gone')]).toEqual(['one', 'bye']);
    expect((await undo(changes)).changedSince).toEqual([]);
  });

  it('leaves what somebody changed since, and names it', async () => {
    await folder.put('x', 'one');
    const changes = [
      ...(await changed(writeFileTool, { path: 'x', content: 'two' })),
      ...(await changed(writeFileTool, { path: 'y', content: 'two' })),
    ];
    await folder.put('x', 'of a person');
    await rm(path.join(folder.workspace, 'y'));
    expect(await undo(changes)).toEqual({ restored: ['y'], changedSince: ['x'] });
    expect(await content('x')).toBe('of a person');
  });

  it('has nothing to do for a file that ended as it began', async () => {
    const changes = [
      ...(await changed(writeFileTool, { path: 'x', content: 'two' })),
      ...(await changed(deleteFileTool, { path: 'x' })),
    ];
    expect(await undo(changes)).toEqual({ restored: [], changedSince: [] });
  });

  it('rejects when the content from before is lost', async () => {
    await folder.put('x', 'one');
    const changes = await changed(writeFileTool, { path: 'x', content: 'two' });
    const getArtifact = () => Promise.reject(new Error('lost'));
    await expect(
      undoChanges(changes, { host: folder.scope.host, workspace: folder.workspace, getArtifact }),
    ).rejects.toThrow('lost');
    expect(await content('x')).toBe('two');
  });
});
