import { BatonError } from '../model/errors';
import type { StepKey } from '../model/ids';

/** The graph of a definition. A level is only a picture and a checkpoint boundary: steps start when they are ready. */
export interface Plan {
  /** Each step in the first level after all it depends on; keys in file order. */
  readonly levels: readonly (readonly StepKey[])[];
  readonly edges: readonly { readonly from: StepKey; readonly to: StepKey }[];
  /** A topological order, stable: file order where the graph allows. */
  readonly order: readonly StepKey[];
}

/** What a plan needs to know of a step. */
export interface PlanStep {
  readonly key: StepKey;
  readonly dependsOn: readonly StepKey[];
}

/**
 * The plan of steps whose keys are unique. Names in `dependsOn` that are no step are left out (checked elsewhere).
 * Throws "cycle" when the steps wait for each other: call `findCycles` first to tell people about it.
 */
export function buildPlan(steps: readonly PlanStep[]): Plan {
  const count = steps.length;
  const index = new Map<StepKey, number>();
  for (let i = 0; i < count; i++) index.set(steps[i]!.key, i);

  const level = new Int32Array(count);
  const edges: { from: StepKey; to: StepKey }[] = [];
  const sources: number[] = [];
  let inFileOrder = true;
  for (let to = 0; to < count; to++) {
    const { key, dependsOn } = steps[to]!;
    for (let i = 0; i < dependsOn.length; i++) {
      const from = index.get(dependsOn[i]!);
      if (from === undefined) continue;
      edges.push({ from: dependsOn[i]!, to: key });
      sources.push(from);
      // Final at once when every step stands after those it needs, as nearly every file has it.
      if (from >= to) inFileOrder = false;
      else if (level[from]! >= level[to]!) level[to] = level[from]! + 1;
    }
  }
  const keys = steps.map((step) => step.key);
  const order = inFileOrder ? keys : sortedOrder(steps, index, sources, level).map((i) => keys[i]!);
  const levels: StepKey[][] = [];
  for (let i = 0; i < count; i++) (levels[level[i]!] ??= []).push(keys[i]!);
  return { levels, edges, order };
}

/** Kahn's order, the first in the file first; fills in `level`. `sources` are the edges' beginnings, in edge order. */
function sortedOrder(
  steps: readonly PlanStep[],
  index: ReadonlyMap<StepKey, number>,
  sources: readonly number[],
  level: Int32Array,
): readonly number[] {
  const count = steps.length;
  level.fill(0);
  // Dependants of each step as linked lists in flat arrays: no object per edge.
  const first = new Int32Array(count).fill(-1);
  const next = new Int32Array(sources.length);
  const target = new Int32Array(sources.length);
  const missing = new Int32Array(count);
  let edge = 0;
  for (let to = 0; to < count; to++) {
    for (const name of steps[to]!.dependsOn) {
      if (!index.has(name)) continue;
      const from = sources[edge]!;
      target[edge] = to;
      next[edge] = first[from]!;
      first[from] = edge++;
      missing[to]! += 1;
    }
  }
  const ready = new SmallestFirst();
  for (let i = 0; i < count; i++) if (missing[i] === 0) ready.push(i);
  const order: number[] = [];
  for (let from = ready.pop(); from !== undefined; from = ready.pop()) {
    order.push(from);
    for (let at = first[from]!; at >= 0; at = next[at]!) {
      const to = target[at]!;
      if (level[to]! <= level[from]!) level[to] = level[from]! + 1;
      missing[to]! -= 1;
      if (missing[to] === 0) ready.push(to);
    }
  }
  if (order.length < count) throw new BatonError('cycle', 'The steps of this workflow wait for each other.');
  return order;
}

/**
 * One closed path for each knot of steps that wait for each other, in file order: ["a", "b", "a"].
 * Empty when there is a plan.
 */
export function findCycles(steps: readonly PlanStep[]): readonly (readonly StepKey[])[] {
  const index = new Map<StepKey, number>();
  steps.forEach((step, i) => index.set(step.key, i));
  const needs = steps.map((step) =>
    step.dependsOn.map((name) => index.get(name)).filter((from) => from !== undefined),
  );
  return knots(needs)
    .sort((a, b) => a[0]! - b[0]!)
    .map((members) => shortestRound(needs, members).map((i) => steps[i]!.key));
}

/** Strongly connected components that hold a cycle (Tarjan, without recursion: files may be deep chains). */
function knots(needs: readonly (readonly number[])[]): number[][] {
  const seen = new Int32Array(needs.length).fill(-1);
  const low = new Int32Array(needs.length);
  const onStack = new Uint8Array(needs.length);
  const stack: number[] = [];
  const found: number[][] = [];
  let time = 0;
  for (let root = 0; root < needs.length; root++) {
    if (seen[root]! >= 0) continue;
    const path: { node: number; edge: number }[] = [{ node: root, edge: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const { node } = top;
      if (top.edge === 0) {
        seen[node] = low[node] = time++;
        stack.push(node);
        onStack[node] = 1;
      }
      const child = needs[node]![top.edge++];
      if (child !== undefined) {
        if (seen[child]! < 0) path.push({ node: child, edge: 0 });
        else if (onStack[child]) low[node] = Math.min(low[node]!, seen[child]!);
        continue;
      }
      if (top.edge === 1) top.edge = 2; // A leaf is entered once: edge 0 must not be met again.
      path.pop();
      const parent = path[path.length - 1];
      if (parent) low[parent.node] = Math.min(low[parent.node]!, low[node]!);
      if (low[node] !== seen[node]) continue;
      const members: number[] = [];
      for (let member = stack.pop()!; ; member = stack.pop()!) {
        onStack[member] = 0;
        members.push(member);
        if (member === node) break;
      }
      if (members.length > 1 || needs[node]!.includes(node)) found.push(members.sort((a, b) => a - b));
    }
  }
  return found;
}

/** The shortest way from the knot's first member back to itself, along "is needed by" as people read it: a -> b -> a. */
function shortestRound(needs: readonly (readonly number[])[], members: readonly number[]): number[] {
  const start = members[0]!;
  const inside = new Set(members);
  const cameFrom = new Map<number, number>();
  let frontier = [start];
  while (frontier.length > 0) {
    const following: number[] = [];
    for (const node of frontier) {
      for (const child of needs[node]!) {
        if (child === start) {
          const round = [start];
          for (let at: number | undefined = node; at !== undefined && at !== start; at = cameFrom.get(at))
            round.push(at);
          // Followed backwards from the last dependency, so that the list reads in the order of the work.
          return [...round, start];
        }
        if (!inside.has(child) || cameFrom.has(child)) continue;
        cameFrom.set(child, node);
        following.push(child);
      }
    }
    frontier = following;
  }
  return [start, start];
}

/** A binary heap of step numbers. */
class SmallestFirst {
  private readonly items: number[] = [];

  push(item: number): void {
    const { items } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const { items } = this;
    const smallest = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return smallest;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return smallest;
  }
}
