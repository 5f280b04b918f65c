import type { JsonValue } from '../../core/base/json';
import type { Approval, Decision } from '../../core/model/approval';
import type { CommandOutcome } from '../../core/runtime-port';
import type { RunId } from '../../core/model/ids';
import { runStatus, type RunState } from '../../core/model/run-state';
import type { Command } from '../command-line';
import { refuseFromInside, Refused, resolveFrom, type Context } from '../context';
import { readDecisionText } from '../decision-text';
import { allowing } from '../policy-choice';
import { EXIT, type ExitCode } from '../exit-code';
import { findRun, refuseDamaged } from '../find-run';
import { standingText } from '../show/words';
import { visibleJson, visibleLine } from '../show/visible';

/** `baton pause` and `baton cancel`. */
export async function steer(context: Context, verb: 'pause' | 'cancel', given: string): Promise<ExitCode> {
  const runtime = await context.open('decide');
  const summary = await findRun(context, runtime, given);
  const { runId } = summary;
  refuseFromInside(context.host, runId, verb);
  refuseDamaged(context, summary);
  must(await runtime[verb](runId, context.user));
  const state = await runtime.state(runId);
  const status = state === undefined ? verb : runStatus(state);
  report(context, {
    text: verb === 'pause' ? pausedText(context, runId, state) : `Run ${runId} is cancelled.`,
    run: runId,
    status,
  });
  return EXIT.completed;
}

/** A run that waits for somebody to look stands still already, and stays what it is. */
function pausedText(context: Context, runId: RunId, state: RunState | undefined): string {
  if (state?.phase === 'parked')
    return `Run ${runId} stands still already and ${standingText(state)}. What waits: ${context.baton('approvals')}`;
  const status = state === undefined ? 'paused' : runStatus(state);
  return `Run ${runId} is ${status}. Go on with: ${context.baton(`resume ${runId}`)}`;
}

/** `baton approve`: only decides. Where somebody has the run it goes on there; else how to go on is said. */
export async function approve(
  context: Context,
  command: Extract<Command, { name: 'approve' }>,
): Promise<ExitCode> {
  const runtime = await context.open('decide');
  const summary = await findRun(context, runtime, command.run);
  const { runId } = summary;
  refuseFromInside(context.host, runId, 'decide in');
  refuseDamaged(context, summary);
  const state = await runtime.state(runId);
  const open = Object.values(state?.openApprovals ?? {});
  const approval = open.find(({ step }) => step === command.step);
  if (approval === undefined) {
    const waiting = open.map(({ step }) => step).join(', ');
    const instead = waiting === '' ? 'Nothing waits in this run.' : `What waits: ${visibleLine(waiting)}.`;
    throw new Refused(EXIT.failed, `Nothing waits at "${visibleLine(command.step)}". ${instead}`);
  }
  if (!approval.allow.includes(command.action)) {
    throw new Refused(
      EXIT.failed,
      `"${command.action}" is not offered here. Choose from: ${approval.allow.join(', ')}.`,
    );
  }
  const decision: Decision = {
    ...policyAnswer(approval, command),
    action: command.action,
    shownHash: approval.shownHash,
    ...(command.comment !== undefined && { comment: command.comment }),
    ...(command.with !== undefined && { value: await readValue(context, command.with, approval) }),
    ...(command.value !== undefined && { value: valueOf(command.value, '--value', approval) }),
  };
  must(await runtime.decide(runId, approval.id, decision, { name: context.user, channel: 'terminal' }));
  const after = await runtime.state(runId);
  const ended = after?.endedAt !== undefined;
  // What is not held up goes on where it is.
  const goesOnIn = after?.phase === 'active' ? runtime.otherOwner?.name : undefined;
  const next = ended || goesOnIn !== undefined ? undefined : context.baton(`resume ${runId}`);
  const decided = `Decided: ${command.action} at ${visibleLine(command.step)}.`;
  report(context, {
    text: [
      decided,
      ...(goesOnIn === undefined ? [] : [`The run goes on in ${visibleLine(goesOnIn)}.`]),
      ...(next === undefined ? [] : [`Go on with: ${next}`]),
    ].join(' '),
    run: runId,
    step: command.step,
    action: command.action,
    by: context.user,
    status: after === undefined ? 'unknown' : runStatus(after),
    ...(next !== undefined && { next }),
  });
  return EXIT.completed;
}

/** `--for-run` and `--refuse`, where an agent asks. */
function policyAnswer(
  approval: Approval,
  { forRun, refuse }: Extract<Command, { name: 'approve' }>,
): { readonly value?: JsonValue } {
  if (forRun === undefined && refuse === undefined) return {};
  if (approval.kind !== 'policy')
    throw new Refused(EXIT.usage, '--for-run and --refuse are for what an agent wants to do.');
  const read = allowing(approval, refuse ?? [], forRun === true);
  if ('problem' in read) throw new Refused(EXIT.usage, read.problem);
  return { value: read.value };
}

async function readValue(context: Context, file: string, approval: Approval) {
  const bytes = await context.host.files.read(resolveFrom(context, file));
  if (bytes === undefined) throw new Refused(EXIT.usage, `There is no file ${visibleLine(file)}.`);
  return valueOf(new TextDecoder().decode(bytes), visibleLine(file), approval);
}

/** `from`: where the text came from, for people. */
function valueOf(text: string, from: string, approval: Approval): JsonValue {
  const read = readDecisionText(approval, text);
  if ('problem' in read) throw new Refused(EXIT.usage, `${from}: ${read.problem}`);
  return read.value;
}

function must(outcome: CommandOutcome): void {
  if (!outcome.ok) throw new Refused(EXIT.failed, visibleLine(outcome.message));
}

function report(
  context: Context,
  { text, ...document }: { readonly text: string } & Record<string, unknown>,
): void {
  context.terminal.print(context.json ? visibleJson(document, 2) : text);
}
