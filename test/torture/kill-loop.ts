import { performance } from 'node:perf_hooks';
import type { ChildProcess } from 'node:child_process';
import type { RunEvent } from '../../src/core/model/events';
import { foldAll, isSettled, type RunState } from '../../src/core/model/run-state';
import { eventsIn, finish, Workplace } from '../support/built-cli';
import { judge, type Verdict } from './kill-verdict';
import { shapes } from './kill-shapes';
import { readEvents, rebuiltRows, rowsNow, stateOf } from './kill-store';

export interface KillFigures {
  readonly seed: number;
  kills: number;
  /** Kills between the first `step-started` and the last `step-completed` of their run. */
  inside: number;
  runs: number;
  finished: number;
  /** Events that a process had shown, all of them compared with the store. */
  shown: number;
  /** Recorded results. */
  results: number;
  readonly lost: string[];
  readonly repeated: string[];
  readonly withoutEffect: string[];
  readonly unreadable: string[];
  readonly unfinished: string[];
  /** Questions about steps that may have happened, each answered with retry. */
  uncertain: number;
  gates: number;
  /** Tables whose rows differ between the database as it grew and the one rebuilt from the journal. */
  differingTables: string[];
  rows: number;
  /** From the start of a process to its first event after a kill, milliseconds. */
  readonly recoveries: number[];
}

/**
 * Kills the built command line again and again, in five shapes of workflow, until `kills` kills have hit;
 * answers what is asked, lets every run finish, and compares what was shown, stored and done.
 */
export async function killLoop(
  kills: number,
  seed: number,
  log: (line: string) => void,
): Promise<KillFigures> {
  const place = await Workplace.make(
    Object.fromEntries(shapes.map(({ name, text }) => [`${name}.yaml`, text])),
  );
  await place.write('src/example.js', 'var unused = 1;\nif (unused == 2) console.log("two");\n');
  try {
    const loop = new KillLoop(place, kills, seed, log);
    return await loop.run();
  } finally {
    await place.remove();
  }
}

/** `BATON_SHAPE` leaves only one, to look at a fault again. */
const chosen = shapes.filter(({ name }) => [undefined, name].includes(process.env['BATON_SHAPE']));

class KillLoop {
  private readonly figures: KillFigures;
  private readonly random: () => number;

  constructor(
    private readonly place: Workplace,
    private readonly kills: number,
    seed: number,
    private readonly log: (line: string) => void,
  ) {
    this.random = randomFrom(seed);
    this.figures = {
      seed,
      kills: 0,
      inside: 0,
      runs: 0,
      finished: 0,
      shown: 0,
      results: 0,
      lost: [],
      repeated: [],
      withoutEffect: [],
      unreadable: [],
      unfinished: [],
      uncertain: 0,
      gates: 0,
      differingTables: [],
      rows: 0,
      recoveries: [],
    };
  }

  async run(): Promise<KillFigures> {
    const { figures } = this;
    while (this.wantsKills) {
      const shape = chosen[figures.runs % chosen.length];
      if (shape === undefined) break;
      await this.oneRun(shape.name, shape.workMs);
      this.log(`${figures.kills} kills, ${figures.runs} runs, ${figures.uncertain} uncertain`);
      // Looked at now and then, so that the database grows step by step, as it does where people look.
      if (figures.runs % 4 === 0) await rowsNow(this.place);
    }
    const grown = await rowsNow(this.place);
    const rebuilt = await rebuiltRows(this.place);
    figures.rows = Object.values(grown).reduce((sum, rows) => sum + rows.length, 0);
    figures.differingTables = Object.keys({ ...grown, ...rebuilt }).filter(
      (table) => JSON.stringify(grown[table]) !== JSON.stringify(rebuilt[table]),
    );
    return figures;
  }

  /** Enough have hit, and enough of those in the middle of the work. Every kill counts, those that missed it too. */
  private get wantsKills(): boolean {
    const { kills, inside } = this.figures;
    return kills < this.kills || (inside < 0.8 * kills && kills < 2 * this.kills);
  }

  /** Kills at other moments are wanted as well, but few. */
  private get mayMiss(): boolean {
    const { kills, inside } = this.figures;
    return kills < this.kills && kills - inside < 0.1 * this.kills;
  }

  /** One run from its start to its end, killed up to four times on the way. */
  private async oneRun(shape: string, workMs: number): Promise<void> {
    const { figures, place } = this;
    figures.runs += 1;
    const effects = await place.write(`effects/${figures.runs}.txt`, '');
    const shown: RunEvent[] = [];
    let killsLeft = 1 + Math.floor(this.random() * 4);
    let runId: string | undefined;
    let wasKilled = false;
    const options = ['--json', '--approvals', 'none', '--state', stateOf(place)];
    for (let round = 0; round < 40; round += 1) {
      const args =
        runId === undefined
          ? ['run', `${shape}.yaml`, '--input', `effects=${effects}`, ...options]
          : ['resume', runId, ...options];
      const kill = killsLeft > 0 && this.wantsKills;
      const outcome = await this.process(args, kill ? workMs : undefined, wasKilled);
      shown.push(...outcome.events);
      runId ??= outcome.events[0]?.runId ?? (await this.newestRun());
      if (runId === undefined) {
        // Killed before anything was recorded: nothing to go on with.
        figures.kills += 1;
        killsLeft -= 1;
        continue;
      }
      const state = await this.look(runId);
      wasKilled = outcome.killed;
      if (outcome.killed) {
        killsLeft -= 1;
        figures.kills += 1;
        if (isInside(state)) figures.inside += 1;
        continue;
      }
      if (outcome.code === 0) break;
      if (outcome.code !== 3) {
        figures.unfinished.push(`${runId} (${shape}) exited with ${outcome.code}: ${outcome.stderr}`);
        return;
      }
      await this.answer(runId, state);
    }
    await this.settle(runId, shape, effects, shown);
  }

