import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/core/host';
import type { CallUsage, ModelRef, WorstCase } from '../../../src/core/model/model-call';
import { openDayLedger } from '../../../src/core/storage/day-ledger';
import type { DayAnswer, DayReservation } from '../../../src/core/storage/day-spending';
import { MemoryFiles } from '../../support/memory-files';
import { createTestHost, temporaryFolder } from '../../support/node-host';

const CLAUDE: ModelRef = { provider: 'claude', model: 'm' };
const GEMINI: ModelRef = { provider: 'gemini', model: 'm' };
const WORST: WorstCase = { inputTokens: 100, outputTokens: 100, usd: 1 };
const TOOK: CallUsage = { inputTokens: 100, outputTokens: 20, usd: 0.25, estimated: false };
/** 11:30 of a day, wherever the machine stands. */
const MORNING = new Date(2026, 10, 21, 11, 30).getTime();

interface Machine {
  readonly host: Host;
  readonly warnings: string[];
  now: number;
}

function machine(files: MemoryFiles): Machine {
  const real = createTestHost();
  const warnings: string[] = [];
  const self: Machine = {
    now: MORNING,
    warnings,
    host: {
      ...real,
      files,
      clock: { ...real.clock, now: () => self.now },
      log: { ...real.log, warn: (message) => void warnings.push(message) },
      env: (name) => (name === 'XDG_STATE_HOME' ? '/state' : undefined),
    },
  };
  return self;
}

const FILE = '/state/baton/spending/2026-11-21.jsonl';

function held(answer: DayAnswer): DayReservation {
  if ('shortage' in answer) throw new Error(`It does not fit: ${JSON.stringify(answer.shortage)}`);
  return answer.reservation;
}

