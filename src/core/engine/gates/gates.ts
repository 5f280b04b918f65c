/*
 * owns: the gates of one live run: which are open or owed, what was approved before the work, when they expire.
 * does not own: appending (run-log), what runs next (run).
 * must stay true: auto answers only what it may, batch asks nothing before nothing else can start, and a clock never
 * approves for a person who did not choose auto.
 */
import type { Disposable } from '../../base/disposable';
import { canonicalJson, type JsonValue } from '../../base/json';
import type { Host } from '../../host';
import type { Approval, ApprovalKind, Decider, Decision, ShownContent } from '../../model/approval';
import type { RunEvent, RunEventBody } from '../../model/events';
import type { ApprovalId, StepKey } from '../../model/ids';
import { isAboutCalls } from '../../model/policy-answer';
import type { RunState, StepProduct } from '../../model/run-state';
import type { Step } from '../../model/workflow';
import type { ValueContext } from '../../workflow/expressions';
import { lookup, parsePath, render } from '../../workflow/template';
import { consequenceOf, hashOfShown, makeApproval, type Consequence, type Question } from './approvals';
import { effectiveExpiry, effectiveMode } from './modes';

export interface GatesOptions {
  readonly host: Pick<Host, 'clock' | 'ids' | 'sha256'>;
  readonly state: RunState;
  readonly values: ValueContext;
  /** Titles of the steps right behind one. */
  readonly next: (key: StepKey) => readonly string[];
  readonly onExpired: (id: ApprovalId) => void;
}

export type Asked =
  | { readonly type: 'open'; readonly bodies: readonly RunEventBody[] }
  /** Batch: asked once nothing else can start. */
  | { readonly type: 'owed' }
  | {
      readonly type: 'decided';
      readonly bodies: readonly RunEventBody[];
      readonly consequence: Consequence;
    };

/** What only a person can answer, and others may wait for as well. */
const AT_ONCE: ReadonlySet<ApprovalKind> = new Set(['uncertain', 'budget', 'policy']);

export class Gates {
  private readonly owed = new Map<StepKey, Question>();
  private readonly approved = new Map<StepKey, ShownContent>();
  private readonly comments = new Map<StepKey, string>();
  private readonly clocks = new Map<ApprovalId, Disposable>();
  /** Their clock has run out and paused the run once; from then on they only wait. */
  private readonly pausedBy = new Set<ApprovalId>();

  constructor(private readonly options: GatesOptions) {}

  /** What a person is asked about a step, or how it was answered at once. */
  ask(question: Question, product?: StepProduct): Asked {
    const { state } = this.options;
    const mode = effectiveMode(state);
    if (!AT_ONCE.has(question.kind) && mode === 'batch') {
      this.owed.set(question.step.key, question);
      return { type: 'owed' };
    }
    const approval = this.approvalFor(question);
    const by = mode === 'auto' ? this.automatic(approval) : undefined;
    if (by === undefined) return { type: 'open', bodies: [requested(approval)] };
    const decision: Decision = {
      action: 'approve',
      shownHash: approval.shownHash,
      ...(by.channel === 'rehearsal' && { comment: 'approve (rehearsal)' }),
    };
    this.remember(approval, decision);
    return {
      type: 'decided',
      bodies: [requested(approval), decided(approval, decision, by)],
      consequence: consequenceOf(approval, decision, by, product, undefined),
    };
  }

  get owesQuestions(): boolean {
    return this.owed.size > 0;
  }

  owes(key: StepKey): boolean {
    return this.owed.has(key);
  }

  /** Batch: everything that waits, to be asked together. */
  askOwed(): RunEventBody[] {
    const questions = [...this.owed.values()];
    this.owed.clear();
    return questions.map((question) => requested(this.approvalFor(question)));
  }

  /** What of a step was approved before its work, if exactly this was. */
  approvedFor(key: StepKey, shown: ShownContent): ShownContent | undefined {
    const approved = this.approved.get(key);
    if (approved === undefined) return undefined;
    return this.isSame(approved, shown) || this.changed.has(key) ? approved : undefined;
  }

