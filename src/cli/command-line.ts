import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearest } from '../core/base/nearest';
import type { DecisionAction } from '../core/model/workflow';

export type Approvals = 'ask' | 'auto' | 'none';

export interface CommonOptions {
  /** Path as given; default: the current folder. */
  readonly workspace?: string;
  readonly state?: string;
  readonly json: boolean;
}

export type Command =
  | {
      readonly name: 'run';
      readonly file: string;
      readonly rehearse: boolean;
      readonly inputs: Readonly<Record<string, string>>;
      readonly approvals?: Approvals;
    }
  | { readonly name: 'validate' | 'plan'; readonly file: string }
  | { readonly name: 'list'; readonly runs: boolean }
  | { readonly name: 'approvals' | 'agents' | 'doctor' }
  | { readonly name: 'providers'; readonly test: boolean }
  | { readonly name: 'status' | 'pause' | 'cancel'; readonly run: string }
  | { readonly name: 'resume'; readonly run: string; readonly seq?: number; readonly approvals?: Approvals }
  | {
      readonly name: 'approve';
      readonly run: string;
      readonly step: string;
      readonly action: DecisionAction;
      /** A file. */
      readonly with?: string;
      /** The value itself: JSON or text; an amount at a budget gate. */
      readonly value?: string;
      readonly comment?: string;
      /** What an agent wants to do: allowed for the rest of the run. */
      readonly forRun?: true;
      /** Numbers of what is refused, from 1, as it is shown. */
      readonly refuse?: readonly number[];
    }
  | {
      readonly name: 'undo';
      readonly run: string;
      readonly step: string;
      /** Relative to the workspace; empty: all. */
      readonly files: readonly string[];
      readonly anyway: boolean;
    }
  | { readonly name: 'export'; readonly run: string; readonly directory: string };

export type CommandName = Command['name'];

export type CommandLine =
  | { readonly type: 'command'; readonly command: Command; readonly options: CommonOptions }
  | { readonly type: 'help'; readonly command?: CommandName }
  | { readonly type: 'version' }
  /** The command line makes no sense; the hint says what would. */
  | { readonly type: 'usage'; readonly message: string; readonly hint: string };

type Options = NonNullable<ParseArgsConfig['options']>;
type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

