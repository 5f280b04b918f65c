import { throwIfAborted } from '../../base/abort';
import { leftRunningNote } from '../../base/left-running';
import { canonicalJson, type JsonObject } from '../../base/json';
import type { CommandResult } from '../../host';
import { BatonError } from '../../model/errors';
import { whyNotStarted } from '../../model/why-not-started';
import { locate, type Place } from '../files/locate';
import { wrongArguments } from '../files/tool-arguments';
import { visibleText } from '../files/visible-text';
import { commandEnvironment } from '../shell/command-environment';
import type { PreparedCall, ToolOutcome, ToolRun, ToolScope } from '../tool';
import { readProjectArguments } from './arguments';
import type { ProjectCommand, Purpose } from './build-system';
import { detectCommands, projectFolder } from './detect-commands';
import { recipesIn } from './recipes';

/** What a command left behind, for the one who tells what it means. */
export interface Ended {
  readonly command: ProjectCommand;
  /** Relative to the workspace. */
  readonly folder: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly result: CommandResult;
  /** True when it was ended because it ran too long. */
  readonly timedOut: boolean;
}

export type TellEnd = (ended: Ended) => Promise<ToolOutcome>;

const LONGEST_MS = 600_000;
const GRACE_MS = 2_000;

/** A call that builds or tests a folder: one shell effect, never idempotent, since what the project runs is its own affair. */
export async function prepareProjectCall(
  purpose: Purpose,
  args: JsonObject,
  scope: ToolScope,
  tell: TellEnd,
): Promise<PreparedCall> {
  const wish = readProjectArguments(args);
  const found = await findCommand();
  const { command } = found.command;
  return {
    effects: [{ type: 'shell', command, cwd: found.place.path }],
    shown: found.shown,
    idempotent: false,
    run: async (options) => {
      throwIfAborted(options.signal);
      const now = await findCommand();
      if (canonicalJson(now.shown) !== canonicalJson(found.shown))
        throw new BatonError(
          'tool-changed',
          `What "${command.join(' ')}" would run has changed since it was shown.`,
        );
      return runCommand(found.command, found.place, scope, options, tell);
    },
  };

  async function findCommand(): Promise<Found> {
    const place = await locate(wish.folder, scope);
    if (place.stat?.kind !== 'directory')
      throw wrongArguments(`There is no folder "${visibleText(wish.folder)}" in the workspace.`);
    const folder = await projectFolder(place.files, place.relative, scope.host.platform);
    const all = await detectCommands(folder, { ...wish, purpose });
    const chosen = all.find((one) => wish.system === undefined || one.system === wish.system);
    if (chosen === undefined) throw wrongArguments(nothingFound(purpose, wish.folder, all));
    const others = all.filter((one) => one !== chosen).map((one) => one.system);
    const shown: JsonObject = {
      command: chosen.command,
      folder: place.path,
      system: chosen.system,
      ...(chosen.script === undefined ? {} : { runs: visibleText(chosen.script) }),
      // What the command does stands in these: their content is what was agreed to.
      files: (await recipesIn(place, folder.names, scope.host)).map((file) => ({ ...file })),
      ...(others.length === 0 ? {} : { otherSystems: others }),
    };
    return { command: chosen, place, shown };
  }
}

interface Found {
  readonly command: ProjectCommand;
  readonly place: Place;
  readonly shown: JsonObject;
}

function nothingFound(purpose: Purpose, folder: string, all: readonly ProjectCommand[]): string {
  const where = folder === '.' ? 'the workspace' : `"${visibleText(folder)}"`;
  return all.length === 0
    ? `Nothing in ${where} says how to ${purpose} it: no ${purpose} script in package.json, pom.xml, Gradle, Cargo, Go, Python or Makefile rule. Name another "folder".`
    : `${where} has no such system; it has ${all.map((one) => one.system).join(', ')}.`;
}

async function runCommand(
  command: ProjectCommand,
  place: Place,
  scope: ToolScope,
  options: ToolRun,
  tell: TellEnd,
): Promise<ToolOutcome> {
  const { host } = scope;
  const longest = scope.longestCommandMs ?? LONGEST_MS;
  const late = new AbortController();
  const timer = host.clock.after(longest, () => late.abort());
  const startedAt = host.clock.now();
  try {
    const result = await host.processes.run({
      command: command.command,
      cwd: place.path,
      // Colours would only have to be taken out again, and runners that watch files would never end.
      env: {
        ...commandEnvironment(command.command, scope.workspace, host).variables,
        ...{ BATON_STEP: scope.mark, CI: '1', NO_COLOR: '1', FORCE_COLOR: '0' },
      },
      onOutput: (_stream, text) => options.onText(text),
      signal: AbortSignal.any([options.signal, late.signal]),
      graceMs: () => GRACE_MS,
    });
    throwIfAborted(options.signal);
    const left = leftRunningNote(result.leftRunning);
    if (left !== undefined) options.onText(`\n${left}\n`);
    const timedOut = late.signal.aborted;
    const told = await tell({ command, folder: place.relative, startedAt, result, timedOut });
    return left === undefined ? told : { ...told, text: `${told.text}\n${left}` };
  } catch (error) {
    throwIfAborted(options.signal);
    return {
      text: `${command.command.join(' ')} could not be run. ${whyNotStarted(command.command, error)}`,
      isError: true,
      isForeign: false,
    };
  } finally {
    timer.dispose();
  }
}
