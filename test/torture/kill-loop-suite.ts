import { beforeAll, describe, expect, it } from 'vitest';
import { builtCli } from '../support/built-cli';
import { killLoop, type KillFigures } from './kill-loop';

/** The kill loop as tests: one for each promise. Says its figures and its seed. */
export function describeKillLoop(kills: number): void {
  const seed = Number(process.env['BATON_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  describe(`${kills} times kill -9 (seed ${seed})`, () => {
    let figures: KillFigures;

    beforeAll(
      async () => {
        await builtCli();
        const progress = process.env['BATON_VERBOSE'] === undefined ? () => {} : console.log;
        figures = await killLoop(kills, seed, progress);
        console.log(summary(figures));
      },
      60_000 + kills * 15_000,
    );

    it('hits, at least four times in five in the middle of the work', () => {
      expect(figures.kills).toBeGreaterThanOrEqual(kills);
      expect(figures.inside / figures.kills).toBeGreaterThanOrEqual(0.8);
    });

    it('loses no result that was shown', () => {
      expect(figures.lost).toEqual([]);
      expect(figures.shown).toBeGreaterThan(kills * 2);
    });

    it('computes no recorded result again', () => {
      expect(figures.repeated).toEqual([]);
      expect(figures.results).toBeGreaterThan(kills);
    });

    it('records nothing as done that was not done', () => {
      expect(figures.withoutEffect).toEqual([]);
    });

    it('leaves every store readable', () => {
      expect(figures.unreadable).toEqual([]);
    });

    it('finishes every run, a person answering retry where a step may have happened', () => {
      expect(figures.unfinished).toEqual([]);
      expect(figures.finished).toBe(figures.runs);
      expect(figures.uncertain).toBeGreaterThan(0);
    });

    it('rebuilds the same rows from the journal alone', () => {
      expect(figures.differingTables).toEqual([]);
      expect(figures.rows).toBeGreaterThan(figures.results);
    });
  });
}

function summary(figures: KillFigures): string {
  const sorted = [...figures.recoveries].sort((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  return [
    `kill loop, seed ${figures.seed}: ${figures.kills} kills, ${figures.inside} of them (${Math.round((100 * figures.inside) / figures.kills)} %) between the first step-started and the last step-completed`,
    `${figures.finished} of ${figures.runs} runs finished, ${figures.results} results, ${figures.shown} events shown, ${figures.rows} rows`,
    `${figures.lost.length} lost, ${figures.repeated.length} computed again, ${figures.withoutEffect.length} without effect, ${figures.unreadable.length} unreadable`,
    `${figures.uncertain} uncertain steps answered with retry, ${figures.gates} gates approved`,
    `recovery (process start to first event) p95 ${Math.round(p95)} ms over ${sorted.length}`,
  ].join('\n');
}
