import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import type { CommandResult, Host, ProcessGroup } from '../../host';
import { messageOf } from '../../model/errors';
import type { StepError } from '../../model/events';
import type { StepKey } from '../../model/ids';
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
    length += name.length + text.length;
    env[name] = text;
  };
  for (const [name, value] of Object.entries(values.inputs)) add(`BATON_INPUT_${variable(name)}`, value);
  for (const { key, output } of values.outputs) add(`BATON_OUTPUT_${variable(key)}`, output);
  return { env, notes };
}

function variable(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
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

/** Runs a `run:` step. Its JSON on standard output is the output, else `{ exitCode, stdout }`. Never throws. */
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
    return failed('command', 'error', `The command could not start: ${messageOf(error)}`);
  }
  if (result.exitCode === null)
    return failed('killed', 'killed', `The command was ended by ${result.signal ?? 'a signal'}.`);
  if (result.exitCode !== 0) {
    const said = lastLine(result.stderr) || lastLine(result.stdout);
    return failed('exit-code', 'error', `Exit code ${result.exitCode}${said === '' ? '' : `: ${said}`}`);
  }
  const json = result.truncated ? undefined : jsonDocument(result.stdout);
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
  // Colours and cursor moves of a terminal mean nothing in a sentence.
  const plain = text.slice(-4_000).replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '');
  const lines = plain
    .split(/[\r\n]+/)
    .map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim());
  return shortened(lines.findLast((line) => line !== '') ?? '');
}

function shortened(text: string): string {
  return text.length <= SUMMARY_CHARACTERS ? text : `${text.slice(0, SUMMARY_CHARACTERS - 1)}…`;
}
