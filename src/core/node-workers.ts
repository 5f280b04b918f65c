import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CancelledError } from './base/abort';
import type { HostWorkers, Log, WorkerPort } from './host';
import { BatonError, messageOf } from './model/errors';
import type { WorkerAnswer } from './node-worker';

export type WorkerScript = Parameters<HostWorkers['start']>[0];

export interface NodeWorkerOptions {
  readonly log: Log;
  readonly workersDirectory?: string;
  readonly buildWorkersFrom?: (script: WorkerScript) => Promise<string>;
}

interface Question {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function createNodeWorkers(options: NodeWorkerOptions): HostWorkers {
  const locate = async (script: WorkerScript): Promise<string> => {
    if (options.buildWorkersFrom !== undefined) return options.buildWorkersFrom(script);
    return path.join(options.workersDirectory ?? __dirname, `${script}-worker.js`);
  };
  return { start: (script) => new NodeWorker(script, locate(script), options.log) };
}

/** One thread and the questions it has not answered yet. */
class NodeWorker implements WorkerPort {
  private readonly questions = new Map<number, Question>();
  private readonly thread: Promise<Worker>;
  private next = 0;
  /** Why it takes no more questions. */
  private ended: BatonError | undefined;

  constructor(
    private readonly name: WorkerScript,
    file: Promise<string>,
    private readonly log: Log,
  ) {
    this.thread = file.then((script) => this.begin(script));
    this.thread.catch((error: unknown) => this.end(`could not start: ${messageOf(error)}`));
  }

  async ask(
    message: unknown,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<unknown> {
    if (this.ended !== undefined) throw this.ended;
    const { signal, timeoutMs } = options;
    if (signal?.aborted === true) throw signal.reason as Error;
    const id = this.next++;
    let stopWaiting = () => {};
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.questions.set(id, { resolve, reject });
        // A thread that computes hears nothing, so the only way to stop it is to end it.
        const onAbort = () => {
          reject(signal?.reason instanceof Error ? signal.reason : new CancelledError());
          this.end('was cancelled');
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        const timer =
          timeoutMs === undefined
            ? undefined
            : setTimeout(() => {
                reject(new BatonError('worker-timeout', `The ${this.name} worker took over ${timeoutMs} ms`));
                this.end('took too long');
              }, timeoutMs);
        stopWaiting = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
        };
        this.thread.then(
          (thread) => {
            // Only a pending question keeps the process alive.
            thread.ref();
            thread.postMessage({ id, message });
          },
          () => {},
        );
      });
    } finally {
      stopWaiting();
      this.questions.delete(id);
      if (this.questions.size === 0) void this.thread.then((thread) => thread.unref()).catch(() => {});
    }
  }

  dispose(): void {
    this.end('was closed');
  }

  private begin(file: string): Worker {
    // Its own empty environment: no worker has use for keys.
    const thread = new Worker(file, { env: {}, name: this.name });
    thread.on('message', ({ id, ...answer }: WorkerAnswer) => {
      const question = this.questions.get(id);
      if (question === undefined) return;
      if ('error' in answer) {
        const { code, message, retryable } = answer.error;
        question.reject(new BatonError(code, message, { retryable }));
      } else question.resolve(answer.value);
    });
    thread.on('error', (error) => {
      this.log.error(`The ${this.name} worker failed`, error);
      this.end(`failed: ${error.message}`);
    });
    thread.on('exit', () => this.end('ended'));
    thread.unref();
    if (this.ended !== undefined) void thread.terminate();
    return thread;
  }

  private end(why: string): void {
    if (this.ended !== undefined) return;
    this.ended = new BatonError('worker-ended', `The ${this.name} worker ${why}`);
    for (const question of this.questions.values()) question.reject(this.ended);
    this.questions.clear();
    void this.thread.then((thread) => thread.terminate()).catch(() => {});
  }
}