  /** Steps whose approved content a person changed, so that it no longer is what the file says. */
  private readonly changed = new Set<StepKey>();

  comment(key: StepKey): string | undefined {
    return this.comments.get(key);
  }

  /** Keeps what later attempts need to know of a decision. */
  remember(approval: Approval, decision: Decision): void {
    if (approval.kind === 'before') {
      if (decision.action === 'approve') this.approved.set(approval.step, approval.shown);
      if (decision.action === 'modify') this.changed.add(approval.step);
    }
    // What is said about a call goes to the agent with that call; what it was told before stays what it was told.
    if (decision.action === 'retry' && decision.comment !== undefined && !isAboutCalls(approval))
      this.comments.set(approval.step, decision.comment);
  }

  /** A changed content, asked about anew. */
  askAgain(before: Approval, step: Step, shown: ShownContent): RunEventBody {
    const { kind, attempt, summary, allow } = before;
    const question = { kind, step, attempt, shown, summary, ...(kind === 'budget' && { allow }) };
    return requested(
      this.approvalFor({ ...question, ...(before.message !== undefined && { message: before.message }) }),
    );
  }

  /** Voids the gate of a step whose files are not what it shows any more, and asks anew. Nothing when there is none. */
  askAnew(step: Step): RunEventBody[] {
    const { state } = this.options;
    const open = Object.values(state.openApprovals).find(
      (approval) => approval.step === step.key && approval.kind === 'gate',
    );
    if (open === undefined) return [];
    const { output, artifacts, changes: shownChanges = [] } = open.shown;
    const changes = state.changes[step.key] ?? [];
    if (canonicalJson(shownChanges) === canonicalJson(changes)) return [];
    this.disarm(open.id);
    const { attempt, id } = open;
    const voided = { type: 'approval-voided', step: step.key, attempt, id, reason: 'changed' } as const;
    const shown = { artifacts, ...(output !== undefined && { output }) };
    return [voided, this.askAgain(open, step, shown)];
  }

  /** Starts the clocks of open gates. One that has run out already fires soon. */
  armOpen(): void {
    for (const approval of Object.values(this.options.state.openApprovals)) this.arm(approval);
  }

  private arm(approval: Approval): void {
    if (approval.expiresAt === undefined || this.clocks.has(approval.id) || this.pausedBy.has(approval.id))
      return;
    const { clock } = this.options.host;
    const { id, expiresAt } = approval;
    const rung = () => {
      this.clocks.delete(id);
      // The wall clock decides, and it may have been set back while this timer ran.
      if (clock.now() < expiresAt) this.arm(approval);
      else this.options.onExpired(id);
    };
    this.clocks.set(id, clock.after(Math.max(0, expiresAt - clock.now()), rung));
  }

  disarm(id: ApprovalId): void {
    this.clocks.get(id)?.dispose();
    this.clocks.delete(id);
  }

  /** An expired gate that paused the run stays open and does so only once. */
  pausedTheRun(id: ApprovalId): void {
    this.pausedBy.add(id);
  }

  /** From the events of a run that is opened. */
  restore(events: readonly RunEvent[]): void {
    const open = new Map<ApprovalId, Approval>();
    for (const event of events) {
      if (event.type === 'approval-requested') open.set(event.approval.id, event.approval);
      if (event.type === 'approval-decided' && event.refused === undefined) {
        const approval = open.get(event.id);
        open.delete(event.id);
        if (approval !== undefined) this.remember(approval, event.decision);
      }
      if (event.type === 'run-paused' && event.reason === 'expired')
        for (const { id, expiresAt } of open.values())
          if (expiresAt !== undefined && expiresAt <= event.at) this.pausedBy.add(id);
    }
  }

  forget(key: StepKey): void {
    this.owed.delete(key);
  }

