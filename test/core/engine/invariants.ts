import type { RunEvent } from '../../../src/core/model/events';
import type { StepKey } from '../../../src/core/model/ids';
import { isCollaboration } from '../../../src/core/model/message';

/** What must be true of the events of any run, finished or not; gives what is not, in words. */
export function violations(events: readonly RunEvent[]): string[] {
  const found: string[] = [];
  const first = events[0];
  if (first?.type !== 'run-started') return ['a run begins with run-started'];
  const { definition } = first;
  const steps = new Map(definition.steps.map((step) => [step.key, step]));
  const settled = new Map<StepKey, string>();
  const attempts = new Map<StepKey, number>();
  const running = new Set<StepKey>();
  const open = new Map<string, StepKey>();
  let isHeld = false;
  let ended: string | undefined;
  for (const [index, event] of events.entries()) {
    const say = (what: string) => found.push(`${event.seq} ${event.type}: ${what}`);
    if (event.seq !== index + 1) say(`is number ${index + 1} in the list`);
    // What a person takes back afterwards changes nothing about how it ended.
    if (ended !== undefined && event.type !== 'changes-undone') say(`comes after ${ended}`);
    if ('step' in event && event.type.startsWith('step-') && settled.has(event.step)) {
      // A failure that a person is asked about has not settled.
      say(`${event.step} had settled as ${settled.get(event.step) ?? ''}`);
    }
    if (isCollaboration(event)) continue;
    switch (event.type) {
      case 'run-started':
        if (index > 0) say('begins twice');
        break;
      case 'run-paused':
      case 'run-parked':
        isHeld = true;
        break;
      case 'run-resumed':
        isHeld = false;
        break;
      case 'owner-changed':
        running.clear();
        break;
      case 'step-started': {
        const step = steps.get(event.step);
        for (const key of step?.dependsOn ?? [])
          if (!settled.has(key)) say(`${event.step} starts before ${key} has settled`);
        if (isHeld) say(`${event.step} starts while the run is held`);
        if (event.attempt !== (attempts.get(event.step) ?? 0) + 1)
          say(`attempt ${event.attempt} is not the next`);
        if (running.has(event.step)) say(`${event.step} starts twice`);
        attempts.set(event.step, event.attempt);
        running.add(event.step);
        if (running.size > definition.config.parallelism) say(`${running.size} at once`);
        break;
      }
      case 'step-produced':
      case 'step-uncertain':
        running.delete(event.step);
        break;
      case 'step-failed': {
        running.delete(event.step);
        const next = events[index + 1];
        const isAsked = next?.type === 'approval-requested' && next.step === event.step;
        const isAskedLater = steps.get(event.step)?.onError === 'ask';
        if (event.retryAt === undefined && !isAsked && !isAskedLater) settled.set(event.step, 'failed');
        break;
      }
      case 'step-completed':
      case 'step-skipped':
      case 'step-cancelled':
        running.delete(event.step);
        settled.set(event.step, event.type);
        break;
      case 'approval-requested':
        open.set(event.approval.id, event.step);
        break;
      case 'approval-decided':
        if (!open.has(event.id)) say(`${event.id} is not open`);
        if (event.refused === undefined) open.delete(event.id);
        break;
      case 'approval-voided':
        open.delete(event.id);
        break;
      case 'run-completed':
      case 'run-failed':
      case 'run-cancelled': {
        ended = event.type;
        if (open.size > 0) say(`leaves gates open at ${[...open.values()].join(', ')}`);
        const left = [...steps.keys()].filter(
          (key) => !settled.has(key) && steps.get(key)?.onError !== 'ask',
        );
        if (left.length > 0) say(`leaves ${left.join(', ')} unsettled`);
        break;
      }
      case 'step-held':
        running.delete(event.step);
        break;
      case 'routing-decision':
      case 'call-failed':
      case 'call-answered':
      case 'tool-started':
      case 'tool-completed':
        if (!running.has(event.step)) say(`${event.type} of ${event.step}, which does not run`);
        break;
      case 'changes-undone':
        break;
      default:
        event satisfies never;
    }
  }
  return found;
}

/** How often a recorded result was followed by another start of the same step that nobody asked for. */
export function recomputed(events: readonly RunEvent[]): string[] {
  const done = new Set<StepKey>();
  const found: string[] = [];
  for (const event of events) {
    if (event.type === 'step-produced' || event.type === 'step-completed') done.add(event.step);
    if (event.type === 'approval-decided' && event.refused === undefined && event.decision.action === 'retry')
      done.delete(event.step);
    if (event.type === 'step-started' && done.has(event.step)) found.push(event.step);
  }
  return found;
}
