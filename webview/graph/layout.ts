import { graphlib, layout as dagreLayout } from '@dagrejs/dagre';
import type { StepKey } from '../../src/core/model/ids';

/** Narrower where levels lie beside each other, because there width is what runs out. */
const NODE_WIDTHS: Readonly<Record<Direction, number>> = { right: 208, down: 180 };
export const NODE_HEIGHT = 56;

/** Up to this many steps the edges are routed around nodes; above, columns by level are clear enough and cost nothing. */
const ROUTED_LIMIT = 200;
const BESIDE = 20;
const BETWEEN_LEVELS = 56;
/** A level with more steps than this is folded into several columns, so that a wide fan stays a picture. */
const COLUMN_LIMIT = 40;

/** right: levels from left to right. down: levels from top to bottom. */
export type Direction = 'right' | 'down';

export interface PlanGraph {
  readonly levels: readonly (readonly StepKey[])[];
  readonly edges: readonly { readonly from: StepKey; readonly to: StepKey }[];
  readonly order: readonly StepKey[];
}

/** Top left corner of a node. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface EdgePath {
  readonly from: StepKey;
  readonly to: StepKey;
  /** SVG path data, from side to side. */
  readonly path: string;
  /** From middle to middle, for when the steps are drawn as dots. */
  readonly farPath: string;
}

/** Where everything is, in units of the unzoomed picture; its top left is 0, 0. */
export interface GraphLayout {
  readonly direction: Direction;
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
  readonly places: ReadonlyMap<StepKey, Place>;
  readonly edges: readonly EdgePath[];
}

/** The picture of a plan. The same plan gives the same picture; states never change it, so that it never jumps. */
export function layoutGraph(plan: PlanGraph, direction: Direction): GraphLayout {
  return plan.order.length <= ROUTED_LIMIT ? routed(plan, direction) : inColumns(plan, direction);
}

/** About how large the picture becomes, from the number of levels and the longest of them: costs nothing. */
export function roughSize(
  plan: PlanGraph,
  direction: Direction,
): { readonly width: number; readonly height: number } {
  const longest = Math.max(1, ...plan.levels.map((level) => level.length));
  const levels = Math.max(1, plan.levels.length);
  const nodeWidth = NODE_WIDTHS[direction];
  return direction === 'right'
    ? {
        width: levels * (nodeWidth + BETWEEN_LEVELS) - BETWEEN_LEVELS,
        height: longest * (NODE_HEIGHT + BESIDE) - BESIDE,
      }
    : {
        width: longest * (nodeWidth + BESIDE) - BESIDE,
        height: levels * (NODE_HEIGHT + BETWEEN_LEVELS) - BETWEEN_LEVELS,
      };
}

function routed(plan: PlanGraph, direction: Direction): GraphLayout {
  const nodeWidth = NODE_WIDTHS[direction];
  const graph = new graphlib.Graph();
  graph.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    ranker: 'tight-tree',
    nodesep: BESIDE,
    edgesep: 12,
    ranksep: BETWEEN_LEVELS,
  });
  for (const key of plan.order) graph.setNode(key, { width: nodeWidth, height: NODE_HEIGHT });
  for (const edge of plan.edges) graph.setEdge(edge.from, edge.to, {});
  dagreLayout(graph);
  const places = new Map<StepKey, Place>();
  for (const key of plan.order) {
    const node = graph.node(key) as { x: number; y: number };
    places.set(key, { x: node.x - nodeWidth / 2, y: node.y - NODE_HEIGHT / 2 });
  }
  const edges = plan.edges.map(({ from, to }) => {
    const routedEdge = graph.edge(from, to) as { points: readonly Place[] };
    // The outermost points are where dagre meets the border; ours are the middles of the sides.
    return {
      from,
      to,
      path: edgePath(places, from, to, routedEdge.points.slice(1, -1), direction),
      farPath: farPath(places, from, to, direction),
    };
  });
  return { direction, nodeWidth, places, edges, ...extent(places, nodeWidth) };
}

