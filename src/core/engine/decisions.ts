/*
 * owns: the way of one answer, a person's or a clock's: whether it counts, recording it, and what follows at once.
 * does not own: what the answers mean (approvals), which gates there are (gates), ending the run (run).
 * must stay true: an answer is on the disk together with what it leads to, and a gate is answered once.
 */
import type { JsonValue } from '../base/json';
import type { Approval, Decider, Decision } from '../model/approval';
import { messageOf } from '../model/errors';
import type { RunEventBody } from '../model/events';
import type { ApprovalId, StepKey } from '../model/ids';
import type { BudgetQuestion } from '../model/model-call';
import type { Step } from '../model/workflow';
import type { CommandOutcome } from '../runtime-port';
import type { ArtifactStore } from '../storage/run-store';
import { consequenceOf, givenResult, refusalOf } from './gates/approvals';
import { budgetRefusal, capAfter } from './gates/budget';
import type { Flow } from './flow';
import { decided, type Gates } from './gates/gates';
import type { RunPurse } from './money/run-purse';
import { storableOutput } from './work/large-output';
import type { RunLog } from './run-log';

export interface DecisionsOptions {
  readonly log: RunLog;
  readonly gates: Gates;
  readonly flow: Flow;
  readonly steps: ReadonlyMap<StepKey, Step>;
  readonly artifacts: ArtifactStore;
  readonly money: RunPurse;
  /** Whether the run may go on here at all. */
  readonly canGoOn: () => boolean;
  /** Why nothing can be decided any more; undefined while something can. */
  readonly over: () => CommandOutcome | undefined;
  readonly told: (stored: Promise<boolean>) => Promise<CommandOutcome>;
  readonly pause: (by: string) => void;
  readonly cancel: (by: string, reason: string) => Promise<CommandOutcome>;
}

const CLOCK: Decider = { name: 'clock', channel: 'expiry' };

export class Decisions {
  constructor(private readonly options: DecisionsOptions) {}

  /** Refused decisions are recorded and leave the gate open. */
  async decide(id: ApprovalId, decision: Decision, by: Decider): Promise<CommandOutcome> {
    const { log, steps, artifacts, flow, over, told } = this.options;
    const isOver = over();
    if (isOver !== undefined) return isOver;
    const approval = log.state.openApprovals[id];
    const step = steps.get(approval?.step ?? '');
    if (approval === undefined || step === undefined) return notOpen(id);
    const refused =
      refusalOf(approval, decision, by, step) ??
      budgetRefusal(approval, decision, by, this.spentOn(approval));
    if (refused !== undefined) {
      const stored = log.record(decided(approval, decision, by, refused));
      if (!(await stored)) return told(stored);
      return { ok: false, code: 'refused', message: refused };
    }
    const given = givenResult(approval, decision);
    const raise = capAfter(approval, decision);
    if (given === undefined && raise?.asked.scope !== 'day') return this.apply(approval, decision, by);
    const value = given && (await storableOutput(given.value, artifacts));
    if (raise?.asked.scope === 'day') {
      const problem = await this.raiseDay(raise.asked, raise.cap);
      if (problem !== undefined) return { ok: false, code: 'refused', message: problem };
    }
    // While that was being stored, another decision may have come.
    const isOverNow = over();
    if (isOverNow !== undefined) return isOverNow;
    if (log.state.openApprovals[id] !== approval) return notOpen(id);
    if (given === undefined || value === undefined) return this.apply(approval, decision, by);
    flow.keepWhole(value, given.value);
    return this.apply(approval, { ...decision, value }, by);
  }

  /** Nobody decided in time. */
  expire(id: ApprovalId): void {
    const { log, gates, over, pause } = this.options;
    const approval = log.state.openApprovals[id];
    if (approval === undefined || over() !== undefined) return;
    const { onExpire, allow, shownHash } = approval;
    if (onExpire === 'pause' || !allow.includes(onExpire)) {
      gates.pausedTheRun(id);
      pause(CLOCK.name);
    } else void this.apply(approval, { action: onExpire, shownHash }, CLOCK);
  }

  /** What a decision leads to; `bodies` are recorded with it, before it. */
  follow(
    approval: Approval,
    decision: Decision,
    by: Decider,
    bodies: readonly RunEventBody[],
  ): Promise<CommandOutcome> {
    const { log, gates, flow, steps, told, cancel } = this.options;
    const state = log.state.steps[approval.step];
    const produced = state?.status === 'waiting' ? state.produced : undefined;
    const given: JsonValue | undefined = givenResult(approval, decision)?.value;
    const consequence = consequenceOf(approval, decision, by, produced, given);
    switch (consequence.type) {
      case 'settled':
        return told(flow.settle(approval.step, [...bodies, consequence.body]));
      case 'to-work': {
        const stored = log.record(...bodies);
        flow.release(approval.step, stored);
        return told(stored);
      }
      case 'ask-again': {
        const step = steps.get(approval.step);
        const again = step === undefined ? [] : [gates.askAgain(approval, step, consequence.shown)];
        const stored = log.record(...bodies, ...again);
        gates.armOpen();
        return told(stored);
      }
      case 'spend-more': {
        const stored = log.record(...bodies);
        flow.held.goOn(approval.step, stored);
        this.options.money.changed();
        return told(stored);
      }
      case 'leave-optional-out': {
        const stored = flow.held.leaveOptionalOut(approval, by, bodies);
        gates.armOpen();
        return told(stored);
      }
      case 'cancel-run':
        if (bodies.length > 0) void log.record(...bodies);
        return cancel(by.name, `Cancelled at ${approval.title}.`);
      default:
        return consequence satisfies never;
    }
  }

  /** Of what a budget question counts, by now. */
  private spentOn({ shown }: Approval): { readonly spent: number; readonly held: number } {
    const { money } = this.options;
    if (shown.budget?.scope !== 'run') return { spent: 0, held: 0 };
    const { unit } = shown.budget;
    return unit === 'minutes'
      ? { spent: money.minutes, held: 0 }
      : { spent: money.spent[unit], held: money.held[unit] };
  }

  /** Why it could not be raised, for people. */
  private async raiseDay({ unit }: BudgetQuestion, cap: number): Promise<string | undefined> {
    if (unit === 'minutes') return undefined;
    try {
      await this.options.money.raiseDay(unit, cap);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  private apply(approval: Approval, decision: Decision, by: Decider): Promise<CommandOutcome> {
    const { log, gates, flow, canGoOn } = this.options;
    gates.disarm(approval.id);
    gates.remember(approval, decision);
    const { phase, reason } = log.state;
    // A person who pressed Pause presses Resume; everybody else is waiting for just this.
    const isHeldBack =
      phase === 'parked' || (phase === 'paused' && (reason === 'interrupted' || reason === 'expired'));
    const sendsOn = isHeldBack && canGoOn() && decision.action !== 'cancel' && by.channel !== 'expiry';
    const resumed: RunEventBody[] = sendsOn ? [{ type: 'run-resumed', by: by.name }] : [];
    const outcome = this.follow(approval, decision, by, [...resumed, decided(approval, decision, by)]);
    // Other steps may have waited for this as well.
    if (sendsOn) void outcome.then(() => flow.proceed());
    return outcome;
  }
}

function notOpen(id: ApprovalId): CommandOutcome {
  return { ok: false, code: 'unknown-approval', message: `The question ${id} is not open (any more).` };
}
