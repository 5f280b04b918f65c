/*
 * owns: what is asked at a gate, and what each answer to it means. Pure.
 * does not own: when it is asked and who hears of it (gates), nor what runs next (run).
 * must stay true: a decision counts only for exactly what was shown, by someone who may, in one of the offered ways.
 */
import { canonicalJson, type JsonValue } from '../../base/json';
import type { Approval, ApprovalKind, Decider, Decision, ShownContent } from '../../model/approval';
import type { RunEventBody } from '../../model/events';
import type { StepProduct } from '../../model/run-state';
import type { DecisionAction, Step } from '../../model/workflow';
import { changedShown } from '../work/step-content';
import { isAboutCalls } from '../../model/policy-answer';
import { schemaFaults } from '../../base/schema-faults';
import { callRefusal } from './call-refusal';

const ALL: readonly DecisionAction[] = ['approve', 'modify', 'retry', 'skip', 'cancel'];
const OFFERED: Readonly<Record<ApprovalKind, readonly DecisionAction[]>> = {
  gate: ALL,
  // Nothing has run yet, so there is nothing to repeat.
  before: ['approve', 'modify', 'skip', 'cancel'],
  // There is no result to keep.
  error: ['retry', 'modify', 'skip', 'cancel'],
  uncertain: ALL,
  budget: ['approve', 'modify', 'skip', 'cancel'],
  // To refuse everything is to send the agent on without.
  policy: ['approve', 'retry', 'skip', 'cancel'],
};

export interface Question {
  readonly kind: ApprovalKind;
  readonly step: Step;
  readonly attempt: number;
  readonly shown: ShownContent;
  readonly summary: string;
  readonly message?: string;
  /** Where not everything that its kind offers makes sense here. */
  readonly allow?: readonly DecisionAction[];
}

export interface QuestionFacts {
  readonly id: string;
  readonly now: number;
  readonly sha256: (text: string) => string;
  /** Titles of the steps that follow. */
  readonly next: readonly string[];
  /** As it holds in this run, not as the file wishes. */
  readonly onExpire: Approval['onExpire'];
}

/** The question as it is recorded and shown: what is asked, by when, who may answer and with what. */
export function makeApproval(question: Question, facts: QuestionFacts): Approval {
  const { kind, step, attempt, shown, summary, message } = question;
  const policy = kind === 'gate' || kind === 'before' ? step.approval : undefined;
  const approvers = step.approval?.approvers;
  return {
    id: facts.id,
    kind,
    step: step.key,
    attempt,
    title: step.title,
    ...(message !== undefined && { message }),
    summary,
    shown,
    shownHash: hashOfShown(shown, facts.sha256),
    allow: (question.allow ?? OFFERED[kind]).filter(
      (action) => policy === undefined || policy.allow.includes(action),
    ),
    ...(approvers !== undefined && { approvers }),
    next: facts.next,
    requestedAt: facts.now,
    // A clock never answers what only a person can know.
    ...(policy?.expires !== undefined && { expiresAt: facts.now + policy.expires }),
    onExpire: facts.onExpire,
  };
}

/** What a decision is bound to: the same content in any order of its keys has the same hash. */
export function hashOfShown(shown: ShownContent, sha256: (text: string) => string): string {
  return sha256(canonicalJson(shown));
}

