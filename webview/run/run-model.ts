import type { Approval } from '../../src/core/model/approval';
import { wantLine } from '../../src/core/model/asked-words';
import { foldInto, ownCopy, type RunState } from '../../src/core/model/run-state';
import type { RunEvent } from '../../src/core/model/events';
import { noDecisions, stillOpen, withRefused, withSent, type Decisions } from '../approvals/decisions';
import { faultAfter, providerTitle } from '../../src/core/model/fault-words';
import { afterEvent, liveFrom, silent, withLive, type LiveStep } from '../models/live';
import { countOf } from '../words/format';
import type { HostMessage, RunProgress, RunSnapshot } from '../protocol';

/** What a run panel shows of its run: the snapshot, with everything folded in that came since. */
export interface RunView {
  readonly state: RunState;
  readonly plan: RunSnapshot['plan'];
  readonly progress: RunProgress;
  /** What steps told while they ran. */
  readonly live: Readonly<Record<string, LiveStep>>;
  readonly interrupted: boolean;
  readonly runsIn?: string;
  readonly report?: NonNullable<RunSnapshot['report']>;
  readonly changedFiles: Readonly<Record<string, readonly string[]>>;
  /** Host clock when `progress` was true. */
  readonly progressAt: number;
}

export type InputsForm = Extract<HostMessage, { type: 'inputs-form' }>;
export type RunCommand = 'pause' | 'resume' | 'cancel' | 'start';

export interface RunModel {
  readonly screen: 'loading' | 'missing' | 'inputs' | 'run';
  readonly run?: RunView;
  readonly form?: InputsForm;
  readonly missing?: string;
  readonly decisions: Decisions;
  /** A command that was sent and has no answer yet. */
  readonly commandSent?: RunCommand;
  /** Why the last command did not do what was asked. */
  readonly commandRefused?: string;
  /** Events are missing between what is shown and what came: ask for a new snapshot. */
  readonly outOfStep: boolean;
  /** Add to this view's clock to get the host's, milliseconds. */
  readonly clockOffset: number;
  /** The step the host asked to show; a new object for each asking. */
  readonly reveal?: { readonly step: string };
  /** What a screen reader is told, newest last. */
  readonly announcements: readonly string[];
}

export const emptyRunModel: RunModel = {
  screen: 'loading',
  decisions: noDecisions,
  outOfStep: false,
  clockOffset: 0,
  announcements: [],
};

/** The model after one more message. Pure; `viewNow` is this view's clock. */
export function applyRunMessage(model: RunModel, message: HostMessage, viewNow: number): RunModel {
  switch (message.type) {
    case 'run-snapshot':
      return {
        ...settledCommand(model),
        screen: 'run',
        run: viewOf(message.run, model.run),
        decisions: stillOpen(model.decisions, Object.values(message.run.state.openApprovals)),
        outOfStep: false,
        clockOffset: message.run.now - viewNow,
        announcements: [],
      };
    case 'run-events':
      return withEvents(model, message, viewNow);
    case 'run-live':
      return model.run === undefined ? model : { ...model, run: withOutput(model.run, message) };
    case 'run-missing':
      return { ...settledCommand(model), screen: 'missing', missing: message.message };
    case 'inputs-form':
      return { ...settledCommand(model), screen: 'inputs', form: message };
    case 'reveal-step':
      return { ...model, reveal: { step: message.step } };
    case 'refused':
      return message.approvalId === undefined
        ? { ...settledCommand(model), commandRefused: message.message }
        : { ...model, decisions: withRefused(model.decisions, message.approvalId, message.message) };
    case 'approvals':
    case 'diffs':
    case 'reveal-approval':
      return model;
    default:
      return ignored(model, message);
  }
}

/** The model after a decision was sent from here. */
export function decisionSent(model: RunModel, approvalId: string, shownHash: string): RunModel {
  return { ...model, decisions: withSent(model.decisions, approvalId, shownHash) };
}

/** The model after a command was sent from here. */
export function commandSent(model: RunModel, command: RunCommand): RunModel {
  return { ...settledCommand(model), commandSent: command };
}

function settledCommand(model: RunModel): RunModel {
  const settled: { -readonly [Key in keyof RunModel]: RunModel[Key] } = { ...model };
  delete settled.commandSent;
  delete settled.commandRefused;
  return settled;
}

