import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/model/events';
import { foldAll } from '../../../src/core/model/run-state';
import { RunProjection } from '../../../src/core/storage/projection';
import type { Row } from '../../../src/core/storage/row';

const golden = path.resolve(import.meta.dirname, '../../scenarios/golden');
const stories = readdirSync(golden).filter((name) => /^(budget|model)-.*\.jsonl$/.test(name));

function told(story: string): RunEvent[] {
  const text = readFileSync(path.join(golden, story), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
}

/** The rows as they stand after all the events. */
function rowsOf(events: readonly RunEvent[]): Row[] {
  const projection = new RunProjection('run', new Map());
  const rows = new Map<unknown, Row>();
  for (const event of events)
    for (const { table, row } of projection.next(event))
      if (table === 'model_calls') rows.set(row['id'], row);
  return [...rows.values()];
}

describe('rows of model calls', () => {
  it.each(stories)('say of %s what its state says, wherever it is cut', (story) => {
    const events = told(story);
    for (let cut = 1; cut <= events.length; cut += 1) {
      const part = events.slice(0, cut);
      const dead: RunEvent = {
        runId: events[0]?.runId ?? '',
        seq: cut + 1,
        at: 1,
        type: 'owner-changed',
        epoch: 2,
        owner: 'x',
        recovery: true,
      };
      for (const list of [part, [...part, dead]]) {
        const calls = Object.values(foldAll(list)?.calls ?? {}).flat();
        const rows = rowsOf(list);
        expect(rows.map(({ status }) => status).sort()).toEqual(calls.map(({ status }) => status).sort());
        const sum = (values: readonly unknown[]) =>
          values.reduce<number>((total, value) => total + (typeof value === 'number' ? value : 0), 0);
        expect(sum(rows.map(({ usd }) => usd))).toBeCloseTo(sum(calls.map(({ usage }) => usage?.usd)));
      }
    }
  });

  it('name who answered, and who did not', () => {
    expect(rowsOf(told('model-fallback.jsonl'))[0]).toMatchObject({
      phase_id: 'ask',
      attempt: 1,
      call: 1,
      provider: 'gemini',
      status: 'answered',
      cached: 0,
      usd: 0.04,
      estimated: 0,
      latency: 10,
    });
    expect(rowsOf(told('model-cached.jsonl'))[0]).toMatchObject({ cached: 1, usd: 0.04 });
  });
});
