import { runStatus } from '../../core/model/run-state';
import type { RunId } from '../../core/model/ids';
import type { Refusal, Runtime } from '../../core/runtime-port';
import type { Approvals, Command } from '../command-line';
import { refuseFromInside, Refused, type Context } from '../context';
import { EXIT, exitCodeOf, type ExitCode } from '../exit-code';
import { findRun, refuseDamaged } from '../find-run';
import { followRun, type FollowOptions } from '../follow';
import { waitForOthers } from '../wait-for-others';
import { tellWhoRuns } from '../who-runs';
import { readWorkflow, tellDiagnostics } from '../workflow-file';
import { showStatus } from './status';
import { visibleLine } from '../show/visible';

/** `baton run`: the person's trust for this file, in this invocation. */
export async function run(context: Context, command: Extract<Command, { name: 'run' }>): Promise<ExitCode> {
  const workflow = await readWorkflow(context, command.file);
  const runtime = await context.open('run');
  const started = await runtime.start({
    workflow,
    inputs: command.inputs,
    mode: command.approvals === 'auto' ? 'auto' : 'interactive',
    rehearsal: command.rehearse,
    askInRehearsal: command.approvals === 'ask',
    by: context.user,
    trusted: true,
  });
  if ('refusal' in started) return tellRefusal(context, workflow.path, started.refusal);
  tellDiagnostics(context, workflow.path, started.warnings);
  return follow(context, runtime, started.runId, {
    afterSeq: 0,
    ask: asks(context, command.approvals),
  });
}

/** `baton resume`: only goes on, never decides. */
export async function resume(
  context: Context,
  command: Extract<Command, { name: 'resume' }>,
): Promise<ExitCode> {
  // Looked at first: becoming the owner already records what became of an interrupted run, and that is part of what is shown.
  const view = await context.open('see');
  const summary = await findRun(context, view, command.run);
  const { runId } = summary;
  refuseFromInside(context.host, runId, 'resume');
  refuseDamaged(context, summary);
  const before = await view.state(runId);
  if (before === undefined) throw new Refused(EXIT.failed, `Run ${runId} cannot be read.`);
  if (before.endedAt !== undefined) {
    await showStatus(context, view, before, { inLines: true });
    return exitCodeOf(runStatus(before));
  }
  const runtime = await context.open('run');
  const outcome = await runtime.resume(runId, {
    by: context.user,
    ...(command.approvals !== undefined && { mode: command.approvals === 'auto' ? 'auto' : 'interactive' }),
    ...(command.seq !== undefined && { seq: command.seq }),
  });
  if (!outcome.ok) throw new Refused(EXIT.failed, outcome.message);
  return follow(context, runtime, runId, { afterSeq: before.seq, ask: asks(context, command.approvals) });
}

/** Said on the command line, else what the terminal allows. */
function asks(context: Context, approvals: Approvals | undefined): boolean {
  if (approvals === 'none') return false;
  // In mode auto there are still questions that nobody but a person answers.
  return approvals === 'ask' || context.terminal.canAsk;
}

/** Shows the run wherever it is, and then lets those end that other processes asked this one for. */
async function follow(
  context: Context,
  runtime: Runtime,
  runId: RunId,
  options: FollowOptions,
): Promise<ExitCode> {
  const telling = tellWhoRuns(context, runtime);
  try {
    return await followRun(context, runtime, runId, options);
  } finally {
    telling.dispose();
    await waitForOthers(context, runtime);
  }
}

function tellRefusal(context: Context, file: string, refusal: Refusal): ExitCode {
  if (refusal.code === 'inputs') {
    // They stand on the command line: no place in the file is at fault. The refusal's own message is the same ones, joined.
    for (const { message, suggestion = '' } of refusal.diagnostics)
      context.terminal.tell(visibleLine(`${message} ${suggestion}`.trimEnd()));
  } else {
    tellDiagnostics(context, file, refusal.diagnostics);
    context.terminal.tell(visibleLine(refusal.message));
  }
  return refusal.code === 'not-owner' || refusal.code === 'untrusted' ? EXIT.failed : EXIT.usage;
}
