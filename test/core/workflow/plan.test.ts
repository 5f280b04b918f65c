import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPlan, findCycles, type PlanStep } from '../../../src/core/workflow/plan';

/** `['a', 'b<a', 'c<a,b']`: b after a, c after both. */
function steps(...texts: string[]): PlanStep[] {
  return texts.map((text) => {
    const [key = '', after] = text.split('<');
    return { key, dependsOn: after === undefined ? [] : after.split(',') };
  });
}

describe('a plan', () => {
  it('puts each step in the first level after all it depends on', () => {
    const plan = buildPlan(steps('lint', 'scan', 'design<lint,scan', 'speed<lint', 'report<design,speed'));
    expect(plan.levels).toEqual([['lint', 'scan'], ['design', 'speed'], ['report']]);
    expect(plan.edges).toEqual([
      { from: 'lint', to: 'design' },
      { from: 'scan', to: 'design' },
      { from: 'lint', to: 'speed' },
      { from: 'design', to: 'report' },
      { from: 'speed', to: 'report' },
    ]);
  });

  it('keeps the order of the file where the graph allows', () => {
    expect(buildPlan(steps('a', 'b', 'c<a')).order).toEqual(['a', 'b', 'c']);
    expect(buildPlan(steps('report<b', 'a', 'b', 'z<a')).order).toEqual(['a', 'b', 'report', 'z']);
  });

  it('is empty for no steps', () => {
    expect(buildPlan([])).toEqual({ levels: [], edges: [], order: [] });
  });

  it('leaves out names that are no step', () => {
    expect(buildPlan(steps('a<nobody')).edges).toEqual([]);
  });

  it('refuses steps that wait for each other', () => {
    expect(() => buildPlan(steps('a<b', 'b<a'))).toThrow('wait for each other');
    expect(() => buildPlan(steps('a<a'))).toThrow('wait for each other');
  });

  it('orders any graph without a cycle, and levels follow the edges', () => {
    fc.assert(
      fc.property(acyclicGraph(), (graph) => {
        const plan = buildPlan(graph);
        const place = new Map(plan.order.map((key, i) => [key, i]));
        const level = new Map(plan.levels.flatMap((keys, i) => keys.map((key) => [key, i] as const)));
        expect([...plan.order].sort()).toEqual(graph.map(({ key }) => key).sort());
        expect(plan.levels.flat().length).toBe(graph.length);
        for (const { key, dependsOn } of graph) {
          const before = dependsOn.map((name) => level.get(name)!);
          expect(level.get(key)).toBe(before.length === 0 ? 0 : Math.max(...before) + 1);
          for (const name of dependsOn) expect(place.get(name)!).toBeLessThan(place.get(key)!);
        }
        expect(findCycles(graph)).toEqual([]);
      }),
    );
  });

  it('gives the smallest order that the graph allows', () => {
    fc.assert(
      fc.property(acyclicGraph(), (graph) => {
        const file = new Map(graph.map(({ key }, i) => [key, i]));
        const settled = new Set<string>();
        for (const key of buildPlan(graph).order) {
          const ready = graph.filter(
            (step) => !settled.has(step.key) && step.dependsOn.every((d) => settled.has(d)),
          );
          expect(key).toBe(ready.sort((a, b) => file.get(a.key)! - file.get(b.key)!)[0]!.key);
          settled.add(key);
        }
      }),
    );
  });

  it('copes with a chain of 20,000 steps in any order', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => ({
      key: `s${i}`,
      dependsOn: i === 0 ? [] : [`s${i - 1}`],
    }));
    expect(buildPlan(chain).levels.length).toBe(20_000);
    expect(buildPlan(chain.toReversed()).order[0]).toBe('s0');
    expect(findCycles([...chain, { key: 'end', dependsOn: ['end'] }])).toEqual([['end', 'end']]);
  });
});

describe('a cycle', () => {
  it('is shown as the way around, in the order of the work', () => {
    expect(findCycles(steps('a<c', 'b<a', 'c<b'))).toEqual([['a', 'b', 'c', 'a']]);
    expect(findCycles(steps('a<a', 'b'))).toEqual([['a', 'a']]);
  });

  it('is shown once for each knot, the shortest way around', () => {
    expect(findCycles(steps('a<b,d', 'b<a', 'c<b', 'd<c', 'x<y', 'y<x', 'free'))).toEqual([
      ['a', 'b', 'a'],
      ['x', 'y', 'x'],
    ]);
  });

  it('is found in any graph that has one, and each step of it waits for the one before', () => {
    fc.assert(
      fc.property(acyclicGraph(), fc.nat(), fc.nat(), (graph, a, b) => {
        fc.pre(graph.length > 1);
        const from = graph[a % graph.length]!;
        const to = graph[b % graph.length]!;
        const tied = graph.map((step) =>
          step === from ? { ...step, dependsOn: [...step.dependsOn, to.key] } : step,
        );
        const cycles = findCycles(tied);
        let hasPlan = true;
        try {
          buildPlan(tied);
        } catch {
          hasPlan = false;
        }
        expect(cycles.length === 0).toBe(hasPlan);
        const needs = new Map(tied.map(({ key, dependsOn }) => [key, dependsOn]));
        for (const cycle of cycles) {
          for (let i = 1; i < cycle.length; i++) expect(needs.get(cycle[i]!)).toContain(cycle[i - 1]);
          expect(cycle[0]).toBe(cycle[cycle.length - 1]);
        }
      }),
    );
  });
});

/** Steps in a shuffled file order, each depending on some that stand before it in a hidden order. */
function acyclicGraph(): fc.Arbitrary<PlanStep[]> {
  return fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 30 })
    .chain((needs) => fc.tuple(fc.constant(needs), fc.array(fc.nat(), { minLength: 30, maxLength: 30 })))
    .map(([needs, shuffle]) => {
      const graph = needs.map((before, i) => ({
        key: `s${i}`,
        dependsOn: i === 0 ? [] : [...new Set(before.map((n) => `s${n % i}`))],
      }));
      return graph
        .map((step, i) => ({ step, weight: shuffle[i]! }))
        .sort((a, b) => a.weight - b.weight)
        .map(({ step }) => step);
    });
}
