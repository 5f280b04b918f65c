import { parseDocument, visit } from 'yaml';

/**
 * The text in the usual form, with comments, blank lines and quotes as they were. Undefined when the text is broken,
 * or when its meaning would not stay exactly the same.
 */
export function formatYaml(text: string, indent: number): string | undefined {
  const tree = parseDocument(text, { logLevel: 'silent' });
  if (tree.errors.length > 0) return undefined;
  const formatted = closeLists(tree.toString({ indent, lineWidth: 0, flowCollectionPadding: true }));
  const again = parseDocument(formatted, { logLevel: 'silent' });
  const isSame = again.errors.length === 0 && JSON.stringify(again) === JSON.stringify(tree);
  return isSame ? formatted : undefined;
}

/** The library pads all brackets or none; people write `{ a: 1 }` and `[a]`. */
function closeLists(text: string): string {
  const cuts: number[] = [];
  visit(parseDocument(text, { logLevel: 'silent' }), {
    Seq(_key, { flow, range }) {
      if (flow !== true || !range) return;
      const [start, end] = range;
      if (text.startsWith('[ ', start)) cuts.push(start + 1);
      if (text.slice(end - 2, end) === ' ]') cuts.push(end - 2);
    },
  });
  let cut = text;
  for (const at of cuts.sort((a, b) => b - a)) cut = cut.slice(0, at) + cut.slice(at + 1);
  return cut;
}
