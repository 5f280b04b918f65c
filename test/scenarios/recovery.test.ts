import { describe, expect, it } from 'vitest';
import { foldAll, type RunState } from '../../src/core/model/run-state';
import type { Approval } from '../../src/core/model/approval';
import type { DecisionAction } from '../../src/core/model/workflow';
import { MemoryDisk } from '../../src/core/storage/memory-run-store';
import type { RunEvent } from '../../src/core/model/events';
import { recomputed, violations } from '../core/engine/invariants';
import { SimulatedClock } from '../core/engine/simulated-clock';
import type { Simulation } from '../core/engine/simulation';
import { begin, scenarios, simulate, wires } from './play';

/* The machine dies after each event of each story. Whoever opens the run next must bring it to its end. */

describe('a run that is opened after a crash', () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'comes to its end from every event of "%s", and computes nothing again',
    async (_name, scenario) => {
      const told = simulate(scenario);
      await begin(told, scenario);
      const whole = (await scenario.play(told)) ?? told;
      const events = await whole.store.read(whole.runId);
      for (let cut = 1; cut < events.length; cut += 1) {
        const prefix = events.slice(0, cut);
        const next = simulate(scenario, {
          clock: new SimulatedClock((prefix.at(-1)?.at ?? 0) + 5_000),
          disk: diskWith(whole.disk, whole.runId, prefix),
          firstId: 10_000,
        });
        next.runId = whole.runId;
        await next.engine.recover();
        const opened = await next.state();
        expect(afterRecovery(prefix, opened), `cut after ${cut}`).toEqual([]);
        await finish(next);
        const after = await next.store.read(next.runId);
        expect(after.slice(0, cut)).toEqual(JSON.parse(JSON.stringify(prefix)));
        expect(violations(after), `cut after ${cut}`).toEqual([]);
        expect(recomputed(after), `cut after ${cut}`).toEqual([]);
        expect(repeatedEffects(prefix, next), `cut after ${cut}`).toEqual([]);
        expect(askedAgain(prefix, next), `cut after ${cut}`).toEqual([]);
        if (scenario.talk !== undefined) expect(twice(after), `cut after ${cut}`).toEqual([]);
        expect(after.at(-1)?.type).toMatch(/^run-(completed|failed|cancelled)$/);
        expect(foldAll(after)).toEqual(await next.engine.state(next.runId));
        expect(next.machine.logged).toEqual([]);
        await next.engine.close();
      }
    },
  );
});

function diskWith(from: MemoryDisk, runId: string, events: readonly RunEvent[]): MemoryDisk {
  const disk = new MemoryDisk('store');
  disk.runs.set(runId, JSON.parse(JSON.stringify(events)) as RunEvent[]);
  for (const [hash, bytes] of from.artifacts) disk.artifacts.set(hash, bytes);
  disk.epoch = from.epoch;
  return disk;
}

/** What agents said, were told by models, or did with tools, and stands in the log more than once. Nothing failed in between. */
function twice(events: readonly RunEvent[]): string[] {
  const done = events.flatMap((event): string[] => {
    if (event.type === 'message-sent' && event.message.mark !== undefined)
      return [`${event.message.from} said ${event.message.mark}`];
    if (event.type === 'call-answered') return [`${event.step} was answered ${event.requestHash}`];
    return event.type === 'tool-completed' ? [`${event.step} did ${event.key}`] : [];
  });
  return done.filter((one, index) => done.indexOf(one) !== index);
}

/** Nothing starts by itself, and no gate that was open is lost. */
function afterRecovery(prefix: readonly RunEvent[], opened: RunState): string[] {
  const before = foldAll(prefix);
  const found: string[] = [];
  for (const step of Object.values(opened.steps))
    if (step.status === 'running') found.push(`${step.key} runs although nobody resumed`);
  for (const id of Object.keys(before?.openApprovals ?? {})) {
    const isClosed = opened.closedApprovals.some(({ approval }) => approval.id === id);
    if (!(id in opened.openApprovals) && !isClosed) found.push(`the gate ${id} is lost`);
  }
  return found;
}

/** Brings a run to its end as a patient person would. */
async function finish(simulation: Simulation): Promise<void> {
  for (let round = 0; round < 40; round += 1) {
    const state = await simulation.untilIdle(100_000_000);
    if (state.endedAt !== undefined) return;
    const open = Object.values(state.openApprovals)[0];
    if (open !== undefined) {
      const outcome = await answer(simulation, open);
      if (!outcome) throw new Error(`The answer to ${open.step} was refused`);
    }
    const now = await simulation.state();
    if (now.endedAt === undefined && (now.phase === 'paused' || now.phase === 'parked'))
      await simulation.waited(simulation.engine.resume(simulation.runId, { by: 'ada' }));
  }
  throw new Error('The run never came to its end');
}

const ANSWERS: Readonly<Record<Approval['kind'], DecisionAction>> = {
  gate: 'approve',
  before: 'approve',
  error: 'skip',
  uncertain: 'approve',
  budget: 'approve',
  policy: 'cancel',
};

async function answer(simulation: Simulation, approval: Approval): Promise<boolean> {
  const decision = { action: ANSWERS[approval.kind], shownHash: approval.shownHash };
  const by = { name: approval.approvers?.[0] ?? 'ada', channel: 'terminal' } as const;
  const outcome = await simulation.waited(
    simulation.engine.decide(simulation.runId, approval.id, decision, by),
  );
  return outcome.ok;
}

/** Commands begun for steps whose result was recorded before, although nobody asked for them again. */
function repeatedEffects(prefix: readonly RunEvent[], simulation: Simulation): string[] {
  const before = foldAll(prefix);
  const done = Object.values(before?.steps ?? {}).filter(
    (step) => step.status === 'completed' || (step.status === 'waiting' && step.produced !== undefined),
  );
  const keys = new Set(done.map((step) => step.key));
  const begun = simulation.machine.effects.map(({ mark }) => mark);
  const twice = begun.filter((mark, index) => begun.indexOf(mark) !== index);
  return [...twice, ...begun.filter((mark) => keys.has(mark.split('/')[1] ?? ''))];
}

/** Models that were asked again although their answer stood in an attempt that had only been interrupted. */
function askedAgain(prefix: readonly RunEvent[], simulation: Simulation): string[] {
  const answered = new Set(
    prefix.flatMap((event) => (event.type === 'call-answered' ? [event.requestHash] : [])),
  );
  const { asked = [] } = wires.get(simulation) ?? {};
  return asked.flatMap(({ step, hash }) => (answered.has(hash) ? [step] : []));
}
