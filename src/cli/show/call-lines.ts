import { isJsonObject, type JsonObject, type JsonValue } from '../../core/base/json';
import { askedParts } from '../../core/model/asked-parts';
import type { AskedCall } from '../../core/model/tool-call';
import type { Style } from './style';
import { visibleLine, visibleText } from './visible';

/** What an agent wants to do, whole: nothing that a decision binds to is left out. A number stands at each part that can be chosen. */
export function callLines(calls: readonly AskedCall[], style: Style): string[] {
  const parts = askedParts(calls);
  const isChoice = parts.length > 1;
  const numberOf = (key: string, path?: string): string => {
    const at = parts.findIndex((part) => part.key === key && (part.path === undefined || part.path === path));
    return isChoice && at >= 0 ? `${at + 1}. ` : '';
  };
  return calls.flatMap((call) => {
    const changes = changesOf(call.shown);
    const isSplit = call.files !== undefined && call.files.length > 1;
    return [
      '',
      `${isSplit ? '' : numberOf(call.key)}${style.bold(`${visibleLine(call.agent)} · ${visibleLine(call.tool)}`)}  ${style.dim(visibleLine(call.why))}`,
      ...(changes === undefined
        ? shownLines(call.shown)
        : changes.flatMap((change) =>
            changeLines(change, isSplit ? numberOf(call.key, pathOf(change)) : '', style),
          )),
      ...(call.forRun === undefined ? [] : [style.dim(`For this run: ${visibleLine(call.forRun.says)}`)]),
    ];
  });
}

/** Files as the tools for files show them; undefined for every other call. */
function changesOf({ changes }: JsonObject): readonly JsonObject[] | undefined {
  if (!Array.isArray(changes)) return undefined;
  const objects = (changes as readonly JsonValue[]).filter(isJsonObject);
  return objects.length === changes.length ? objects : undefined;
}

const pathOf = (change: JsonObject): string => stringOf(change['path']);
const stringOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

function changeLines(change: JsonObject, number: string, style: Style): string[] {
  const { diff, resolved, link, kind } = change;
  return [
    `  ${number}${stringOf(kind)} ${visibleLine(pathOf(change))}`,
    `     ${style.dim(visibleLine(stringOf(resolved)))}`,
    ...(link === undefined ? [] : [`     through the link ${visibleLine(stringOf(link))}`]),
    ...diffLines(stringOf(diff), style),
  ];
}

/** A unified diff, indented, its sides told apart by sign and colour. */
export function diffLines(diff: string, style: Style): string[] {
  // The path stands above it.
  return visibleText(diff.replace(/^Index: .*\n=+\n/, '').trimEnd())
    .split('\n')
    .map((line) => {
      const tone = line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : undefined;
      return `     ${tone === undefined ? line : style.tone(tone, line)}`;
    });
}

/** The exact command first, then everything else by name. */
function shownLines(shown: JsonObject): string[] {
  const { command, ...rest } = shown;
  const words = Array.isArray(command)
    ? (command as readonly JsonValue[]).map((word) => shellWord(stringOf(word))).join(' ')
    : command;
  return [
    ...(words === undefined ? [] : block('$', stringOf(words))),
    ...Object.entries(rest)
      .filter(([, value]) => !isEmpty(value))
      .flatMap(([name, value]) => block(`${name}:`, stringOf(value))),
  ];
}

function block(label: string, text: string): string[] {
  const [first = '', ...more] = visibleText(text).split('\n');
  return [`  ${visibleLine(label)} ${first}`, ...more.map((line) => `    ${line}`)];
}

/** As one would type it: where a word ends must be seen. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function isEmpty(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === '' || (isJsonObject(value) && Object.keys(value).length === 0);
}
