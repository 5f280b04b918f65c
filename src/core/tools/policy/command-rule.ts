/*
 * Owns: whether a command is one that a person allowed.
 * Does not own: how a text becomes words (the shell tool), and what is asked when nothing fits (judge).
 * Must stay true: whole command lines are compared, never beginnings; what a rule does not name is not allowed.
 */
import { notForPatterns, onlyReads } from './command-programs';
import { isProtected } from './protected-files';
import { isSecret } from './secret-files';
import { plainRelative } from './workspace-path';

/** A command that needs no question. Only a person makes one. */
export type CommandRule =
  | {
      readonly type: 'exact';
      /** The program and all of its words. */
      readonly argv: readonly string[];
    }
  | {
      readonly type: 'pattern';
      /** A name without folders. */
      readonly program: string;
      /** The words right behind it, exactly. */
      readonly subcommands?: readonly string[];
      /** The only words beginning with "-" that may come. */
      readonly flags?: readonly FlagRule[];
      /**
       * What else may come. none (default); words: plain words, no paths out of the workspace; paths: files and folders of the
       * workspace. Files that hold keys fit neither, and protected files only programs that cannot change them.
       */
      readonly operands?: 'none' | 'words' | 'paths';
    };

/** "--oneline", or a flag with a value, as "--flag=value" or as two words. */
export type FlagRule = string | { readonly flag: string; readonly value: 'number' | 'word' | 'path' };

/** Where a command would run. */
export interface CommandPlace {
  /** Relative to the workspace, forward slashes; '' for the workspace itself. */
  readonly folder: string;
  readonly platform: string;
}

/** Why a rule can never fit, in a sentence for the person who wrote it; undefined when it can. */
export function commandRuleFault(rule: CommandRule): string | undefined {
  if (rule.type === 'exact') return rule.argv[0] ? undefined : 'A command needs a program';
  if (!isPlainWord(rule.program)) return `"${rule.program}" is not the name of a program`;
  return notForPatterns(rule.program, rule.subcommands?.[0]);
}

export function fitsCommandRule(rule: CommandRule, argv: readonly string[], place: CommandPlace): boolean {
  if (commandRuleFault(rule) !== undefined) return false;
  if (rule.type === 'exact')
    return rule.argv.length === argv.length && rule.argv.every((word, index) => word === argv[index]);
  const named = [rule.program, ...(rule.subcommands ?? [])];
  if (!named.every((word, index) => word === argv[index])) return false;
  return fitsWords(rule, argv.slice(named.length), { ...place, reads: onlyReads(argv) });
}

interface WordPlace extends CommandPlace {
  readonly reads: boolean;
}

function fitsWords(
  rule: Extract<CommandRule, { type: 'pattern' }>,
  words: readonly string[],
  place: WordPlace,
): boolean {
  let onlyOperands = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!onlyOperands && word === '--') {
      onlyOperands = true;
    } else if (!onlyOperands && word.startsWith('-') && word !== '-') {
      const taken = flagTakes(rule.flags ?? [], word, words[index + 1], place);
      if (taken === 0) return false;
      index += taken - 1;
    } else if (!isValue(word, rule.operands ?? 'none', place)) return false;
  }
  return true;
}

/** How many words the flag takes: 0 when it is not allowed. */
function flagTakes(
  flags: readonly FlagRule[],
  word: string,
  next: string | undefined,
  place: WordPlace,
): 0 | 1 | 2 {
  for (const rule of flags) {
    if (typeof rule === 'string') {
      if (rule === word) return 1;
    } else if (word === rule.flag) {
      return next !== undefined && isValue(next, rule.value, place) ? 2 : 0;
    } else if (rule.flag.startsWith('--') && word.startsWith(`${rule.flag}=`)) {
      return isValue(word.slice(rule.flag.length + 1), rule.value, place) ? 1 : 0;
    }
  }
  return 0;
}

function isValue(
  word: string,
  kind: 'none' | 'number' | 'word' | 'words' | 'path' | 'paths',
  place: WordPlace,
): boolean {
  switch (kind) {
    case 'none':
      return false;
    case 'number':
      return /^\d{1,15}$/.test(word);
    case 'word':
    case 'words':
      return isPlainWord(word) && staysInside(word, place);
    case 'path':
    case 'paths':
      return isPlainWord(word) && !/[:=@^]/.test(word) && isInnerFile(word, place);
    default:
      return kind satisfies never;
  }
}

/** Letters, digits and what names are made of: no space, no quote, nothing that any shell or program reads as code. */
function isPlainWord(word: string): boolean {
  return word.length <= 1_000 && /^[\p{L}\p{N}_./@:+,=^~][\p{L}\p{N}_./@:+,=^~-]*$/u.test(word);
}

/** A word may hold several paths ("HEAD:a.txt", "a=b"), and each of them must be one that is allowed. */
function staysInside(word: string, place: WordPlace): boolean {
  // "ext::", "https://": git and others read these as places elsewhere.
  if (/::|:\/\//.test(word)) return false;
  return word.split(/[:=,@]/).every((part) => part === '' || isInnerFile(part, place));
}

function isInnerFile(path: string, place: WordPlace): boolean {
  if (path.startsWith('~')) return false;
  const relative = plainRelative(path, place.platform);
  if (relative === undefined) return false;
  const inner = plainRelative(`${place.folder}/${path}`.replace(/^\/+/, ''), place.platform);
  if (inner === undefined || isSecret(inner) || isSecret(path)) return false;
  return place.reads || inner === '' || !isProtected(inner, place.platform);
}
