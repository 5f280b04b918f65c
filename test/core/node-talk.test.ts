import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRedactor } from '../../src/core/base/redactor';
import type { TalkingProcess } from '../../src/core/host';
import { redactProcesses } from '../../src/core/host-redacted';
import { silentLog } from '../../src/core/node-host';
import { createNodeProcesses } from '../../src/core/node-processes';
import { temporaryFolder } from '../support/node-host';

const processes = createNodeProcesses(silentLog);
let folder: string;
let remove: () => Promise<void>;
const open: TalkingProcess[] = [];

beforeEach(async () => ({ path: folder, remove } = await temporaryFolder()));
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.end(0)));
  await remove();
});

interface Heard {
  readonly process: TalkingProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ends: { exitCode: number | null; signal: string | null }[];
}

async function start(script: string, env: Record<string, string> = {}, from = processes): Promise<Heard> {
  const text = { stdout: '', stderr: '' };
  const ends: Heard['ends'] = [];
  const process_ = await from.talk({
    command: [process.execPath, '-e', script],
    cwd: folder,
    env,
    onOutput: (stream, piece) => (text[stream] += piece),
    onEnd: (end) => ends.push(end),
  });
  open.push(process_);
  return { process: process_, stdout: () => text.stdout, stderr: () => text.stderr, ends };
}

/** Gone, or dead and only not yet collected by its parent. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform === 'linux' && /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

const ECHO = `process.stdin.on('data', (data) => process.stdout.write('heard ' + data))`;
const soon = { timeout: 10_000, interval: 10 };

describe('a program that is spoken with', () => {
  it('hears what it is told and is heard', async () => {
    const { process: program, stdout } = await start(ECHO);
    await program.write('one\n');
    await vi.waitFor(() => expect(stdout()).toBe('heard one\n'), soon);
    await program.write('two\n');
    await vi.waitFor(() => expect(stdout()).toBe('heard one\nheard two\n'), soon);
  });

  it('gets no key of the environment, and what it is given', async () => {
    process.env['SOME_API_KEY'] = 'of the person';
    try {
      const script = `console.log(process.env.SOME_API_KEY, process.env.GIVEN, typeof process.env.PATH)`;
      const { stdout } = await start(script, { GIVEN: 'yes' });
      await vi.waitFor(() => expect(stdout()).toBe('undefined yes string\n'), soon);
    } finally {
      delete process.env['SOME_API_KEY'];
    }
  });

  it('tells its end once, after its last output', async () => {
    const heard = await start(`process.stdout.write('x'.repeat(300000)); process.exitCode = 3`);
    await vi.waitFor(() => expect(heard.ends).toEqual([{ exitCode: 3, signal: null }]), soon);
    expect(heard.stdout()).toHaveLength(300_000);
    await expect(heard.process.write('more')).rejects.toMatchObject({ code: 'process-ended' });
    await heard.process.end(0);
    expect(heard.ends).toHaveLength(1);
  });

  it('is killed with its children when it does not listen to TERM', async () => {
    const child = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`;
    const { process: program, stdout } = await start(
      `const { pid } = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'ignore' });
       process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log(process.pid, pid)`,
    );
    await vi.waitFor(() => expect(stdout()).toContain('\n'), soon);
    const pids = stdout().trim().split(' ').map(Number);
    await program.end(200);
    expect(pids).toHaveLength(2);
    await vi.waitFor(() => expect(pids.every(isGone)).toBe(true), soon);
  });

  it('leaves no child behind when it crashes, also none in a group of its own', async () => {
    const { stdout, ends } = await start(
      `const { pid } = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
       require('fs').writeSync(1, pid + '\\n'); process.kill(process.pid, 'SIGKILL')`,
      { BATON_STEP: `talk-test-${process.pid}` },
    );
    await vi.waitFor(() => expect(ends).toEqual([{ exitCode: null, signal: 'SIGKILL' }]), soon);
    await vi.waitFor(() => expect(isGone(Number(stdout()))).toBe(true), soon);
  });

  it('that does not read costs no memory', async () => {
    const { process: program } = await start(`setInterval(() => {}, 1000)`);
    const piece = 'x'.repeat(1024 * 1024);
    const told = Array.from({ length: 20 }, () => program.write(piece).catch((error: unknown) => error));
    const settled = await Promise.all(told.slice(12));
    expect(settled[0]).toMatchObject({ code: 'process-deaf' });
    await program.end(0);
  });

  it('that cannot be started is an error with the code of the system', async () => {
    const request = {
      command: ['no-such-program-here'],
      cwd: folder,
      env: {},
      onOutput: () => {},
      onEnd: () => {},
    };
    await expect(processes.talk(request)).rejects.toMatchObject({ code: 'enoent' });
  });

  it('is heard without secrets where it complains, and as it is where it answers', async () => {
    const secret = ['a', 'secret', 'value'].join('-');
    const redactor = createRedactor();
    redactor.add(secret, 'NAME');
    const heard = await start(
      `const half = process.env.GIVEN; process.stderr.write(half.slice(0, 6)); setTimeout(() => { process.stderr.write(half.slice(6)); process.stdout.write(half) }, 20)`,
      { GIVEN: secret },
      redactProcesses(processes, redactor),
    );
    await vi.waitFor(() => expect(heard.ends).toHaveLength(1), soon);
    expect(heard.stderr()).toBe('[hidden: NAME]');
    expect(heard.stdout()).toBe(secret);
  });

  it('ends with the process that started it', async () => {
    const outfile = path.join(folder, 'host.cjs');
    await build({
      stdin: {
        contents: `import { createNodeProcesses } from './src/core/node-processes';
          const log = { debug() {}, info() {}, warn() {}, error() {} };
          const heard = (stream, text) => { process.stdout.write(text, () => process.exit(0)); };
          void createNodeProcesses(log).talk({ cwd: '.', env: {}, onEnd() {}, onOutput: heard,
            command: [process.execPath, '-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log(process.pid)'] });`,
        resolveDir: path.resolve(import.meta.dirname, '../..'),
        loader: 'ts',
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
    const host = spawn(process.execPath, [outfile], { cwd: folder });
    let told = '';
    host.stdout.on('data', (data: Buffer) => (told += data.toString()));
    await once(host, 'close');
    const pid = Number(told);
    expect(pid).toBeGreaterThan(1);
    await vi.waitFor(() => expect(isGone(pid)).toBe(true), soon);
  });
});
