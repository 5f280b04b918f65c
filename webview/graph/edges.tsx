import type { RunState } from '../../src/core/model/run-state';
import { edgeKey, edgeTones, EDGE_TONES } from './graph-states';
import type { GraphLayout, PlanGraph } from './layout';

/**
 * All lines of the graph: one path for each tone instead of one for each edge,
 * so that a run with a thousand edges costs four elements. The emphasised ones lie on top.
 */
export function Edges(props: {
  readonly layout: GraphLayout;
  readonly isFar: boolean;
  readonly plan: PlanGraph;
  readonly steps: RunState['steps'];
}) {
  const tones = edgeTones(props.plan, props.steps);
  return (
    <g class="edges" aria-hidden="true">
      {EDGE_TONES.map((tone) => (
        <path
          key={tone}
          class={`edge edge-${tone}`}
          d={props.layout.edges
            .filter((edge) => tones.get(edgeKey(edge.from, edge.to)) === tone)
            .map((edge) => (props.isFar ? edge.farPath : edge.path))
            .join('')}
        />
      ))}
    </g>
  );
}
