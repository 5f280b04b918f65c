import { resolveFrom, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit-code';
import { findRun } from '../find-run';
import { countOf } from '../show/words';
import { visibleJson, visibleLine } from '../show/visible';

/** `baton export`: a run as files. */
export async function exportRun(context: Context, given: string, directory: string): Promise<ExitCode> {
  const runtime = await context.open('see');
  const { runId } = await findRun(context, runtime, given);
  const files = await runtime.exportRun(runId, resolveFrom(context, directory));
  if (context.json) context.terminal.print(visibleJson({ run: runId, directory, files }, 2));
  else {
    for (const file of files) context.terminal.print(visibleLine(file));
    context.terminal.tell(`${countOf(files.length, 'file')} of run ${runId}.`);
  }
  return EXIT.completed;
}
