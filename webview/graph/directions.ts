import { layoutGraph, roughSize, type Direction, type GraphLayout, type PlanGraph } from './layout';
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

/** How large the picture of a plan is in each direction: exactly, or of a long plan roughly. */
export function sizesOf(
  plan: PlanGraph,
  layouts: (direction: Direction) => GraphLayout,
): (direction: Direction) => Size {
  return plan.order.length > COMPARE_LIMIT ? (direction) => roughSize(plan, direction) : layouts;
}

/** Left to right when wide, top to bottom when narrow, unless that would make the names much smaller. */
export function directionFor(
  sizes: (direction: Direction) => Size,
  window: Size,
  before: Direction | undefined,
): Direction {
  if (before === 'right' && window.width >= WIDE - SLACK) return 'right';
  if (window.width >= (before === 'down' ? WIDE + SLACK : WIDE)) return 'right';
  const advantage = before === 'right' ? 1.1 : 1.25;
  return fitScale(sizes('right'), window) > fitScale(sizes('down'), window) * advantage ? 'right' : 'down';
}
