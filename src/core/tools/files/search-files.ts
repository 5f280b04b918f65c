import { throwIfAborted } from '../../base/abort';
import { BatonError, messageOf } from '../../model/errors';
import { isSecret } from '../policy/secret-files';
import type { Tool, ToolOutcome, ToolScope } from '../tool';
import { globMatcher } from './glob-match';
import { effectsAt, locate, shownPlace, type Place } from './locate';
import { compile, literalPattern, type FoundLine } from './search-lines';
import { startTextSearch, type TextSearch } from './search-text';
import { decodeText } from './text-file';
import { checkArguments, numberOf, optionalText, textOf, wrongArguments } from './tool-arguments';
import { visibleText } from './visible-text';
import { walkTree } from './walk-tree';

const searchLimits = { milliseconds: 10_000, fileBytes: 1_000_000, lot: 500_000, lotFiles: 100 };
const LONGEST_PATTERN = 1_000;
const MOST_FOUND = 500;
const MOST_CHARACTERS = 60_000;

/** Finds lines in the files of a folder. */
export const searchFilesTool: Tool = {
  declaration: {
    name: 'search_files',
    description:
      'Finds lines in the text files of the workspace, without what .gitignore names. Gives PATH:LINE: TEXT. The pattern is plain text unless regex is true.',
    parameters: {
      type: 'object',
      properties: {
        pattern: {
          type: 'string',
          description: 'What to find in a line.',
          minLength: 1,
          maxLength: LONGEST_PATTERN,
        },
        regex: {
          type: 'boolean',
          description: 'The pattern is a JavaScript regular expression. Default: false.',
        },
        case_sensitive: { type: 'boolean', description: 'Default: false.' },
        path: {
          type: 'string',
          description: 'File or folder relative to the workspace. Default: the workspace.',
        },
        glob: { type: 'string', description: 'Only files that fit, such as src/**/*.ts or *.md.' },
        max_results: {
          type: 'integer',
          description: 'Lines to give at most. Default: 100.',
          minimum: 1,
          maximum: MOST_FOUND,
        },
        include_ignored: { type: 'boolean', description: 'Also what .gitignore names. Default: false.' },
      },
      required: ['pattern'],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const isLiteral = args['regex'] !== true;
    const pattern = textOf(args, 'pattern');
    const search: Search = {
      place: await locate(optionalText(args, 'path') ?? '.', scope),
      isLiteral,
      pattern: isLiteral ? literalPattern(pattern) : checkedPattern(pattern),
      isCaseSensitive: args['case_sensitive'] === true,
      fits: globMatcher(optionalText(args, 'glob') ?? '**'),
      most: numberOf(args, 'max_results', 100),
      includesIgnored: args['include_ignored'] === true,
    };
    return {
      effects: effectsAt('read', search.place, scope),
      shown: {
        ...shownPlace(search.place),
        pattern: visibleText(pattern),
        isExpression: !isLiteral,
        includesIgnored: search.includesIgnored,
        glob: visibleText(optionalText(args, 'glob') ?? ''),
      },
      idempotent: true,
      run: ({ signal }) => runSearch(search, scope, signal),
    };
  },
};

interface Search {
  readonly place: Place;
  readonly isLiteral: boolean;
  readonly pattern: string;
  readonly isCaseSensitive: boolean;
  readonly fits: (path: string) => boolean;
  readonly most: number;
  readonly includesIgnored: boolean;
}

function checkedPattern(pattern: string): string {
  try {
    compile(pattern, true);
    return pattern;
  } catch (error) {
    throw wrongArguments(`The pattern is no regular expression: ${messageOf(error)}`);
  }
}

async function runSearch(search: Search, scope: ToolScope, signal: AbortSignal): Promise<ToolOutcome> {
  throwIfAborted(signal);
  const told = search.place.relative === '' ? 'The workspace' : search.place.relative;
  if (search.place.stat === undefined)
    return { text: `There is no file or folder ${told}.`, isError: true, isForeign: true };
  const text = startTextSearch(scope.host, search.isLiteral, signal);
  const scan = new Scan(search, scope, text, signal);
  try {
    await scan.all();
  } catch (error) {
    throwIfAborted(signal);
    if (!(error instanceof BatonError)) throw error;
    scan.notes.push(
      error.code === 'pattern-slow'
        ? 'The search was ended: the pattern takes too long. Use a simpler one, or plain text.'
        : `The search was ended: ${error.message}`,
    );
    scan.failed = true;
  } finally {
    text.dispose();
  }
  return scan.outcome();
}

/** One search while it goes through the files. */
class Scan {
  readonly notes: string[] = [];
  failed = false;
  private readonly found: FoundLine[] = [];
  private lot: { path: string; text: string }[] = [];
  private lotSize = 0;
  private searched = 0;
  private readonly skipped = { secret: 0, shared: 0, large: 0 };
  private readonly end: number;

  constructor(
    private readonly search: Search,
    private readonly scope: ToolScope,
    private readonly text: TextSearch,
    private readonly signal: AbortSignal,
  ) {
    this.end = scope.host.clock.monotonic() + searchLimits.milliseconds;
  }

  async all(): Promise<void> {
    const { place, includesIgnored, fits } = this.search;
    if (place.stat?.kind === 'file') {
      // Named by itself, so whoever judged the call knew which file it is.
      await this.add(place.relative, true);
    } else {
      const walk = {
        files: place.files,
        start: place.relative,
        maxDepth: 40,
        includesIgnored,
        signal: this.signal,
      };
      for await (const { path, kind } of walkTree(walk)) {
        if (this.isOver()) break;
        if (kind === 'file' && fits(path)) await this.add(path, false);
      }
    }
    await this.flush();
  }

  outcome(): ToolOutcome {
    const { secret, shared, large } = this.skipped;
    const left = [
      ...(secret > 0 ? [`${secret} that may hold keys`] : []),
      ...(shared > 0 ? [`${shared} that have a second name elsewhere`] : []),
      ...(large > 0 ? [`${large} larger than ${searchLimits.fileBytes} bytes`] : []),
    ];
    const notes = [
      ...this.notes,
      ...(this.found.length >= this.search.most ? ['There may be more lines.'] : []),
      ...(left.length > 0 ? [`Files not searched: ${left.join(', ')}.`] : []),
    ];
    const head = `${this.found.length} ${this.found.length === 1 ? 'line' : 'lines'} in ${this.searched} files. ${notes.join(' ')}`;
    const lines: string[] = [];
    let room = MOST_CHARACTERS;
    for (const { path, line, text } of this.found) {
      const told = `${path.replaceAll(/[\r\n]/g, '?')}:${line}: ${text}`;
      room -= told.length + 1;
      if (room < 0) break;
      lines.push(told);
    }
    if (lines.length < this.found.length)
      lines.push(`(${this.found.length - lines.length} more lines left out)`);
    return {
      text: [head.trim(), ...lines].join('\n'),
      isError: this.failed,
      data: { found: this.found.length, searched: this.searched },
      isForeign: true,
    };
  }

  private async add(path: string, isNamed: boolean): Promise<void> {
    if (!isNamed && isSecret(path)) {
      this.skipped.secret += 1;
      return;
    }
    const file = await this.search.place.files.read(path, searchLimits.fileBytes).catch((error: unknown) => {
      // It moved or vanished, or may not be read: the tree is being worked on.
      if (error instanceof BatonError) return undefined;
      throw error;
    });
    if (file === undefined) return;
    if (!isNamed && file.links > 1) this.skipped.shared += 1;
    else if (file.size > file.bytes.length) this.skipped.large += 1;
    else {
      const text = decodeText(file.bytes)?.text;
      if (text === undefined) return;
      this.lot.push({ path, text });
      this.lotSize += text.length;
      if (this.lotSize >= searchLimits.lot || this.lot.length >= searchLimits.lotFiles) await this.flush();
    }
  }

  private async flush(): Promise<void> {
    const most = this.search.most - this.found.length;
    if (this.lot.length === 0 || most <= 0) return;
    const files = this.lot;
    [this.lot, this.lotSize] = [[], 0];
    const { pattern, isCaseSensitive } = this.search;
    this.found.push(...(await this.text.find({ pattern, isCaseSensitive, files, most })));
    this.searched += files.length;
  }

  private isOver(): boolean {
    if (this.found.length >= this.search.most) return true;
    if (this.scope.host.clock.monotonic() < this.end) return false;
    this.notes.push('The search was ended after 10 seconds; name a folder or a glob.');
    return true;
  }
}
