import { formatDuration } from '../../core/base/duration';
import { attemptNumber } from '../../core/model/attempts';
import { budgetWords } from '../../core/model/budget-words';
import { costOf } from '../../core/model/call-summary';
import type { RunEvent } from '../../core/model/events';
import {
  cutInputLine,
  fallLine,
  faultAfter,
  fellOver,
  modelTitle,
  providerTitle,
} from '../../core/model/fault-words';
import { isCollaboration } from '../../core/model/message';
import type { RunState } from '../../core/model/run-state';
import { formatTokens } from '../../core/model/spending-words';
import { callTitle, talkLine } from '../../core/model/tool-words';
import { budgetOf } from './budget-lines';
import { costText } from './model-words';
import { countOf, dateOf, elapsedOf, engineWord, sizeOf, timeOf } from './words';
import { visibleLine } from './visible';

/**
 * One event as one line for people: "14:02:03  lint  done in 1.2 s: 3 findings".
 * `state` is the run after the event.
 */
export function describeEvent(event: RunEvent, state: RunState): string {
  const rehearsal = event.rehearsal === true ? 'REHEARSAL  ' : '';
  return `${timeOf(event.at)}  ${rehearsal}${visibleLine(sentence(event, state))}`;
}

function sentence(event: RunEvent, state: RunState): string {
  if (isCollaboration(event)) return talkLine(event);
  switch (event.type) {
    case 'run-started': {
      const { name, steps } = event.definition;
      return `run ${event.runId} of ${name} started: ${countOf(steps.length, 'step')}`;
    }
    case 'run-paused':
      return `run paused${event.reason === 'person' ? ` by ${event.by}` : ` (${event.reason})`}`;
    case 'run-resumed':
      return `run resumed by ${event.by}`;
    case 'run-parked':
      return `run needs you: ${event.message}`;
    case 'run-completed':
      return `run completed in ${formatDuration(event.at - state.startedAt)}${
        event.tolerated.length === 0 ? '' : `, failures tolerated: ${event.tolerated.join(', ')}`
      }`;
    case 'run-failed':
      return `run failed: ${event.message}`;
    case 'run-cancelled':
      return `run cancelled by ${event.by}${event.reason === '' ? '' : `: ${event.reason}`}`;
    case 'owner-changed':
      return `${event.owner} now owns the run${event.recovery ? ', recovered' : ''}`;
    case 'step-started':
      return `${event.step}  started${again(event, state)} (${engineWord(event.assignment)})`;
    case 'step-produced':
      return `${event.step}  produced${says(event.summary)}${artifacts(event)}`;
    case 'step-completed':
      return `${event.step}  ${doneWord(event.how)} in ${formatDuration(event.usage.durationMs)}${says(event.summary)}${artifacts(event)}`;
    case 'step-failed':
      return `${event.step}  failed${again(event, state)}: ${event.error.code} ${event.error.message}${place(event.step, state)}${
        event.retryAt === undefined ? '' : `, next attempt at ${timeOf(event.retryAt)}`
      }${event.tolerated === true ? ', tolerated' : ''}`;
    case 'step-skipped':
      return `${event.step}  skipped: ${event.because ?? SKIPPED[event.reason]}`;
    case 'step-uncertain':
      return `${event.step}  uncertain: ${event.message}`;
    case 'step-cancelled':
      return `${event.step}  cancelled: ${event.message}`;
    case 'approval-requested': {
      const { approval } = event;
      const expires = approval.expiresAt === undefined ? '' : `, until ${dateOf(approval.expiresAt)}`;
      const budget = budgetOf(approval);
      const what = budget === undefined ? (approval.message ?? approval.summary) : budgetWords(budget).why;
      return `${event.step}  waits for you (${approval.kind}${expires})${says(what)}`;
    }
    case 'approval-decided': {
      const { decision, by } = event;
      const refused = event.refused === undefined ? '' : `, refused: ${event.refused}`;
      const channel = by.channel === by.name ? '' : ` (${by.channel})`;
      return `${event.step}  ${decision.action} by ${by.name}${channel}${refused}${says(decision.comment ?? '')}`;
    }
    case 'approval-voided':
      return `${event.step}  no longer asked: ${event.reason}`;
    case 'routing-decision':
      return `${event.step}  asks ${modelTitle(event.chosen)}${says(event.why)}`;
    case 'call-failed':
      return `${event.step}  ${providerTitle(event.model.provider)} ${faultAfter(event.fault)}${says(event.message)}${then(event)}`;
    case 'call-answered':
      return `${event.step}  ${answer(event, state)}`;
    case 'tool-started':
      return `${event.step}  ${event.agent} uses ${callTitle(event.tool, event.arguments)}`;
    case 'tool-completed':
      return `${event.step}  ${event.refused !== undefined ? 'refused' : event.isError ? 'came to nothing' : 'done'}${says(withoutMarks(event.preview))}`;
    case 'changes-undone':
      return `${event.step}  ${event.by} took back ${event.paths.join(', ')}`;
    case 'step-held':
      return `${event.step}  waits for ${HELD[event.reason]}${says(event.message)}`;
    default:
      return unknownEvent(event);
  }
}

