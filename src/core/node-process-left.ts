/*
 * owns: what a command has left running when its own process ended: finding it, letting it end by itself, ending it.
 * must stay true: who leaves nothing waits for nothing; nothing that a command began is there after it.
 */
import { promises as fs, readFileSync } from 'node:fs';
import { endLiveGroup, endMarked, signalGroup } from './node-process-group';

/** A program at the end of a pipe, or one that tidies up, needs a moment longer than the command that began it. */
const PATIENCE_MS = 1_000;
const GRACE_MS = 300;
const FIRST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 50;
/** Processes that are looked at without a pause: each takes about ten microseconds. */
const AT_ONCE = 500;
/** Where the system does not tell names. */
const SOME_PROGRAM = 'a program';

/** Ends what is left of a command that has ended. Resolves with the names of the programs that did not end by themselves. */
export async function endLeft(group: number, mark: string): Promise<readonly string[]> {
  const end = performance.now() + PATIENCE_MS;
  let look = FIRST_LOOK_MS;
  for (;;) {
    const left = await leftOf(group, mark);
    if (left.length === 0) return [];
    if (performance.now() >= end) {
      await endLiveGroup(group, GRACE_MS);
      if (mark !== '') await endMarked(mark, GRACE_MS);
      return [...new Set(left)];
    }
    const wait = look;
    await new Promise((resolve) => setTimeout(resolve, wait));
    look = Math.min(2 * look, LONGEST_LOOK_MS);
  }
}

/** Names of the programs of the group, and of those with the mark, wherever they moved. */
async function leftOf(group: number, mark: string): Promise<readonly string[]> {
  if (process.platform !== 'linux') return signalGroup(group, 0) ? [SOME_PROGRAM] : [];
  const found: string[] = [];
  const entry = `BATON_STEP=${mark}`;
  // Baton itself may have been started by that very step; then its kin is not what this command left.
  const isMarked = (environment: string) =>
    mark !== '' && process.env['BATON_STEP'] !== mark && environment.split('\0').includes(entry);
  const names = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const [at, name] of names.entries()) {
    // Read without a detour over threads, which takes ten times as long; every command waits for this.
    if (at % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    if (Number(name) === process.pid) continue;
    const stat = contentOf(`/proc/${name}/stat`);
    const close = stat.lastIndexOf(')');
    const [state, , ownGroup] = stat.slice(close + 2).split(' ');
    if (close < 0 || state === 'Z' || state === 'X') continue;
    if (Number(ownGroup) === group || isMarked(contentOf(`/proc/${name}/environ`)))
      found.push(printable(stat.slice(stat.indexOf('(') + 1, close)));
  }
  return found;
}

/** Empty where there is no such process any more, or where it is another person's. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A program chooses its name itself. */
const printable = (name: string): string => name.replace(/[^\x20-\x7e]/g, '?') || SOME_PROGRAM;
