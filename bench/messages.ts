import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Collaboration, type Participant } from '../src/core/agents/collaboration/collaboration';
import { systemClock } from '../src/core/base/clock';
import type { RunEventBody } from '../src/core/model/events';
import { createNodeHost, silentLog } from '../src/core/node-host';
import { openRunStore } from '../src/core/storage/journal-run-store';
import { percentile } from './statistics';

/*
 * Messages between agents, recorded in the journal as it is shipped: each with its own checksum and link of the chain, each
 * acknowledged only after the fsync of its group. `--messages N` of each round, by four
 * agents, each of which sends `--group N` before it waits for them.
 */
const { values } = parseArgs({
  options: { messages: { type: 'string', default: '100000' }, group: { type: 'string', default: '1000' } },
});
const MESSAGES = Number(values.messages);
const GROUP = Number(values.group);
const ROUNDS = 5;
const WRITERS = 4;
const RUN = 'bench';

const begun = {
  type: 'run-started',
  definition: { name: RUN, steps: [], inputs: {}, config: {} },
  definitionHash: '',
  inputs: {},
  source: { lines: {} },
  approvals: 'auto',
  concurrency: 1,
  startedBy: 'bench',
  notes: [],
} as unknown as RunEventBody;

async function round(): Promise<Record<string, string>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'baton-bench-'));
  const host = createNodeHost({ log: silentLog });
  const store = await openRunStore(host, folder, { epoch: 1 });
  const options = { at: Date.now(), rehearsal: false };
  try {
    await store.append(RUN, [begun], options).durable;
    let appends = 0;
    const recorder = {
      append(bodies: readonly unknown[]) {
        appends += 1;
        return store.append(RUN, bodies as readonly RunEventBody[], options);
      },
    };
    const most = Number.MAX_SAFE_INTEGER;
    const limits = { perSecond: most, perRun: most, unread: most };
    const together = await Collaboration.open({ recorder, clock: systemClock, limits });
    const reader = await together.join('reader', 'read', 1);
    const writers = [];
    for (let at = 1; at <= WRITERS; at++) writers.push(await together.join(`writer-${at}`, 'write', 1));
    const waits: number[] = [];
    let left = MESSAGES;
    const write = async ({ postbox }: Participant) => {
      while (left > 0) {
        const size = Math.min(GROUP, left);
        left -= size;
        const from = performance.now();
        const group = Array.from({ length: size }, (_, at) =>
          postbox.send('reader', {
            type: 'notification',
            body: { text: `Finding ${left + at}: the query is put together from text.` },
          }),
        );
        for (const one of await Promise.all(group)) if (!one.sent) throw new Error(one.refused.message);
        waits.push(performance.now() - from);
      }
    };
    const cpu = process.cpuUsage();
    const start = performance.now();
    await Promise.all(writers.map(write));
    const sending = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    const readingFrom = performance.now();
    let received = 0;
    for (;;) {
      const messages = await reader.postbox.receive(GROUP);
      if (messages.length === 0) break;
      received += messages.length;
    }
    if (received !== MESSAGES) throw new Error(`${received} of ${MESSAGES} got there.`);
    const reading = performance.now() - readingFrom;
    together.dispose();
    return {
      'sent, per s': perSecond(MESSAGES, sending),
      'own work, µs each': ((user + system) / MESSAGES).toFixed(1),
      'groups appended': String(appends - 1 - WRITERS),
      'a group, ms': percentile(waits, 0.5).toFixed(1),
      '99 of 100 under, ms': percentile(waits, 0.99).toFixed(1),
      'read, per s': perSecond(MESSAGES, reading),
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const perSecond = (count: number, ms: number) => Math.round((count * 1_000) / ms).toLocaleString('en');

async function measure(): Promise<void> {
  console.log(
    `\nMessages recorded in the journal: ${MESSAGES} a round, ${WRITERS} agents, ${GROUP} at a time each`,
  );
  for (let at = 0; at < ROUNDS; at++) {
    const row = await round();
    console.log(
      Object.entries(row)
        .map(([name, value]) => `${name} ${value}`)
        .join('   '),
    );
  }
}

measure().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
