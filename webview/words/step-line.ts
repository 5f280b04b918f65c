import { attemptNumber, carriedMs, type CarriedAttempt } from '../../src/core/model/attempts';
import { providerTitle } from '../../src/core/model/fault-words';
import type { ModelCall, ModelRef } from '../../src/core/model/model-call';
import type { StepState } from '../../src/core/model/run-state';
import type { Step } from '../../src/core/model/workflow';
import { formatDuration } from '../../src/core/base/duration';
import { firstLine, formatElapsed, formatWaiting } from './format';
import { skipWord } from './status-words';

/** Who does the step, as far as it is known: its agent, or "command". */
export function workerOf(declared: Step, step: StepState): string {
  if ('assignment' in step && step.assignment !== undefined)
    return step.assignment.engine === 'command' ? 'command' : step.assignment.agent;
  return declared.agent ?? (declared.run === undefined ? '' : 'command');
}

/** What a step's line is made from. */
export interface LineParts {
  readonly declared: Step;
  readonly step: StepState;
  /** Its model calls, where it made any. */
  readonly calls: readonly ModelCall[] | undefined;
  /** Attempts of it that went on in the next one. */
  readonly carried: readonly CarriedAttempt[] | undefined;
  /** Nobody drives the run. */
  readonly interrupted: boolean;
}

/**
 * The second line of a node: who and how long, or what it waits for, or why it failed. Several ways to say it, the fullest
 * first, for places that are too narrow. `now` is the host's clock.
 */
export function stepLines(parts: LineParts, now: number): readonly string[] {
  const { declared, step, carried, interrupted } = parts;
  const worker = workerOf(declared, step);
  const earlierMs = carriedMs(carried, step.attempt);
  const number = attemptNumber(carried, step.attempt);
  const calls = parts.calls?.filter(({ attempt }) => attemptNumber(carried, attempt) === number);
  switch (step.status) {
    case 'pending':
      if (step.held !== undefined) return ['waits for the budget'];
      return step.retryAt === undefined
        ? [worker]
        : [joined(worker, `retry in ${formatElapsed(step.retryAt - now)}`)];
    case 'running': {
      if (interrupted) return [joined(worker, 'interrupted')];
      const wait = waitOf(parts.calls, step.attempt, now);
      if (wait !== undefined) return [`waiting ${wait.time} for ${wait.who}`, `waiting ${wait.time}`];
      return whoAndWhat(worker, calls, formatElapsed(now - step.startedAt + earlierMs));
    }
    case 'waiting':
      return [`waiting for you · ${formatWaiting(now - step.since)}`];
    case 'uncertain':
      return ['may have happened already'];
    case 'completed':
      return whoAndWhat(
        worker,
        calls,
        isFromCache(calls) ? 'from cache' : formatDuration(step.usage.durationMs + earlierMs),
      );
    case 'failed':
      return [firstLine(step.error.message)];
    case 'skipped':
      return [skipWord(step)];
    case 'cancelled':
      return ['cancelled'];
    default:
      return unknownLine(step);
  }
}

/** The fullest of them. */
export function stepLine(parts: LineParts, now: number): string {
  return stepLines(parts, now)[0] ?? '';
}

/** How long a provider asked to be left alone, and which; undefined when nothing waits for one. */
function waitOf(
  calls: readonly ModelCall[] | undefined,
  attempt: number,
  now: number,
): { readonly time: string; readonly who: string } | undefined {
  const call = calls?.at(-1);
  if (call?.status !== 'asked' || call.attempt !== attempt || call.waitUntil === undefined) return undefined;
  if (call.waitUntil <= now) return undefined;
  const who = call.failures.at(-1)?.model ?? call.chosen;
  return { time: formatElapsed(call.waitUntil - now + 999), who: providerTitle(who.provider) };
}

/** The model that answers for the step, or answered last. */
function modelOf(calls: readonly ModelCall[] | undefined): ModelRef | undefined {
  return calls?.at(-1)?.chosen;
}

function isFromCache(calls: readonly ModelCall[] = []): boolean {
  return calls.length > 0 && calls.every(({ cached }) => cached === true);
}

function whoAndWhat(
  worker: string,
  calls: readonly ModelCall[] | undefined,
  what: string,
): readonly string[] {
  const model = modelOf(calls);
  if (model === undefined) return [joined(worker, what)];
  return [
    joined(worker, model.model, what),
    joined(model.model, what),
    joined(providerTitle(model.provider), what),
  ];
}

/** Whether the line changes with time alone. */
export function isTicking(step: StepState, interrupted: boolean): boolean {
  return (
    (step.status === 'running' && !interrupted) ||
    step.status === 'waiting' ||
    (step.status === 'pending' && step.retryAt !== undefined)
  );
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

function unknownLine(_step: never): readonly string[] {
  return [];
}
