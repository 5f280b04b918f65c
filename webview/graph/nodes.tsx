import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { StepKey } from '../../src/core/model/ids';
import { declaredSteps, isMatch } from '../run/definition';
import type { GraphLayout } from './layout';
import { StepNode, type StepNodeProps } from './node';
import type { RunView } from '../run/run-model';

/**
 * All steps of the graph, in reading order. What was drawn for a step is handed back as it is while nothing of that
 * step changed, so that an update of three steps costs three steps, in a run of any size.
 */
export function Nodes(props: {
  readonly run: RunView;
  readonly layout: GraphLayout;
  readonly isDot: boolean;
  readonly selected: StepKey | undefined;
  readonly tabStop: StepKey | undefined;
  readonly search: string;
  readonly onSelect: (key: StepKey) => void;
}) {
  const { run, layout } = props;
  const drawn = useRef(new Map<StepKey, { readonly props: StepNodeProps; readonly node: VNode }>());
  const declared = declaredSteps(run.state.definition);
  const nodes: VNode[] = [];
  for (const key of run.plan.order) {
    const definition = declared.get(key);
    const step = run.state.steps[key];
    const place = layout.places.get(key);
    if (definition === undefined || step === undefined || place === undefined) continue;
    const wanted: StepNodeProps = {
      declared: definition,
      step,
      x: place.x,
      y: place.y,
      width: layout.nodeWidth,
      isDot: props.isDot,
      isSelected: props.selected === key,
      isTabStop: props.tabStop === key,
      isDimmed: props.search !== '' && !isMatch(definition, props.search),
      fraction: run.live[key]?.fraction,
      calls: run.state.calls[key],
      carried: run.state.carried[key],
      isInterrupted: run.interrupted,
      onSelect: props.onSelect,
    };
    const before = drawn.current.get(key);
    if (before !== undefined && isSame(before.props, wanted)) {
      nodes.push(before.node);
      continue;
    }
    const node = <StepNode key={key} {...wanted} />;
    drawn.current.set(key, { props: wanted, node });
    nodes.push(node);
  }
  return <>{nodes}</>;
}

function isSame(one: StepNodeProps, other: StepNodeProps): boolean {
  for (const name in one)
    if (one[name as keyof StepNodeProps] !== other[name as keyof StepNodeProps]) return false;
  return true;
}
