import type { FileChange } from '../../core/model/tool-call';
import type { Command } from '../command-line';
import { refuseFromInside, Refused, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit-code';
import { findRun } from '../find-run';
import { visibleJson, visibleLine } from '../show/visible';

/** `baton undo`: puts files back as they were before the agents of a step changed them. */
export async function undo(context: Context, command: Extract<Command, { name: 'undo' }>): Promise<ExitCode> {
  const runtime = await context.open('decide');
  const { runId } = await findRun(context, runtime, command.run);
  refuseFromInside(context.host, runId, 'undo changes of');
  const state = await runtime.state(runId);
  const steps = state?.definition.steps.map(({ key }) => key) ?? [];
  if (state !== undefined && !steps.includes(command.step))
    throw new Refused(
      EXIT.usage,
      `Run ${runId} has no step "${visibleLine(command.step)}". Its steps: ${steps.map(visibleLine).join(', ')}.`,
    );
  const changes = state?.changes[command.step] ?? [];
  const changed = changes.map(({ path }) => path);
  if (changed.length === 0)
    throw new Refused(
      EXIT.failed,
      `No agent of "${visibleLine(command.step)}" has changed a file that is not taken back.`,
    );
  const unknown = command.files.find((file) => !changed.includes(file));
  if (unknown !== undefined)
    throw new Refused(
      EXIT.usage,
      `"${visibleLine(unknown)}" was not changed there. What was: ${changed.map(visibleLine).join(', ')}.`,
    );
  const paths = command.files.length === 0 ? changed : command.files;
  const outcome = await runtime.undoChanges(runId, command.step, {
    by: context.user,
    paths,
    ...(command.anyway && { anyway: paths }),
  });
  if (!outcome.ok) throw new Refused(EXIT.failed, visibleLine(outcome.message));
  const { restored, changedSince } = outcome;
  if (context.json)
    context.terminal.print(visibleJson({ run: runId, step: command.step, restored, changedSince }, 2));
  else
    context.terminal.print(
      [
        ...restoredLines(restored, changes),
        ...changedSince.map(
          (path) => `Changed since, left as it is: ${visibleLine(path)} (--anyway overwrites it)`,
        ),
      ].join('\n'),
    );
  return changedSince.length === 0 ? EXIT.completed : EXIT.failed;
}

/** A file that the step made is gone again, which is no restoring. */
function restoredLines(restored: readonly string[], changes: readonly FileChange[]): string[] {
  return restored.map((path) => {
    const isNew = changes.some((change) => change.path === path && change.before === undefined);
    return `${isNew ? 'Removed' : 'Restored'} ${visibleLine(path)}`;
  });
}
