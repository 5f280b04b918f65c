import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One line of the result file, which the program outside VS Code reads. */
export interface SuiteResult {
  readonly title: string;
  readonly milliseconds: number;
  /** Absent when the test passed. */
  readonly error?: string;
}

const tests: { title: string; body: () => Promise<void> | void }[] = [];
const timeout = 30_000;

/** Names a behaviour that `run` will check inside the extension host. */
export function test(title: string, body: () => Promise<void> | void): void {
  tests.push({ title, body });
}

/** For suites that describe a port: their tests stand under its name. */
export const frame = {
  describe(name: string, body: () => void): void {
    const first = tests.length;
    body();
    for (const one of tests.slice(first)) one.title = `${name}: ${one.title}`;
  },
  it: (title: string, body: () => Promise<void>): void => test(title, body),
};

/** Runs what `test` has named, one after another; the entry that VS Code calls. Rejects when one failed. */
export async function run(): Promise<void> {
  const file = join(__dirname, 'results.jsonl');
  await writeFile(file, '');
  let failed = 0;
  for (const { title, body } of tests) {
    const start = Date.now();
    const error = await withTimeout(body).catch((reason: unknown) => reason);
    if (error !== undefined) failed++;
    const result: SuiteResult = {
      title,
      milliseconds: Date.now() - start,
      ...(error === undefined
        ? {}
        : { error: error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error) }),
    };
    await appendFile(file, `${JSON.stringify(result)}\n`);
  }
  await appendFile(file, `${JSON.stringify({ end: true })}\n`);
  if (failed > 0) throw new Error(`${failed} of ${tests.length} failed`);
}

async function withTimeout(body: () => Promise<void> | void): Promise<undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`did not finish within ${timeout / 1000} s`)), timeout);
  });
  try {
    await Promise.race([body(), late]);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