function inColumns(plan: PlanGraph, direction: Direction): GraphLayout {
  const nodeWidth = NODE_WIDTHS[direction];
  const acrossSize = (direction === 'right' ? NODE_HEIGHT : nodeWidth) + BESIDE;
  const alongSize = (direction === 'right' ? nodeWidth : NODE_HEIGHT) + BETWEEN_LEVELS;
  const foldedSize = (direction === 'right' ? nodeWidth : NODE_HEIGHT) + BESIDE;
  const columns = columnsOf(plan);
  const longest = Math.max(...columns.map((column) => column.keys.length));
  const places = new Map<StepKey, Place>();
  let along = 0;
  columns.forEach((column, index) => {
    if (index > 0) along += column.continues ? foldedSize : alongSize;
    const start = ((longest - column.keys.length) * acrossSize) / 2;
    column.keys.forEach((key, row) => {
      const across = start + row * acrossSize;
      places.set(key, direction === 'right' ? { x: along, y: across } : { x: across, y: along });
    });
  });
  const edges = plan.edges.map(({ from, to }) => ({
    from,
    to,
    path: edgePath(places, from, to, [], direction),
    farPath: farPath(places, from, to, direction),
  }));
  return { direction, nodeWidth, places, edges, ...extent(places, nodeWidth) };
}

/** Each level near the middle of what it depends on, folded when long. */
function columnsOf(plan: PlanGraph): readonly { keys: readonly StepKey[]; continues: boolean }[] {
  const dependencies = new Map<StepKey, StepKey[]>();
  for (const { from, to } of plan.edges) {
    const known = dependencies.get(to);
    if (known === undefined) dependencies.set(to, [from]);
    else known.push(from);
  }
  const rows = new Map<StepKey, number>();
  return plan.levels.flatMap((level) => {
    const wanted = new Map<StepKey, number>();
    level.forEach((key, index) => {
      const from = (dependencies.get(key) ?? []).map((dependency) => rows.get(dependency) ?? 0);
      wanted.set(
        key,
        from.length === 0 ? index / level.length : from.reduce((sum, row) => sum + row, 0) / from.length,
      );
    });
    const sorted = [...level].sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    sorted.forEach((key, row) => rows.set(key, row / sorted.length));
    const folds = Math.ceil(sorted.length / COLUMN_LIMIT);
    const perColumn = Math.ceil(sorted.length / folds);
    return Array.from({ length: folds }, (_none, fold) => ({
      keys: sorted.slice(fold * perColumn, (fold + 1) * perColumn),
      continues: fold > 0,
    }));
  });
}

function extent(places: ReadonlyMap<StepKey, Place>, nodeWidth: number): { width: number; height: number } {
  let width = 0;
  let height = 0;
  for (const { x, y } of places.values()) {
    width = Math.max(width, x + nodeWidth);
    height = Math.max(height, y + NODE_HEIGHT);
  }
  return { width, height };
}

/** A calm line: it leaves and arrives along the direction of reading, and bends between. */
function edgePath(
  places: ReadonlyMap<StepKey, Place>,
  from: StepKey,
  to: StepKey,
  between: readonly Place[],
  direction: Direction,
): string {
  const source = places.get(from) ?? { x: 0, y: 0 };
  const target = places.get(to) ?? { x: 0, y: 0 };
  const right = direction === 'right';
  const nodeWidth = NODE_WIDTHS[direction];
  const start = right
    ? { x: source.x + nodeWidth, y: source.y + NODE_HEIGHT / 2 }
    : { x: source.x + nodeWidth / 2, y: source.y + NODE_HEIGHT };
  const end = right
    ? { x: target.x, y: target.y + NODE_HEIGHT / 2 }
    : { x: target.x + nodeWidth / 2, y: target.y };
  // Points beside either end would only make the line wobble.
  const along = right ? ('x' as const) : ('y' as const);
  const inner = between.filter((point) => point[along] > start[along] + 8 && point[along] < end[along] - 8);
  return curve([start, ...(inner.length < 3 ? [] : inner), end], right);
}

function farPath(
  places: ReadonlyMap<StepKey, Place>,
  from: StepKey,
  to: StepKey,
  direction: Direction,
): string {
  const middle = (key: StepKey) => {
    const place = places.get(key) ?? { x: 0, y: 0 };
    return { x: place.x + NODE_WIDTHS[direction] / 2, y: place.y + NODE_HEIGHT / 2 };
  };
  return curve([middle(from), middle(to)], direction === 'right');
}

function curve(points: readonly Place[], right: boolean): string {
  const start = points[0] ?? { x: 0, y: 0 };
  let path = `M${round(start.x)} ${round(start.y)}`;
  for (let index = 1; index < points.length; index += 1) {
    const a = points[index - 1] ?? start;
    const b = points[index] ?? start;
    if (right) {
      const middle = round((a.x + b.x) / 2);
      path += `C${middle} ${round(a.y)} ${middle} ${round(b.y)} ${round(b.x)} ${round(b.y)}`;
    } else {
      const middle = round((a.y + b.y) / 2);
      path += `C${round(a.x)} ${middle} ${round(b.x)} ${middle} ${round(b.x)} ${round(b.y)}`;
    }
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
