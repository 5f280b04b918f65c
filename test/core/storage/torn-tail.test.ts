import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/core/node-host';
import { cutTornTail } from '../../../src/core/storage/torn-tail';
import { createTestHost, temporaryFolder } from '../../support/node-host';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

describe('the torn end of a file', () => {
  const warned: string[] = [];
  const host = createTestHost({ ...silentLog, warn: (text) => void warned.push(text) });
  const tail = { from: 6, to: 10, bytes: new TextEncoder().encode('{"ha') };

  it('is cut off, and a copy of it is kept', async () => {
    const file = path.join(folder.path, 'journal');
    const copy = path.join(folder.path, 'quarantine', 'journal.6');
    await writeFile(file, 'whole\n{"ha');
    await cutTornTail(host, file, copy, tail);
    expect(await readFile(file, 'utf8')).toBe('whole\n');
    expect(await readFile(copy, 'utf8')).toBe('{"ha');
    expect(warned).toEqual([]);
  });

  it('is cut off also where no copy can be kept, with a warning', async () => {
    const file = path.join(folder.path, 'journal');
    await writeFile(file, 'whole\n{"ha');
    await mkdir(path.join(folder.path, 'taken'));
    await cutTornTail(host, file, path.join(folder.path, 'taken'), tail);
    expect(await readFile(file, 'utf8')).toBe('whole\n');
    expect(warned).toEqual([expect.stringMatching(/^No copy of the cut bytes/)]);
  });
});
