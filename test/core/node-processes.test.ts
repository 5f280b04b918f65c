import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError, neverAborted } from '../../src/core/base/abort';
import type { CommandRequest, ProcessGroup } from '../../src/core/host';
import { silentLog } from '../../src/core/node-host';
import { cleanEnvironment } from '../../src/core/node-environment';
import { startTimeOf } from '../../src/core/node-process-group';
import { createNodeProcesses } from '../../src/core/node-processes';
import { Tail } from '../../src/core/node-tail';
import { temporaryFolder } from '../support/node-host';

const processes = createNodeProcesses(silentLog);
let folder: string;
let remove: () => Promise<void>;

beforeEach(async () => ({ path: folder, remove } = await temporaryFolder()));
afterEach(() => remove());

function request(command: CommandRequest['command'], more: Partial<CommandRequest> = {}): CommandRequest {
  return {
    command,
    cwd: folder,
    env: {},
    onOutput: () => {},
    signal: neverAborted,
    graceMs: () => 300,
    ...more,
  };
}

/** A signal that fires once the command has printed `word`. */
function abortAt(word: string): Pick<CommandRequest, 'signal' | 'onOutput'> & { readonly seen: string[] } {
  const controller = new AbortController();
  const seen: string[] = [];
  return {
    seen,
    signal: controller.signal,
    onOutput: (_stream, text) => {
      seen.push(text);
      if (seen.join('').includes(word)) controller.abort(new CancelledError());
    },
  };
}

const pidsIn = (text: string) => [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));