const COMMON: Options = {
  workspace: { type: 'string' },
  state: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

interface Shape {
  readonly options: Options;
  /** Names of the positional arguments, in order; all are required. */
  readonly positionals: readonly string[];
  /** Throws `Misuse`. */
  readonly read: (values: Values, positionals: readonly string[]) => Command;
}

const SHAPES: Readonly<Record<CommandName, Shape>> = {
  run: {
    options: {
      rehearse: { type: 'boolean' },
      input: { type: 'string', multiple: true },
      approvals: { type: 'string' },
    },
    positionals: ['FILE'],
    read: (values, [file = '']) => ({
      name: 'run',
      file,
      rehearse: values['rehearse'] === true,
      inputs: readInputs(values['input']),
      ...readApprovals(values),
    }),
  },
  validate: fileShape('validate'),
  plan: fileShape('plan'),
  list: {
    options: { runs: { type: 'boolean' } },
    positionals: [],
    read: (values) => ({ name: 'list', runs: values['runs'] === true }),
  },
  approvals: plainShape('approvals'),
  agents: plainShape('agents'),
  doctor: plainShape('doctor'),
  providers: {
    options: { test: { type: 'boolean' } },
    positionals: [],
    read: (values) => ({ name: 'providers', test: values['test'] === true }),
  },
  status: runShape('status'),
  pause: runShape('pause'),
  cancel: runShape('cancel'),
  resume: {
    options: { approvals: { type: 'string' } },
    positionals: ['RUN'],
    read: (values, [given = '']) => ({ name: 'resume', ...readPosition(given), ...readApprovals(values) }),
  },
  approve: {
    options: {
      action: { type: 'string' },
      with: { type: 'string' },
      value: { type: 'string' },
      comment: { type: 'string' },
      'for-run': { type: 'boolean' },
      refuse: { type: 'string' },
    },
    positionals: ['RUN', 'STEP'],
    read: (values, [run = '', step = '']) => readDecision(values, run, step),
  },
  undo: {
    options: { file: { type: 'string', multiple: true }, anyway: { type: 'boolean' } },
    positionals: ['RUN', 'STEP'],
    read: (values, [run = '', step = '']) => ({
      name: 'undo',
      run,
      step,
      files: Array.isArray(values['file']) ? values['file'].map(String) : [],
      anyway: values['anyway'] === true,
    }),
  },
  export: {
    options: {},
    positionals: ['RUN', 'DIR'],
    read: (_values, [run = '', directory = '']) => ({ name: 'export', run, directory }),
  },
};

export const COMMAND_NAMES = Object.keys(SHAPES) as readonly CommandName[];
const ALIASES: Readonly<Record<string, CommandName>> = { execute: 'run' };

class Misuse extends Error {}

/** What a person asked for. Never throws. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const [word, rest] = takeCommand(argv);
  if (word === undefined) {
    if (argv.includes('--version') || argv.includes('-v')) return { type: 'version' };
    if (argv.length === 0 || argv.includes('--help') || argv.includes('-h')) return { type: 'help' };
    return usage(`There is no command in "${argv.join(' ')}".`, 'See: baton --help');
  }
  if (word === 'help') {
    const topic = nameOf(rest[0] ?? '');
    return topic === undefined ? { type: 'help' } : { type: 'help', command: topic };
  }
  const name = nameOf(word);
  if (name === undefined)
    return usage(`There is no command "${word}".`, didYouMean(word, commandWords(), ''));
  const shape = SHAPES[name];
  const options = { ...COMMON, ...shape.options };
  if (rest.includes('--help') || rest.includes('-h')) return { type: 'help', command: name };
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options,
      allowPositionals: true,
      strict: true,
    });
    const missing = shape.positionals[positionals.length];
    if (missing !== undefined) throw new Misuse(`${missing} is missing.`);
    const extra = positionals[shape.positionals.length];
    if (extra !== undefined) throw new Misuse(`"${extra}" is one argument too many.`);
    const common = values as Values;
    return {
      type: 'command',
      command: shape.read(values, positionals),
      options: {
        json: common['json'] === true,
        ...(typeof common['workspace'] === 'string' && { workspace: common['workspace'] }),
        ...(typeof common['state'] === 'string' && { state: common['state'] }),
      },
    };
  } catch (error) {
    if (error instanceof Misuse) return usage(error.message, `See: baton ${name} --help`);
    return usage(...explain(error, name, Object.keys(options)));
  }
}

/** The first word that is no option is the command; options that every command takes may stand before it. */
function takeCommand(argv: readonly string[]): [string | undefined, readonly string[]] {
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('-')) {
      return [argument, [...argv.slice(0, index), ...argv.slice(index + 1)]];
    }
    if (argument === '--workspace' || argument === '--state') index += 1;
  }
  return [undefined, argv];
}

function nameOf(word: string): CommandName | undefined {
  return ALIASES[word] ?? COMMAND_NAMES.find((name) => name === word);
}

const commandWords = () => [...COMMAND_NAMES, ...Object.keys(ALIASES), 'help'];

function plainShape(name: 'approvals' | 'agents' | 'doctor'): Shape {
  return { options: {}, positionals: [], read: () => ({ name }) };
}

function fileShape(name: 'validate' | 'plan'): Shape {
  return { options: {}, positionals: ['FILE'], read: (_values, [file = '']) => ({ name, file }) };
}

function runShape(name: 'status' | 'pause' | 'cancel'): Shape {
  return { options: {}, positionals: ['RUN'], read: (_values, [run = '']) => ({ name, run }) };
}

