/* Owns a folder and brings its run on until it ends or is killed. Run as a process of its own; a provider is a file that only grows. */
import { appendFile } from 'node:fs/promises';
import { Engine } from '../../src/core/engine/engine';
import { createNodeHost, silentLog } from '../../src/core/node-host';
import { openDayLedger } from '../../src/core/storage/day-ledger';
import { openRunStore } from '../../src/core/storage/journal-run-store';
import { openOwner } from '../../src/core/storage/owner';
import { step, workflow } from '../core/engine/definitions';
import { scriptedModels, Wire, type Asked } from '../core/engine/scripted-models';

const [folder = '', wireFile = '', cap = '1'] = process.argv.slice(2);
const host = createNodeHost({ log: silentLog });

class WrittenWire extends Wire {
  override readonly asked = new Proxy<Asked[]>([], {
    get: (list, name) =>
      name === 'push'
        ? (asked: Asked) => {
            void appendFile(wireFile, `${asked.step} ${asked.hash}\n`);
            return list.push(asked);
          }
        : (Reflect.get(list, name) as unknown),
  });
}

async function main(): Promise<void> {
  const owner = await openOwner(host, folder, { name: 'test', pid: process.pid, kind: 'terminal' });
  if (!owner.isOwner) throw new Error('not the owner');
  const store = await openRunStore(host, folder, { epoch: owner.epoch });
  const calls = Array.from({ length: 4 }, () => ({ requests: [{ takes: 15 }] }));
  const engine = new Engine({
    host,
    store,
    agents: scriptedModels(
      () => host.clock,
      () => ({ calls }),
      new WrittenWire(),
    ),
    workspace: folder,
    moves: 'all',
    owner: 'test',
    day: { ledger: openDayLedger(host), cap: () => ({ usd: Number(cap) }) },
  });
  await engine.recover();
  const [known] = store.unfinished();
  const [ended] = known === undefined ? await store.runs() : [];
  if (ended !== undefined) {
    // The one before was killed between the end of its run and the word about it.
    process.stdout.write(`run ${ended.runId}\nidle ${ended.status}\n`);
    process.exit();
  }
  const keys = ['a', 'b', 'c', 'd'];
  const steps = keys.map((key, index) =>
    step(key, { action: 'think', dependsOn: index < 2 ? [] : [keys[index - 2] ?? 'a'] }),
  );
  const runId =
    known ??
    (await engine.start({
      definition: workflow(steps, { budget: { usd: Number(cap), onExceed: 'ask' } }),
      definitionHash: '0'.repeat(64),
      source: { lines: {} },
      inputs: {},
      mode: 'interactive',
      by: 'ada',
      notes: [],
      rehearsal: false,
    }));
  process.stdout.write(`run ${runId}\n`);
  if (known !== undefined) await engine.resume(runId, { by: 'ada' });
  const state = await engine.whenIdle(runId);
  process.stdout.write(`idle ${state.phase}\n`);
  await engine.close();
  await store.close();
  owner.dispose();
}

void main();
