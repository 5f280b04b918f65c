import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/base/json';
import { fileTools } from '../../../../src/core/tools/files/file-tools';
import { listFilesTool } from '../../../../src/core/tools/files/list-files';
import { readFileTool, readLimits } from '../../../../src/core/tools/files/read-file';
import { visibleText } from '../../../../src/core/tools/files/visible-text';
import { makeToolFolder, use, type ToolFolder } from './tool-scope';

let folder: ToolFolder;
beforeEach(async () => {
  folder = await makeToolFolder();
});
afterEach(() => folder.remove());

const read = (args: JsonObject) => use(readFileTool, args, folder.scope);
const list = async (args: JsonObject = {}) =>
  (await use(listFilesTool, args, folder.scope)).text.split('\n').slice(1);

describe('read_file', () => {
  it('gives the text as it is, control characters and all, and says that others wrote it', async () => {
    await folder.put('x', 'one\r\n\u001b[31mtwo\u202e\n');
    const { text, isForeign, isError } = await read({ path: 'x' });
    expect(text).toBe('x, lines 1 to 2 of 2.\none\r\n\u001b[31mtwo\u202e');
    expect([isForeign, isError]).toEqual([true, false]);
  });

  it('says before what it would read: the real path', async () => {
    await folder.put('a/x', '1');
    const prepared = await readFileTool.prepare({ path: 'a/../a/./x' }, folder.scope);
    expect(prepared.effects).toEqual([{ type: 'read', path: path.join(folder.workspace, 'a/x') }]);
    expect(prepared.idempotent).toBe(true);
  });

  it('gives a window of lines and where the next one begins', async () => {
    await folder.put('x', Array.from({ length: 10 }, (_, at) => `line ${at + 1}\n`).join(''));
    const { text } = await read({ path: 'x', start_line: 4, line_count: 2 });
    expect(text).toBe('x, lines 4 to 5 of 10. The next line is 6.\nline 4\nline 5');
    expect((await read({ path: 'x', start_line: 11 })).text).toContain('only 10 lines');
  });

  it('is bounded in lines, characters and the length of a line', async () => {
    await folder.put('lines', 'x\n'.repeat(5_000));
    expect((await read({ path: 'lines' })).text).toContain(`lines 1 to ${readLimits.lines} of 5000`);
    await folder.put('wide', `${'w'.repeat(1_000_000)}\n`);
    const wide = (await read({ path: 'wide' })).text;
    expect(wide.length).toBeLessThan(5_000);
    expect(wide).toContain('(1000000 characters)');
    await folder.put('much', `${'y'.repeat(3_000)}\n`.repeat(500));
    expect((await read({ path: 'much' })).text.length).toBeLessThan(readLimits.characters + 200);
  });

  it('reads the beginning of a very large file, cut between two characters', async () => {
    await folder.put('large', Buffer.from(`a${'ü'.repeat(6_000_000)}`));
    const { text, isError } = await read({ path: 'large' });
    expect(isError).toBe(false);
    expect(text).toContain('Only the first 10000000 of 12000001 bytes');
    expect(text).not.toContain('\ufffd');
  });

  it('names what is no text instead of showing it', async () => {
    await folder.put('x.png', Buffer.from([137, 80, 78, 71, 0, 1, 2]));
    await folder.put('latin', Buffer.from([0x61, 0xe9, 0x62]));
    expect((await read({ path: 'x.png' })).text).toBe('x.png is not UTF-8 text: 7 bytes, not shown.');
    expect((await read({ path: 'latin' })).text).toContain('not UTF-8 text');
  });

  it('answers with an error that the model can act on', async () => {
    await mkdir(path.join(folder.workspace, 'd'));
    expect(await read({ path: 'none' })).toMatchObject({ isError: true, text: 'There is no file none.' });
    expect((await read({ path: 'd' })).text).toContain('list_files');
    expect((await read({ path: '.' })).text).toContain('folder');
  });
});

