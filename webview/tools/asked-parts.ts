import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/base/json';
import type { AskedCall } from '../../src/core/model/tool-call';
import { commandText } from '../words/command-text';

/** A file that a call would change, as its tool shows it. */
export interface AskedFile {
  /** Relative to the workspace. */
  readonly path: string;
  /** The real one, absolute; '' where the tool does not say. */
  readonly resolved: string;
  readonly kind: 'create' | 'edit' | 'delete';
  /** The link that led there. */
  readonly link?: string;
  /** Unified. */
  readonly diff?: string;
}

/** What a call shows, sorted for the eye. Together the parts hold all of it. */
export interface AskedParts {
  readonly files: readonly AskedFile[];
  readonly command?: {
    readonly text: string;
    /** One text for a shell, or a program with its arguments. */
    readonly isShell: boolean;
    /** Characters of what would run, before any of them was made visible. */
    readonly length: number;
  };
  readonly address?: { readonly method: string; readonly url: string };
  /** Short values with their names. */
  readonly facts: readonly { readonly name: string; readonly text: string }[];
  /** Long texts with their names. */
  readonly texts: readonly { readonly name: string; readonly text: string }[];
  /** Everything else. */
  readonly values: readonly { readonly name: string; readonly value: JsonValue }[];
}

/** Longer than this, or of several lines, a text gets a block of its own. */
const SHORT = 100;

export function askedParts({ shown, effects }: AskedCall): AskedParts {
  const { changes, command, url, method, ...rest } = shown;
  const files = filesOf(changes);
  const told = commandOf(shown);
  const facts: { name: string; text: string }[] = [];
  const texts: { name: string; text: string }[] = [];
  const values: { name: string; value: JsonValue }[] = [];
  const others: JsonObject = {
    ...rest,
    // What is of another shape than known is shown as it is.
    ...(files === undefined && changes !== undefined && { changes }),
    ...(url !== undefined && typeof url !== 'string' && { url }),
    ...((typeof url !== 'string' || typeof method !== 'string') && method !== undefined && { method }),
    ...(command !== undefined && told === undefined && { command }),
  };
  for (const [key, value] of Object.entries(others)) {
    const name = wordsOf(key);
    if ((told !== undefined && IMPLIED.has(key)) || isEmpty(value)) continue;
    if (typeof value === 'object') values.push({ name, value });
    else {
      const text = unitText(key, value);
      (text.length > SHORT || text.includes('\n') ? texts : facts).push({ name, text });
    }
  }
  for (const text of unseenEffects(effects, shown)) facts.push({ name: 'Touches', text });
  return {
    files: files ?? [],
    ...(told !== undefined && { command: told }),
    ...(typeof url === 'string' && {
      address: { method: typeof method === 'string' ? method : '', url },
    }),
    facts,
    texts,
    values,
  };
}

/** Said by the command itself, beside it. */
const IMPLIED: ReadonlySet<string> = new Set(['shell', 'characters']);

function commandOf({ command, shell, characters }: JsonObject): AskedParts['command'] {
  const length = (text: string) => (typeof characters === 'number' ? characters : text.length);
  if (typeof command === 'string')
    return { text: command, isShell: shell !== false, length: length(command) };
  if (!Array.isArray(command) || !command.every((word) => typeof word === 'string')) return undefined;
  return { text: commandText(command), isShell: false, length: length(command.join(' ')) };
}

function filesOf(changes: JsonValue | undefined): readonly AskedFile[] | undefined {
  if (!Array.isArray(changes)) return undefined;
  const files = changes.map(fileOf);
  return files.every((file) => file !== undefined) ? files : undefined;
}

function fileOf(change: JsonValue): AskedFile | undefined {
  if (!isJsonObject(change) || typeof change['path'] !== 'string') return undefined;
  const { path, resolved, kind, link, diff } = change;
  return {
    path,
    resolved: typeof resolved === 'string' ? resolved : '',
    kind: kind === 'create' || kind === 'delete' ? kind : 'edit',
    ...(typeof link === 'string' && { link }),
    ...(typeof diff === 'string' && { diff }),
  };
}

/** Places and addresses that a call would touch and that nothing else on the card names. */
function unseenEffects(effects: readonly JsonObject[], shown: JsonObject): readonly string[] {
  const told = JSON.stringify(shown);
  const isTold = (text: string) => told.includes(JSON.stringify(text).slice(1, -1));
  return effects.flatMap((effect) => {
    const { type, path, url, server, tool, arguments: args, agent } = effect;
    if (type === 'mcp') return [`${textOf(server)}.${textOf(tool)} ${textOf(args)}`];
    if (type === 'delegate') return isTold(textOf(agent)) ? [] : [textOf(agent)];
    if (typeof path === 'string') return isTold(path) ? [] : [`${textOf(type)} ${path}`];
    if (typeof url === 'string') return isTold(url) ? [] : [url];
    return type === 'shell' ? [] : [JSON.stringify(effect)];
  });
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** "timeoutSeconds" is "Timeout seconds" for people. */
function wordsOf(key: string): string {
  const words = KNOWN_NAMES[key] ?? key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

const KNOWN_NAMES: Readonly<Record<string, string>> = {
  folder: 'In folder',
  timeoutSeconds: 'Ends after',
  environment: 'Variables',
  files: 'Scripts it names',
  runs: 'That runs',
  system: 'Build system',
  otherSystems: 'Also there',
  resolved: 'Real path',
};

function unitText(key: string, value: string | number | boolean | null): string {
  if (key === 'timeoutSeconds' && typeof value === 'number') return durationText(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return `${Math.round(seconds / 6) / 10} minutes`;
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
