import { describe, expect, it } from 'vitest';
import {
  isLargeOutput,
  LARGE_OUTPUT_BYTES,
  storableOutput,
  wholeOutput,
} from '../../../../src/core/engine/work/large-output';
import { gate, step, workflow } from '../definitions';
import { Simulation } from '../simulation';

describe('a large output', () => {
  it('lies in the artifact store from 64 kB on, counted in bytes', async () => {
    const { artifacts } = new Simulation().store;
    const short = 'é'.repeat(LARGE_OUTPUT_BYTES / 2 - 2);
    expect(await storableOutput(short, artifacts)).toBe(short);
    const long = `${short}é`;
    const standIn = await storableOutput(long, artifacts);
    expect(isLargeOutput(standIn)).toBe(true);
    expect(await wholeOutput(standIn, artifacts)).toBe(long);
  });

  it('is not what merely looks like one', async () => {
    const { artifacts } = new Simulation().store;
    const imitation = { $artifact: 'abc', size: 5, preview: 'x' };
    expect(await wholeOutput(imitation, artifacts)).toBe(imitation);
  });

  it('is whole for the steps after it, also after a gate and after a crash', async () => {
    const text = JSON.stringify({ items: Array.from({ length: 20_000 }, (_, index) => index) });
    const commands = (command: string) => (command === 'make' ? { stdout: text } : {});
    const definition = workflow([
      step('a', { run: 'make', approval: gate() }),
      step('b', { dependsOn: ['a'], run: ['say', '{{ steps.a.output.items.19999 }}'] }),
      step('c', {
        dependsOn: ['b'],
        run: ['say', '{{ steps.a.output.items.length }}'],
        approval: gate({ when: 'before' }),
      }),
    ]);
    const first = new Simulation({ commands });
    await first.start(definition);
    const waiting = await first.untilIdle();
    expect(JSON.stringify(waiting).length).toBeLessThan(10_000);
    const second = await first.crash({ commands });
    await second.engine.recover();
    await second.decide('a', 'approve');
    await second.untilIdle();
    expect(second.machine.effects.map(({ command }) => command)).toEqual(['say 19999']);
    const third = await second.crash({ commands });
    await third.engine.recover();
    await third.decide('c', 'approve');
    expect((await third.untilIdle()).phase).toBe('completed');
    expect(third.machine.effects.map(({ command }) => command)).toEqual(['say 20000']);
  });

  it('is forgotten when a person puts something else, or nothing, in its place', async () => {
    const text = JSON.stringify({ n: 'x'.repeat(LARGE_OUTPUT_BYTES) });
    for (const value of [null, { n: 1 }, { n: 'y'.repeat(LARGE_OUTPUT_BYTES) }]) {
      const simulation = new Simulation({ commands: () => ({ stdout: text }) });
      await simulation.start(
        workflow([
          step('a', { run: 'make', approval: gate() }),
          step('b', { dependsOn: ['a'], run: ['say', '{{ steps.a.output.n }}'] }),
        ]),
      );
      await simulation.untilIdle();
      await simulation.decide('a', 'modify', { value });
      await simulation.untilIdle();
      const said = simulation.machine.effects.at(-1)?.command.slice(0, 10).trim();
      expect(said).toBe(`say ${typeof value?.n === 'string' ? 'yyyyyy' : (value?.n ?? '')}`.trim());
    }
  });
});
