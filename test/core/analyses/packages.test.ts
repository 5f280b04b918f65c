import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Concluded } from '../../../src/core/analyses/answer';
import { createTestHost } from '../../support/node-host';
import { folderActions, look } from './on-disk';

/* Packages that other people wrote and nobody here tuned a rule on. */
const packages = ['cheerio', 'semver', 'markdown-it'];
const folderOf = (name: string) => path.resolve(import.meta.dirname, '../../../node_modules', name);
const host = createTestHost();
const results = new Map<string, Concluded>();

beforeAll(async () => {
  for (const name of packages)
    for (const action of folderActions)
      results.set(`${name} ${action}`, await look(host, action, folderOf(name)));
}, 120_000);

const of = (name: string, action: string): Concluded => {
  const result = results.get(`${name} ${action}`);
  if (result === undefined) throw new Error(`${name} was not looked at`);
  return result;
};

describe.each(packages)('%s', (name) => {
  it.each(folderActions)('is looked at by %s, and each finding stands where it says', (action) => {
    const { output } = of(name, action);
    expect(output.scanned.files).toBeGreaterThan(2);
    for (const { file, line, message } of output.findings) {
      expect(message).not.toBe('');
      if (file === undefined) continue;
      const text = readFileSync(path.join(folderOf(name), file), 'utf8');
      if (line !== undefined)
        expect(text.split(/\r\n|\n|\r/).length, `${file}:${line}`).toBeGreaterThanOrEqual(line);
    }
  });

  it.each(folderActions)('gets a page from %s whose links all lead somewhere', (action) => {
    const { markdown } = of(name, action);
    expect(markdown).toContain('Local engine: rules, no AI model');
    for (const [, link = '', line = '1'] of markdown.matchAll(/\]\((\/[^)#]+)(?:#L(\d+))?\)/g)) {
      const file = path.join(folderOf(name), decodeURI(link));
      expect(existsSync(file), link).toBe(true);
      expect(readFileSync(file, 'utf8').split(/\r\n|\n|\r/).length, link).toBeGreaterThanOrEqual(
        Number(line),
      );
    }
  });

  it('looks the same when looked at again', async () => {
    for (const action of folderActions) {
      const again = await look(host, action, folderOf(name));
      expect(again.markdown).toBe(of(name, action).markdown);
      expect(again.output).toEqual(of(name, action).output);
    }
  }, 60_000);
});

describe('different folders', () => {
  it('give reports that differ as the folders do', () => {
    for (const action of folderActions) {
      const pages = packages.map((name) => of(name, action).markdown);
      expect(new Set(pages).size, action).toBe(packages.length);
    }
    // What is in one package is told of it and of no other.
    for (const name of packages)
      for (const { file } of of(name, 'lint-codebase').output.findings)
        if (file !== undefined) expect(existsSync(path.join(folderOf(name), file))).toBe(true);
  });

  it('are not all silent: something true is found in the three', () => {
    const told = [...results.values()].flatMap(({ output }) => output.findings);
    expect(told.length).toBeGreaterThanOrEqual(3);
  });
});