describe('what a person spends in a day', () => {
  it('is written down line by line, and summed up by provider', async () => {
    const files = new MemoryFiles();
    const { host } = machine(files);
    const ledger = openDayLedger(host);
    const one = held(await ledger.reserve(CLAUDE, WORST, undefined));
    const two = held(await ledger.reserve(GEMINI, WORST, undefined));
    held(await ledger.reserve(GEMINI, { inputTokens: 5, outputTokens: 5 }, undefined));
    await one.settle(TOOK);
    await one.settle(TOOK);
    await one.release();
    await two.release();
    expect(ledger.underWay).toBe(1);
    const text = new TextDecoder().decode(files.contents.get(FILE));
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
    ).toEqual(['reserve', 'reserve', 'reserve', 'settle', 'release']);
    expect(await ledger.today()).toEqual({
      date: '2026-11-21',
      total: { calls: 2, usd: 0.25, tokens: 130, estimated: true, unpriced: true },
      byProvider: {
        claude: { calls: 1, usd: 0.25, tokens: 120, estimated: false },
        // Under way: at its worst case.
        gemini: { calls: 1, usd: 0, tokens: 10, estimated: true, unpriced: true },
      },
      raised: {},
    });
  });

  it('is the same for whoever reads it later', async () => {
    const files = new MemoryFiles();
    const { host } = machine(files);
    const ledger = openDayLedger(host);
    await held(await ledger.reserve(CLAUDE, WORST, { usd: 5 })).settle(TOOK);
    // A process that dies in a call has spent its worst case, as far as anybody knows.
    await ledger.reserve(CLAUDE, WORST, { usd: 5 });
    const other = openDayLedger(host);
    expect((await other.today()).total).toEqual({ calls: 2, usd: 1.25, tokens: 320, estimated: true });
    expect(other.underWay).toBe(0);
  });

  it('does not exceed its cap, in dollars or in tokens', async () => {
    const ledger = openDayLedger(machine(new MemoryFiles()).host);
    held(await ledger.reserve(CLAUDE, WORST, { usd: 1.5, tokens: 300 }));
    expect(await ledger.reserve(CLAUDE, WORST, { usd: 1.5 })).toEqual({
      shortage: { unit: 'usd', cap: 1.5, spent: 0, reserved: 1 },
    });
    expect(await ledger.reserve(CLAUDE, WORST, { tokens: 300 })).toEqual({
      shortage: { unit: 'tokens', cap: 300, spent: 0, reserved: 200 },
    });
    // What was turned down counts for nobody.
    held(await ledger.reserve(CLAUDE, WORST, { usd: 2 }));
    expect((await ledger.today()).total).toMatchObject({ calls: 2, usd: 2 });
  });

  it('has room again when a call took less, and says so', async () => {
    const ledger = openDayLedger(machine(new MemoryFiles()).host);
    const one = held(await ledger.reserve(CLAUDE, WORST, { usd: 1.5 }));
    let changes = 0;
    ledger.onDidChange(() => (changes += 1));
    expect(await ledger.reserve(CLAUDE, WORST, { usd: 1.5 })).toHaveProperty('shortage');
    await one.settle(TOOK);
    expect(changes).toBe(1);
    expect(await ledger.reserve(CLAUDE, WORST, { usd: 1.5 })).toHaveProperty('reservation');
  });

  it('has a cap that a person can raise for this day only', async () => {
    const files = new MemoryFiles();
    const own = machine(files);
    const ledger = openDayLedger(own.host);
    expect(await ledger.reserve(CLAUDE, WORST, { usd: 0.5 })).toHaveProperty('shortage');
    await ledger.raise('usd', 1);
    const other = openDayLedger(own.host);
    expect(await other.reserve(CLAUDE, WORST, { usd: 0.5 })).toHaveProperty('reservation');
    expect((await other.today()).raised).toEqual({ usd: 1 });
    own.now += 24 * 3_600_000;
    expect(await ledger.reserve(CLAUDE, WORST, { usd: 0.5 })).toHaveProperty('shortage');
    expect((await ledger.today()).total.calls).toBe(0);
  });

  it('is booked on the day on which a call began', async () => {
    const own = machine(new MemoryFiles());
    const ledger = openDayLedger(own.host);
    own.now = new Date(2026, 10, 21, 23, 59).getTime();
    const late = held(await ledger.reserve(CLAUDE, WORST, undefined));
    own.now += 120_000;
    expect((await ledger.today()).date).toBe('2026-11-22');
    await late.settle(TOOK);
    expect((await ledger.today()).total.calls).toBe(0);
    own.now -= 120_000;
    expect((await ledger.today()).total).toMatchObject({ calls: 1, usd: 0.25 });
  });

  it('skips lines that cannot be read, and says how many', async () => {
    const files = new MemoryFiles();
    const own = machine(files);
    await held(await openDayLedger(own.host).reserve(CLAUDE, WORST, undefined)).settle(TOOK);
    const whole = new TextDecoder().decode(files.contents.get(FILE));
    const bad = '{"type":"reserve","id":"x","tokens":-5}\nnoise\n{"type":"reserve","id":"y","prov';
    files.contents.set(FILE, new TextEncoder().encode(`${bad.replace('noise', 'noise\n"text"\nnull')}`));
    const ledger = openDayLedger(own.host);
    // Half a line of a process that died does not swallow the next one.
    await held(await ledger.reserve(CLAUDE, WORST, { usd: 1 })).settle(TOOK);
    expect((await ledger.today()).total).toMatchObject({ calls: 1, usd: 0.25 });
    expect(own.warnings.at(-1)).toContain('5 line(s) could not be read');
    expect(whole.split('\n')).toHaveLength(3);
  });

  it('is not kept on a disk that cannot be written: then a cap lets nothing leave', async () => {
    const files = new MemoryFiles();
    files.fault = ({ path: file }) => (file === FILE ? { code: 'erofs' } : undefined);
    const own = machine(files);
    const ledger = openDayLedger(own.host);
    await expect(ledger.reserve(CLAUDE, WORST, { usd: 100 })).rejects.toMatchObject({ code: 'no-ledger' });
    await expect(ledger.raise('usd', 5)).rejects.toMatchObject({ code: 'no-ledger' });
    // Without a cap nothing is promised, and the work goes on.
    const free = held(await ledger.reserve(CLAUDE, WORST, undefined));
    await free.settle(TOOK);
    expect((await ledger.today()).total.calls).toBe(0);
    expect(own.warnings).toHaveLength(1);
    expect(own.warnings[0]).toContain('cannot be written down');
  });

  it('begins anew when a person has removed what was written down, also where a process reads on', async () => {
    const files = new MemoryFiles();
    const ledger = openDayLedger(machine(files).host);
    const one = held(await ledger.reserve(CLAUDE, WORST, { usd: 2 }));
    held(await ledger.reserve(CLAUDE, WORST, { usd: 2 }));
    files.contents.delete(FILE);
    held(await ledger.reserve(CLAUDE, WORST, { usd: 2 }));
    expect((await ledger.today()).total).toMatchObject({ calls: 1, usd: 1 });
    // What is settled from now on was spent today, whoever reserved it.
    await one.settle(TOOK);
    expect((await ledger.today()).total).toMatchObject({ calls: 2, usd: 1.25 });
    expect(await ledger.reserve(CLAUDE, WORST, { usd: 2 })).toHaveProperty('shortage');
  });

  it('counts nothing whose line did not get to the disk whole', async () => {
    const files = new MemoryFiles();
    const own = machine(files);
    const ledger = openDayLedger(own.host);
    files.fault = ({ kind }) => (kind === 'append' ? { code: 'enospc', written: 20 } : undefined);
    await expect(ledger.reserve(CLAUDE, WORST, { usd: 1 })).rejects.toMatchObject({ code: 'no-ledger' });
    files.fault = () => undefined;
    expect(await ledger.reserve(CLAUDE, WORST, { usd: 1 })).toHaveProperty('reservation');
    expect((await ledger.today()).total).toMatchObject({ calls: 1, usd: 1 });
  });
});

