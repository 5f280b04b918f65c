import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/core/base/abort';
import type { WorkerPort } from '../../src/core/host';
import { silentLog } from '../../src/core/node-host';
import { createNodeWorkers } from '../../src/core/node-workers';
import { buildWorker, temporaryFolder } from '../support/node-host';

let folder: { path: string; remove: () => Promise<void> };
let script: Promise<string>;
const started: WorkerPort[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  const entry = path.join(folder.path, 'example-worker.ts');
  const worker = path.resolve(import.meta.dirname, '../../src/core/node-worker');
  await writeFile(
    entry,
    `import { answerMessages } from ${JSON.stringify(worker)};
     answerMessages(async (message: any) => {
       if (message.spin) for (;;);
       if (message.die) process.exit(3);
       if (message.fail) throw Object.assign(new Error('went wrong'));
       if (message.wait) await new Promise((resolve) => setTimeout(resolve, message.wait));
       return { echo: message, keys: Object.keys(process.env).length };
     });`,
  );
  script = buildWorker('example', entry);
});
afterAll(async () => {
  for (const worker of started) worker.dispose();
  await folder.remove();
});

function start(file: () => Promise<string> = () => script): WorkerPort {
  const worker = createNodeWorkers({ log: silentLog, buildWorkersFrom: file }).start('parse');
  started.push(worker);
  return worker;
}

describe('a worker', () => {
  it('answers questions in order, and sees nothing of the environment', async () => {
    const worker = start();
    const order: number[] = [];
    const answers = await Promise.all(
      [40, 0, 10].map(async (wait, index) => {
        const answer = await worker.ask({ wait, bytes: new Uint8Array([index]) });
        order.push(index);
        return answer;
      }),
    );
    expect(order).toEqual([0, 1, 2]);
    expect(answers[1]).toEqual({ echo: { wait: 0, bytes: new Uint8Array([1]) }, keys: 0 });
  });

  it('passes a failure on and lives on', async () => {
    const worker = start();
    await expect(worker.ask({ fail: true })).rejects.toMatchObject({
      name: 'BatonError',
      code: 'worker-failed',
      message: 'went wrong',
    });
    expect(await worker.ask({})).toMatchObject({ echo: {} });
  });

  it('is ended when it takes too long, and takes no more questions', async () => {
    const worker = start();
    await worker.ask({});
    await expect(worker.ask({ spin: true }, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'worker-timeout',
    });
    await expect(worker.ask({})).rejects.toMatchObject({ code: 'worker-ended' });
  });

  it('is ended by the signal, also in the middle of computing', async () => {
    const worker = start();
    await worker.ask({});
    const controller = new AbortController();
    const asked = worker.ask({ spin: true }, { signal: controller.signal });
    controller.abort(new CancelledError());
    await expect(asked).rejects.toBeInstanceOf(CancelledError);
  });

  it('rejects what is open when it dies or is closed', async () => {
    const dying = start();
    await expect(dying.ask({ die: true })).rejects.toMatchObject({ code: 'worker-ended' });
    const closed = start();
    const asked = closed.ask({ wait: 60_000 });
    closed.dispose();
    await expect(asked).rejects.toMatchObject({ code: 'worker-ended' });
  });

  it('says so when its script is missing', async () => {
    const worker = start(async () => path.join(folder.path, 'none.cjs'));
    await expect(worker.ask({})).rejects.toMatchObject({ code: 'worker-ended' });
  });
});
