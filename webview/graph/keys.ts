import type { StepKey } from '../../src/core/model/ids';
import { NODE_HEIGHT, type GraphLayout } from './layout';

export type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

export function isArrow(key: string): key is Arrow {
  return key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown';
}

/**
 * The step an arrow key leads to: forwards and backwards along the edges, sideways to the neighbour of the same level.
 * Undefined where there is none.
 */
export function neighbour(layout: GraphLayout, from: StepKey, arrow: Arrow): StepKey | undefined {
  const right = layout.direction === 'right';
  const forwards = arrow === (right ? 'ArrowRight' : 'ArrowDown');
  const backwards = arrow === (right ? 'ArrowLeft' : 'ArrowUp');
  if (forwards || backwards) {
    const candidates = layout.edges
      .filter((edge) => (forwards ? edge.from : edge.to) === from)
      .map((edge) => (forwards ? edge.to : edge.from));
    return nearest(layout, from, candidates);
  }
  const sideways = arrow === 'ArrowRight' || arrow === 'ArrowDown' ? 1 : -1;
  return besides(layout, from, sideways);
}

function nearest(layout: GraphLayout, from: StepKey, candidates: readonly StepKey[]): StepKey | undefined {
  const here = layout.places.get(from);
  if (here === undefined) return undefined;
  const distance = (key: StepKey) => {
    const there = layout.places.get(key) ?? here;
    return Math.abs(there.x - here.x) + Math.abs(there.y - here.y);
  };
  return candidates.reduce<StepKey | undefined>(
    (best, key) => (best === undefined || distance(key) < distance(best) ? key : best),
    undefined,
  );
}

function besides(layout: GraphLayout, from: StepKey, sign: 1 | -1): StepKey | undefined {
  const here = layout.places.get(from);
  if (here === undefined) return undefined;
  const right = layout.direction === 'right';
  const reach = right ? layout.nodeWidth : NODE_HEIGHT;
  let best: { key: StepKey; distance: number } | undefined;
  for (const [key, place] of layout.places) {
    const along = right ? place.x - here.x : place.y - here.y;
    const across = (right ? place.y - here.y : place.x - here.x) * sign;
    // Same level: the nodes overlap when looked at along the reading direction.
    if (key === from || Math.abs(along) >= reach || across <= 0) continue;
    const distance = across + Math.abs(along);
    if (best === undefined || distance < best.distance) best = { key, distance };
  }
  return best?.key;
}

/** What the help overlay lists. */
export const KEYS: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['←', '→', '↑', '↓'], does: 'Walk along the edges and between neighbours' },
  { keys: ['Home', 'End'], does: 'First and last step' },
  { keys: ['Enter'], does: 'Open the details of the step' },
  { keys: ['Esc'], does: 'Back to the graph, close details' },
  { keys: ['+', '−'], does: 'Zoom in and out (also Ctrl and wheel)' },
  { keys: ['0'], does: 'Fit the whole graph' },
  { keys: ['/'], does: 'Find a step' },
  { keys: ['?'], does: 'Show these keys' },
];
