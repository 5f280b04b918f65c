import { parse, type ParserOptions } from '@babel/parser';
import type * as t from '@babel/types';
import type { SourceFile } from '../analysis';

export interface ParseFault {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export interface Parsed {
  /** Absent when the text is beyond recovery. */
  readonly tree?: t.File;
  readonly faults: readonly ParseFault[];
}

/** JavaScript, TypeScript and JSX of any age. What can be understood in spite of faults is understood. */
export function parseScript(file: SourceFile): Parsed {
  const first = attempt(file, pluginsOf(file));
  // Types by Flow are rare and look like faults to everyone else, hence the second look.
  if (first.faults.length > 0 && file.language === 'javascript' && /@flow|^import type /m.test(file.text)) {
    return attempt(file, ['jsx', 'flow', 'decorators']);
  }
  return first;
}

type Plugins = NonNullable<ParserOptions['plugins']>;

function pluginsOf(file: SourceFile): Plugins {
  const common: Plugins = ['explicitResourceManagement', 'importAttributes'];
  if (/\.tsx$/.test(file.path)) return [...common, 'typescript', 'jsx', 'decorators-legacy'];
  if (/\.d\.[cm]?ts$/.test(file.path)) return [...common, ['typescript', { dts: true }], 'decorators-legacy'];
  if (file.language === 'typescript') return [...common, 'typescript', 'decorators-legacy'];
  return [...common, 'jsx', 'decorators'];
}

function attempt(file: SourceFile, plugins: Plugins): Parsed {
  try {
    const tree = parse(file.text, {
      sourceType: 'unambiguous',
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
      allowSuperOutsideMethod: true,
      createImportExpressions: true,
      attachComment: false,
      plugins,
    });
    return { tree, faults: (tree.errors ?? []).map(fault) };
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return { faults: [fault(error)] };
  }
}

function fault(error: unknown): ParseFault {
  const { message, loc } = error as { message: string; loc?: { line: number } };
  return { line: loc?.line ?? 1, message: message.replace(/ ?\(\d+:\d+\)$/, '') };
}
