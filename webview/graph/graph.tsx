import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { StepKey } from '../../src/core/model/ids';
import { directionFor, layoutsOf, sizesOf } from './directions';
import { useDrag, useWheel } from './graph-gestures';
import { Edges } from './edges';
import { stepOfInterest } from './graph-states';
import { isArrow, neighbour } from './keys';
import { IconButton } from '../kit/toolkit';
import { NODE_HEIGHT, type Direction, type GraphLayout } from './layout';
import { Nodes } from './nodes';
import type { RunView } from '../run/run-model';
import { DOT_SCALE, fit, pan, reveal, zoomAt, type Size, type Viewport } from './viewport';

export interface GraphProps {
  readonly run: RunView;
  readonly selected: StepKey | undefined;
  /** Lower-case text that is looked for; empty when nothing is. */
  readonly search: string;
  /** A step to bring into sight, with or without the focus; a new object for each asking. */
  readonly goTo: { readonly step: StepKey; readonly focus: boolean } | undefined;
  readonly onSelect: (key: StepKey) => void;
  /** Enter: shows the step and moves the focus to its details. */
  readonly onOpen: (key: StepKey) => void;
  readonly onHelp: () => void;
}

/** Askings to go to a step that were answered. */
const gone = new WeakSet<object>();

/** The run as a picture: pan by dragging or scrolling, zoom by Ctrl and wheel or keys, walk by arrow keys. */
export function Graph(props: GraphProps) {
  const { plan, state } = props.run;
  const windowElement = useRef<HTMLDivElement>(null);
  const scene = useRef<SVGGElement>(null);
  const view = useRef<Viewport>({ x: 0, y: 0, scale: 1 });
  const size = useRef<Size | undefined>(undefined);
  // Until a person moves the picture, it stays fitted when the panel changes its size.
  const moved = useRef(false);
  const directionNow = useRef<Direction | undefined>(undefined);
  const [direction, setDirection] = useState<Direction | undefined>(undefined);
  const [isDot, setDot] = useState(false);
  const [focusKey, setFocusKey] = useState<StepKey | undefined>(undefined);
  const layouts = useMemo(() => layoutsOf(plan), [plan]);
  const sizes = useMemo(() => sizesOf(plan, layouts), [plan, layouts]);
  const layout = direction === undefined ? undefined : layouts(direction);

  const show = useCallback((next: Viewport) => {
    view.current = next;
    scene.current?.setAttribute(
      'transform',
      `translate(${next.x.toFixed(2)} ${next.y.toFixed(2)}) scale(${next.scale.toFixed(4)})`,
    );
    setDot(next.scale < DOT_SCALE);
  }, []);

  const steps = useRef(state.steps);
  steps.current = state.steps;
  const fitTo = useCallback(
    (picture: GraphLayout) => {
      if (size.current === undefined) return;
      const interest = stepOfInterest(plan.order, steps.current);
      const place = interest === undefined ? undefined : picture.places.get(interest);
      show(fit(picture, size.current, place && { ...place, width: picture.nodeWidth, height: NODE_HEIGHT }));
      moved.current = false;
    },
    [plan, show],
  );

  useLayoutEffect(() => {
    const element = windowElement.current;
    if (element === null) return undefined;
    const measureWindow = () => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width === 0 || height === 0) return;
      size.current = { width, height };
      const next = directionFor(sizes, size.current, directionNow.current);
      directionNow.current = next;
      setDirection(next);
      // Known before the first drawing, so that a large run is not drawn in full only to become dots.
      if (!moved.current) fitTo(layouts(next));
    };
    measureWindow();
    const observer = new ResizeObserver(measureWindow);
    observer.observe(element);
    return () => observer.disconnect();
  }, [layouts, sizes, fitTo]);

  // Another direction is another picture: the place a person had chosen in the old one means nothing in it.
  useLayoutEffect(() => {
    if (layout !== undefined) fitTo(layout);
  }, [layout, fitTo]);

  const bringIntoSight = useCallback(
    (key: StepKey) => {
      const place = layout?.places.get(key);
      if (place === undefined || size.current === undefined) return;
      const next = reveal(
        view.current,
        { ...place, width: layout?.nodeWidth ?? 0, height: NODE_HEIGHT },
        size.current,
      );
      if (next.x === view.current.x && next.y === view.current.y) return;
      moved.current = true;
      show(next);
    },
    [layout, show],
  );

  const focusStep = useCallback(
    (key: StepKey) => {
      setFocusKey(key);
      bringIntoSight(key);
      nodeElement(scene.current, key)?.focus({ preventScroll: true });
    },
    [bringIntoSight],
  );

  useEffect(() => {
    // Once for each asking: neither another layout nor coming back to this tab may take the focus again.
    if (props.goTo === undefined || layout === undefined || gone.has(props.goTo)) return;
    gone.add(props.goTo);
    if (props.goTo.focus) focusStep(props.goTo.step);
    else {
      setFocusKey(props.goTo.step);
      bringIntoSight(props.goTo.step);
    }
  }, [props.goTo, layout, focusStep, bringIntoSight]);

  const zoom = useCallback(
    (factor: number, x?: number, y?: number) => {
      const { width, height } = size.current ?? { width: 0, height: 0 };
      moved.current = true;
      show(zoomAt(view.current, factor, x ?? width / 2, y ?? height / 2));
    },
    [show],
  );

  const panBy = useCallback(
    (dx: number, dy: number) => {
      if (layout === undefined || size.current === undefined) return;
      moved.current = true;
      show(pan(view.current, dx, dy, layout, size.current));
    },
    [layout, show],
  );

  useWheel(windowElement, zoom, panBy);
  const drag = useDrag(panBy);
  const { onSelect } = props;
  const select = useCallback(
    (key: StepKey) => {
      if (drag.wasDragged()) return;
      setFocusKey(key);
      onSelect(key);
    },
    [onSelect, drag],
  );

  const tabStop =
    focusKey ?? props.selected ?? stepOfInterest(plan.order, state.steps) ?? plan.order[0] ?? undefined;

  const onKeyDown = (event: KeyboardEvent) => {
    if (layout === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const here =
      (event.target as Element).closest<SVGGElement>('[data-step]')?.dataset['step'] ?? tabStop ?? '';
    const go = (key: StepKey | undefined) => {
      if (key === undefined) return;
      focusStep(key);
      // Details that are open follow, as in every list of the editor.
      if (props.selected !== undefined) props.onSelect(key);
    };
    if (isArrow(event.key)) go(neighbour(layout, here, event.key));
    else if (event.key === 'Home') go(plan.order[0]);
    else if (event.key === 'End') go(plan.order[plan.order.length - 1]);
    else if (event.key === 'Enter' || event.key === ' ') props.onOpen(here);
    else if (event.key === '+' || event.key === '=') zoom(1.25);
    else if (event.key === '-') zoom(0.8);
    else if (event.key === '0') fitTo(layout);
    else return;
    event.preventDefault();
  };

  return (
    <div class="graph" ref={windowElement} {...drag.handlers}>
      {layout !== undefined && (
        <svg
          class="graph-picture"
          role="listbox"
          aria-label={`Steps of ${state.definition.name}, in order of work`}
          aria-orientation={direction === 'down' ? 'vertical' : 'horizontal'}
          onKeyDown={onKeyDown}
        >
          <g ref={scene} role="presentation" class={isDot ? 'is-far' : 'is-near'}>
            <Edges layout={layout} isFar={isDot} plan={plan} steps={state.steps} />
            <Nodes
              run={props.run}
              layout={layout}
              isDot={isDot}
              selected={props.selected}
              tabStop={tabStop}
              search={props.search}
              onSelect={select}
            />
          </g>
        </svg>
      )}
      <div class="graph-tools" role="toolbar" aria-label="Zoom">
        <IconButton icon="zoom-out" label="Zoom Out (−)" onClick={() => zoom(0.8)} />
        <IconButton icon="zoom-in" label="Zoom In (+)" onClick={() => zoom(1.25)} />
        <IconButton
          icon="screen-full"
          label="Fit (0)"
          onClick={() => layout !== undefined && fitTo(layout)}
        />
        <IconButton icon="keyboard" label="Keys (?)" onClick={props.onHelp} />
      </div>
    </div>
  );
}

function nodeElement(scene: SVGGElement | null, key: StepKey): SVGGElement | undefined {
  return [...(scene?.querySelectorAll<SVGGElement>('[data-step]') ?? [])].find(
    (element) => element.dataset['step'] === key,
  );
}
