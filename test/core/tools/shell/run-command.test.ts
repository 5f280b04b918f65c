import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError, neverAborted } from '../../../../src/core/base/abort';
import type { JsonObject } from '../../../../src/core/base/json';
import { judge } from '../../../../src/core/tools/policy/judge';
import { noRules } from '../../../../src/core/tools/policy/rules';
import { runCommandTool } from '../../../../src/core/tools/shell/run-command';
import type { ToolScope } from '../../../../src/core/tools/tool';
import { createTestHost, temporaryFolder } from '../../../support/node-host';
import { context } from '../policy/place';

let workspace: string;
let remove: () => Promise<void>;
let scope: ToolScope;

beforeEach(async () => {
  const folder = await temporaryFolder('commands');
  ({ remove } = folder);
  workspace = realpathSync(folder.path);
  scope = {
    host: createTestHost(),
    workspace,
    mark: `R/${path.basename(workspace)}/1`,
    putArtifact: () => Promise.reject(new Error('no artifacts here')),
  };
});
afterEach(() => remove());

const prepare = (args: JsonObject, more: Partial<ToolScope> = {}) =>
  runCommandTool.prepare(args, { ...scope, ...more });

async function run(args: JsonObject, more: Partial<ToolScope> = {}, signal = neverAborted) {
  const told: string[] = [];
  const call = await prepare(args, more);
  const outcome = await call.run({ signal, onText: (text) => told.push(text) });
  return { ...outcome, told: told.join('') };
}

const node = (script: string): JsonObject => ({ program: process.execPath, arguments: ['-e', script] });

