import { describe, expect, it } from 'vitest';
import { step, workflow } from '../definitions';
import { Simulation } from '../simulation';

describe('the start of a command', () => {
  it.each([true, false])('is on the disk before the command begins (idempotent: %s)', async (idempotent) => {
    const seen: string[][] = [];
    const simulation = new Simulation({
      syncMs: 50,
      commands: () => {
        seen.push(simulation.events.map(({ type }) => type));
        return {};
      },
    });
    // A start waits for the disk, and the clock only moves when told.
    const started = simulation.start(workflow([step('a', { run: 'make', idempotent })]));
    await simulation.waited(started);
    await simulation.untilIdle();
    // A killed process leaves its commands running: whoever comes next must know of each that began.
    expect(seen).toEqual([['run-started', 'step-started']]);
  });
});