const HELD = {
  budget: 'the budget',
  pause: 'the run to go on',
  policy: 'a decision',
  uncertain: 'a decision',
} as const;

function then(event: Extract<RunEvent, { type: 'call-failed' }>): string {
  switch (event.next) {
    case 'retry':
      return event.waitMs === undefined || event.waitMs < 1_000
        ? '; asks again'
        : `; asks again in ${elapsedOf(event.waitMs)}`;
    case 'fallback':
      return '; asks another model';
    case 'give-up':
      return '; nobody else can be asked';
    default:
      return event.next satisfies never;
  }
}

/** "Claude overloaded, answered by Gemini in 6.4 s: 8.7k tokens, $0.02". */
function answer(event: Extract<RunEvent, { type: 'call-answered' }>, state: RunState): string {
  const { model, usage, latencyMs } = event;
  const cost = costText(costOf([usage]));
  if (event.cached === true)
    return `${modelTitle(model)} answered from cache${cost === '' || usage.usd === undefined ? '' : `, saved ${cost}`}`;
  const call = state.calls[event.step]?.find(
    (other) => other.attempt === event.attempt && other.call === event.call,
  );
  const fell = call === undefined || !fellOver(call) ? undefined : fallLine(call);
  const took = [`${formatTokens(usage.inputTokens + usage.outputTokens)} tokens`, cost];
  const cut = cutInputLine({ chosen: model, ...(event.cutInput && { cutInput: event.cutInput }) });
  return `${fell ?? `answered by ${modelTitle(model)}`} in ${formatDuration(latencyMs)}: ${took
    .filter((part) => part !== '')
    .join(', ')}${cut === undefined ? '' : `. ${cut}`}`;
}

const SKIPPED = {
  condition: 'its condition is false',
  blocked: 'a step it depends on did not succeed',
  person: 'by a person',
  expired: 'nobody decided in time',
} as const;

function doneWord(how: 'work' | 'approved' | 'modified' | 'rehearsal'): string {
  return how === 'approved' ? 'done, approved' : how === 'modified' ? 'done, with changes' : 'done';
}

/** As people count: what went on after a question or a crash is no other attempt. */
function again(
  { step, attempt }: { readonly step: string; readonly attempt: number },
  { carried }: RunState,
): string {
  const number = attemptNumber(carried[step], attempt);
  return number > 1 ? ` (attempt ${number})` : '';
}

/** What stands between marks for a model stands there for people as it is. */
function withoutMarks(text: string): string {
  return text
    .replace(/<data-[0-9a-f]{12} what="((?:[^"\\]|\\.)*)">\n?/g, '$1: ')
    .replace(/\n?<\/data-[0-9a-f]{12}>/g, '');
}

const says = (text: string) => (text === '' ? '' : `: ${text}`);

function artifacts(event: { readonly artifacts: readonly { path: string; size: number }[] }): string {
  if (event.artifacts.length === 0) return '';
  return ` [${event.artifacts.map(({ path, size }) => `${path} ${sizeOf(size)}`).join(', ')}]`;
}

/** The line of the workflow that a failed step begins on: " (workflows/review.yaml:12)". */
export function place(step: string, state: RunState): string {
  const { path, lines } = state.source;
  const line = lines[step];
  return path === undefined || line === undefined ? '' : ` (${path}:${line})`;
}

/** A newer version may have added types; this one says their name. */
function unknownEvent(event: never): string {
  return (event as RunEvent).type;
}
