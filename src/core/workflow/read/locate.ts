import { parsePath, type Placeholder } from '../template';
import { inputVariable, outputVariable } from '../variables';
import type { ScalarNode, Span } from '../source/node';

/** Where placeholders of a value stand in the file: found again in the raw text, which may be quoted or folded. */
export function locate(
  places: readonly Placeholder[],
  text: string,
  node: ScalarNode,
  file: string,
): readonly Span[] {
  let from = node.start;
  return places.map((place) => {
    if (node.file !== undefined) return node;
    const written = text.slice(place.start, place.end);
    const start = file.slice(from, node.end).indexOf(written);
    if (start < 0) return { start: node.start, end: node.end };
    const found = { start: from + start, end: from + start + written.length };
    from = found.end;
    return found;
  });
}

/** The environment variable that carries the value of a placeholder into a command. */
export function variableFor(place: Placeholder): string | undefined {
  const path = place.kind === 'path' ? place.path : parsePath(place.source.trim());
  const [root, name] = path ?? [];
  if (root === undefined) return undefined;
  if (name === undefined) return inputVariable(root);
  if (root === 'inputs') return inputVariable(name);
  if (root === 'env') return name;
  return outputVariable(root === 'steps' ? name : root);
}
