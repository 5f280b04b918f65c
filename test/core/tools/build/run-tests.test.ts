import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { neverAborted } from '../../../../src/core/base/abort';
import type { JsonObject } from '../../../../src/core/base/json';
import { sha256 } from '../../../../src/core/node-sha256';
import { runBuildTool } from '../../../../src/core/tools/build/run-build';
import { runTestsTool } from '../../../../src/core/tools/build/run-tests';
import { projectWith, type Project } from './scope';

let project: Project | undefined;
afterEach(async () => {
  await project?.remove();
  project = undefined;
});

async function make(files: Readonly<Record<string, string>>, longestCommandMs?: number): Promise<Project> {
  project = await projectWith(files, longestCommandMs === undefined ? {} : { longestCommandMs });
  return project;
}

const run = { signal: neverAborted, onText: () => {} };
const scripts = (all: Record<string, string>) => JSON.stringify({ name: 'sums', scripts: all });

const failing = `
const test = require('node:test');
const assert = require('node:assert');
test('adds', () => assert.equal(1 + 1, 2));
test('subtracts', () => assert.equal(2 - 1, 2));
`;

describe('run_tests', () => {
  it('shows the exact command and what it runs, before anything runs', async () => {
    const { scope, folder } = await make({
      'package.json': scripts({ test: 'node --test' }),
      'a.test.js': failing,
    });
    const call = await runTestsTool.prepare({}, scope);
    expect(call.effects).toEqual([{ type: 'shell', command: ['npm', 'run', 'test'], cwd: folder }]);
    expect(call.shown).toEqual({
      command: ['npm', 'run', 'test'],
      folder,
      system: 'npm',
      runs: 'node --test',
      files: [{ path: 'package.json', hash: sha256(scripts({ test: 'node --test' })) }],
    });
    expect(call.idempotent).toBe(false);
  });

  it('shows what a script brings along, and runs nothing when its recipe has changed since', async () => {
    const made = await make({
      'package.json': scripts({ pretest: 'first', test: 'second', posttest: 'third' }),
      'app/Makefile': 'test:\n\techo one\n',
    });
    const { scope } = made;
    expect((await runTestsTool.prepare({}, scope)).shown['runs']).toBe('first && second && third');
    const call = await runTestsTool.prepare({ folder: 'app' }, scope);
    await made.write('app/Makefile', 'test:\n\techo two\n');
    await expect(call.run(run)).rejects.toMatchObject({ code: 'tool-changed' });
    expect((await runTestsTool.prepare({ folder: 'app' }, scope)).shown).not.toEqual(call.shown);
  });

  it('runs a real project and tells counts and places', async () => {
    const { scope } = await make({ 'package.json': scripts({ test: 'node --test' }), 'a.test.js': failing });
    const heard: string[] = [];
    const call = await runTestsTool.prepare({}, scope);
    const outcome = await call.run({ ...run, onText: (text) => heard.push(text) });
    expect(outcome.isError).toBe(true);
    expect(outcome.isForeign).toBe(true);
    expect(outcome.text).toContain('1 passed, 1 failed, 0 skipped');
    expect(outcome.text).toMatch(/subtracts \(.*a\.test\.js:5\)/);
    expect(outcome.data).toMatchObject({ exitCode: 1, results: { counts: { passed: 1, failed: 1 } } });
    expect(heard.join('')).toContain('subtracts');
  });

  it.runIf(process.platform === 'linux')('leaves no server of the tests running, and says so', async () => {
    const { scope } = await make({ 'package.json': scripts({ test: 'sleep 60 & echo begun' }) });
    const heard: string[] = [];
    const call = await runTestsTool.prepare({}, scope);
    const outcome = await call.run({ ...run, onText: (text) => heard.push(text) });
    expect(outcome.text).toMatch(/Ended what it left running: sleep\.$/);
    expect(heard.join('')).toContain('Ended what it left running: sleep.');
  });

  it('reads the reports of Maven, new ones only, in each module', async () => {
    const report = (name: string) =>
      `<testsuite name="${name}"><testcase name="a" classname="${name}"><failure message="wrong">at ${name}.a(${name}.java:3)</failure></testcase></testsuite>`;
    const made = await make({ 'pom.xml': '', 'part/pom.xml': '' });
    await made.write(
      'mvnw',
      `#!/bin/sh
mkdir -p target/surefire-reports part/target/surefire-reports
echo '${report('OneTest')}' > target/surefire-reports/TEST-OneTest.xml
echo '${report('TwoTest')}' > part/target/surefire-reports/TEST-TwoTest.xml
echo '${report('OldTest')}' > target/surefire-reports/TEST-OldTest.xml
touch -t 200101010000 target/surefire-reports/TEST-OldTest.xml
exit 1
`,
      0o755,
    );
    const outcome = await (await runTestsTool.prepare({}, made.scope)).run(run);
    expect(outcome.text.split('\n')).toEqual([
      'Tests (junit-xml): 0 passed, 2 failed, 0 skipped.',
      '$ ./mvnw -B test: exit code 1',
      '- OneTest > a (OneTest.java:3): wrong',
      '- TwoTest > a (TwoTest.java:3): wrong',
    ]);
  });

  it('says so when it cannot read the results, and gives the end of the output', async () => {
    const { scope } = await make({ Makefile: 'test:\n\t@echo a strange runner; exit 3\n' });
    const outcome = await (await runTestsTool.prepare({}, scope)).run(run);
    expect(outcome.isError).toBe(true);
    expect(outcome.text).toContain('No results of tests could be read');
    expect(outcome.text).toContain('a strange runner');
  });

  it('refuses when what was shown is no longer what would run', async () => {
    const made = await make({ 'package.json': scripts({ test: 'node --test' }) });
    const call = await runTestsTool.prepare({}, made.scope);
    await made.write('package.json', scripts({ test: 'node evil.js' }));
    await expect(call.run(run)).rejects.toMatchObject({ code: 'tool-changed' });
  });

  it('ends a command that runs too long, and says that it may have done something', async () => {
    const { scope } = await make({ Makefile: 'test:\n\t@sleep 600\n' }, 200);
    const outcome = await (await runTestsTool.prepare({}, scope)).run(run);
    expect(outcome.isError).toBe(true);
    expect(outcome.text).toContain('ran too long');
    expect(outcome.data).toMatchObject({ timedOut: true });
  });

  it('rejects when it is cancelled', async () => {
    const { scope } = await make({ Makefile: 'test:\n\t@echo begun; sleep 600\n' });
    const cancel = new AbortController();
    const call = await runTestsTool.prepare({}, scope);
    const running = call.run({
      signal: cancel.signal,
      onText: (text) => text.includes('begun') && cancel.abort(new Error('stopped by the test')),
    });
    await expect(running).rejects.toThrow('stopped by the test');
  });

  it.each<[string, JsonObject]>([
    ['a folder that does not exist', { folder: 'nowhere' }],
    ['a file in place of a folder', { folder: 'Makefile' }],
    ['a system that nobody knows', { system: 'constructor' }],
    ['a system that the folder has not', { system: 'maven' }],
    ['an option in place of a test', { target: '--config=evil.js' }],
    ['shell text in place of a test', { target: 'a; rm -rf .' }],
    ['a number', { target: 3 }],
    ['what it does not know', { command: 'rm' }],
  ])('refuses %s', async (_name, args) => {
    const { scope } = await make({ Makefile: 'test:\n\ttrue\n' });
    await expect(runTestsTool.prepare(args, scope)).rejects.toMatchObject({ code: 'tool-arguments' });
  });

  it('refuses folders outside of the workspace, links included', async () => {
    const made = await make({ Makefile: 'test:\n\ttrue\n' });
    await symlink('/usr', path.join(made.folder, 'away'));
    for (const folder of ['..', '/usr', 'away', '../x'])
      await expect(runTestsTool.prepare({ folder }, made.scope)).rejects.toMatchObject({
        code: 'tool-refused',
      });
  });
});

describe('run_build', () => {
  it('tells what the compiler found', async () => {
    const { scope } = await make({
      'package.json': scripts({ build: `echo "src/a.ts(3,7): error TS2322: wrong type." && exit 2` }),
    });
    const outcome = await (await runBuildTool.prepare({}, scope)).run(run);
    expect(outcome.isError).toBe(true);
    expect(outcome.text).toContain('The build failed.');
    expect(outcome.data).toMatchObject({
      exitCode: 2,
      problems: [{ file: 'src/a.ts', line: 3, message: 'TS2322: wrong type.' }],
    });
  });

  it('tells that it worked', async () => {
    const { scope } = await make({ Makefile: 'all:\n\t@true\n' });
    const outcome = await (await runBuildTool.prepare({}, scope)).run(run);
    expect(outcome).toMatchObject({ isError: false });
    expect(outcome.text).toBe('The build succeeded.\n$ make all: exit code 0');
  });

  it('says what it looked for when a folder has nothing to build', async () => {
    const { scope } = await make({ 'readme.md': '' });
    await expect(runBuildTool.prepare({}, scope)).rejects.toThrow('no build script in package.json');
  });
});
