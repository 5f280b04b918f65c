import { isJsonObject, type JsonValue } from '../../base/json';
import { locate } from '../files/locate';
import { wrongArguments } from '../files/tool-arguments';
import { visibleText } from '../files/visible-text';
import type { ToolScope } from '../tool';

/** What the files of a folder say about how it is made. */
export interface Stack {
  /** Below the workspace; "" is the workspace. */
  readonly folder: string;
  readonly names: ReadonlySet<string>;
  /** Names of what package.json depends on. */
  readonly packages: ReadonlySet<string>;
  readonly scripts: ReadonlySet<string>;
  readonly isTypeScript: boolean;
  /** Files that end in .js are ES modules. */
  readonly isModule: boolean;
  /** requirements.txt and pyproject.toml, for a look at what they name. */
  readonly pythonNeeds: string;
}

const LARGEST = 500_000;

/** Throws "tool-arguments" when there is no such folder. */
export async function readStack(folder: string, scope: ToolScope): Promise<Stack> {
  const place = await locate(folder === '' ? '.' : folder, scope);
  const entries = await place.files.list(place.relative).catch(() => undefined);
  if (entries === undefined) throw wrongArguments(`There is no folder ${visibleText(folder)}.`);
  const read = async (name: string) => {
    const path = place.relative === '' ? name : `${place.relative}/${name}`;
    const file = await place.files.read(path, LARGEST).catch(() => undefined);
    return file === undefined ? '' : new TextDecoder().decode(file.bytes);
  };
  const manifest = parseObject(await read('package.json'));
  const keys = (field: string) => {
    const value = manifest[field];
    return isJsonObject(value) ? Object.keys(value) : [];
  };
  const names = new Set(entries.map((entry) => entry.name));
  return {
    folder: place.relative,
    names,
    packages: new Set([...keys('dependencies'), ...keys('devDependencies')]),
    scripts: new Set(keys('scripts')),
    isTypeScript: names.has('tsconfig.json'),
    isModule: manifest['type'] === 'module',
    pythonNeeds: `${await read('requirements.txt')}\n${await read('pyproject.toml')}`,
  };
}

/** A path in the folder of the stack, relative to the workspace. */
export const inFolder = (stack: Stack, path: string): string =>
  stack.folder === '' ? path : `${stack.folder}/${path}`;

function parseObject(text: string): Readonly<Record<string, JsonValue>> {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
