import { CancelledError } from '../../core/base/abort';
import type { Host } from '../../core/host';
import type { PackageFacts } from '../package-facts';

/** What Baton stands on. */
export interface Machine {
  readonly baton: string;
  readonly node: { readonly version: string; readonly oldest: string; readonly isEnough: boolean };
  /** "2.43.0"; absent: there is none that runs. */
  readonly git?: string;
}

const LONGEST_ANSWER_MS = 5_000;

export async function examineMachine(
  host: Pick<Host, 'processes' | 'clock'>,
  { version, oldestNode }: PackageFacts,
  cwd: string,
  nodeVersion = process.versions.node,
): Promise<Machine> {
  const git = await gitVersion(host, cwd);
  return {
    baton: version,
    node: { version: nodeVersion, oldest: oldestNode, isEnough: isAtLeast(nodeVersion, oldestNode) },
    ...(git !== undefined && { git }),
  };
}

async function gitVersion(
  { processes, clock }: Pick<Host, 'processes' | 'clock'>,
  cwd: string,
): Promise<string | undefined> {
  const ending = new AbortController();
  const timer = clock.after(LONGEST_ANSWER_MS, () => ending.abort(new CancelledError()));
  try {
    const { exitCode, stdout } = await processes.run({
      command: ['git', '--version'],
      cwd,
      env: {},
      onOutput: () => {},
      signal: ending.signal,
      graceMs: () => 0,
    });
    return exitCode === 0 ? /\d+(?:\.\d+)+/.exec(stdout)?.[0] : undefined;
  } catch {
    // Not there, or it does not answer: the same to whoever wants to use it.
    return undefined;
  } finally {
    timer.dispose();
  }
}

/** Compares "20.19.4" and "20.19.0" number by number. */
export function isAtLeast(version: string, oldest: string): boolean {
  const parts = (text: string) => text.split(/[.-]/).slice(0, 3).map(Number);
  const [has, needs] = [parts(version), parts(oldest)];
  for (const index of [0, 1, 2]) {
    const difference = (has[index] ?? 0) - (needs[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
