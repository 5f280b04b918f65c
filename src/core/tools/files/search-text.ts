/*
 * owns: looking for a pattern in many files within a time, whatever the pattern is.
 * must stay true: an expression of somebody else never runs on the thread that everything else runs on.
 */
import type { Host, WorkerPort } from '../../host';
import { BatonError } from '../../model/errors';
import { searchLines, type FoundLine, type SearchQuestion } from './search-lines';

/** Milliseconds for one lot of files. Plain expressions need a few. */
const PATTERN_MS = 300;
const START_MS = 10_000;

export interface TextSearch {
  /** Lines of these files that match. Throws "pattern-slow" when the pattern does not come to an end. */
  find(question: SearchQuestion): Promise<FoundLine[]>;
  dispose(): void;
}

/** `isLiteral`: the pattern is a text with everything escaped, which takes no longer than the text is long. */
export function startTextSearch(
  host: Pick<Host, 'workers'>,
  isLiteral: boolean,
  signal: AbortSignal,
): TextSearch {
  if (isLiteral) return { find: async (question) => searchLines(question), dispose: () => {} };
  const worker = host.workers.start('search');
  const ready = worker.ask('ready', { timeoutMs: START_MS, signal });
  ready.catch(() => {});
  return {
    async find(question) {
      await ready;
      return ask(worker, question, signal);
    },
    dispose: () => worker.dispose(),
  };
}

async function ask(worker: WorkerPort, question: SearchQuestion, signal: AbortSignal): Promise<FoundLine[]> {
  try {
    return (await worker.ask(question, { timeoutMs: PATTERN_MS, signal })) as FoundLine[];
  } catch (error) {
    if (!(error instanceof BatonError) || error.code !== 'worker-timeout') throw error;
    throw new BatonError('pattern-slow', 'The pattern takes too long.', { cause: error });
  }
}
