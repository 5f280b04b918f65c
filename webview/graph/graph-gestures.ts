import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';

type Zoom = (factor: number, x?: number, y?: number) => void;
type PanBy = (dx: number, dy: number) => void;

/** Below this many pixels a pressed pointer is a click, above it a drag. */
const DRAG_START = 4;

/** Wheel moves the picture, Ctrl (or pinching) and wheel zooms at the pointer. */
export function useWheel(element: RefObject<HTMLElement | null>, zoom: Zoom, panBy: PanBy): void {
  useEffect(() => {
    const target = element.current;
    if (target === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      // Lines and pages in pixels; a wheel that tells lines sends 3 for a notch.
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      if (event.ctrlKey || event.metaKey) {
        const box = target.getBoundingClientRect();
        const strength = Math.max(-50, Math.min(50, event.deltaY * unit));
        zoom(Math.exp(-strength / 120), event.clientX - box.left, event.clientY - box.top);
      } else if (event.shiftKey && event.deltaX === 0) panBy(-event.deltaY * unit, 0);
      else panBy(-event.deltaX * unit, -event.deltaY * unit);
    };
    // Not passive, because the page itself must not scroll or zoom.
    target.addEventListener('wheel', onWheel, { passive: false });
    return () => target.removeEventListener('wheel', onWheel);
  }, [element, zoom, panBy]);
}

/** Moves the picture while the pointer is pressed. `wasDragged` tells a click that it was none. */
export function useDrag(panBy: PanBy) {
  const latest = useRef(panBy);
  latest.current = panBy;
  return useMemo(() => {
    let start: { x: number; y: number; pointer: number } | undefined;
    let dragged = false;
    return {
      wasDragged: () => dragged,
      handlers: {
        onPointerDown(event: PointerEvent) {
          if (event.button !== 0 || (event.target as Element).closest('.graph-tools') !== null) return;
          start = { x: event.clientX, y: event.clientY, pointer: event.pointerId };
          dragged = false;
        },
        onPointerMove(event: PointerEvent) {
          if (start === undefined || event.pointerId !== start.pointer) return;
          const dx = event.clientX - start.x;
          const dy = event.clientY - start.y;
          if (!dragged && Math.hypot(dx, dy) < DRAG_START) return;
          const element = event.currentTarget as HTMLElement;
          if (!dragged) element.setPointerCapture(event.pointerId);
          dragged = true;
          start = { ...start, x: event.clientX, y: event.clientY };
          latest.current(dx, dy);
        },
        onPointerUp() {
          start = undefined;
        },
        onPointerCancel() {
          start = undefined;
        },
      },
    };
  }, []);
}
