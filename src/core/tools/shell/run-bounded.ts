import { throwIfAborted } from '../../base/abort';
import { leftRunningNote } from '../../base/left-running';
import { BatonError } from '../../model/errors';
import { whyNotStarted } from '../../model/why-not-started';
import { visibleText } from '../policy/visible-text';
import type { ToolOutcome, ToolRun, ToolScope } from '../tool';
import { BoundedOutput } from './bounded-output';
import { plainOutput } from './plain-output';

export interface BoundedCommand {
  readonly command: string | readonly string[];
  /** Real path, absolute. */
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly variables: Readonly<Record<string, string>>;
}

const GRACE_MS = 2_000;
const LIMITS = { head: 8_000, tail: 16_000, line: 2_000 };
/** What people may watch of one command; more is only counted. */
const MOST_WATCHED = 1024 * 1024;

/** Runs to its end or its time. A command that fails is a result; one that cannot start is too. */
export async function runBounded(
  command: BoundedCommand,
  { host, mark }: ToolScope,
  options: ToolRun,
): Promise<ToolOutcome> {
  const output = new BoundedOutput(LIMITS);
  const ending = new AbortController();
  const stop = () => ending.abort(options.signal.reason);
  options.signal.addEventListener('abort', stop, { once: true });
  let timedOut = false;
  const timer = host.clock.after(command.timeoutMs, () => {
    timedOut = true;
    ending.abort();
  });
  const began = host.clock.monotonic();
  let watched = 0;
  try {
    throwIfAborted(options.signal);
    const result = await host.processes.run({
      command: command.command,
      cwd: command.cwd,
      env: { ...command.variables, BATON_STEP: mark },
      onOutput: (_stream, text) => {
        output.push(text);
        watched += text.length;
        if (watched <= MOST_WATCHED) options.onText(text);
      },
      signal: ending.signal,
      graceMs: () => GRACE_MS,
    });
    throwIfAborted(options.signal);
    const ms = Math.round(host.clock.monotonic() - began);
    const left = leftRunningNote(result.leftRunning);
    const end = [endOf(result, timedOut, command.timeoutMs), ...(left === undefined ? [] : [left])].join(' ');
    if (left !== undefined) options.onText(`\n${left}\n`);
    return outcome(end, output, result.exitCode !== 0 || timedOut, {
      exitCode: result.exitCode,
      signal: result.signal,
      timedOut,
      truncated: result.truncated || output.isCut,
      ms,
    });
  } catch (error) {
    throwIfAborted(options.signal);
    if (!(error instanceof BatonError)) throw error;
    const why = visibleText(whyNotStarted(command.command, error));
    return { text: why, isError: true, data: { exitCode: null, started: false }, isForeign: true };
  } finally {
    timer.dispose();
    options.signal.removeEventListener('abort', stop);
  }
}

function endOf(
  result: { readonly exitCode: number | null; readonly signal: string | null },
  timedOut: boolean,
  timeoutMs: number,
): string {
  if (timedOut) return `Ended after ${timeoutMs / 1_000} s, before it was done.`;
  return result.exitCode === null
    ? `Ended by the signal ${result.signal ?? 'unknown'}.`
    : `Exit code ${result.exitCode}.`;
}

function outcome(
  end: string,
  output: BoundedOutput,
  isError: boolean,
  data: NonNullable<ToolOutcome['data']>,
): ToolOutcome {
  const text = plainOutput(output.text()).trimEnd();
  return { text: text === '' ? `${end} No output.` : `${end}\n${text}`, isError, data, isForeign: true };
}