describe('list_files', () => {
  it('names folders and files, without what is ignored or other people’s', async () => {
    await folder.put('src/a.ts', '');
    await folder.put('src/deep/deeper/deepest/b.ts', '');
    await folder.put('out/c.js', '');
    await folder.put('node_modules/p/index.js', '');
    await folder.put('.gitignore', 'out/\n');
    await folder.put('src/.gitignore', '*.tmp\n');
    await folder.put('src/x.tmp', '');
    expect(await list()).toEqual([
      '.gitignore',
      'src/',
      'src/.gitignore',
      'src/a.ts',
      'src/deep/',
      'src/deep/deeper/',
    ]);
    expect(await list({ glob: '*.ts' })).toEqual(['src/a.ts', 'src/deep/deeper/deepest/b.ts']);
    expect(await list({ path: 'src', depth: 1 })).toEqual(['src/.gitignore', 'src/a.ts', 'src/deep/']);
    expect(await list({ include_ignored: true, depth: 1 })).toContain('out/');
  });

  it('keeps the rules above the folder that is listed', async () => {
    await folder.put('.gitignore', '*.log\n');
    await folder.put('a/x.log', '');
    await folder.put('a/y.txt', '');
    expect(await list({ path: 'a' })).toEqual(['a/y.txt']);
  });

  it('gives no more than 1,000 names, and a name is one line', async () => {
    await Promise.all(Array.from({ length: 1_010 }, (_, at) => folder.put(`n${at}`, '')));
    await folder.put('a\nfake', '');
    const names = await list();
    expect(names).toHaveLength(1_000);
    expect(names[0]).toBe('a?fake');
  });

  it('is not kept busy by a rule with many stars', async () => {
    await folder.put('.gitignore', `${'*a'.repeat(40)}b\nreal\n`);
    await folder.put('a'.repeat(200), '');
    await folder.put('real', '');
    expect(await list()).toEqual(['.gitignore', 'a'.repeat(200)]);
  });

  it('says what is no folder', async () => {
    await folder.put('x', '');
    expect(await use(listFilesTool, { path: 'x' }, folder.scope)).toMatchObject({ isError: true });
    expect(await use(listFilesTool, { path: 'none' }, folder.scope)).toMatchObject({ isError: true });
  });
});

describe('the declarations of all file tools', () => {
  it('are schemas that every vendor takes: flat, without references and alternatives', () => {
    expect(fileTools.map(({ declaration }) => declaration.name)).toEqual([
      'read_file',
      'list_files',
      'search_files',
      'write_file',
      'edit_file',
      'apply_patch',
      'delete_file',
    ]);
    for (const { declaration } of fileTools) {
      expect(declaration.name).toMatch(/^[a-z_]{1,64}$/);
      expect(JSON.stringify(declaration.parameters)).not.toMatch(
        /\$ref|oneOf|anyOf|allOf|"object".*"object"/,
      );
      expect(declaration.parameters['additionalProperties']).toBe(false);
    }
  });

  it('refuse arguments of the prototype and of wrong types', async () => {
    const bad = JSON.parse('{"path":"x","__proto__":{"content":"y"}}') as JsonObject;
    for (const tool of fileTools)
      await expect(tool.prepare({ ...bad, nonsense: true }, folder.scope)).rejects.toMatchObject({
        code: 'tool-arguments',
      });
  });
});

describe('visibleText', () => {
  it('writes out what moves, turns or hides text, and leaves the rest', () => {
    expect(visibleText('a\tb\nc\r\nd ü 文 😀')).toBe('a\tb\nc\r\nd ü 文 😀');
    expect(visibleText('\rfake\u001b[2J\u009b1m\u202e\u{e0041}\u200b')).toBe(
      '\\u{d}fake\\u{1b}[2J\\u{9b}1m\\u{202e}\\u{e0041}\\u{200b}',
    );
  });
});

it('tells a file that may not be read', async () => {
  // Whoever may do everything may read it as well, hence both answers.
  await chmod(await folder.put('x', 'one'), 0o000);
  const { text, isError } = await read({ path: 'x' });
  expect(text).toContain(isError ? 'could not be read (eacces)' : 'one');
});