/** Gone, or dead and only not yet collected by its parent. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return false;
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (!isGone(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a command', () => {
  it('gives exit code and output, and says where it runs as it begins', async () => {
    const told: string[] = [];
    const groups: ProcessGroup[] = [];
    const result = await processes.run(
      request('echo out; echo "$WORD" >&2; exit 3', {
        env: { WORD: 'err', BATON_STEP: 'R/s/1' },
        onOutput: (stream, text) => told.push(`${stream}:${text}`),
        onStarted: (group) => {
          expect(told).toEqual([]);
          groups.push(group);
        },
      }),
    );
    expect(result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
      stdoutTruncated: false,
    });
    expect(told.sort()).toEqual(['stderr:err\n', 'stdout:out\n']);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ mark: 'R/s/1' });
    expect(groups[0]?.pid).toBeGreaterThan(1);
    expect(groups[0]?.startTime).not.toBe('');
  });

  it('takes an argument list as it stands, without a shell', async () => {
    const argument = '$HOME; `id` && "quoted" *';
    const script = 'process.stdout.write(process.argv[1])';
    const result = await processes.run(request([process.execPath, '-e', script, argument]));
    expect(result.stdout).toBe(argument);
  });

  it('throws when it cannot start', async () => {
    await expect(processes.run(request(['no-such-program-here']))).rejects.toMatchObject({
      name: 'BatonError',
      code: 'enoent',
    });
    await expect(processes.run(request('true', { cwd: `${folder}/none` }))).rejects.toMatchObject({
      code: 'enoent',
    });
  });

  it('does not start when it is cancelled already', async () => {
    const signal = AbortSignal.abort(new CancelledError());
    await expect(processes.run(request('echo no', { signal }))).rejects.toBeInstanceOf(CancelledError);
  });

  it('sees the path and the home folder, and no key', async () => {
    process.env['SOME_PROVIDER_KEY'] = 'value';
    try {
      const { stdout } = await processes.run(request('env', { env: { ADDED: 'yes' } }));
      expect(stdout).toContain('PATH=');
      expect(stdout).toContain('ADDED=yes');
      expect(stdout).not.toContain('SOME_PROVIDER_KEY');
    } finally {
      delete process.env['SOME_PROVIDER_KEY'];
    }
  });

  it('decodes a character that arrives in two pieces', async () => {
    const script =
      'process.stdout.write(Buffer.from([0xe2, 0x82])); setTimeout(() => process.stdout.write(Buffer.from([0xac])), 30)';
    const heard: string[] = [];
    const result = await processes.run(
      request([process.execPath, '-e', script], { onOutput: (_stream, text) => heard.push(text) }),
    );
    expect(heard.join('')).toBe('€');
    expect(result.stdout).toBe('€');
  });

  it('keeps the last megabyte of a flood and says that more was cut', async () => {
    const result = await processes.run(request('yes 0123456789 | head -c 3000000; echo; echo end'));
    expect(result.truncated).toBe(true);
    expect(Buffer.byteLength(result.stdout)).toBe(1024 * 1024);
    expect(result.stdout.endsWith('\nend\n')).toBe(true);
  });

  it('keeps a result whole beside a flood of noise', async () => {
    const result = await processes.run(request('yes 0123456789 | head -c 3000000 >&2; echo whole'));
    expect(result).toMatchObject({ stdout: 'whole\n', truncated: true, stdoutTruncated: false });
  });

  it('goes on when a listener of its output throws', async () => {
    const result = await processes.run(
      request('echo one; echo two', {
        onOutput: () => {
          throw new Error('listener');
        },
      }),
    );
    expect(result.stdout).toBe('one\ntwo\n');
  });
});

describe.skipIf(process.platform === 'win32')('ending a command', () => {
  it('ends the grandchildren of its shell too', async () => {
    const watch = abortAt('ready');
    const result = await processes.run(
      request('sh -c "sleep 60 & echo \\$!; sleep 60 & echo \\$!; echo ready; wait"', watch),
    );
    expect(result.exitCode).toBeNull();
    const pids = pidsIn(watch.seen.join(''));
    expect(pids).toHaveLength(2);
    for (const pid of pids) await untilGone(pid);
  });

  it('lets it clean up on TERM', async () => {
    const watch = abortAt('ready');
    const result = await processes.run(
      request('trap "echo cleaned; exit 7" TERM; echo ready; while :; do sleep 0.02; done', {
        ...watch,
        graceMs: () => 5_000,
      }),
    );
    expect(result).toMatchObject({ exitCode: 7, stdout: 'ready\ncleaned\n' });
  });

  it('kills what does not listen to TERM, a grandchild without the pipe included', async () => {
    const watch = abortAt('ready');
    const began = performance.now();
    const stubborn = '(trap "" TERM; while :; do sleep 1; done) >/dev/null 2>&1 & echo $!; echo ready; wait';
    await processes.run(request(stubborn, { ...watch, graceMs: () => 100 }));
    expect(performance.now() - began).toBeLessThan(4_000);
    for (const pid of pidsIn(watch.seen.join(''))) await untilGone(pid);
  });

  it.runIf(process.platform === 'linux')(
    'finds a child that left for a group of its own by its mark',
    async () => {
      const watch = abortAt('ready');
      const mark = `run/step/${process.pid}`;
      await processes.run(
        request('setsid sleep 60 & echo $!; sleep 0.2; echo ready; wait', {
          ...watch,
          env: { BATON_STEP: mark },
        }),
      );
      for (const pid of pidsIn(watch.seen.join(''))) await untilGone(pid);
    },
  );
});

describe.runIf(process.platform === 'linux')('what a command leaves running', () => {
  const firstPid = (text: string) => pidsIn(text)[0] ?? 0;

  it('does not keep it running, and is ended, though it holds its output', async () => {
    const result = await processes.run(request('sleep 60 & echo $!; echo done; exit 3'));
    expect(result).toMatchObject({ exitCode: 3, signal: null, leftRunning: ['sleep'] });
    expect(result.stdout).toMatch(/^\d+\ndone\n$/);
    await untilGone(firstPid(result.stdout));
  });

  it('is ended when it hung up and holds nothing', async () => {
    const result = await processes.run(request('nohup sleep 60 >/dev/null 2>&1 & echo $!'));
    expect(result).toMatchObject({ exitCode: 0, leftRunning: ['sleep'] });
    await untilGone(firstPid(result.stdout));
  });

  it('is found by its mark in a group of its own', async () => {
    const mark = `left/step/${process.pid}`;
    const daemon = 'setsid sh -c "trap \'\' TERM; echo \\$\\$; exec sleep 60" & sleep 0.1';
    const result = await processes.run(request(daemon, { env: { BATON_STEP: mark } }));
    expect(result).toMatchObject({ exitCode: 0, leftRunning: ['sleep'] });
    await untilGone(firstPid(result.stdout));
  });

  it('has a moment to end by itself, and what it still prints is kept', async () => {
    const result = await processes.run(request('(sleep 0.2; echo late) & echo early'));
    expect(result.stdout).toBe('early\nlate\n');
    expect(result.leftRunning).toBeUndefined();
  });

  it('ends the waiting also when it is out of reach', async () => {
    const daemon = 'env -i "$(command -v setsid)" "$(command -v sleep)" 60 & echo $!; sleep 0.1';
    const result = await processes.run(request(daemon, { env: { BATON_STEP: `lost/step/${process.pid}` } }));
    expect(result.exitCode).toBe(0);
    const pid = firstPid(result.stdout);
    expect(isGone(pid)).toBe(false);
    process.kill(pid, 'SIGKILL');
  });
});

describe.runIf(process.platform === 'linux')('what an earlier process left', () => {
  const orphan = async (env: Record<string, string>) => {
    const child = spawn('sh', ['-c', 'sleep 60 & sleep 60 & echo $!; wait'], {
      detached: true,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, leader: child.pid ?? 0, grandchild: pidsIn(chunk.toString())[0] ?? 0 };
  };

  it('is ended by pid and start time', async () => {
    const { leader, grandchild } = await orphan({});
    await processes.endGroup({ pid: leader, startTime: startTimeOf(leader) ?? '', mark: 'nobody' });
    await untilGone(leader);
    await untilGone(grandchild);
  });

  it('is left alone when the pid belongs to another process by now', async () => {
    const { child, leader, grandchild } = await orphan({});
    await processes.endGroup({ pid: leader, startTime: 'another time', mark: 'nobody' });
    expect(isGone(leader)).toBe(false);
    process.kill(-leader, 'SIGKILL');
    await once(child, 'exit');
    await untilGone(grandchild);
  });

  it('is ended by its mark when nothing else is known', async () => {
    const mark = `marked/${process.pid}/1`;
    const { leader, grandchild } = await orphan({ BATON_STEP: mark });
    const other = await orphan({ BATON_STEP: `${mark}0` });
    await processes.endGroup({ mark });
    await untilGone(leader);
    await untilGone(grandchild);
    expect(isGone(other.leader)).toBe(false);
    process.kill(-other.leader, 'SIGKILL');
    await once(other.child, 'exit');
  });
});

describe('cleanEnvironment', () => {
  it('keeps what programs need and drops the rest', () => {
    expect(
      cleanEnvironment({ PATH: '/bin', LC_ALL: 'C', HOME: '/h', API_TOKEN: 'x', NODE_OPTIONS: 'y' }),
    ).toEqual({
      PATH: '/bin',
      LC_ALL: 'C',
      HOME: '/h',
    });
  });
});

describe('Tail', () => {
  it('keeps the end of what went through, in pieces of any size', () => {
    const whole = Array.from({ length: 500 }, (_, index) => String(index)).join(' ');
    for (const piece of [1, 3, 7, 64, 1000, 4000]) {
      const tail = new Tail(100);
      for (let at = 0; at < whole.length; at += piece) tail.push(Buffer.from(whole.slice(at, at + piece)));
      expect(tail.text()).toBe(whole.slice(-100));
      expect(tail.truncated).toBe(true);
    }
  });

  it('is whole below its limit, also when it is filled to the brim', () => {
    const tail = new Tail(5_000);
    const text = 'x'.repeat(4_096) + 'y'.repeat(904);
    tail.push(Buffer.from(text.slice(0, 4_096)));
    tail.push(Buffer.from(text.slice(4_096)));
    expect(tail.text()).toBe(text);
    expect(tail.truncated).toBe(false);
  });

  it('begins at a whole character', () => {
    const tail = new Tail(4);
    tail.push(Buffer.from('€€'));
    expect(tail.text()).toBe('€');
  });
});