function readInputs(given: Values[string]): Record<string, string> {
  const inputs: Record<string, string> = {};
  for (const pair of Array.isArray(given) ? given : []) {
    const text = String(pair);
    const at = text.indexOf('=');
    if (at <= 0) throw new Misuse(`--input takes name=value, not "${text}".`);
    inputs[text.slice(0, at)] = text.slice(at + 1);
  }
  return inputs;
}

function readApprovals(values: Values): { approvals?: Approvals } {
  const given = values['approvals'];
  if (given === undefined) return {};
  if (given === 'ask' || given === 'auto' || given === 'none') return { approvals: given };
  throw new Misuse(`--approvals takes ask, auto or none, not "${String(given)}".`);
}

/** `RUN` or `RUN@SEQ`. */
function readPosition(given: string): { run: string; seq?: number } {
  const at = given.lastIndexOf('@');
  if (at < 0) return { run: given };
  const seq = Number(given.slice(at + 1));
  if (!Number.isSafeInteger(seq) || seq < 1) throw new Misuse(`"${given}" is not RUN or RUN@SEQ.`);
  return { run: given.slice(0, at), seq };
}

const ACTIONS: readonly DecisionAction[] = ['approve', 'modify', 'retry', 'skip', 'cancel'];

function readDecision(values: Values, run: string, step: string): Command {
  const given = values['action'];
  if (given === undefined) throw new Misuse(`--action is missing: ${ACTIONS.join(', ')}.`);
  const action = ACTIONS.find((known) => known === given);
  if (action === undefined) throw new Misuse(`--action takes ${ACTIONS.join(', ')}, not "${String(given)}".`);
  const { with: file, value } = values;
  if (action === 'modify' && file === undefined && value === undefined) {
    throw new Misuse(
      '--action modify needs --with FILE, the file that holds the result, or --value VALUE, the result or amount itself.',
    );
  }
  if (file !== undefined && value !== undefined) throw new Misuse('Give --with or --value, not both.');
  if ((file !== undefined || value !== undefined) && action !== 'modify' && action !== 'skip') {
    throw new Misuse(
      `--${file === undefined ? 'value' : 'with'} goes with modify and skip, not with ${action}.`,
    );
  }
  const { comment, refuse } = values;
  const forRun = values['for-run'] === true;
  if ((forRun || refuse !== undefined) && action !== 'approve')
    throw new Misuse(`--${forRun ? 'for-run' : 'refuse'} goes with --action approve, not with ${action}.`);
  return {
    name: 'approve',
    run,
    step,
    action,
    ...(typeof file === 'string' && { with: file }),
    ...(typeof value === 'string' && { value }),
    ...(typeof comment === 'string' && { comment }),
    ...(forRun && { forRun }),
    ...(typeof refuse === 'string' && { refuse: readNumbers(refuse) }),
  };
}

function readNumbers(given: string): number[] {
  return given.split(',').map((word) => {
    if (!/^\s*[1-9]\d*\s*$/.test(word)) throw new Misuse(`--refuse takes numbers like 1,3, not "${given}".`);
    return Number(word);
  });
}

function explain(error: unknown, command: CommandName, known: readonly string[]): [string, string] {
  const message = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '(-{1,2}[^']*)'/.exec(message)?.[1];
  if (unknown !== undefined) {
    const plain = unknown.replace(/^-+/, '').replace(/=.*$/, '');
    return [`baton ${command} has no option ${unknown}.`, didYouMean(plain, known, '--', command)];
  }
  // Node's own words, without the advice that only fits its own command line.
  return [`${message.split('. ')[0] ?? message}.`.replace('..', '.'), `See: baton ${command} --help`];
}

function didYouMean(word: string, known: readonly string[], prefix: string, command?: CommandName): string {
  const meant = nearest(word, known);
  const help = `See: baton ${command === undefined ? '' : `${command} `}--help`;
  return meant === undefined ? help : `Did you mean ${prefix}${meant}? ${help}`;
}

function usage(message: string, hint: string): CommandLine {
  return { type: 'usage', message, hint };
}
