import type { Edge } from './resolve-modules';

/** A shortest way around each group of files that need each other: the edges in order, beginning at the first path by name. */
export function importCircles(edges: readonly Edge[]): (readonly Edge[])[] {
  const next = new Map<string, Edge[]>();
  for (const edge of edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge]);
  const found: (readonly Edge[])[] = [];
  for (const group of groups(next)) {
    const [first] = [...group].sort();
    if (first !== undefined) found.push(shortestWay(first, group, next));
  }
  return found.sort((a, b) => ((a[0]?.from ?? '') < (b[0]?.from ?? '') ? -1 : 1));
}

/** Strongly connected groups of two and more (Tarjan 1972), without recursion: a chain of imports may be long. */
function groups(next: ReadonlyMap<string, readonly Edge[]>): ReadonlySet<string>[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const found: Set<string>[] = [];
  for (const start of next.keys()) {
    if (index.has(start)) continue;
    const work: { node: string; edge: number }[] = [{ node: start, edge: 0 }];
    for (let top = work.at(-1); top !== undefined; top = work.at(-1)) {
      const { node } = top;
      if (top.edge === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node) ?? 0);
        stack.push(node);
        onStack.add(node);
      }
      const edge = next.get(node)?.[top.edge];
      top.edge += 1;
      if (edge !== undefined) {
        if (!index.has(edge.to)) work.push({ node: edge.to, edge: 0 });
        else if (onStack.has(edge.to)) low.set(node, Math.min(low.get(node) ?? 0, index.get(edge.to) ?? 0));
        continue;
      }
      work.pop();
      const above = work.at(-1)?.node;
      if (above !== undefined) low.set(above, Math.min(low.get(above) ?? 0, low.get(node) ?? 0));
      if (low.get(node) !== index.get(node)) continue;
      const group = new Set<string>();
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        onStack.delete(member);
        group.add(member);
        if (member === node) break;
      }
      if (group.size > 1) found.push(group);
    }
  }
  return found;
}

function shortestWay(
  start: string,
  group: ReadonlySet<string>,
  next: ReadonlyMap<string, readonly Edge[]>,
): readonly Edge[] {
  const cameBy = new Map<string, Edge>();
  const queue = [start];
  for (const node of queue) {
    for (const edge of next.get(node) ?? []) {
      if (edge.to === start) return wayTo(node, start, cameBy, edge);
      if (!group.has(edge.to) || cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  return [];
}

function wayTo(node: string, start: string, cameBy: ReadonlyMap<string, Edge>, last: Edge): Edge[] {
  const way = [last];
  for (let at = node; at !== start;) {
    const edge = cameBy.get(at);
    if (edge === undefined) break;
    way.unshift(edge);
    at = edge.from;
  }
  return way;
}
