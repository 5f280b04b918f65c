/*
 * owns: the settings files for the command line: the person's own, and the one that came with the folder.
 * must stay true: only what lies in the person's own folder is the person's; a broken file of theirs stops all asking, for a
 * cap may be lost in it.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json';
import { nearest } from '../../base/nearest';
import type { Host, HostFiles } from '../../host';
import { messageOf } from '../../model/errors';
import { placeAt, placeOf } from './json-places';
import { readLayer, type LayerFault } from './read-layer';
import type { SettingsLayer } from './settings-layer';

export interface ConfigFiles {
  readonly person: readonly SettingsLayer[];
  readonly workspace: readonly SettingsLayer[];
  /** For people; faults begin with "file:line:column". */
  readonly notes: readonly string[];
  /** Of the person's file and of the folder's; only where they were asked for, and where there is such a file. */
  readonly others?: { readonly person?: OtherSections; readonly workspace?: OtherSections };
}

/** What others read in one of Baton's own files. */
export interface OtherSections {
  /** The file, for people. */
  readonly shown: string;
  /** What stands under the wanted keys, and under those that were probably meant; absent: the file could not be read. */
  readonly values?: JsonObject;
}

type Machine = Pick<Host, 'env' | 'platform'> & { readonly files: Pick<HostFiles, 'read' | 'join'> };

const OWN = 'baton.config.json';
/** The same settings of another program, for people who come from there. */
const STRANGER = 'automatosx.config.json';
const LARGEST = 256 * 1024;

/** Reads what there is; a file that is not there says nothing. `otherSections`: keys of Baton's own files that others read. */
export async function readConfigFiles(
  machine: Machine,
  workspace: string,
  otherSections: readonly string[] = [],
): Promise<ConfigFiles> {
  const notes: string[] = [];
  const folder = configFolder(machine);
  const shownFolder = withTilde(machine, folder);
  const person: SettingsLayer[] = [];
  const ofWorkspace: SettingsLayer[] = [];
  let others: ConfigFiles['others'];
  for (const name of [STRANGER, OWN]) {
    const path = machine.files.join(folder, name);
    const shown = machine.files.join(shownFolder, name);
    const isOwn = name === OWN;
    const outside = await readConfigFile(machine, { path, shown, isOwn, otherSections }, notes);
    person.push(...outside.layers);
    const beside = machine.files.join(workspace, name);
    const inside = await readConfigFile(machine, { path: beside, shown: name, isOwn, otherSections }, notes);
    ofWorkspace.push(...inside.layers);
    if (isOwn && otherSections.length > 0)
      others = {
        ...(outside.others && { person: outside.others }),
        ...(inside.others && { workspace: inside.others }),
      };
  }
  return { person, workspace: ofWorkspace, notes, ...(others && { others }) };
}

/** Where the person's own settings lie. */
export function configFolder({ env, platform, files }: Machine): string {
  const home = env('HOME') ?? env('USERPROFILE') ?? '';
  const named = env('XDG_CONFIG_HOME');
  if (named !== undefined && named !== '') return files.join(named, 'baton');
  if (platform === 'win32')
    return files.join(env('APPDATA') ?? files.join(home, 'AppData', 'Roaming'), 'baton');
  return files.join(home, '.config', 'baton');
}

interface ConfigFile {
  readonly path: string;
  /** For people. */
  readonly shown: string;
  readonly isOwn: boolean;
  readonly otherSections: readonly string[];
}

interface ReadFile {
  readonly layers: readonly SettingsLayer[];
  /** Absent: there is no such file. */
  readonly others?: OtherSections;
}

async function readConfigFile(machine: Machine, file: ConfigFile, notes: string[]): Promise<ReadFile> {
  const { shown } = file;
  const broken: ReadFile = { layers: [{ from: shown, isBroken: true }], others: { shown } };
  let text: string;
  try {
    const bytes = await machine.files.read(file.path);
    if (bytes === undefined) return { layers: [] };
    if (bytes.length > LARGEST) throw new Error('it is larger than 256 kB');
    text = new TextDecoder().decode(bytes);
  } catch (error) {
    notes.push(`${shown} could not be read: ${messageOf(error)}.`);
    return broken;
  }
  const parsed = parseJson(text);
  if ('offset' in parsed) {
    const { line, column } = placeAt(text, parsed.offset);
    notes.push(`${shown}:${line}:${column} This is no JSON.`);
    return broken;
  }
  if (!file.isOwn) notes.push(`${shown} is read as ${OWN}.`);
  const tell = (faults: readonly LayerFault[], at: readonly string[]) => {
    for (const { path, message } of faults) notes.push(faultText(shown, text, [...at, ...path], message));
  };
  const { isOwn, otherSections } = file;
  const { layer, faults } = readLayer(parsed.value, shown, { onlyProviders: !isOwn, otherSections });
  tell(faults, []);
  const others = { shown, ...sectionsOf(parsed.value, otherSections) };
  const chosen = isOwn ? environmentOf(machine, parsed.value, shown, notes) : undefined;
  if (chosen === undefined) return { layers: [layer], others };
  const overlay = readLayer(chosen.value, `${shown} (${chosen.name})`);
  tell(overlay.faults, ['environments', chosen.name]);
  return { layers: [layer, overlay.layer], others };
}

/** A key that was probably meant goes along: who reads it says so. */
function sectionsOf(value: JsonValue, wanted: readonly string[]): { readonly values?: JsonObject } {
  if (!isJsonObject(value)) return {};
  const isWanted = (key: string) => wanted.includes(key) || nearest(key, wanted) !== undefined;
  return { values: Object.fromEntries(Object.entries(value).filter(([key]) => isWanted(key))) };
}

/** The part of the file for the environment that BATON_ENV names. */
function environmentOf(
  { env }: Machine,
  value: unknown,
  shown: string,
  notes: string[],
): { readonly name: string; readonly value: unknown } | undefined {
  const environments = isJsonObject(value) ? value['environments'] : undefined;
  if (environments === undefined) return undefined;
  if (!isJsonObject(environments)) {
    notes.push(`${shown}: "environments" must be an object.`);
    return undefined;
  }
  const name = env('BATON_ENV')?.trim();
  if (name === undefined || name === '') return undefined;
  if (Object.hasOwn(environments, name)) return { name, value: environments[name] };
  notes.push(
    `${shown}: BATON_ENV is "${name}", and the file has no such environment (${Object.keys(environments).join(', ')}).`,
  );
  return undefined;
}

function faultText(shown: string, text: string, path: readonly string[], message: string): string {
  const place = placeOf(text, path);
  const at = place === undefined ? shown : `${shown}:${place.line}:${place.column}`;
  return path.length === 0 ? `${shown}: ${message}.` : ended(`${at} "${path.join('.')}" ${message}`);
}

function ended(sentence: string): string {
  return /[.?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function parseJson(text: string): { readonly value: JsonValue } | { readonly offset: number } {
  const plain = text.replace(/^\ufeff/, '');
  try {
    return { value: JSON.parse(plain) as JsonValue };
  } catch (error) {
    const position = /position (\d+)/.exec(messageOf(error))?.[1];
    return { offset: position === undefined ? plain.trimEnd().length : Number(position) };
  }
}

function withTilde({ env }: Machine, folder: string): string {
  const home = env('HOME') ?? env('USERPROFILE');
  return home !== undefined && home !== '' && folder.startsWith(home)
    ? `~${folder.slice(home.length)}`
    : folder;
}
