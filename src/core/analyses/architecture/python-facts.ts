import type { SourceFile } from '../analysis';
import { pythonLines } from '../text/python-lines';
import type { ImportFact, ModuleFacts } from './module-facts';

/**
 * Imports of a Python file. `from a import b` gives both "a" and "a.b", since only the files tell which of them is a
 * module; relative ones keep their leading dots.
 */
export function pythonFacts(file: SourceFile): ModuleFacts {
  const imports: ImportFact[] = [];
  let exports = 0;
  let typing = -1;
  for (const { code, indent, line } of pythonLines(file)) {
    if (typing >= 0 && indent <= typing) typing = -1;
    if (typing < 0 && /^if\s+(?:typing\.)?TYPE_CHECKING\b/.test(code)) typing = indent;
    if (indent === 0 && /^(?:async\s+def|def|class)\s/.test(code)) exports++;
    const kind = typing >= 0 ? 'type' : indent === 0 ? 'value' : 'lazy';
    for (const target of targetsOf(code)) imports.push({ target, line, kind });
  }
  return { imports, exports };
}

function targetsOf(code: string): string[] {
  const plain = /^import\s+(.+)$/.exec(code)?.[1];
  if (plain !== undefined) return plain.split(',').map(nameOf).filter(isName);
  const [, from, names] = /^from\s+([.\w]+)\s+import\s+(.+)$/.exec(code) ?? [];
  if (from === undefined || names === undefined) return [];
  const separator = from.endsWith('.') ? '' : '.';
  const parts = names.replace(/[()]/g, ' ').split(',').map(nameOf).filter(isName);
  // The package itself comes last: it is meant only where none of its parts is a module.
  return [...parts.map((part) => `${from}${separator}${part}`), `${from}#${parts.length}`];
}

const nameOf = (part: string): string => /^\s*([\w.]+)/.exec(part)?.[1] ?? '';

const isName = (name: string): boolean => name !== '';