/** Why a decision does not count, for people; undefined when it does. A refused one leaves the gate open. */
export function refusalOf(
  approval: Approval,
  decision: Decision,
  by: Decider,
  step: Step,
): string | undefined {
  if (by.channel !== 'expiry' && approval.approvers !== undefined && !approval.approvers.includes(by.name))
    return `Only ${approval.approvers.join(', ')} may decide this, not ${by.name}.`;
  if (decision.shownHash !== approval.shownHash)
    return 'What is shown here has changed since; look at it again and decide then.';
  if (!approval.allow.includes(decision.action))
    return `"${decision.action}" is not offered here; offered: ${approval.allow.join(', ')}.`;
  if (decision.action === 'modify' && decision.value === undefined)
    return 'To modify, give what it is to become.';
  if (isAboutCalls(approval)) return callRefusal(approval, decision, by);
  if (approval.kind === 'before')
    return decision.action === 'modify' && changedShown(approval.shown, decision.value ?? null) === undefined
      ? 'This cannot replace what was shown: give a text, or an object with "prompt", "command" or "with".'
      : undefined;
  const given = givenResult(approval, decision);
  if (given === undefined || step.output?.schema === undefined) return undefined;
  const faults = schemaFaults(step.output.schema, given.value);
  return faults.length === 0 ? undefined : `The result given does not fit: ${faults.join('; ')}.`;
}

/** The result that a person gives in place of one that a step gave. */
export function givenResult(
  approval: Approval,
  decision: Decision,
): { readonly value: JsonValue } | undefined {
  // Before the work it changes what is done, about money how much of it there is, about calls it is what the agent is told.
  if (approval.kind === 'before' || approval.kind === 'budget' || isAboutCalls(approval)) return undefined;
  if (decision.action === 'modify') return { value: decision.value ?? null };
  // "It happened": what came of it is only known when the person says so.
  if (decision.action === 'approve' && approval.kind === 'uncertain' && decision.value !== undefined)
    return { value: decision.value };
  return undefined;
}

export type Consequence =
  | { readonly type: 'settled'; readonly body: RunEventBody }
  /** The step stands in the queue (again). */
  | { readonly type: 'to-work' }
  | { readonly type: 'ask-again'; readonly shown: ShownContent }
  /** Every step that waits for money tries again. */
  | { readonly type: 'spend-more' }
  | { readonly type: 'leave-optional-out' }
  | { readonly type: 'cancel-run' };

/**
 * What a decision that counts leads to. `produced`: what the step made, at a gate after the work.
 * `given`: the result that the person gave, as it can be stored.
 */
export function consequenceOf(
  approval: Approval,
  decision: Decision,
  by: Decider,
  produced: StepProduct | undefined,
  given: JsonValue | undefined,
): Consequence {
  const { step, attempt, kind } = approval;
  switch (decision.action) {
    case 'cancel':
      return { type: 'cancel-run' };
    case 'retry':
      return { type: 'to-work' };
    case 'skip':
      if (kind === 'budget') return { type: 'leave-optional-out' };
      return {
        type: 'settled',
        body: {
          type: 'step-skipped',
          step,
          attempt,
          reason: by.channel === 'expiry' ? 'expired' : 'person',
          because: by.channel === 'expiry' ? 'Nobody decided in time.' : `${by.name} left it out.`,
          output: decision.value ?? null,
        },
      };
    case 'approve':
    case 'modify': {
      if (kind === 'budget') return { type: 'spend-more' };
      if (isAboutCalls(approval)) return { type: 'to-work' };
      if (kind === 'before') {
        if (decision.action === 'approve') return { type: 'to-work' };
        const shown = changedShown(approval.shown, decision.value ?? null);
        return shown === undefined ? { type: 'to-work' } : { type: 'ask-again', shown };
      }
      const isChanged = given !== undefined;
      return {
        type: 'settled',
        body: {
          type: 'step-completed',
          step,
          attempt,
          output: isChanged ? given : (produced?.output ?? null),
          summary: isChanged
            ? `The result was given by ${by.name}.`
            : (produced?.summary ?? `${by.name} says that it happened.`),
          artifacts: produced?.artifacts ?? approval.shown.artifacts,
          usage: produced?.usage ?? { durationMs: 0 },
          how: howOf(decision, by),
        },
      };
    }
    default:
      return decision.action satisfies never;
  }
}

function howOf(decision: Decision, by: Decider): 'approved' | 'modified' | 'rehearsal' {
  if (by.channel === 'rehearsal') return 'rehearsal';
  return decision.action === 'modify' ? 'modified' : 'approved';
}
