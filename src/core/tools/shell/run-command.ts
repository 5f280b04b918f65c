/*
 * Owns: what a command would be, exactly, and running it as it was shown.
 * Does not own: whether it may run (policy), its process group and cleaned environment (host).
 * Must stay true: what runs is what was shown, in the folder that was shown, with the scripts that it names unchanged.
 * Commands of one attempt share its mark, and what ends one of them ends all that carry it: they run one after the other.
 */
import { throwIfAborted } from '../../base/abort';
import { canonicalJson, type JsonObject } from '../../base/json';
import { BatonError } from '../../model/errors';
import type { Effect } from '../effect';
import { isAbsolutePath, relativeInside } from '../policy/workspace-path';
import { visibleText } from '../policy/visible-text';
import type { PreparedCall, Tool, ToolOutcome, ToolRun, ToolScope } from '../tool';
import { commandParameters, readCommandArguments } from './command-arguments';
import { commandEnvironment } from './command-environment';
import { namedFiles, type NamedFile, roughWords } from './named-files';
import { runBounded } from './run-bounded';
import { simpleCommand } from './simple-command';

const DEFAULT_TIMEOUT_MS = 120_000;
const LONGEST_MS = 600_000;

/** Runs a program or a shell text in the workspace. Every use is judged as a command, and most are asked. */
export const runCommandTool: Tool = {
  declaration: {
    name: 'run_command',
    description:
      'Runs a program in the workspace and gives its exit code and output. Say the program and its arguments; a shell text is always asked. Input is closed; it is ended after its time, and what it leaves in the background is ended with it.',
    parameters: commandParameters,
  },
  prepare: prepareCommand,
};

async function prepareCommand(args: JsonObject, scope: ToolScope): Promise<PreparedCall> {
  const asked = readCommandArguments(args);
  const cwd = await folderOf(asked.cwd, scope);
  const command = await withoutShell(asked.command, scope);
  const files = await filesOf(command, cwd, scope);
  const timeoutMs = Math.min(
    (asked.timeoutSeconds ?? DEFAULT_TIMEOUT_MS / 1_000) * 1_000,
    scope.longestCommandMs ?? LONGEST_MS,
  );
  const { variables, words } = commandEnvironment(command, scope.workspace, scope.host);
  const effects: Effect[] = [{ type: 'shell', command, cwd }];
  // A command of its own words reads what they name; of a shell text nobody knows, and it is asked anyway.
  if (typeof command !== 'string') {
    const operands = await namedFiles(command.slice(1), cwd, scope.host);
    effects.push(...operands.map(({ path }): Effect => ({ type: 'read', path })));
  }
  const runs =
    typeof command === 'string' ? command : [...command.slice(0, 2), ...words, ...command.slice(2)];
  return {
    effects,
    shown: shownOf(runs, cwd, timeoutMs, { files, variables }, scope),
    idempotent: false,
    async run(options: ToolRun): Promise<ToolOutcome> {
      throwIfAborted(options.signal);
      await checkUnchanged(asked.cwd, command, cwd, files, scope);
      return runBounded({ command: runs, cwd, timeoutMs, variables }, scope, options);
    },
  };
}

/** One simple command needs no shell, and is then exactly its words. Windows' shell reads words by rules of its own. */
async function withoutShell(
  command: string | readonly string[],
  { host }: ToolScope,
): Promise<string | readonly string[]> {
  if (typeof command !== 'string' || host.platform === 'win32') return command;
  return (await simpleCommand(command)) ?? command;
}

async function folderOf(folder: string, { host, workspace }: ToolScope): Promise<string> {
  const { files, platform } = host;
  const path = isAbsolutePath(folder) ? folder : files.join(workspace, folder);
  const lexical = relativeInside(workspace, path, platform);
  const real = lexical === undefined ? undefined : await files.realPath(path);
  if (
    lexical === undefined ||
    (real !== undefined && relativeInside(workspace, real, platform) === undefined)
  )
    throw new BatonError('tool-refused', `${visibleText(folder)} is outside of the workspace.`);
  if (real === undefined || (await files.stat(real))?.kind !== 'directory')
    throw new BatonError('tool-arguments', `There is no folder ${visibleText(folder)} in the workspace.`);
  return real;
}

function filesOf(
  command: string | readonly string[],
  cwd: string,
  { host }: ToolScope,
): Promise<readonly NamedFile[]> {
  return namedFiles(typeof command === 'string' ? roughWords(command) : command, cwd, host);
}

function shownOf(
  command: string | readonly string[],
  cwd: string,
  timeoutMs: number,
  {
    files,
    variables,
  }: { readonly files: readonly NamedFile[]; readonly variables: Readonly<Record<string, string>> },
  { workspace, host }: ToolScope,
): JsonObject {
  // The search path is long and the person's own.
  const environment = Object.fromEntries(Object.entries(variables).filter(([name]) => name !== 'PATH'));
  return {
    command:
      typeof command === 'string'
        ? visibleText(command, { keepsLines: true })
        : command.map((word) => visibleText(word)),
    shell: typeof command === 'string',
    characters: typeof command === 'string' ? command.length : command.join(' ').length,
    folder: visibleText(cwd),
    timeoutSeconds: timeoutMs / 1_000,
    environment,
    // Of a script only its name is in the command: its content is what was agreed to.
    files: files.map(({ path, hash }) => ({
      path: visibleText(relativeInside(workspace, path, host.platform) ?? path),
      ...(hash === undefined ? {} : { hash }),
    })),
  };
}

async function checkUnchanged(
  folder: string,
  command: string | readonly string[],
  cwd: string,
  files: readonly NamedFile[],
  scope: ToolScope,
): Promise<void> {
  const now = await folderOf(folder, scope).catch(() => undefined);
  const isSame = now === cwd && canonicalJson(await filesOf(command, cwd, scope)) === canonicalJson(files);
  if (!isSame)
    throw new BatonError(
      'tool-changed',
      'What the command would run has changed since it was shown. Ask again.',
    );
}
