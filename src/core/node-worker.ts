import { parentPort } from 'node:worker_threads';
import { BatonError, messageOf } from './model/errors';

export interface WorkerQuestion {
  readonly id: number;
  readonly message: unknown;
}

export type WorkerAnswer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly error: { readonly code: string; readonly message: string; readonly retryable: boolean } }
);

/** The whole of a `*-worker.ts` entry: answers each message, one after another, in the order they came. */
export function answerMessages(answer: (message: unknown) => unknown): void {
  const port = parentPort;
  if (port === null) throw new BatonError('not-a-worker', 'This script runs in a worker thread only');
  let last: Promise<void> = Promise.resolve();
  port.on('message', ({ id, message }: WorkerQuestion) => {
    last = last.then(async () => port.postMessage(await answerOne(id, message, answer)));
  });
}

async function answerOne(
  id: number,
  message: unknown,
  answer: (message: unknown) => unknown,
): Promise<WorkerAnswer> {
  try {
    return { id, value: await answer(message) };
  } catch (error) {
    return {
      id,
      error: {
        code: error instanceof BatonError ? error.code : 'worker-failed',
        message: messageOf(error),
        retryable: error instanceof BatonError && error.retryable,
      },
    };
  }
}