  dispose(): void {
    for (const clock of this.clocks.values()) clock.dispose();
    this.clocks.clear();
    this.owed.clear();
  }

  private approvalFor(question: Question): Approval {
    const { host, state, next } = this.options;
    // The file's gate is about the step's result, not about money or single calls.
    const isOther = question.kind === 'budget' || isAboutCalls(question);
    const policy = isOther ? undefined : question.step.approval;
    const isFilled = policy !== undefined && (policy.message !== undefined || policy.show.length > 0);
    const values = isFilled ? this.valuesFor(question) : this.options.values;
    const extra = policy === undefined ? {} : extraOf(policy.show, values);
    const message =
      policy?.message === undefined || question.message !== undefined
        ? question.message
        : render(policy.message, values, { missing: state.rehearsal ? 'placeholder' : 'empty' }).text;
    // As they are now: what was taken back since the work is no part of what is approved.
    const changes = question.kind === 'gate' ? (state.changes[question.step.key] ?? []) : [];
    const shown = {
      ...question.shown,
      ...(changes.length > 0 && { changes }),
      ...(Object.keys(extra).length > 0 && { extra }),
    };
    return makeApproval(
      { ...question, shown, ...(message !== undefined && { message }) },
      {
        id: host.ids.next(),
        now: host.clock.now(),
        sha256: (text) => host.sha256(text),
        next: next(question.step.key),
        onExpire: effectiveExpiry(state.mode, policy?.onExpire ?? 'pause'),
      },
    );
  }

  /** At a gate after the work a message may name the very result it asks about. */
  private valuesFor({ step, shown }: Question): ValueContext {
    const { values } = this.options;
    if (shown.output === undefined) return values;
    const own = { output: shown.output, status: 'waiting' };
    return { inputs: values.inputs, env: values.env, steps: { ...values.steps, [step.key]: own } };
  }

  /** Who answers by itself: the rehearsal, or the person's choice of auto where that person may decide. */
  private automatic(approval: Approval): Decider | undefined {
    const { state } = this.options;
    if (approval.kind !== 'gate' && approval.kind !== 'before') return undefined;
    if (state.rehearsal) return { name: 'rehearsal', channel: 'rehearsal' };
    if (!approval.allow.includes('approve')) return undefined;
    if (approval.approvers !== undefined && !approval.approvers.includes(state.by)) return undefined;
    return { name: state.by, channel: 'auto' };
  }

  /** Apart from what `show:` adds: that is there to help with the decision and is not what will be done. */
  private isSame(approved: ShownContent, shown: ShownContent): boolean {
    const hash = (content: ShownContent) =>
      hashOfShown({ ...content, extra: {} }, (text) => this.options.host.sha256(text));
    return hash(approved) === hash(shown);
  }
}

/** Longer values help nobody to decide; they can be opened with the step that gave them. */
const LONGEST_EXTRA = 8_000;

/** Values of the references in `show:`; the words "artifacts" and "diff" are no references. */
function extraOf(show: readonly string[], values: ValueContext): Record<string, JsonValue> {
  const extra: Record<string, JsonValue> = {};
  for (const name of show) {
    const path = parsePath(name);
    if (path === undefined || path.length < 2) continue;
    const found = lookup(path, values);
    const value = found.found ? found.value : null;
    const text = JSON.stringify(value);
    extra[name] = text.length <= LONGEST_EXTRA ? value : `${text.slice(0, LONGEST_EXTRA)}…`;
  }
  return extra;
}

function requested(approval: Approval): RunEventBody {
  return { type: 'approval-requested', step: approval.step, attempt: approval.attempt, approval };
}

export function decided(approval: Approval, decision: Decision, by: Decider, refused?: string): RunEventBody {
  return {
    type: 'approval-decided',
    step: approval.step,
    attempt: approval.attempt,
    id: approval.id,
    decision,
    by,
    ...(refused !== undefined && { refused }),
  };
}
