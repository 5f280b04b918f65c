import type { SourceFile } from '../analysis';
import { mask } from './mask';

/** One statement's head, put together from all lines it is spread over. */
export interface PythonLine {
  /** 1-based, where it begins. */
  readonly line: number;
  /** Columns of white space before it; a tab counts to the next multiple of 8. */
  readonly indent: number;
  /** Without comments and without the contents of texts. */
  readonly code: string;
  /** Without comments. */
  readonly text: string;
}

const LONGEST = 5_000;

/** The logical lines of a Python file. Lines that are too long to be written by hand are left out. */
export function pythonLines(file: SourceFile): PythonLine[] {
  const { code, noComments } = mask(file.text, 'python');
  const found: PythonLine[] = [];
  let start = -1;
  let depth = 0;
  let joinedCode: string[] = [];
  let joinedText: string[] = [];
  code.forEach((line, index) => {
    if (line.length > LONGEST) return;
    const isOpen = start >= 0;
    if (!isOpen && line.trim() === '') return;
    if (!isOpen) start = index;
    depth = Math.max(0, depth + balance(line));
    const continues = depth > 0 || /\\\s*$/.test(line) || opensLongText(file, code, index);
    joinedCode.push(isOpen ? line.trim() : line);
    joinedText.push(isOpen ? (noComments[index] ?? '').trim() : (noComments[index] ?? ''));
    if (continues && index < code.length - 1 && index - start < 300) return;
    found.push({
      line: start + 1,
      indent: indentOf(joinedCode[0] ?? ''),
      code: joinedCode.join(' ').trim(),
      text: joinedText.join(' ').trim(),
    });
    start = -1;
    depth = 0;
    joinedCode = [];
    joinedText = [];
  });
  return found;
}

function balance(code: string): number {
  let depth = 0;
  for (const character of code) {
    if (character === '(' || character === '[' || character === '{') depth++;
    else if (character === ')' || character === ']' || character === '}') depth--;
  }
  return depth;
}

/** Inside of a text over several lines the masked line has only its quotes, if any. */
function opensLongText(file: SourceFile, code: readonly string[], index: number): boolean {
  const line = code[index] ?? '';
  const next = code[index + 1];
  if (next === undefined) return false;
  const quotes = line.split('"""').length - 1 + (line.split("'''").length - 1);
  if (quotes % 2 === 1) return true;
  return quotes === 0 && line.trim() === '' && (file.lines[index] ?? '').trim() !== '';
}

export function indentOf(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === ' ') columns++;
    else if (character === '\t') columns += 8 - (columns % 8);
    else break;
  }
  return columns;
}

/** The lines that belong to the block which the line at `index` opens. */
export function blockOf(lines: readonly PythonLine[], index: number): readonly PythonLine[] {
  const head = lines[index];
  if (head === undefined) return [];
  let end = index + 1;
  while (end < lines.length && (lines[end]?.indent ?? 0) > head.indent) end++;
  return lines.slice(index + 1, end);
}
