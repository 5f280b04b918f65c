/*
 * owns: finding and ending every process of a command, also those whose parents are gone.
 * must stay true: a process is only ended when its start time or its mark says that it is the one meant.
 */
import { execFile, execFileSync } from 'node:child_process';
import { promises as fs, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ProcessGroup } from './host';

const run = promisify(execFile);
const POLL_MS = 15;
const ORPHAN_GRACE_MS = 300;

/** The kernel's start time of a process; undefined when there is no such process. With the pid it names one process for good. */
export function startTimeOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return startTimeFromStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    // Asking Windows takes a third of a second, so the moment of the start stands in for it; see `isSameStart`.
    if (process.platform === 'win32') return `~${Date.now()}`;
    // The same text in every process, whatever its language and time zone.
    const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
    const options = { encoding: 'utf8', env } as const;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Field 22. The program's name, in parentheses, may hold spaces and parentheses itself, hence the last one. */
function startTimeFromStat(stat: string): string | undefined {
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  // Counted from the start of the machine, and another start counts anew.
  return ticks === undefined ? undefined : `${bootId()}:${ticks}`;
}

let knownBootId: string | undefined;

function bootId(): string {
  return (knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
}

/** Sends a signal to a whole group; false when nothing of it is left. */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  if (process.platform === 'win32') return signalTree(pid, signal);
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: something of the group lives but is not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function signalTree(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    if (signal === 0) return process.kill(pid, 0);
    execFileSync('taskkill', ['/pid', String(pid), '/T', ...(signal === 'SIGKILL' ? ['/F'] : [])], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** TERM, then KILL after `graceMs` to whatever of the group is left. Resolves once that is done. */
export async function endLiveGroup(pid: number, graceMs: number): Promise<void> {
  const end = performance.now() + graceMs;
  signalGroup(pid, 'SIGTERM');
  while (await isGroupAlive(pid)) {
    if (performance.now() >= end) {
      signalGroup(pid, 'SIGKILL');
      return;
    }
    await pause(Math.min(POLL_MS, Math.max(1, end - performance.now())));
  }
}

async function isGroupAlive(pid: number): Promise<boolean> {
  if (!signalGroup(pid, 0)) return false;
  if (process.platform !== 'linux') return true;
  // Dead processes that nobody collected still answer to signals, so look whether one of them lives.
  for (const name of await fs.readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await fs.readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(group) === pid && state !== 'Z' && state !== 'X') return true;
  }
  return false;
}

/** Ends what is left of a group of an earlier process. */
export async function endGroup(group: Partial<ProcessGroup> & { readonly mark: string }): Promise<void> {
  // Baton itself may have been started by that very step; then it is not for us to end.
  if (process.env['BATON_STEP'] === group.mark) return;
  if (
    group.pid !== undefined &&
    group.startTime !== undefined &&
    (await isSameStart(group.pid, group.startTime))
  ) {
    await endLiveGroup(group.pid, ORPHAN_GRACE_MS);
  }
  await endMarked(group.mark, ORPHAN_GRACE_MS);
}

/** Ends processes that carry the mark, wherever they moved: a child may leave its group, but it keeps its environment. */
export async function endMarked(mark: string, graceMs: number): Promise<void> {
  // Baton itself may have been started by that very step; then it is not for us to end.
  if (process.env['BATON_STEP'] === mark) return;
  const end = performance.now() + graceMs;
  // A process may be born between two looks, so this ends only when a look finds none.
  for (let round = 0; round < 200; round += 1) {
    const found = await findMarked(mark);
    if (found.length === 0) return;
    const signal = performance.now() < end ? (round === 0 ? 'SIGTERM' : 0) : 'SIGKILL';
    for (const pid of found) signalOne(pid, signal);
    await pause(POLL_MS);
  }
}

function signalOne(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

async function findMarked(mark: string): Promise<number[]> {
  const entry = `BATON_STEP=${mark}`;
  if (process.platform === 'linux') {
    const found: number[] = [];
    for (const name of await fs.readdir('/proc')) {
      if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
      // Processes of other people cannot be read, and are not ours.
      const environment = await fs.readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
      if (environment.split('\0').includes(entry)) found.push(Number(name));
    }
    return found;
  }
  if (process.platform === 'darwin') {
    const { stdout } = await run('ps', ['-axEww', '-o', 'pid=,command=']).catch(() => ({ stdout: '' }));
    return stdout
      .split('\n')
      .filter((line) => ` ${line} `.includes(` ${entry} `))
      .map((line) => Number.parseInt(line, 10))
      .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  }
  return [];
}

async function isSameStart(pid: number, recorded: string): Promise<boolean> {
  if (process.platform !== 'win32') return startTimeOf(pid) === recorded;
  const script = `[DateTimeOffset]::new((Get-Process -Id ${pid}).StartTime).ToUnixTimeMilliseconds()`;
  const { stdout } = await run('powershell', ['-NoProfile', '-Command', script]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() !== '' && Math.abs(Number(stdout) - Number(recorded.slice(1))) < 3_000;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
