import type { JsonObject, JsonValue } from '../../base/json';
import { BatonError } from '../../model/errors';

/** What a model asked to run, checked for shape only. */
export interface CommandArguments {
  /** A text for the shell, or a program and its words. */
  readonly command: string | readonly string[];
  /** As given: relative to the workspace, or absolute inside of it. */
  readonly cwd: string;
  readonly timeoutSeconds?: number;
}

const LONGEST_TEXT = 32_768;
const MOST_WORDS = 512;

/** For every vendor: one flat object, nothing optional by a trick of the schema. */
export const commandParameters: JsonObject = {
  type: 'object',
  properties: {
    program: {
      type: 'string',
      description: 'The program to run, without a shell. Preferred: say its words in "arguments".',
    },
    arguments: {
      type: 'array',
      items: { type: 'string' },
      description: 'The words of the program, each as it stands: no quoting, no expansion.',
    },
    shellText: {
      type: 'string',
      description: 'Instead of "program": a text for the shell. Only where pipes or the like are needed.',
    },
    folder: {
      type: 'string',
      description: 'Folder to run in, relative to the workspace. Default: the workspace.',
    },
    timeoutSeconds: { type: 'integer', description: 'Ended after so many seconds. Default 120.' },
  },
  required: [],
};

/** Throws "tool-arguments" for what cannot be run. */
export function readCommandArguments(args: JsonObject): CommandArguments {
  const unknown = Object.keys(args).filter(
    (key) => !Object.hasOwn(commandParameters['properties'] as object, key),
  );
  if (unknown.length > 0) refuse(`unknown argument ${unknown.join(', ')}`);
  const program = own(args, 'program');
  const words = own(args, 'arguments');
  const text = own(args, 'shellText');
  const timeoutSeconds = own(args, 'timeoutSeconds');
  if (timeoutSeconds !== undefined && !(Number.isInteger(timeoutSeconds) && Number(timeoutSeconds) > 0))
    refuse('timeoutSeconds is a whole number above 0');
  return {
    command: commandOf(program, words, text),
    cwd: own(args, 'folder') === undefined ? '.' : textOf(own(args, 'folder'), 'folder'),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds: Number(timeoutSeconds) }),
  };
}

function commandOf(
  program: JsonValue | undefined,
  words: JsonValue | undefined,
  text: JsonValue | undefined,
): string | readonly string[] {
  if ((program === undefined) === (text === undefined)) refuse('give either program or shellText');
  if (text !== undefined) {
    if (words !== undefined && !(Array.isArray(words) && words.length === 0))
      refuse('arguments belong to a program');
    return textOf(text, 'shellText');
  }
  if (words !== undefined && !Array.isArray(words)) refuse('arguments is a list of texts');
  const list = (words ?? []) as readonly JsonValue[];
  if (list.length > MOST_WORDS) refuse(`at most ${MOST_WORDS} arguments`);
  const argv = [textOf(program, 'program'), ...list.map((word) => textOf(word, 'arguments', true))];
  if (argv.join(' ').length > LONGEST_TEXT) refuse('the command is too long');
  return argv;
}

function textOf(value: JsonValue | undefined, name: string, mayBeEmpty = false): string {
  if (typeof value !== 'string' || (!mayBeEmpty && value.trim() === '')) return refuse(`${name} is a text`);
  if (value.includes('\0')) refuse(`${name} holds a null character`);
  if (value.length > LONGEST_TEXT) refuse(`${name} is too long`);
  return value;
}

function own(args: JsonObject, key: string): JsonValue | undefined {
  const value = Object.hasOwn(args, key) ? args[key] : undefined;
  return value === null ? undefined : value;
}

function refuse(why: string): never {
  throw new BatonError('tool-arguments', `run_command: ${why}.`);
}