function viewOf(snapshot: RunSnapshot, before: RunView | undefined): RunView {
  // The same plan stays the same object: it is laid out once, and the picture keeps its place.
  const isKnown =
    before?.state.runId === snapshot.state.runId &&
    before.state.definitionHash === snapshot.state.definitionHash;
  return {
    state: snapshot.state,
    plan: isKnown ? before.plan : snapshot.plan,
    progress: snapshot.progress,
    live: Object.fromEntries(
      Object.entries(snapshot.live).map(([step, text]) => [
        step,
        liveFrom(text, snapshot.state.calls[step]?.length ?? 0),
      ]),
    ),
    interrupted: snapshot.interrupted,
    changedFiles: snapshot.changedFiles ?? {},
    progressAt: snapshot.now,
    ...(snapshot.runsIn !== undefined && { runsIn: snapshot.runsIn }),
    ...(snapshot.report !== undefined && { report: snapshot.report }),
  };
}

function withEvents(
  model: RunModel,
  message: Extract<HostMessage, { type: 'run-events' }>,
  viewNow: number,
): RunModel {
  if (model.run === undefined) return { ...model, outOfStep: true };
  // One copy for all events of the message; what was drawn before stays as it was.
  const state = ownCopy(model.run.state);
  const live = { ...model.run.live };
  let { decisions } = model;
  let answered = false;
  const announcements: string[] = [];
  for (const event of message.events) {
    // A snapshot may already hold what is on its way; folding twice would be wrong.
    if (event.runId !== state.runId || event.seq <= state.seq) continue;
    if (event.seq > state.seq + 1) return { ...model, outOfStep: true };
    foldInto(state, event);
    const told = 'step' in event ? live[event.step] : undefined;
    if ('step' in event && told !== undefined) live[event.step] = afterEvent(told, event);
    if (event.type === 'approval-decided' && event.refused !== undefined)
      decisions = withRefused(decisions, event.id, event.refused);
    if (event.type.startsWith('run-')) answered = true;
    const said = announcementOf(state, event);
    if (said !== undefined) announcements.push(said);
  }
  const report = message.report ?? model.run.report;
  return {
    ...(answered ? settledCommand(model) : model),
    screen: 'run',
    run: {
      ...model.run,
      state,
      live,
      progress: message.progress,
      progressAt: message.now,
      interrupted: message.interrupted,
      ...(report !== undefined && { report }),
    },
    decisions: stillOpen(decisions, Object.values(state.openApprovals)),
    clockOffset: message.now - viewNow,
    announcements,
  };
}

function withOutput(run: RunView, message: Extract<HostMessage, { type: 'run-live' }>): RunView {
  const { step } = message;
  return { ...run, live: { ...run.live, [step]: withLive(run.live[step] ?? silent, message) } };
}

/** Only what a person would want to be told without looking. */
function announcementOf(state: RunState, event: RunEvent): string | undefined {
  const title = (key: string) => state.definition.steps.find((step) => step.key === key)?.title ?? key;
  switch (event.type) {
    case 'approval-requested':
      return askedText(title(event.step), event.approval);
    case 'step-held':
      return event.reason === 'budget' ? `${title(event.step)} waits for the budget` : undefined;
    case 'changes-undone':
      return `${countOf(event.paths.length, 'file')} of ${title(event.step)} as before`;
    case 'call-failed': {
      if (event.next !== 'fallback') return undefined;
      const { model, fault } = event;
      return `${title(event.step)}: ${providerTitle(model.provider)} ${faultAfter(fault)}, another model is asked`;
    }
    case 'step-completed':
      return `${title(event.step)} completed`;
    case 'step-failed':
      return event.retryAt === undefined ? `${title(event.step)} failed` : undefined;
    case 'run-completed':
      return 'Run completed';
    case 'run-failed':
      return 'Run failed';
    case 'run-cancelled':
      return 'Run cancelled';
    case 'run-paused':
      return 'Run paused';
    case 'run-resumed':
      return 'Run resumed';
    default:
      return undefined;
  }
}

function askedText(step: string, { kind, shown }: Approval): string {
  if (kind === 'budget') return `${step} asks for more budget`;
  if (kind === 'policy' && shown.calls !== undefined) return `${step}: ${wantLine(shown.calls)}`;
  return `${step} waits for you`;
}

function ignored(model: RunModel, _message: never): RunModel {
  return model;
}
