import { describe, expect, test } from 'vitest';
import { directionFor, layoutsOf, sizesOf } from '../../webview/graph/directions';
import { neighbour } from '../../webview/graph/keys';
import { layoutGraph, NODE_HEIGHT, type Direction, type GraphLayout } from '../../webview/graph/layout';
import { fit, pan, reveal, zoomAt } from '../../webview/graph/viewport';
import { filledRun, largeRun, planOf, step, workflow } from './samples';

const diamond = planOf(workflow([step('a'), step('b', ['a']), step('c', ['a']), step('d', ['b', 'c'])]));

function overlaps(layout: GraphLayout): number {
  const places = [...layout.places.values()];
  let count = 0;
  places.forEach((one, index) => {
    for (const other of places.slice(index + 1))
      if (Math.abs(one.x - other.x) < layout.nodeWidth && Math.abs(one.y - other.y) < NODE_HEIGHT) count += 1;
  });
  return count;
}

describe.each<Direction>(['right', 'down'])('a graph laid out to the %s', (direction) => {
  test.each([
    ['a diamond', diamond],
    ['a review', filledRun().plan],
    ['200 steps', largeRun(200, 10).plan],
    ['500 steps', largeRun(500, 25).plan],
    ['a fan of 500', planOf(workflow(Array.from({ length: 500 }, (_none, index) => step(`s${index}`))))],
  ])('%s puts no step on another, and all inside its extent', (_name, plan) => {
    const layout = layoutGraph(plan, direction);
    expect(layout.places.size).toBe(plan.order.length);
    expect(overlaps(layout)).toBe(0);
    for (const { x, y } of layout.places.values()) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + layout.nodeWidth).toBeLessThanOrEqual(layout.width + 0.01);
      expect(y + NODE_HEIGHT).toBeLessThanOrEqual(layout.height + 0.01);
    }
  });

  test('every edge goes forwards', () => {
    const plan = largeRun(500, 25).plan;
    const layout = layoutGraph(plan, direction);
    const along = direction === 'right' ? 'x' : 'y';
    for (const { from, to } of plan.edges) {
      const start = layout.places.get(from)?.[along] ?? 0;
      expect(layout.places.get(to)?.[along]).toBeGreaterThan(start);
    }
  });

  test('the same plan gives the same picture', () => {
    expect(layoutGraph(filledRun().plan, direction)).toEqual(layoutGraph(filledRun().plan, direction));
  });
});

test('one step and no edge is a picture too', () => {
  const layout = layoutGraph(planOf(workflow([step('only')])), 'right');
  expect(layout.places.get('only')).toEqual({ x: 0, y: 0 });
  expect(layout.edges).toEqual([]);
});

test('a wide fan is folded into columns and stays a picture', () => {
  const steps = Array.from({ length: 400 }, (_none, index) => step(`s${index}`));
  const layout = layoutGraph(planOf(workflow(steps)), 'right');
  expect(layout.height / layout.width).toBeLessThan(2);
});

describe('the direction', () => {
  const layouts = layoutsOf(filledRun().plan);

  test('is left to right when wide', () => {
    expect(directionFor(layouts, { width: 900, height: 600 }, undefined)).toBe('right');
  });

  test('is top to bottom when narrow and high', () => {
    expect(directionFor(layoutsOf(diamond), { width: 500, height: 700 }, undefined)).toBe('down');
  });

  test('is, of a long plan, the one in which its steps are larger', () => {
    const window = { width: 690, height: 660 };
    const towards = (count: number, width: number) => {
      const { plan } = largeRun(count, width);
      return directionFor(sizesOf(plan, layoutsOf(plan)), window, undefined);
    };
    expect(towards(200, 20)).toBe('right');
    expect(towards(200, 2)).toBe('down');
  });

  test('does not flip at every pixel of a dragged border', () => {
    expect(directionFor(layouts, { width: 700, height: 600 }, 'right')).toBe('right');
    expect(directionFor(layoutsOf(diamond), { width: 740, height: 700 }, 'down')).toBe('down');
  });
});

describe('arrow keys', () => {
  const layout = layoutGraph(diamond, 'right');

  test('walk forwards and backwards along edges', () => {
    expect(['b', 'c']).toContain(neighbour(layout, 'a', 'ArrowRight'));
    expect(neighbour(layout, 'd', 'ArrowRight')).toBeUndefined();
    expect(neighbour(layout, 'b', 'ArrowLeft')).toBe('a');
  });

  test('walk between the steps of a level', () => {
    const [upper, lower] = ['b', 'c'].sort(
      (one, other) => (layout.places.get(one)?.y ?? 0) - (layout.places.get(other)?.y ?? 0),
    );
    expect(neighbour(layout, upper ?? '', 'ArrowDown')).toBe(lower);
    expect(neighbour(layout, lower ?? '', 'ArrowUp')).toBe(upper);
    expect(neighbour(layout, lower ?? '', 'ArrowDown')).toBeUndefined();
  });

  test('turn with the picture', () => {
    const down = layoutGraph(diamond, 'down');
    expect(neighbour(down, 'b', 'ArrowUp')).toBe('a');
    expect(['b', 'c']).toContain(neighbour(down, 'a', 'ArrowDown'));
  });
});

describe('the viewport', () => {
  const window = { width: 800, height: 600 };

  test('fits the whole picture, in the middle, never enlarged', () => {
    expect(fit({ width: 400, height: 200 }, window)).toEqual({ scale: 1, x: 200, y: 200 });
    const large = fit({ width: 4_000, height: 1_000 }, window);
    expect(large.x).toBeGreaterThanOrEqual(0);
    expect(large.x + 4_000 * large.scale).toBeLessThanOrEqual(800);
  });

  test('shows the step of interest when the whole does not fit', () => {
    const focus = { x: 60_000, y: 0, width: 208, height: 56 };
    const view = fit({ width: 100_000, height: 56 }, window, focus);
    const left = focus.x * view.scale + view.x;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(800);
  });

  test('zooms around the pointer', () => {
    const before = { x: 10, y: 20, scale: 1 };
    const after = zoomAt(before, 1.5, 300, 200);
    expect((300 - after.x) / after.scale).toBeCloseTo((300 - before.x) / before.scale);
    expect((200 - after.y) / after.scale).toBeCloseTo((200 - before.y) / before.scale);
  });

  test('never loses the picture from sight', () => {
    const view = pan({ x: 0, y: 0, scale: 1 }, -10_000, 10_000, { width: 400, height: 200 }, window);
    expect(view.x).toBe(48 - 400);
    expect(view.y).toBe(600 - 48);
  });

  test('moves no further than needed to show a step, and not at all when it is in sight', () => {
    const view = { x: 0, y: 0, scale: 1 };
    expect(reveal(view, { x: 100, y: 100, width: 208, height: 56 }, window)).toEqual(view);
    expect(reveal(view, { x: 900, y: 100, width: 208, height: 56 }, window).x).toBe(-(900 + 208 - 776));
  });
});