describe('a command of a tool', () => {
  it('runs a program with its words, without a shell, and gives code and output', async () => {
    const script = 'console.log(process.argv[1]); console.error("err"); process.exit(3)';
    const result = await run({ program: process.execPath, arguments: ['-e', script, '$HOME; `id` *'] });
    expect(result.isError).toBe(true);
    expect(result.isForeign).toBe(true);
    expect(result.text).toMatch(/^Exit code 3\.\n/);
    expect(result.text).toContain('$HOME; `id` *');
    expect(result.text).toContain('err');
    expect(result.data).toMatchObject({ exitCode: 3, timedOut: false });
    expect(result.told).toContain('err');
  });

  it('runs a text in the shell, and a simple one as its words', async () => {
    expect((await run({ shellText: 'echo a | tr a b' })).text).toBe('Exit code 0.\nb');
    const simple = await prepare({ shellText: "printf '%s|' 'a  b' c" });
    expect(simple.effects[0]).toEqual({
      type: 'shell',
      command: ['printf', '%s|', 'a  b', 'c'],
      cwd: workspace,
    });
    expect((await simple.run({ signal: neverAborted, onText: () => {} })).text).toBe('Exit code 0.\na  b|c|');
    const whole = await prepare({ shellText: 'echo a | tr a b' });
    expect(whole.effects).toEqual([{ type: 'shell', command: 'echo a | tr a b', cwd: workspace }]);
    expect(whole.idempotent).toBe(false);
  });

  it('says what to do about a program that cannot start', async () => {
    expect(await run({ program: 'no-such-program' })).toMatchObject({
      isError: true,
      text: 'There is no program "no-such-program" on the PATH.',
      data: { exitCode: null, started: false },
    });
    writeFileSync(path.join(workspace, 'plain.sh'), 'echo no');
    expect((await run({ program: './plain.sh' })).text).toBe(
      './plain.sh may not be run. Make it executable, or name what runs it: [sh, ./plain.sh].',
    );
  });

  it.runIf(process.platform === 'linux')(
    'leaves nothing running behind it, and says so to the model and in the log',
    async () => {
      const result = await run({ shellText: 'sleep 60 & echo begun' });
      expect(result.text).toBe('Exit code 0. Ended what it left running: sleep.\nbegun');
      expect(result.told).toBe('begun\n\nEnded what it left running: sleep.\n');
      expect(result.isError).toBe(false);
    },
  );

  it('is shown whole, with its real folder and what would hide made visible', async () => {
    mkdirSync(path.join(workspace, 'real'));
    symlinkSync('real', path.join(workspace, 'link'));
    const call = await prepare({ shellText: 'echo \u202ecod.x; id\u200b', folder: 'link' });
    expect(call.shown).toMatchObject({
      command: 'echo <U+202E>cod.x; id<U+200B>',
      shell: true,
      folder: path.join(workspace, 'real'),
      timeoutSeconds: 120,
    });
  });

  it('stays in the workspace', async () => {
    symlinkSync('/', path.join(workspace, 'out'));
    for (const folder of ['..', '/', 'out', 'out/tmp', '../x', 'a/../../x', `${workspace}-evil`])
      await expect(prepare({ program: 'ls', folder })).rejects.toMatchObject({ code: 'tool-refused' });
    await expect(prepare({ program: 'ls', folder: 'missing' })).rejects.toMatchObject({
      code: 'tool-arguments',
    });
  });

  it('names the files that its words read, links followed, so that keys and other places are asked', async () => {
    writeFileSync(path.join(workspace, '.env'), 'x');
    writeFileSync(path.join(workspace, 'a.txt'), 'x');
    symlinkSync('/etc/hostname', path.join(workspace, 'innocent'));
    symlinkSync('.env', path.join(workspace, 'plain.txt'));
    symlinkSync('/nowhere/at/all', path.join(workspace, 'dangling'));
    const rules = { ...noRules, commands: [{ type: 'pattern', program: 'cat', operands: 'paths' }] as const };
    const verdict = async (file: string) => {
      const call = await prepare({ program: 'cat', arguments: [file] });
      return judge(call.effects, context({ workspace, rules, tool: 'run_command' })).rule;
    };
    expect(await verdict('a.txt')).toBe('allowed-command');
    expect(await verdict('innocent')).toBe('outside-workspace');
    expect(await verdict('plain.txt')).toBe('secret-file');
    expect(await verdict('.env')).toBe('shell');
    await expect(prepare({ program: 'touch', arguments: ['dangling'] })).rejects.toMatchObject({
      code: 'tool-refused',
    });
  });

  it('refuses to run when its folder or a script that it names has changed since', async () => {
    const script = path.join(workspace, 'deploy.sh');
    writeFileSync(script, 'echo good');
    mkdirSync(path.join(workspace, 'a'));
    mkdirSync(path.join(workspace, 'b'));
    symlinkSync('a', path.join(workspace, 'here'));
    const options = { signal: neverAborted, onText: () => {} };
    for (const args of [
      { program: 'sh', arguments: ['deploy.sh'] },
      { shellText: 'sh ./deploy.sh && true' },
    ]) {
      writeFileSync(script, 'echo good');
      const call = await prepare(args);
      expect((await call.run(options)).text).toContain('good');
      writeFileSync(script, 'echo evil');
      await expect(call.run(options)).rejects.toMatchObject({ code: 'tool-changed' });
    }
    const call = await prepare({ program: 'pwd', folder: 'here' });
    await scope.host.files.remove(path.join(workspace, 'here'));
    symlinkSync('b', path.join(workspace, 'here'));
    await expect(call.run(options)).rejects.toMatchObject({ code: 'tool-changed' });
  });

  it('is ended after its time with all that it started', async () => {
    const pidFile = path.join(workspace, 'pid');
    const result = await run(
      { shellText: `sleep 60 & echo $! > ${pidFile}; echo begun; wait` },
      { longestCommandMs: 300 },
    );
    expect(result.isError).toBe(true);
    expect(result.text).toContain('Ended after 0.3 s');
    expect(result.text).toContain('begun');
    const pid = spawnSync('cat', [pidFile], { encoding: 'utf8' }).stdout.trim();
    expect(pid).toMatch(/^\d+$/);
    const state = spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.trim();
    expect(state === '' || state.startsWith('Z')).toBe(true);
  });

  it('is ended by a cancellation, which is no failure', async () => {
    const controller = new AbortController();
    const call = await prepare(node('console.log("up"); setInterval(() => {}, 1000)'));
    const running = call.run({
      signal: controller.signal,
      onText: () => controller.abort(new CancelledError()),
    });
    await expect(running).rejects.toBeInstanceOf(CancelledError);
  });

  it('gives a model head and tail of much output, and cuts long lines', async () => {
    const many = await run(node('for (let i = 0; i < 200000; i++) console.log("line " + i)'));
    expect(many.text.length).toBeLessThan(30_000);
    expect(many.text).toContain('line 0\n');
    expect(many.text).toContain('line 199999');
    expect(many.text).toMatch(/\d+ characters left out/);
    expect(many.told.length).toBeLessThan(1_200_000);
    const wide = await run(node('process.stdout.write("x".repeat(30_000_000) + "\\nlast")'));
    expect(wide.text.length).toBeLessThan(30_000);
    expect(wide.text).toContain('last');
  });

  it('gives colours and cursor moves as plain text', async () => {
    const result = await run(
      node('process.stdout.write("\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07a\\rb\\u202ec\\x07")'),
    );
    expect(result.text).toBe('Exit code 0.\nred a\nb<U+202E>c<U+0007>');
  });

  it('tells a model that a program does not exist', async () => {
    const result = await run({ program: 'no-such-program-at-all' });
    expect(result.isError).toBe(true);
    expect(result.text).toContain('no-such-program-at-all');
  });

  it('gets no key of the environment, and no program out of the workspace by its bare name', async () => {
    const names = ['ANTHROPIC_API_KEY', 'GITHUB_TOKEN', 'NODE_OPTIONS', 'BASH_ENV', 'LD_PRELOAD'];
    mkdirSync(path.join(workspace, 'bin'));
    writeFileSync(path.join(workspace, 'bin', 'evil-ls'), '#!/bin/sh\necho evil\n');
    chmodSync(path.join(workspace, 'bin', 'evil-ls'), 0o755);
    const before = { ...process.env };
    for (const name of names) process.env[name] = '';
    process.env['ANTHROPIC_API_KEY'] = ['planted', 'value'].join('-');
    process.env['PATH'] = [path.join(workspace, 'bin'), '.', 'bin', before['PATH']].join(':');
    try {
      const result = await run({ program: 'env' });
      expect(result.text).not.toContain('planted-value');
      for (const name of names) expect(result.text).not.toContain(`${name}=`);
      const evil = await run({ program: 'evil-ls' });
      expect(evil.text).not.toContain('evil\n');
      expect(evil.isError).toBe(true);
      expect((await run({ shellText: 'evil-ls; true' })).text).not.toMatch(/^evil$/m);
    } finally {
      process.env = before;
    }
  });

  it('lets git that only reads start no program of the repository', async () => {
    const git = (...words: string[]) => spawnSync('git', words, { cwd: workspace, encoding: 'utf8' });
    const canary = path.join(workspace, 'canary');
    git('init', '-q');
    git('config', 'user.email', 'a@example.com');
    git('config', 'user.name', 'a');
    writeFileSync(path.join(workspace, 'a.txt'), 'one\n');
    git('add', '.');
    git('commit', '-qm', 'one');
    writeFileSync(path.join(workspace, 'a.txt'), 'two\n');
    writeFileSync(path.join(workspace, '.gitattributes'), '* diff=evil\n');
    git('config', 'diff.external', `touch ${canary} #`);
    git('config', 'diff.evil.command', `touch ${canary} #`);
    git('config', 'diff.evil.textconv', `sh -c 'touch ${canary}; cat $0'`);
    git('config', 'core.fsmonitor', `touch ${canary} #`);
    git('config', 'core.pager', `touch ${canary} #`);
    git('config', 'core.hooksPath', workspace);
    for (const words of [
      ['status'],
      ['diff'],
      ['log', '-p'],
      ['show'],
      ['show', 'HEAD'],
      ['ls-files'],
      ['rev-parse', 'HEAD'],
    ]) {
      const result = await run({ program: 'git', arguments: words });
      expect([words, result.data, existsSync(canary)]).toMatchObject([words, { exitCode: 0 }, false]);
    }
    // The bait works: a plain git takes it.
    git('diff');
    expect(existsSync(canary)).toBe(true);
    const call = await prepare({ program: 'git', arguments: ['diff'] });
    expect(call.shown).toMatchObject({ command: ['git', 'diff', '--no-ext-diff', '--no-textconv'] });
  });

  it.each<JsonObject>([
    {},
    { program: 'ls', shellText: 'ls' },
    { program: '' },
    { shellText: 'ls', arguments: ['x'] },
    { program: 'ls', arguments: 'x' },
    { program: 'ls', arguments: [1] },
    { program: 'ls\0' },
    { program: 'ls', timeoutSeconds: 0 },
    { program: 'ls', timeoutSeconds: 1.5 },
    { program: 'ls', safe: true },
    { program: 'ls', requires_approval: false },
    { shellText: 'x'.repeat(40_000) },
  ])('refuses arguments like %j', async (args) => {
    await expect(prepare(args)).rejects.toMatchObject({ code: 'tool-arguments' });
  });
});
