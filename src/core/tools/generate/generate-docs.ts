import type { SourceFile } from '../../analyses/analysis';
import { isScript } from '../../analyses/language';
import { readSource } from '../../analyses/source-file';
import type { CodeSymbol } from '../code/code-intelligence';
import { isCovered } from '../code/parser-intelligence';
import { pythonSymbols } from '../code/python-code';
import { scriptSymbols } from '../code/script-code';
import { locate, type Place } from '../files/locate';
import { checkArguments, optionalText, textOf, wrongArguments } from '../files/tool-arguments';
import { visibleText } from '../files/visible-text';
import { walkTree } from '../files/walk-tree';
import { neverAborted } from '../../base/abort';
import type { Tool } from '../tool';
import { prepareNewFiles } from './new-files';

const MOST_FILES = 500;
const LARGEST = 1_000_000;

/** A page about what the files of a folder give to others, from their declarations and the comments above them. */
export const generateDocsTool: Tool = {
  declaration: {
    name: 'generate_docs',
    description:
      'Writes a Markdown page that lists the exported functions, classes and types of a file or folder (JavaScript, TypeScript, Python) with their signature and the comment that stands with them.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'File or folder to describe, relative to the workspace.' },
        to: {
          type: 'string',
          description: 'The page to write. Default: docs/api.md. What it held is replaced.',
        },
      },
      required: ['path'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const place = await locate(textOf(args, 'path'), scope);
    const to = optionalText(args, 'to') || 'docs/api.md';
    if (!/\.(?:md|markdown)$/i.test(to)) throw wrongArguments('generate_docs: "to" is a Markdown page.');
    const parts: string[] = [];
    for (const path of await filesBelow(place)) {
      const file = await place.files.read(path, LARGEST).catch(() => undefined);
      const source = file === undefined ? undefined : readSource(path, file.bytes);
      if (source !== undefined && !('skipped' in source) && !source.isTest)
        parts.push(...describeFile(source));
    }
    if (parts.length === 0)
      throw wrongArguments(`generate_docs: nothing is exported at ${visibleText(place.relative || '.')}.`);
    return prepareNewFiles(scope, [{ path: to, text: ['# API', '', ...parts].join('\n') }], {
      replaces: true,
    });
  },
};

async function filesBelow(place: Place): Promise<string[]> {
  if (place.stat?.kind === 'file') return isCovered(place.relative) ? [place.relative] : [];
  const found: string[] = [];
  const walk = {
    files: place.files,
    start: place.relative,
    maxDepth: 40,
    includesIgnored: false,
    signal: neverAborted,
  };
  for await (const entry of walkTree(walk)) {
    if (entry.kind === 'file' && isCovered(entry.path)) found.push(entry.path);
    if (found.length >= MOST_FILES) break;
  }
  return found;
}

function describeFile(file: SourceFile): string[] {
  const symbols = (isScript(file.language) ? scriptSymbols(file) : pythonSymbols(file)).filter(
    (one) => one.isExported && one.container === undefined,
  );
  if (symbols.length === 0) return [];
  return [
    `## ${visibleText(file.path)}`,
    '',
    ...symbols.flatMap((one) => {
      const comment = commentOf(file, one);
      const signature = (file.lines[one.line - 1] ?? '')
        .trim()
        .replace(/\s*\{$/, '')
        .slice(0, 300);
      return [
        `### ${one.name}`,
        '',
        `    ${visibleText(signature)}`,
        '',
        ...(comment === '' ? [] : [visibleText(comment), '']),
      ];
    }),
  ];
}

/** What stands above a declaration of a script, or below one of Python. */
function commentOf(file: SourceFile, symbol: CodeSymbol): string {
  if (!isScript(file.language)) {
    const below = file.lines.slice(symbol.line, symbol.line + 30).join('\n');
    return /^\s*"""([\s\S]*?)"""/.exec(below)?.[1]?.trim() ?? '';
  }
  const above = file.lines.slice(Math.max(0, symbol.line - 41), symbol.line - 1);
  if (above.at(-1)?.trimEnd().endsWith('*/') !== true) return '';
  const start = above.findLastIndex((line) => line.trim().startsWith('/**'));
  if (start < 0) return '';
  return above
    .slice(start)
    .map((line) =>
      line
        .trim()
        .replace(/^\/\*\*|\*\/$/g, '')
        .replace(/^\* ?/, '')
        .trim(),
    )
    .join('\n')
    .trim();
}
