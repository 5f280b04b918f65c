/*
 * One of several processes that want money from the same day. It waits for a word on its input, asks for all of it at once before
 * midnight and again after it, and settles what it got only then. Run as a process of its own.
 */
import { createNodeHost, silentLog } from '../../../src/core/node-host';
import { openDayLedger } from '../../../src/core/storage/day-ledger';

const [beforeMidnight = '', calls = '', cap = ''] = process.argv.slice(2);
const real = createNodeHost({ log: silentLog });
let now = Number(beforeMidnight);
const ledger = openDayLedger({ ...real, clock: { ...real.clock, now: () => now } });

async function main(): Promise<void> {
  const evening = await Promise.all(wanted('evening'));
  now += 60_000;
  const morning = await Promise.all(wanted('morning'));
  for (const answer of [...evening, ...morning])
    if ('reservation' in answer)
      await answer.reservation.settle({ inputTokens: 1, outputTokens: 1, usd: 1, estimated: false });
}

const wanted = (day: string) =>
  Array.from({ length: Number(calls) }, async () => {
    const answer = await ledger.reserve(
      { provider: 'claude', model: 'm' },
      { inputTokens: 1, outputTokens: 1, usd: 1 },
      { usd: Number(cap) },
    );
    if ('reservation' in answer) process.stdout.write(`left ${day}\n`);
    return answer;
  });

process.stdout.write('ready\n');
process.stdin.once('data', () => void main().finally(() => process.stdin.destroy()));
