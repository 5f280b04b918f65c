import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import { leftRunningNote } from '../../base/left-running';
import type { CommandResult, Host, ProcessGroup } from '../../host';
import { whyNotStarted } from '../../model/why-not-started';
import type { StepError } from '../../model/events';
import type { StepKey } from '../../model/ids';
import { inputVariable, outputVariable } from '../../workflow/variables';
import { stopOf } from './stop';

/** Linux refuses a longer single value, and a command whose whole environment is over about 2 MB. */
const LONGEST_VALUE = 100_000;
const LONGEST_ENVIRONMENT = 1_000_000;
const SUMMARY_CHARACTERS = 120;

/** Values of the run as a command gets them. Nothing of them is ever part of the shell's text. */
export interface CommandValues {
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: JsonObject;
  /** Results upstream, the nearest first: where all of them would be too long, those are kept. */
  readonly outputs: readonly { readonly key: StepKey; readonly output: JsonValue }[];
}

export interface CommandEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** Results that did not fit, one sentence each. */
  readonly notes: readonly string[];
}

/** The workflow's own variables, `BATON_INPUT_<NAME>` and `BATON_OUTPUT_<STEP>`; what is no text is JSON. */
export function commandEnvironment(values: CommandValues): CommandEnvironment {
  const env: Record<string, string> = { ...values.env };
  const notes: string[] = [];
  let length = Object.entries(env).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const add = (name: string, value: JsonValue | undefined): void => {
    if (value === null || value === undefined) return;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.includes('\u0000')) {
      notes.push(`${name} is not set: it holds a byte zero, which no command can be given.`);
      return;
    }
    if (text.length > LONGEST_VALUE || length + text.length > LONGEST_ENVIRONMENT) {
      notes.push(
        `${name} is not set: it is ${text.length} characters long, more than a command can be given.`,
      );
      return;
    }
    if (Object.hasOwn(env, name)) {
      notes.push(`${name} is the variable of two values: the nearer one is set.`);
      return;
    }
    length += name.length + text.length;
    env[name] = text;
  };
  for (const [name, value] of Object.entries(values.inputs)) add(inputVariable(name), value);
  for (const { key, output } of values.outputs) add(outputVariable(key), output);
  return { env, notes };
}

export interface CommandTask {
  readonly host: Host;
  readonly command: string | readonly string[];
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
  readonly onStarted: (group: ProcessGroup) => void;
}

export type CommandOutcome =
  | { readonly type: 'produced'; readonly output: JsonValue; readonly summary: string }
  | { readonly type: 'failed'; readonly error: StepError };

/**
 * Runs a `run:` step. Its JSON on standard output is the output, else `{ exitCode, stdout }`, with `truncated: true`
 * where only the end of it could be kept. Never throws.
 */
export async function runCommand(task: CommandTask): Promise<CommandOutcome> {
  const { host, command, workspace, env, signal, onText, onStarted } = task;
  let result: CommandResult;
  try {
    result = await host.processes.run({
      command,
      cwd: workspace,
      env,
      signal,
      onOutput: (_stream, text) => onText(text),
      graceMs: () => stopOf(signal).graceMs,
      onStarted,
    });
  } catch (error) {
    return failed('command', 'error', whyNotStarted(command, error));
  }
  const note = leftRunningNote(result.leftRunning);
  if (note !== undefined) onText(`\n${note}\n`);
  return withNote(outcomeOf(result), note);
}

/** Whoever counts on a program that the step began in the background has to know that it is gone. */
function withNote(outcome: CommandOutcome, note: string | undefined): CommandOutcome {
  if (note === undefined || outcome.type === 'failed') return outcome;
  return { ...outcome, summary: `${outcome.summary.replace(/([^.!?…])$/, '$1.')} ${note}` };
}

function outcomeOf(result: CommandResult): CommandOutcome {
  if (result.exitCode === null)
    return failed('killed', 'killed', `The command was ended by ${result.signal ?? 'a signal'}.`);
  if (result.exitCode !== 0) {
    const said = lastLine(result.stderr) || lastLine(result.stdout);
    return failed('exit-code', 'error', `Exit code ${result.exitCode}${said === '' ? '' : `: ${said}`}`);
  }
  if (result.stdoutTruncated)
    return {
      type: 'produced',
      // Told in the result itself: half a document must not pass for a text that somebody meant.
      output: { exitCode: 0, stdout: result.stdout, truncated: true },
      summary: `Only the end of the output is kept, 1 MB: ${lastLine(result.stdout)}`,
    };
  const json = jsonDocument(result.stdout);
  if (json !== undefined) return { type: 'produced', output: json, summary: summaryOfJson(json) };
  return {
    type: 'produced',
    output: { exitCode: 0, stdout: result.stdout },
    summary: lastLine(result.stdout) || 'Done, without output.',
  };
}

function failed(code: string, failure: StepError['class'], message: string): CommandOutcome {
  return { type: 'failed', error: { code, class: failure, message } };
}

function jsonDocument(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function summaryOfJson(value: JsonValue): string {
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  const names = isJsonObject(value) ? Object.keys(value) : [];
  return names.length === 0 ? 'An empty object' : shortened(`Gives ${names.join(', ')}`);
}

function lastLine(text: string): string {
  // Colours, cursor moves and titles of a terminal mean nothing in a sentence.
  const plain = text
    .slice(-4_000)
    .replace(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, '')
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '');
  const lines = plain
    .split(/[\r\n]+/)
    .map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim());
  return shortened(lines.findLast((line) => line !== '') ?? '');
}

function shortened(text: string): string {
  return text.length <= SUMMARY_CHARACTERS ? text : `${text.slice(0, SUMMARY_CHARACTERS - 1)}…`;
}
