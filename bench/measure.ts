import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { neverAborted } from '../src/core/base/abort';
import type { RouteWish } from '../src/core/providers/routing';
import { ask, askAdapter, baseUrlOf, connect, routable, routerOver, wish } from './baton';
import { bareOf } from './bare';
import { median, middleOf, percentile, seeded, type Middle } from './statistics';
import { modelOf, vendors, type Vendor } from './vendors';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '2000' }, only: { type: 'string' } },
});
const CALLS = Number(values.calls);
/** A word or two of agreement, and what an agent's answer usually is. */
const WORDS = [40, 400];
/** Rounds that are not counted: by then the engine has compiled what each side does often. */
const WARM_UP = 1_000;
const random = seeded(42);
const wants = (part: string) => values.only === undefined || values.only.split(',').includes(part);

async function startServer(words: number): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const child = spawn(process.execPath, [path.join(__dirname, 'server.cjs'), String(words)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${port.toString().trim()}`, process: child };
}

/** Milliseconds by the clock, and of them those that this process itself worked: a busy machine lengthens only the first. */
interface Time {
  readonly clock: number;
  readonly work: number;
}

async function timed(work: () => Promise<unknown>): Promise<Time> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await work();
  const clock = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  return { clock, work: (user + system) / 1_000 };
}

/** Each round asks every side once, in an order that changes: what the machine does meanwhile meets all of them alike. */
async function interleaved(sides: readonly (() => Promise<unknown>)[], rounds: number): Promise<Time[][]> {
  const times: Time[][] = sides.map(() => []);
  const warmUp = Math.min(WARM_UP, rounds);
  for (let round = -warmUp; round < rounds; round++) {
    const order = sides.map((_, at) => at).sort(() => random() - 0.5);
    for (const at of order) {
      const side = sides[at];
      if (side === undefined) continue;
      const time = await timed(side);
      if (round >= 0) times[at]?.push(time);
    }
  }
  return times;
}

async function overhead(vendor: Vendor, words: number, url: string): Promise<Record<string, string>[]> {
  const bare = bareOf(vendor, url);
  const provider = connect(vendor, baseUrlOf(vendor, url));
  const router = routerOver([routable(vendor, baseUrlOf(vendor, url))]);
  const question = `Say ${words} words.`;
  const texts = [
    await bare(question),
    await askAdapter(provider, modelOf(vendor), question),
    (await ask(router, question)).answer.text,
  ];
  if (new Set(texts).size !== 1) throw new Error(`The sides of ${vendor} do not give the same text.`);
  const [bareMs = [], adapterMs = [], routerMs = []] = await interleaved(
    [
      () => bare(question),
      () => askAdapter(provider, modelOf(vendor), question),
      () => ask(router, question),
    ],
    CALLS,
  );
  const row = (of: keyof Time) => {
    const own = median(bareMs.map((time) => time[of]));
    const share = (times: readonly Time[], than: readonly Time[]) =>
      interval(
        middleOf(
          times.map((time, at) => (100 * (time[of] - (than[at]?.[of] ?? 0))) / own),
          random,
        ),
      );
    return {
      package: vendor,
      words: String(words),
      measured: of === 'clock' ? 'time' : 'own work',
      'bare, ms': own.toFixed(3),
      'Baton, ms': median(routerMs.map((time) => time[of])).toFixed(3),
      'router over adapter, %': share(routerMs, adapterMs),
      'adapter over bare, %': share(adapterMs, bareMs),
      'Baton over bare, %': share(routerMs, bareMs),
    };
  };
  return [row('clock'), row('work')];
}

/** An address at which nobody listens. */
async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

/** From the question to the answer of the second provider, less what the second alone takes. */
async function failover(
  name: string,
  firstUrl: string,
  url: string,
  rounds: number,
): Promise<Record<string, string>> {
  const first = routable('anthropic', firstUrl, 'first', 1);
  const second = routable('openai', `${url}/v1`, 'second', 2);
  // A router of its own for each round: one that remembers would not even ask the first.
  const [alone = [], over = []] = await interleaved(
    [
      () => ask(routerOver([second]), 'Say forty words.'),
      async () => {
        const { requests, model } = await ask(routerOver([first, second]), 'Say forty words.');
        if (requests !== 2 || model.provider !== 'second') throw new Error('It did not fall over.');
      },
    ],
    rounds,
  );
  const extra = over.map(({ clock }, at) => clock - (alone[at]?.clock ?? 0));
  return {
    'the first': name,
    'failover, ms': interval(middleOf(extra, random), 2),
    '99 of 100 under, ms': percentile(extra, 0.99).toFixed(2),
  };
}

function routing(url: string): Record<string, string>[] {
  const router = routerOver([
    routable('anthropic', url, 'claude', 1),
    routable('gemini', url, 'gemini', 2),
    routable('openai', `${url}/v1`, 'openai', 3),
  ]);
  const timesOf = (wishes: () => RouteWish) => {
    const times: number[] = [];
    for (let round = 0; round < 60_000; round++) {
      const wished = wishes();
      const begun = performance.now();
      router.route(wished);
      if (round >= 10_000) times.push((performance.now() - begun) * 1_000);
    }
    return times;
  };
  return [
    { wish: 'new', times: timesOf(() => ({ ...wish })) },
    { wish: 'as in the turn before', times: timesOf(() => wish) },
  ].map(({ wish: of, times }) => ({
    wish: of,
    'routing decision, µs': median(times).toFixed(2),
    '99 of 100 under, µs': percentile(times, 0.99).toFixed(2),
  }));
}

async function health(vendor: Vendor, url: string): Promise<Record<string, string>> {
  const provider = connect(vendor, baseUrlOf(vendor, url));
  const times: number[] = [];
  for (let round = 0; round < 200; round++)
    times.push((await timed(() => provider.healthCheck(neverAborted))).clock);
  return {
    package: vendor,
    'first, ms': (times[0] ?? 0).toFixed(2),
    'health check, ms': median(times).toFixed(2),
    '99 of 100 under, ms': percentile(times, 0.99).toFixed(2),
  };
}

function interval({ median: middle, low, high }: Middle, digits = 1): string {
  return `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

function print(title: string, rows: readonly Record<string, string>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const width = (column: string) => Math.max(column.length, ...rows.map((row) => row[column]?.length ?? 0));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(width(columns[at] ?? '')))
      .join('  ')
      .trimEnd();
  console.log(`\n${title}\n${line(columns)}\n${line(columns.map((column) => '─'.repeat(width(column))))}`);
  for (const row of rows) console.log(line(columns.map((column) => row[column] ?? '')));
}

async function measure(): Promise<void> {
  if (wants('overhead')) {
    const rows = [];
    for (const words of WORDS) {
      const server = await startServer(words);
      try {
        for (const vendor of vendors) rows.push(...(await overhead(vendor, words, server.url)));
      } finally {
        server.process.kill();
      }
    }
    print(
      `Beside the bare packages: ${CALLS} calls a side, paired and interleaved; medians, with 95 % intervals`,
      rows,
    );
  }
  const server = await startServer(40);
  try {
    const { url } = server;
    if (wants('failover')) {
      const rounds = Math.min(CALLS, 500);
      print('When the first refuses at once: how much later the second answers', [
        await failover('refuses the connection', await closedUrl(), url, rounds),
        await failover('refuses the key', `${url}/refused`, url, rounds),
      ]);
    }
    if (wants('routing')) print('A routing decision among three providers', routing(url));
    if (wants('health')) {
      const rows = [];
      for (const vendor of vendors) rows.push(await health(vendor, url));
      print('A health check on loopback', rows);
    }
  } finally {
    server.process.kill();
  }
}

measure().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
