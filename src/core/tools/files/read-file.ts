import { throwIfAborted } from '../../base/abort';
import type { SafeFile } from '../../host';
import { BatonError } from '../../model/errors';
import type { Tool, ToolOutcome } from '../tool';
import { asToolChanged } from './file-changes';
import { effectsAt, locate, shownPlace, type Place } from './locate';
import { decodeText } from './text-file';
import { checkArguments, numberOf, textOf } from './tool-arguments';

export const readLimits = { bytes: 10_000_000, lines: 2_000, characters: 60_000, lineCharacters: 4_000 };

/** Gives the text of one file, or a window of its lines. */
export const readFileTool: Tool = {
  declaration: {
    name: 'read_file',
    description: `Reads a text file of the workspace. At most ${readLimits.lines} lines at once: ask for the next ones with start_line.`,
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Path relative to the workspace, with forward slashes.' },
        start_line: { type: 'integer', description: 'First line, from 1. Default: 1.', minimum: 1 },
        line_count: {
          type: 'integer',
          description: `How many lines. Default: ${readLimits.lines}.`,
          minimum: 1,
          maximum: readLimits.lines,
        },
      },
      required: ['path'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const place = await locate(textOf(args, 'path'), scope);
    const start = numberOf(args, 'start_line', 1);
    const count = numberOf(args, 'line_count', readLimits.lines);
    return {
      effects: effectsAt('read', place, scope),
      shown: { ...shownPlace(place), startLine: start, lineCount: count },
      idempotent: true,
      run: async ({ signal }) => {
        throwIfAborted(signal);
        return read(place, start, count);
      },
    };
  },
};

async function read(place: Place, start: number, count: number): Promise<ToolOutcome> {
  const path = place.relative;
  if (path === '' || place.stat?.kind === 'directory')
    return problem(`${path === '' ? 'The workspace' : path} is a folder. Use list_files.`);
  if (place.stat !== undefined && place.stat.kind !== 'file')
    return problem(`${path} is not an ordinary file.`);
  let file: SafeFile | undefined;
  try {
    file = await place.files.read(path, readLimits.bytes);
  } catch (error) {
    const told = asToolChanged(error);
    if (!(told instanceof BatonError) || told.code === 'tool-changed') throw told;
    return problem(`${path} could not be read (${told.code}).`);
  }
  if (file === undefined) return problem(`There is no file ${path}.`);
  const isCut = file.size > file.bytes.length;
  const decoded = decodeText(isCut ? wholeCharacters(file.bytes) : file.bytes);
  if (decoded === undefined)
    return { ...problem(`${path} is not UTF-8 text: ${file.size} bytes, not shown.`), isError: false };
  const lines = decoded.text.split('\n');
  // The end of the last line is no line of its own.
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  if (start > lines.length) return problem(`${path} has only ${lines.length} lines.`);
  const { shown, next } = windowOf(lines, start, count);
  const notes = [
    ...(next <= lines.length ? [`The next line is ${next}.`] : []),
    ...(isCut ? [`Only the first ${readLimits.bytes} of ${file.size} bytes can be read.`] : []),
  ];
  const head = `${path}, lines ${start} to ${next - 1} of ${lines.length}${isCut ? ' and more' : ''}. ${notes.join(' ')}`;
  return {
    text: `${head.trim()}\n${shown.join('\n')}`,
    isError: false,
    data: { path, startLine: start, lines: shown.length, totalLines: lines.length, bytes: file.size },
    isForeign: true,
  };
}

function windowOf(lines: readonly string[], start: number, count: number): { shown: string[]; next: number } {
  const shown: string[] = [];
  let room = readLimits.characters;
  let next = start;
  for (const line of lines.slice(start - 1, start - 1 + count)) {
    const text =
      line.length > readLimits.lineCharacters
        ? `${line.slice(0, readLimits.lineCharacters)}… (${line.length} characters)`
        : line;
    room -= text.length + 1;
    if (room < 0 && shown.length > 0) break;
    shown.push(text);
    next += 1;
  }
  return { shown, next };
}

/** Without the beginning of a character that was cut at the end. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80 && bytes.length - end < 3) end -= 1;
  return bytes.subarray(0, Math.max(0, end - 1));
}

function problem(text: string): ToolOutcome {
  return { text, isError: true, isForeign: true };
}