describe('a day that several processes share', () => {
  let folder: { readonly path: string; remove: () => Promise<void> };
  beforeEach(async () => (folder = await temporaryFolder('day')));
  afterEach(() => folder.remove());

  it('holds its cap, whoever reserves at the same time', async () => {
    const real = createTestHost();
    const host: Host = { ...real, env: (name) => (name === 'XDG_STATE_HOME' ? folder.path : undefined) };
    const ledgers = Array.from({ length: 4 }, () => openDayLedger(host));
    const answers = await Promise.all(
      ledgers.flatMap((ledger) =>
        Array.from({ length: 10 }, () => ledger.reserve(CLAUDE, WORST, { usd: 5 })),
      ),
    );
    expect(answers.filter((answer) => 'reservation' in answer)).toHaveLength(5);
    for (const ledger of ledgers) expect((await ledger.today()).total).toMatchObject({ calls: 5, usd: 5 });
  });

  it('survives a line that another process was cut off in', async () => {
    const real = createTestHost();
    const host: Host = { ...real, env: (name) => (name === 'XDG_STATE_HOME' ? folder.path : undefined) };
    const ledger = openDayLedger(host);
    await held(await ledger.reserve(CLAUDE, WORST, { usd: 5 })).settle(TOOK);
    const spending = path.join(folder.path, 'baton', 'spending');
    await mkdir(spending, { recursive: true });
    const [date = ''] = [(await ledger.today()).date];
    const file = path.join(spending, `${date}.jsonl`);
    await writeFile(file, `${await readFile(file, 'utf8')}{"type":"settle","id`);
    await held(await ledger.reserve(GEMINI, WORST, { usd: 5 })).settle(TOOK);
    expect((await openDayLedger(host).today()).byProvider).toMatchObject({ gemini: { calls: 1, usd: 0.25 } });
  });
});
