import type { SourceFile } from '../analysis';
import { mask } from '../text/mask';
import type { ImportFact, ModuleFacts } from './module-facts';

/** Imports of Java and Kotlin, one a line: "com.shop.cart.Cart". */
export function javaFacts(file: SourceFile): ModuleFacts {
  const imports: ImportFact[] = [];
  let exports = 0;
  mask(file.text, file.language).code.forEach((line, index) => {
    const target = /^\s*import\s+(?:static\s+)?([\w.]+)/.exec(line)?.[1];
    if (target !== undefined) imports.push({ target, line: index + 1, kind: 'value' });
    if (/^\s*public\s+(?:final\s+|abstract\s+|sealed\s+)*(?:class|interface|enum|record)\b/.test(line))
      exports++;
  });
  return { imports, exports };
}
