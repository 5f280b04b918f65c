import { setMaxListeners } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { messageOf } from '../core/model/errors';
import { createNodeHost } from '../core/node-host';
import { createPatientFetch } from '../core/node-patient-fetch';
import { createRuntime } from '../core/runtime';
import { dispatch } from './dispatch';
import { parseCommandLine, type Command, type CommonOptions } from './command-line';
import { Refused, type Context } from './context';
import { EXIT, type ExitCode } from './exit-code';
import { helpText } from './help';
import { createModelSource } from './model-source';
import { oncePerText } from './once-per-text';
import { packageFacts } from './package-facts';
import { pasteLine } from './paste-line';
import { onSignal } from './signals';
import { openTerminal } from './terminal';
import { createToolSource } from './tool-source';
import { visibleLine } from './show/visible';

// One signal stops everything that a step does side by side, which is no leak and nothing to warn people of.
setMaxListeners(200);
// A reader that went away (`| head`, a closed window) must not end a run.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

void main(process.argv.slice(2)).then(
  (code) => leave(code),
  (error: unknown) => {
    // Never a stack trace: what went wrong, in one line.
    process.stderr.write(`${visibleLine(messageOf(error))}\n`);
    leave(error instanceof Refused ? error.exitCode : EXIT.failed);
  },
);

async function main(argv: readonly string[]): Promise<ExitCode> {
  const line = parseCommandLine(argv);
  switch (line.type) {
    case 'version':
      process.stdout.write(`${packageFacts().version}\n`);
      return EXIT.completed;
    case 'help':
      process.stdout.write(`${helpText(line.command)}\n`);
      return EXIT.completed;
    case 'usage':
      process.stderr.write(`${visibleLine(line.message)} ${line.hint}\n`);
      return EXIT.usage;
    case 'command':
      return runCommand(line.command, line.options);
    default:
      return line satisfies never;
  }
}

async function runCommand(command: Command, options: CommonOptions): Promise<ExitCode> {
  const terminal = openTerminal({
    env: (name) => process.env[name],
    onInterrupt: () => {
      if (!process.emit('SIGINT', 'SIGINT')) process.exit(EXIT.cancelled);
    },
  });
  const tellOnce = oncePerText((text) => terminal.tell(visibleLine(text)));
  const host = { ...createNodeHost({ log: createLog(tellOnce) }), fetch: createPatientFetch() };
  const cwd = process.cwd();
  const opened: { close(): Promise<void> }[] = [];
  const context: Context = {
    host,
    terminal,
    workspace: path.resolve(cwd, options.workspace ?? '.'),
    cwd,
    json: options.json,
    baton: (words) => pasteLine(words, options),
    user: userName(),
    async open(access) {
      const runtime = await createRuntime({
        host,
        workspace: context.workspace,
        owner: { name: `terminal (pid ${process.pid})` },
        access,
        models: createModelSource(host, context.workspace),
        tools: createToolSource(host, context.workspace),
        ...(options.state !== undefined && { stateDirectory: path.resolve(cwd, options.state) }),
      });
      runtime.onNotice(tellOnce);
      opened.push(runtime);
      return runtime;
    },
    onInterrupt: onSignal('SIGINT'),
    onTerminate: onSignal('SIGTERM', 'SIGHUP'),
  };
  try {
    if ((await host.files.stat(context.workspace))?.kind === undefined) {
      throw new Refused(EXIT.usage, `There is no folder ${visibleLine(options.workspace ?? cwd)}.`);
    }
    return await dispatch(context, command);
  } finally {
    terminal.close();
    for (const runtime of opened) await runtime.close();
  }
}

/** Warnings and worse are for the person; the rest helps nobody on a terminal. */
function createLog(tell: (message: string) => void) {
  const verbose = (process.env['BATON_LOG'] ?? '') !== '';
  return {
    debug: (message: string) => void (verbose && tell(message)),
    info: (message: string) => void (verbose && tell(message)),
    warn: tell,
    error: (message: string, error?: unknown) =>
      tell(error === undefined ? message : `${message}: ${messageOf(error)}`),
  };
}

/** The account of the system: a name that nobody can put into a message. */
function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Ends the process once everything written was taken: a pipe may still be full. */
function leave(code: ExitCode): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
