import { layoutGraph, type Direction, type GraphLayout, type PlanGraph } from './layout';
import { fitScale, type Size } from './viewport';

const WIDE = 720;
/** A person who drags the border of the panel to and fro must not see the picture flip at every pixel. */
const SLACK = 40;
/** Above this many steps a second layout, only to compare, costs more than it gives. */
const COMPARE_LIMIT = 60;

/** Lays a plan out when a direction is first asked for, and never again. */
export function layoutsOf(plan: PlanGraph): (direction: Direction) => GraphLayout {
  const made = new Map<Direction, GraphLayout>();
  return (direction) => {
    const layout = made.get(direction) ?? layoutGraph(plan, direction);
    made.set(direction, layout);
    return layout;
  };
}

/** Left to right when wide, top to bottom when narrow, unless that would make the names much smaller. */
export function directionFor(
  layouts: (direction: Direction) => GraphLayout,
  window: Size,
  before: Direction | undefined,
): Direction {
  if (before === 'right' && window.width >= WIDE - SLACK) return 'right';
  if (window.width >= (before === 'down' ? WIDE + SLACK : WIDE)) return 'right';
  const down = layouts('down');
  if (down.places.size > COMPARE_LIMIT) return 'down';
  const right = layouts('right');
  const advantage = before === 'right' ? 1.1 : 1.25;
  return fitScale(right, window) > fitScale(down, window) * advantage ? 'right' : 'down';
}
