/*
 * Owns: whether a text for a shell is one simple command, and its words.
 * Does not own: whether that command is allowed (policy).
 * Must stay true: two readings agree - a parser of the whole grammar and a narrow one of our own; a node that is not known here,
 * a fault, or a doubt gives undefined, and then a person is asked.
 */
import type { Command, ParsedScript, Word } from 'unbash';
import { plainWords } from './plain-words';
import { isShellWord } from './shell-words';

/**
 * Program and words of a text that is one simple command without expansion, substitution, glob, redirection, assignment,
 * background or comment, and whose program is no word of the shell itself. Such a command means the same without a shell.
 */
export async function simpleCommand(text: string): Promise<readonly string[] | undefined> {
  const expected = plainWords(text);
  if (expected === undefined || expected.length === 0 || isShellWord(expected[0] ?? '')) return undefined;
  const { parse } = await parser();
  let words: readonly string[] | undefined;
  try {
    words = onlyWords(parse(text));
  } catch {
    // A parser that stumbles has not understood it.
    return undefined;
  }
  return words?.length === expected.length && words.every((word, index) => word === expected[index])
    ? words
    : undefined;
}

let loaded: Promise<Parser> | undefined;

interface Parser {
  readonly parse: (source: string) => ParsedScript;
}

/** Loaded when first needed: most runs never see a shell text. */
function parser(): Promise<Parser> {
  return (loaded ??= import('unbash'));
}

function onlyWords(script: ParsedScript): readonly string[] | undefined {
  if ((script.errors?.length ?? 0) > 0 || script.commands.length !== 1) return undefined;
  const [statement] = script.commands;
  if (statement === undefined || !hasOnly(statement, ['command'])) return undefined;
  const { command } = statement;
  return command.type === 'Command' ? wordsOf(command) : undefined;
}

function wordsOf(command: Command): readonly string[] | undefined {
  if (!hasOnly(command, ['name', 'prefix', 'suffix'])) return undefined;
  if (command.name === undefined || command.prefix.length > 0) return undefined;
  const words: string[] = [];
  for (const word of [command.name, ...command.suffix]) {
    if (word.type !== 'Word' || !isLiteral(word)) return undefined;
    words.push(word.value);
  }
  return words;
}

/** Letters as they stand, or in quotes; nothing that a shell would put something else for. */
function isLiteral(word: Word): boolean {
  return (word.parts ?? []).every(
    (part) =>
      part.type === 'Literal' ||
      part.type === 'SingleQuoted' ||
      (part.type === 'DoubleQuoted' && part.parts.every((inner) => inner.type === 'Literal')),
  );
}

/** A field that says something and is not known here means something that is not known here. */
function hasOnly(node: object, known: readonly string[]): boolean {
  return Object.entries(node).every(
    ([key, value]) =>
      ['type', 'pos', 'end', ...known].includes(key) ||
      key.startsWith('#') ||
      value === undefined ||
      value === false,
  );
}
