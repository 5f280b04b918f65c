import { canonicalJson } from '../../src/core/base/json';
import type { RunEvent } from '../../src/core/model/events';

export interface Verdict {
  /** Results that a process had shown and that are not in the store, or differ. */
  readonly lost: string[];
  /** Work that was done again although its result was recorded. */
  readonly repeated: string[];
  /** Steps recorded as done whose effect is not there. */
  readonly withoutEffect: string[];
}

/**
 * Compares three witnesses of one run: what processes showed before they were killed, what the store holds at the
 * end, and the effects in a file of their own.
 */
export function judge(shown: readonly RunEvent[], stored: readonly RunEvent[], effects: string): Verdict {
  return {
    lost: lostResults(shown, stored),
    repeated: [...startedAgain(stored), ...repeatedEffects(stored, effects)],
    withoutEffect: missingEffects(stored, effects),
  };
}

function lostResults(shown: readonly RunEvent[], stored: readonly RunEvent[]): string[] {
  const bySeq = new Map(stored.map((event) => [event.seq, canonicalJson(event)]));
  return shown.filter((event) => bySeq.get(event.seq) !== canonicalJson(event)).map(nameOf);
}

/** By the record: a step that has a result starts again only when a person asked for it. */
function startedAgain(stored: readonly RunEvent[]): string[] {
  const withResult = new Set<string>();
  const found: string[] = [];
  for (const event of stored) {
    if (event.type === 'step-produced' || event.type === 'step-completed') withResult.add(event.step);
    if (event.type === 'approval-decided' && event.decision.action === 'retry') withResult.delete(event.step);
    if (event.type === 'step-started' && withResult.has(event.step)) found.push(nameOf(event));
  }
  return found;
}

/** By the effects: no attempt runs twice, and none runs after the one whose result was recorded. */
function repeatedEffects(stored: readonly RunEvent[], effects: string): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  const done = lastResults(stored);
  for (const mark of marksOf(effects, 'begin')) {
    if (seen.has(mark)) found.push(`${mark} ran twice`);
    seen.add(mark);
    const [, step = '', attempt] = mark.split('/');
    const result = done.get(step);
    if (result !== undefined && Number(attempt) > result)
      found.push(`${mark} ran after attempt ${result} was recorded`);
  }
  return found;
}

function missingEffects(stored: readonly RunEvent[], effects: string): string[] {
  const ended = new Set(marksOf(effects, 'end'));
  const commands = new Set(
    stored.flatMap((event) =>
      event.type === 'run-started'
        ? event.definition.steps.flatMap(({ key, run }) => (run === undefined ? [] : [key]))
        : [],
    ),
  );
  const found: string[] = [];
  for (const event of stored) {
    if (event.type !== 'step-completed' || !commands.has(event.step)) continue;
    if (!ended.has(`${event.runId}/${event.step}/${event.attempt}`)) found.push(nameOf(event));
  }
  return found;
}

function lastResults(stored: readonly RunEvent[]): Map<string, number> {
  const results = new Map<string, number>();
  for (const event of stored) {
    if (event.type === 'step-produced' || event.type === 'step-completed')
      results.set(event.step, event.attempt);
  }
  return results;
}

function marksOf(effects: string, word: 'begin' | 'end'): string[] {
  return effects
    .split('\n')
    .flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
}

function nameOf(event: RunEvent): string {
  return `${event.runId}@${event.seq} ${event.type}${'step' in event ? ` ${event.step}/${event.attempt}` : ''}`;
}
