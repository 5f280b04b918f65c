const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;
let family = '';

/** Width of a text in the editor's font, pixels. Remembered, because names repeat in every drawing. */
export function measure(text: string, size: number, weight: 400 | 600): number {
  const key = `${size} ${weight} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  context ??= document.createElement('canvas').getContext('2d');
  family ||= getComputedStyle(document.body).fontFamily;
  if (context === null) return text.length * size * 0.56;
  context.font = `${weight} ${size}px ${family}`;
  const { width } = context.measureText(text);
  if (widths.size > 5_000) widths.clear();
  widths.set(key, width);
  return width;
}