  /** Runs a process to its end, or kills it at a random moment of its work. */
  private async process(args: readonly string[], workMs: number | undefined, recovers: boolean) {
    const began = performance.now();
    const child = this.place.start(args);
    child.stdin?.end();
    const ended = finish(child);
    let killed = false;
    if (workMs !== undefined) {
      // A few die while they start up; most once their work is under way.
      const early = this.random() < 0.08 && this.mayMiss;
      if (early) await Promise.race([wait(this.random() * 300), ended]);
      else {
        const hasBegun = await Promise.race([firstEvent(child, 'step-started'), ended.then(() => false)]);
        if (hasBegun) await Promise.race([wait(this.random() * workMs), ended]);
      }
      killed = child.exitCode === null && child.signalCode === null && child.kill('SIGKILL');
    } else if (recovers && (await Promise.race([firstEvent(child), ended.then(() => false)]))) {
      this.figures.recoveries.push(performance.now() - began);
    }
    const { code, signal, stdout, stderr } = await ended;
    const events = eventsIn(stdout);
    this.figures.shown += events.length;
    return { code, killed: killed && signal === 'SIGKILL', events, stderr };
  }

  /** Approves gates, answers retry to what may have happened. Now and then the answering process is killed too. */
  private async answer(runId: string, state: RunState | undefined): Promise<void> {
    for (const approval of Object.values(state?.openApprovals ?? {})) {
      const action = approval.kind === 'uncertain' ? 'retry' : 'approve';
      const args = ['approve', runId, approval.step, '--action', action, '--state', stateOf(this.place)];
      if (this.random() < 0.1 && this.wantsKills && this.mayMiss) {
        const child = this.place.start(args);
        const ended = finish(child);
        await Promise.race([wait(this.random() * 400), ended]);
        if (child.exitCode === null && child.kill('SIGKILL')) {
          this.figures.kills += 1;
          if (isInside(state)) this.figures.inside += 1;
        }
        await ended;
        const after = await this.look(runId);
        if (after?.openApprovals[approval.id] === undefined) continue;
      }
      const { code, stderr } = await this.place.baton(args);
      if (code !== 0)
        this.figures.unfinished.push(`approve ${runId} ${approval.step} exited with ${code}: ${stderr}`);
      if (approval.kind === 'uncertain') this.figures.uncertain += 1;
      else this.figures.gates += 1;
    }
  }

  private async settle(
    runId: string | undefined,
    shape: string,
    effects: string,
    shown: readonly RunEvent[],
  ): Promise<void> {
    const { figures } = this;
    if (runId === undefined) return;
    const stored = await readEvents(this.place, runId);
    const name = effects.slice(this.place.workspace.length + 1);
    const verdict = judge(shown, stored, await this.place.read(name));
    if (Object.values(verdict).some((found: string[]) => found.length > 0))
      this.explain(stored, verdict, await this.place.read(name));
    figures.lost.push(...verdict.lost);
    figures.repeated.push(...verdict.repeated);
    figures.withoutEffect.push(...verdict.withoutEffect);
    figures.results += stored.filter(({ type }) => type === 'step-completed').length;
    if (stored.at(-1)?.type === 'run-completed') figures.finished += 1;
    else figures.unfinished.push(`${runId} (${shape}) ends with ${stored.at(-1)?.type}`);
  }

  /** The whole story of a run that broke a promise. */
  private explain(stored: readonly RunEvent[], verdict: Verdict, effects: string): void {
    const told = stored.map((event) => {
      const step = 'step' in event ? ` ${event.step}/${event.attempt}` : '';
      return `${event.seq} ${new Date(event.at).toISOString().slice(17, 23)} ${event.type}${step}`;
    });
    console.log([JSON.stringify(verdict, undefined, 2), ...told, effects].join('\n'));
  }

  private async look(runId: string): Promise<RunState | undefined> {
    try {
      return foldAll(await readEvents(this.place, runId));
    } catch (error) {
      this.figures.unreadable.push(`${runId}: ${String(error)}`);
      return undefined;
    }
  }

  /** The run of a process that was killed before it could show anything. */
  private async newestRun(): Promise<string | undefined> {
    const { runs } = await this.place.json<{ runs: { runId: string; status: string }[] }>(
      ...['list', '--runs', '--state', stateOf(this.place)],
    );
    return runs.find(({ status }) => status !== 'completed')?.runId;
  }
}

function isInside(state: RunState | undefined): boolean {
  if (state === undefined) return false;
  const steps = Object.values(state.steps);
  return steps.some(({ attempt }) => attempt > 0) && steps.some((step) => !isSettled(step));
}

/** True once the child printed an event (of a type). Never resolves when it does not. */
function firstEvent(child: ChildProcess, type?: RunEvent['type']): Promise<true> {
  let stdout = '';
  return new Promise((resolve) => {
    child.stdout?.on('data', (text: string | Buffer) => {
      stdout += text.toString();
      if (eventsIn(stdout).some((event) => type === undefined || event.type === type)) resolve(true);
    });
  });
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Numbers in [0, 1) that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
