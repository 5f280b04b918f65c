/** How the picture lies in its window: screen = picture * scale + (x, y). */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** Below this scale names cannot be read: steps are drawn as dots with their state. */
export const DOT_SCALE = 0.45;
const LARGEST = 2;
const SMALLEST = 0.04;
/** Fitting never makes the picture smaller than this; what is beyond is a matter of panning. */
const SMALLEST_FIT = 0.1;
const MARGIN = 24;

/** The whole picture, never enlarged. Where it cannot be whole, `focus` (else its beginning) is in sight. */
export function fit(picture: Size, window: Size, focus?: Box): Viewport {
  const whole = Math.min(
    (window.width - 2 * MARGIN) / Math.max(1, picture.width),
    (window.height - 2 * MARGIN) / Math.max(1, picture.height),
    1,
  );
  const scale = Math.max(whole, SMALLEST_FIT);
  return {
    scale,
    x: placed(picture.width * scale, window.width, focus && (focus.x + focus.width / 2) * scale),
    y: placed(picture.height * scale, window.height, focus && (focus.y + focus.height / 2) * scale),
  };
}

/** How well a picture would fit: the scale of `fit`. */
export function fitScale(picture: Size, window: Size): number {
  return fit(picture, window).scale;
}

function placed(length: number, room: number, focus: number | undefined): number {
  if (length + 2 * MARGIN <= room) return (room - length) / 2;
  if (focus === undefined) return MARGIN;
  return Math.min(MARGIN, Math.max(room - MARGIN - length, room / 2 - focus));
}

/** Zooms by `factor`; the point under (x, y) of the window stays where it is. */
export function zoomAt(view: Viewport, factor: number, x: number, y: number): Viewport {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}

/** Moves by screen units, but never so far that the picture is lost from sight. */
export function pan(view: Viewport, dx: number, dy: number, picture: Size, window: Size): Viewport {
  const keep = 48;
  return {
    scale: view.scale,
    x: clamp(view.x + dx, keep - picture.width * view.scale, window.width - keep),
    y: clamp(view.y + dy, keep - picture.height * view.scale, window.height - keep),
  };
}

/** The smallest move that brings a box of the picture into sight. */
export function reveal(view: Viewport, box: Box, window: Size): Viewport {
  return {
    scale: view.scale,
    x: view.x + into(box.x * view.scale + view.x, box.width * view.scale, window.width),
    y: view.y + into(box.y * view.scale + view.y, box.height * view.scale, window.height),
  };
}

function into(start: number, length: number, room: number): number {
  if (start < MARGIN) return MARGIN - start;
  const over = start + length - (room - MARGIN);
  return over > 0 ? Math.max(-over, MARGIN - start) : 0;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
