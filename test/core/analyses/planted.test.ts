import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FolderAction } from '../../../src/core/analyses/analysis';
import type { Finding } from '../../../src/core/model/finding';
import { createTestHost } from '../../support/node-host';
import { copyOf, folderActions, look } from './on-disk';

/* Small projects with flaws in them, and a list of which, where: what part of them do the rules find? */

interface Planted {
  readonly action: FolderAction;
  /** The last part of the rule's id. */
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

const fixtures = path.join(import.meta.dirname, 'planted/fixtures');
const projects = readdirSync(fixtures).filter((name) => !name.endsWith('.json'));
const host = createTestHost();
const found = new Map<string, readonly Finding[]>();
const folders: { remove: () => Promise<void> }[] = [];

/** Never in the repository as a whole, so that nobody takes them for real. */
const secrets: readonly { readonly file: string; readonly text: string; readonly rule: string }[] = [
  {
    file: 'config/cloud.js',
    text: `exports.key = '${['AKIA', 'Q7RZX2LM', 'P9WB4TYD'].join('')}';\n`,
    rule: 'aws-access-key',
  },
  {
    file: 'config/mail.yaml',
    text: `smtp:\n  password: ${['h7', 'Kq', '2!', 'zP', '9x'].join('')}\n`,
    rule: 'fixed-password',
  },
  {
    file: 'config/store.js',
    text: `exports.url = '${['postgres:/', '/shop:', 'tr0ub4d0r', '@db.shop.internal/main'].join('')}';\n`,
    rule: 'login-in-address',
  },
];

const expectedOf = (project: string): Planted[] => [
  ...(JSON.parse(readFileSync(path.join(fixtures, `${project}.expected.json`), 'utf8')) as Planted[]),
  ...(project === 'bookshop'
    ? secrets.map(({ file, text, rule }) => ({
        action: 'scan-vulnerabilities' as const,
        rule,
        file,
        line: text.trimEnd().split('\n').length,
      }))
    : []),
];

const isFound = (project: string, { action, rule, file, line }: Planted): boolean =>
  (found.get(`${project} ${action}`) ?? []).some(
    (finding) => finding.rule.endsWith(`/${rule}`) && finding.file === file && finding.line === line,
  );

beforeAll(async () => {
  for (const project of projects) {
    const folder = await copyOf(path.join(fixtures, project));
    folders.push(folder);
    if (project === 'bookshop') {
      await mkdir(path.join(folder.path, 'config'));
      for (const { file, text } of secrets) await writeFile(path.join(folder.path, file), text);
    }
    for (const action of folderActions) {
      found.set(`${project} ${action}`, (await look(host, action, folder.path)).output.findings);
    }
  }
}, 60_000);
afterAll(() => Promise.all(folders.map((folder) => folder.remove())));

describe('planted flaws', () => {
  it('are enough to say something about each analysis', () => {
    const all = projects.flatMap(expectedOf);
    for (const action of folderActions) {
      expect(all.filter((flaw) => flaw.action === action).length).toBeGreaterThanOrEqual(7);
    }
  });

  it.each(folderActions)('are found by %s, at least four of five', (action) => {
    const flaws = projects.flatMap((project) =>
      expectedOf(project)
        .filter((flaw) => flaw.action === action)
        .map((flaw) => ({ project, flaw })),
    );
    const missed = flaws.filter(({ project, flaw }) => !isFound(project, flaw));
    expect(missed.length / flaws.length, JSON.stringify(missed)).toBeLessThanOrEqual(0.2);
  });

  it('are few enough that what else is said can be read by hand', () => {
    const planted = projects.flatMap(expectedOf).length;
    const told = [...found.values()].flat().filter((finding) => finding.severity !== 'info').length;
    expect(told).toBeGreaterThanOrEqual(planted * 0.8);
    expect(told).toBeLessThanOrEqual(planted * 1.4);
  });

  it('of the kind that is secret are told without repeating the secret', () => {
    const texts = JSON.stringify([...found.values()]);
    for (const { text } of secrets) {
      for (const word of text.match(/[\w!]{8,}/g) ?? []) {
        if (/\d/.test(word)) expect(texts).not.toContain(word);
      }
    }
  });
});
