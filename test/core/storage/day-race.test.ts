import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDayLedger } from '../../../src/core/storage/day-ledger';
import { createTestHost, temporaryFolder } from '../../support/node-host';

const root = path.resolve(import.meta.dirname, '../../..');
const script = path.join(root, '.cache/reserve-all.cjs');
const PROCESSES = 4;
const CALLS = 5;
const CAP = 5;
const MINUTE_MS = 60_000;
/** The last minute of a day, wherever the machine stands. */
const EVENING = new Date(2026, 10, 21, 23, 59, 30).getTime();

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'reserve-all.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
});
beforeEach(async () => (folder = await temporaryFolder('day-race')));
afterEach(() => folder.remove());

interface Racer {
  readonly child: ChildProcess;
  /** Days of the calls that may leave, as it told of them. */
  readonly left: string[];
  readonly closed: Promise<unknown>;
}

/** All of them stand at the line before one may begin. `onLeft` hears of each call that may leave. */
async function race(onLeft: (racer: Racer) => void = () => {}): Promise<Racer[]> {
  const racers = Array.from({ length: PROCESSES }, (): Racer => {
    const child = spawn(process.execPath, [script, String(EVENING), String(CALLS), String(CAP)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, XDG_STATE_HOME: folder.path },
    });
    return { child, left: [], closed: once(child, 'close') };
  });
  await Promise.all(racers.map(({ child }) => once(child.stdout as NodeJS.EventEmitter, 'data')));
  for (const racer of racers) {
    racer.child.stdin?.on('error', () => {});
    racer.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const [, day = ''] of text.matchAll(/left (\w+)/g)) {
        racer.left.push(day);
        onLeft(racer);
      }
    });
  }
  for (const { child } of racers) child.stdin?.write('go\n');
  await Promise.all(racers.map(({ closed }) => closed));
  return racers;
}

const leftOn = (racers: readonly Racer[], day: string) =>
  racers.flatMap(({ left }) => left).filter((each) => each === day).length;

function dayAt(now: number) {
  const real = createTestHost();
  const env = (name: string) => (name === 'XDG_STATE_HOME' ? folder.path : undefined);
  return openDayLedger({ ...real, env, clock: { ...real.clock, now: () => now } }).today();
}

const settledOn = async (date: string) => {
  const text = await readFile(path.join(folder.path, 'baton/spending', `${date}.jsonl`), 'utf8');
  return text.split('"settle"').length - 1;
};

describe('processes that want money at the same moment', () => {
  it('get for each day what its cap allows, and settle where they reserved, also after midnight', async () => {
    const racers = await race();
    expect([leftOn(racers, 'evening'), leftOn(racers, 'morning')]).toEqual([CAP, CAP]);
    expect([await settledOn('2026-11-21'), await settledOn('2026-11-22')]).toEqual([CAP, CAP]);
    for (const now of [EVENING, EVENING + MINUTE_MS])
      expect((await dayAt(now)).total).toEqual({ calls: CAP, usd: CAP, tokens: 2 * CAP, estimated: false });
  }, 30_000);

  it('cannot spend what one that was killed had been given', async () => {
    let killed: Racer | undefined;
    const racers = await race((racer) => {
      killed ??= racer;
      killed.child.kill('SIGKILL');
    });
    // What it was given and had no time to tell of counts, too.
    expect(leftOn(racers, 'evening')).toBeLessThanOrEqual(CAP);
    expect((await dayAt(EVENING)).total).toMatchObject({ calls: CAP, usd: CAP, estimated: true });
    expect(await settledOn('2026-11-21')).toBeLessThan(CAP);
    expect(leftOn(racers, 'morning')).toBeLessThanOrEqual(CAP);
    expect((await dayAt(EVENING + MINUTE_MS)).total).toMatchObject({ calls: CAP, usd: CAP });
  }, 30_000);
});
