import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunState } from '../../../src/core/model/run-state';
import { Simulation, type SimulationOptions } from './simulation';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
const RUNS = Number(process.env['RUNS'] ?? 300);

/** Notes that something happened in a story. */
export type Saw = (what: string) => void;

/**
 * The test that any story keeps a promise.
 *
 * @param floors how often each thing must have been seen at least, for a run in which nothing happens keeps every promise
 */
export function testStories<Story>(
  promise: string,
  story: fc.Arbitrary<Story>,
  play: (told: Story, saw: Saw) => Promise<void>,
  floors: Readonly<Record<string, number>>,
): void {
  it(
    `${promise} (seed ${SEED}, ${RUNS} runs)`,
    async () => {
      const seen = new Map<string, number>();
      const saw: Saw = (what) => seen.set(what, (seen.get(what) ?? 0) + 1);
      await fc.assert(
        fc.asyncProperty(story, (told) => play(told, saw)),
        { numRuns: RUNS, seed: SEED },
      );
      if (RUNS < 300) return;
      for (const [what, least] of Object.entries(floors))
        expect(seen.get(what) ?? 0, `${what} was seen too rarely`).toBeGreaterThanOrEqual(least);
    },
    Math.max(120_000, RUNS * 400),
  );
}

/** Options that need the simulation they are for, once it is there. */
export type OptionsFor = (simulation: () => Simulation) => SimulationOptions;

export function simulate(options: OptionsFor): Simulation {
  const simulation: Simulation = new Simulation(options(() => simulation));
  return simulation;
}

/** What may come over any run: time, a person at the switch, the end of the program. */
export type Outside =
  { readonly type: 'wait'; readonly ms: number } | { readonly type: 'pause' | 'resume' | 'close' | 'crash' };

/** Lets it come; gives the simulation that goes on, another one where the program ended. */
export async function happen(
  simulation: Simulation,
  happening: Outside,
  options: OptionsFor,
): Promise<Simulation> {
  const { engine, runId } = simulation;
  switch (happening.type) {
    case 'wait':
      await simulation.pass(happening.ms);
      return simulation;
    case 'pause':
      await simulation.waited(engine.pause(runId, 'ada'));
      return simulation;
    case 'resume':
      await simulation.waited(engine.resume(runId, { by: 'ada' }));
      return simulation;
    case 'close':
    case 'crash': {
      if (happening.type === 'close') await simulation.waited(engine.close());
      const next: Simulation = await simulation.crash(options(() => next));
      await next.waited(next.engine.recover());
      return next;
    }
    default:
      return happening satisfies never;
  }
}

/** Brings the run to its end by going on whenever it stands; `atRest` answers what is asked then. */
export async function playToEnd(
  simulation: Simulation,
  mostRounds: number,
  atRest: (state: RunState, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; ; round += 1) {
    if (round > mostRounds) throw new Error('The run never came to its end');
    const state = await simulation.untilIdle();
    if (state.endedAt !== undefined) return;
    await atRest(state, round);
    const { phase } = await simulation.state();
    if (phase === 'paused' || phase === 'parked')
      await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada' }));
  }
}
