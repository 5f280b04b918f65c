import { describe, expect, it } from 'vitest';
import { foldAll } from '../../src/core/model/run-state';
import { recomputed, violations } from '../core/engine/invariants';
import { golden, readable } from './scenario';
import { begin, scenarios, simulate } from './play';

describe('scenarios', () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (name, scenario) => {
    const simulation = simulate(scenario);
    await begin(simulation, scenario);
    const last = (await scenario.play(simulation)) ?? simulation;
    const events = await last.store.read(last.runId);
    const text = readable(events);
    expect(text).toEqual(await golden(`${name}.log`, text));
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    expect(lines).toEqual(await golden(`${name}.jsonl`, lines));
    expect(violations(events)).toEqual([]);
    expect(recomputed(events)).toEqual([]);
    expect(await last.engine.state(last.runId)).toEqual(foldAll(events));
    expect(events.at(-1)?.type).toMatch(/^run-(completed|failed|cancelled)$/);
    expect(last.machine.logged).toEqual([]);
  });
});
