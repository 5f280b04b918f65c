import { fallLine, fellOver } from '../../core/model/fault-words';
import type { ModelCall } from '../../core/model/model-call';
import { runStatus, type RunState } from '../../core/model/run-state';
import type { Runtime } from '../../core/runtime-port';
import { closingLines } from '../show/closing-lines';
import { Refused, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit-code';
import { findRun } from '../find-run';
import { renderTree } from '../show/tree';
import { brokenOffWord, countOf, dateOf, elapsedOf } from '../show/words';
import { visibleJson, visibleLine } from '../show/visible';
import { columns } from '../show/style';
import { tellOwner } from './list';

/** `baton status`: one run as it stands. */
export async function status(context: Context, given: string): Promise<ExitCode> {
  const runtime = await context.open('see');
  const summary = await findRun(context, runtime, given);
  const { runId } = summary;
  const state = await runtime.state(runId);
  if (state === undefined) throw new Refused(EXIT.failed, `Run ${runId} cannot be read.`);
  await showStatus(context, runtime, state, { isDamaged: summary.status === 'damaged' });
  tellOwner(context, runtime);
  return EXIT.completed;
}

/**
 * `inLines`: where events would be, the document takes one line as they do. `isDamaged`: records of it are lost, and the state is what the
 * others say.
 */
export async function showStatus(
  context: Context,
  runtime: Runtime,
  state: RunState,
  { inLines = false, isDamaged = false } = {},
): Promise<void> {
  const { terminal } = context;
  const progress = await runtime.progress(state.runId);
  const status = isDamaged ? 'damaged' : runStatus(state);
  if (context.json) {
    const { definition, steps, openApprovals, ...rest } = state;
    const document = {
      ...rest,
      workflow: definition.name,
      status,
      progress,
      steps: Object.values(steps),
      openApprovals: Object.values(openApprovals),
      fallbacks: Object.values(state.calls).flat().filter(fellOver).map(fallbackOf),
      definition,
    };
    terminal.print(visibleJson(document, inLines ? undefined : 2));
    return;
  }
  const isDrivenElsewhere = runtime.otherOwner !== undefined;
  const brokenOff = brokenOffWord(status, isDrivenElsewhere);
  const lines = renderTree(state, {
    style: terminal.style,
    width: terminal.isScreen ? terminal.width() : Number.MAX_SAFE_INTEGER,
    height: Number.MAX_SAFE_INTEGER,
    now: context.host.clock.now(),
    live: new Map(),
    tellsFalls: true,
    ...(progress && { progress }),
    ...(brokenOff && { brokenOff }),
  });
  for (const line of lines) terminal.print(line);
  if (isDamaged) {
    terminal.tell('Records of it are lost. This is what the others say; it cannot go on.');
    return;
  }
  if (brokenOff !== undefined)
    terminal.tell('It was interrupted: its process has ended, and nothing of it runs now.');
  for (const line of closingLines(state, context, { isDrivenElsewhere, hasToldFalls: true }))
    terminal.tell(line);
}

/** A call that another model took over: who could not answer and why, and who did. */
function fallbackOf(call: ModelCall) {
  const { step, attempt, failures, status, chosen } = call;
  return {
    step,
    attempt,
    call: call.call,
    failures: failures.map(({ model, fault }) => ({ model, fault })),
    ...(status === 'answered' && { answeredBy: chosen }),
    says: fallLine(call),
  };
}

/** `baton approvals`: what waits over all runs. */
export async function approvals(context: Context): Promise<ExitCode> {
  const runtime = await context.open('see');
  const open = await runtime.approvals();
  const now = context.host.clock.now();
  if (context.json) {
    const waiting = open.map(({ runId, workflow, runStartedAt, approval }) => ({
      run: runId,
      workflow,
      runStartedAt,
      step: approval.step,
      since: approval.requestedAt,
      expires: approval.expiresAt ?? null,
      hash: approval.shownHash,
      approval,
    }));
    context.terminal.print(visibleJson({ approvals: waiting }, 2));
  } else if (open.length === 0) {
    context.terminal.print('Nothing waits for you.');
  } else {
    const rows = open.map(({ runId, workflow, approval }) => [
      runId,
      visibleLine(approval.step),
      `${approval.kind === 'gate' ? '' : `${approval.kind}, `}since ${dateOf(approval.requestedAt)} (${elapsedOf(now - approval.requestedAt)})`,
      approval.expiresAt === undefined ? 'no expiry' : `expires ${dateOf(approval.expiresAt)}`,
      approval.shownHash.slice(0, 12),
      visibleLine(`${workflow}: ${approval.summary}`),
    ]);
    for (const line of columns(rows)) context.terminal.print(line);
    context.terminal.tell(
      `${countOf(open.length, 'decision')} to make: ${context.baton('approve RUN STEP --action approve|modify|retry|skip|cancel')}`,
    );
  }
  tellOwner(context, runtime);
  return EXIT.completed;
}
