/* Appends to runs until it is killed; prints a line for each event that was acknowledged. Run as a process of its own. */
import { createNodeHost, silentLog } from '../../../src/core/node-host';
import { openRunStore } from '../../../src/core/storage/journal-run-store';
import { openOwner } from '../../../src/core/storage/owner';
import { completed, runStarted, started } from '../../support/events';

const [folder = '', life = ''] = process.argv.slice(2);
const host = createNodeHost({ log: silentLog });

async function main(): Promise<void> {
  const owner = await openOwner(host, folder, { name: `life ${life}`, pid: process.pid, kind: 'terminal' });
  if (!owner.isOwner) throw new Error('not the owner');
  const store = await openRunStore(host, folder, { epoch: owner.epoch });
  process.stdout.write(`open ${store.findings.length}\n`);
  await Promise.all([0, 1, 2].map((lane) => append(lane)));

  async function append(lane: number): Promise<void> {
    for (let count = 0; ; count += 1) {
      const run = `${life}-${lane}-${count}`;
      const bodies = [
        [runStarted(['a', 'b'])],
        [started('a')],
        [completed('a', { text: 'x'.repeat((count * 37) % 5_000) }), started('b')],
        [completed('b'), { type: 'run-completed' as const, tolerated: [] }],
      ];
      for (const body of bodies) {
        const { events, durable } = store.append(run, body, { at: Date.now(), rehearsal: false });
        await durable;
        process.stdout.write(`ack ${run} ${events.at(-1)?.seq ?? 0}\n`);
      }
    }
  }
}

void main();
