import type { SourceFile } from '../../analyses/analysis';
import { mask } from '../../analyses/text/mask';
import { pythonLines } from '../../analyses/text/python-lines';
import type { CodePlace, CodeSymbol, SymbolKind } from './code-intelligence';

/** Functions, methods, classes and the variables of the module, by how the lines are indented. */
export function pythonSymbols(file: SourceFile): CodeSymbol[] {
  const found: CodeSymbol[] = [];
  const open: { readonly name: string; readonly indent: number; readonly isClass: boolean }[] = [];
  for (const { code, indent, line } of pythonLines(file)) {
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    const outer = open.at(-1);
    const block = /^(?:async\s+)?(def|class)\s+([^\W\d]\w*)/u.exec(code);
    const variable = open.length === 0 ? /^([^\W\d]\w*)\s*(?::[^=]+)?=(?!=)/u.exec(code)?.[1] : undefined;
    const name = block?.[2] ?? variable;
    if (name === undefined) continue;
    found.push({
      name,
      kind: kindOf(block?.[1], name, outer?.isClass === true),
      path: file.path,
      line,
      column: Math.max(0, (file.lines[line - 1] ?? '').indexOf(name)) + 1,
      ...(outer === undefined ? {} : { container: outer.name }),
      isExported: outer === undefined && !name.startsWith('_'),
    });
    if (block !== null) open.push({ name, indent, isClass: block[1] === 'class' });
  }
  return found;
}

/** Every use of a word outside of texts and comments, the places where it is declared left out. */
export function pythonReferences(file: SourceFile, name: string): CodePlace[] {
  const declared = new Set(
    pythonSymbols(file)
      .filter((one) => one.name === name)
      .map((one) => `${one.line}:${one.column}`),
  );
  return mask(file.text, 'python').code.flatMap((text, index) => {
    const found: CodePlace[] = [];
    if (text.length > 5_000) return found;
    for (const word of text.matchAll(/[^\W\d]\w*/gu)) {
      const place = { path: file.path, line: index + 1, column: word.index + 1 };
      if (word[0] === name && !declared.has(`${place.line}:${place.column}`)) found.push(place);
    }
    return found;
  });
}

function kindOf(word: string | undefined, name: string, isInClass: boolean): SymbolKind {
  if (word === 'class') return 'class';
  if (word === 'def') return isInClass ? 'method' : 'function';
  return name === name.toUpperCase() ? 'constant' : 'variable';
}
