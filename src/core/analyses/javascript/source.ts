import type * as t from '@babel/types';
import type { Script } from './script';

/** The text of a node as it stands in the file, white space made one blank. */
export const source = (script: Script, node: t.Node): string =>
  script.file.text.slice(node.start ?? 0, node.end ?? 0).replace(/\s+/g, ' ');
