import { Lexer, Parser, type CST } from 'yaml';
import { LIMITS } from './limits';
import type { Span } from './node';
import type { Report } from './report';

/**
 * The concrete syntax of a YAML text, checked before anything is composed from it: composing is recursive and
 * follows aliases, so limits must hold first. Undefined after a broken limit. Faults of other kinds (tags, merge
 * keys, directives, a second document) are reported and the rest stays readable.
 */
export function readTokens(text: string, report: Report): CST.Token[] | undefined {
  const tokens: CST.Token[] = [];
  const parser = new Parser();
  let flowDepth = 0;
  let isScalar = false;
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    // The lexer announces each scalar with a unit separator, so a text that begins with "[" is not counted.
    if (isScalar) isScalar = false;
    else if (lexeme === '\u001f') isScalar = true;
    else if (lexeme === '[' || lexeme === '{') {
      if (++flowDepth > LIMITS.depth) {
        tooDeep({ start: offset, end: offset + 1 }, report);
        return undefined;
      }
    } else if (lexeme === ']' || lexeme === '}') flowDepth--;
    for (const token of parser.next(lexeme)) tokens.push(token);
    offset = parser.offset;
  }
  for (const token of parser.end()) tokens.push(token);
  return checkTokens(tokens, report) ? tokens : undefined;
}

/** The part of a token tree this file looks at. */
interface Item {
  readonly start?: readonly CST.SourceToken[];
  readonly key?: CST.Token | null;
  readonly value?: CST.Token | null;
}

function checkTokens(tokens: readonly CST.Token[], report: Report): boolean {
  let documents = 0;
  let aliases = 0;
  // Without recursion: the depth is what is being checked.
  const waiting: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of tokens) {
    if (token.type === 'document') {
      documents++;
      if (documents === 2) {
        const at = { start: token.offset, end: token.offset + 3 };
        report.error(
          'many-documents',
          'The file holds more than one document.',
          at,
          'Keep one workflow per file.',
        );
      }
      if (documents === 1 && token.value) {
        checkProperties(token.start, report);
        waiting.push({ token: token.value, depth: 1 });
      }
    } else if (token.type === 'directive') {
      const at = { start: token.offset, end: token.offset + token.source.length };
      report.error(
        'directive',
        `"${token.source.trim()}" is not allowed.`,
        at,
        'Remove the line: files are YAML 1.2.',
      );
    }
  }
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (token.type === 'alias' && ++aliases > LIMITS.aliases) {
      const message = `The file has more than ${LIMITS.aliases} aliases ("*name").`;
      report.error('too-many-aliases', message, spanOf(token), 'Write the value out.');
      return false;
    }
    if (token.type !== 'block-map' && token.type !== 'block-seq' && token.type !== 'flow-collection')
      continue;
    if (depth > LIMITS.depth) {
      tooDeep(spanOf(token), report);
      return false;
    }
    const items: readonly Item[] = token.items;
    if (items.length > LIMITS.keysPerMapping && isMapping(token)) {
      // An item without a key holds only what follows the last comma, or a comment.
      const extra = items.filter(({ key }) => key !== undefined)[LIMITS.keysPerMapping];
      if (extra !== undefined) {
        const message = `One mapping has more than ${LIMITS.keysPerMapping} keys.`;
        report.error('too-many-keys', message, extra.key ? spanOf(extra.key) : spanOf(token));
        return false;
      }
    }
    for (const item of items) checkItem(item, report);
    // The last first, so that the first is looked at next: faults come in file order.
    for (let i = items.length - 1; i >= 0; i--) {
      const { key, value } = items[i]!;
      if (value) waiting.push({ token: value, depth: depth + 1 });
      if (key) waiting.push({ token: key, depth: depth + 1 });
    }
  }
  return true;
}

function isMapping(token: CST.BlockMap | CST.BlockSequence | CST.FlowCollection): boolean {
  return token.type === 'block-map' || (token.type === 'flow-collection' && token.start.source === '{');
}

function checkItem(item: CST.CollectionItem | Item, report: Report): void {
  if (item.start) checkProperties(item.start, report);
  if ('sep' in item && item.sep) checkProperties(item.sep, report);
  const { key } = item;
  if (key?.type === 'scalar' && key.source === '<<') {
    report.error('merge-key', 'Merge keys ("<<") are not allowed.', spanOf(key), 'Write the keys out.');
  }
}

function checkProperties(tokens: readonly CST.SourceToken[], report: Report): void {
  for (const token of tokens) {
    if (token.type !== 'tag' || token.source === '!file') continue;
    const at = { start: token.offset, end: token.offset + token.source.length };
    const hint = /[()]/.test(token.source)
      ? 'Put the value into quotes: YAML reads a leading "!" as a tag.'
      : 'Remove it. The one tag there is: !file path/to/text.md';
    report.error('tag', `The tag "${token.source}" is not allowed.`, at, hint);
  }
}

function spanOf(token: CST.Token): Span {
  const length = 'source' in token ? token.source.length : 1;
  return { start: token.offset, end: token.offset + length };
}

function tooDeep(at: Span, report: Report): void {
  report.error('too-deep', `The file nests deeper than ${LIMITS.depth} levels.`, at);
}
