/*
 * owns: the settings files for the command line: the person's own, and the one that came with the folder.
 * must stay true: only what lies in the person's own folder is the person's; a broken file of theirs stops all asking, for a
 * cap may be lost in it.
 */
import { isJsonObject } from '../../base/json';
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
}

type Machine = Pick<Host, 'env' | 'platform'> & { readonly files: Pick<HostFiles, 'read' | 'join'> };

const OWN = 'baton.config.json';
/** The same settings of another program, for people who come from there. */
const STRANGER = 'automatosx.config.json';
const LARGEST = 256 * 1024;

/** Reads what there is; a file that is not there says nothing. */
export async function readConfigFiles(machine: Machine, workspace: string): Promise<ConfigFiles> {
  const notes: string[] = [];
  const folder = configFolder(machine);
  const shownFolder = withTilde(machine, folder);
  const person: SettingsLayer[] = [];
  const ofWorkspace: SettingsLayer[] = [];
  for (const name of [STRANGER, OWN]) {
    const path = machine.files.join(folder, name);
    const shown = machine.files.join(shownFolder, name);
    person.push(
      ...(await readConfigFile(machine, { path, shown, isOwn: name === OWN, isPersons: true }, notes)),
    );
    const beside = machine.files.join(workspace, name);
    const inside = { path: beside, shown: name, isOwn: name === OWN, isPersons: false };
    ofWorkspace.push(...(await readConfigFile(machine, inside, notes)));
  }
  return { person, workspace: ofWorkspace, notes };
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
  readonly isPersons: boolean;
}

async function readConfigFile(
  machine: Machine,
  file: ConfigFile,
  notes: string[],
): Promise<readonly SettingsLayer[]> {
  const { shown } = file;
  const broken: SettingsLayer = { from: shown, isBroken: true };
  let text: string;
  try {
    const bytes = await machine.files.read(file.path);
    if (bytes === undefined) return [];
    if (bytes.length > LARGEST) throw new Error('it is larger than 256 kB');
    text = new TextDecoder().decode(bytes);
  } catch (error) {
    notes.push(`${shown} could not be read: ${messageOf(error)}.`);
    return [broken];
  }
  const parsed = parseJson(text);
  if ('offset' in parsed) {
    const { line, column } = placeAt(text, parsed.offset);
    notes.push(`${shown}:${line}:${column} This is no JSON.`);
    return [broken];
  }
  if (!file.isOwn) notes.push(`${shown} is read as ${OWN}.`);
  const tell = (faults: readonly LayerFault[], at: readonly string[]) => {
    for (const { path, message } of faults) notes.push(faultText(shown, text, [...at, ...path], message));
  };
  const { layer, faults } = readLayer(parsed.value, shown, { onlyProviders: !file.isOwn });
  tell(faults, []);
  const chosen = file.isOwn ? environmentOf(machine, parsed.value, shown, notes) : undefined;
  if (chosen === undefined) return [layer];
  const overlay = readLayer(chosen.value, `${shown} (${chosen.name})`);
  tell(overlay.faults, ['environments', chosen.name]);
  return [layer, overlay.layer];
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

function parseJson(text: string): { readonly value: unknown } | { readonly offset: number } {
  const plain = text.replace(/^\ufeff/, '');
  try {
    return { value: JSON.parse(plain) };
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
