import { type JsonValue, isJsonObject } from '../../base/json';
import { nearest } from '../../base/nearest';
import { isLoopback } from '../../providers/settings/address';
import type { McpServerSettings } from '../mcp/mcp-settings';
import { readServiceAddress } from './service-address';
import type { Note } from './settings-notes';

const MOST_SERVERS = 64;
const MOST_ARGUMENTS = 256;
const LONGEST_TEXT = 4_000;
/** Becomes a part of the names of tools, which every vendor holds to few characters. */
const SERVER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;
/** RFC 9110, "token". */
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/;
const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;
const KEYS = { stdio: ['type', 'command', 'args', 'env', 'cwd'], http: ['type', 'url', 'headers'] } as const;
/** Where people would put a key as it is. */
const HOLDS_A_KEY = /key|token|secret|passw|credential|^authorization$|^cookie$/i;

/** MCP servers by name. One that cannot be read whole is told and left out: a half of it is not what the person meant. */
export function readMcpServers(
  value: JsonValue | undefined,
  note: Note,
): Readonly<Record<string, McpServerSettings>> {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) {
    note(['mcpServers'], 'must be an object of servers by their names.');
    return {};
  }
  const servers: [string, McpServerSettings][] = [];
  for (const [name, given] of Object.entries(value)) {
    const path = ['mcpServers', name];
    if (!SERVER_NAME.test(name))
      note(path, 'is no name for a server: letters, digits, "_" and "-", at most 32.');
    else if (servers.length === MOST_SERVERS) note(path, `is left out: at most ${MOST_SERVERS} servers.`);
    else {
      const server = readServer(given, path, note);
      if (server !== undefined) servers.push([name, server]);
    }
  }
  return Object.fromEntries(servers);
}

function readServer(value: JsonValue, path: readonly string[], note: Note): McpServerSettings | undefined {
  let isWhole = true;
  const fault = (key: string | undefined, message: string): void => {
    isWhole = false;
    note(key === undefined ? path : [...path, key], message);
  };
  if (!isJsonObject(value)) {
    fault(undefined, 'must be an object with "command" or "url".');
    return undefined;
  }
  const type = typeOf(value['type'], value['command'] !== undefined, value['url'] !== undefined);
  if (type === undefined) {
    fault(undefined, 'needs either "command" (a program) or "url" (an address), and no other "type".');
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if ((KEYS[type] as readonly string[]).includes(key)) continue;
    const meant = nearest(key, KEYS[type]);
    fault(
      key,
      meant === undefined ? 'is nothing that a server has.' : `is no setting. Did you mean "${meant}"?`,
    );
  }
  const server: McpServerSettings =
    type === 'stdio'
      ? { type, ...readProgram(value, path, note, fault) }
      : { type, ...readEndpoint(value, path, note, fault) };
  return isWhole ? server : undefined;
}

/** `type` need not be given; where other programs' files give it, it must agree. */
function typeOf(
  given: JsonValue | undefined,
  hasCommand: boolean,
  hasUrl: boolean,
): McpServerSettings['type'] | undefined {
  if (hasCommand === hasUrl) return undefined;
  const type = hasCommand ? 'stdio' : 'http';
  return given === undefined || given === type ? type : undefined;
}

type Fault = (key: string, message: string) => void;
type Values = Readonly<Record<string, JsonValue>>;

function readProgram(value: Values, path: readonly string[], note: Note, fault: Fault) {
  const { command, args = [], cwd } = value;
  const program = isText(command) && command.trim() !== '' ? command : '';
  if (program === '') fault('command', 'must be the name or path of a program.');
  const words = Array.isArray(args) && args.length <= MOST_ARGUMENTS && args.every(isText) ? args : undefined;
  if (words === undefined) fault('args', `must be a list of at most ${MOST_ARGUMENTS} texts.`);
  // Other processes can read a program's arguments.
  else if (words.some((word) => word.includes('${secrets.')))
    fault('args', 'may hold no secret: other programs can read arguments. Put it into "env".');
  const folder = isText(cwd) && ABSOLUTE.test(cwd) ? cwd : undefined;
  if (cwd !== undefined && folder === undefined) fault('cwd', 'must be the absolute path of a folder.');
  return {
    command: program,
    args: words ?? [],
    env: readTexts(value['env'], 'env', VARIABLE, path, note, fault),
    ...(folder !== undefined && { cwd: folder }),
  };
}

function readEndpoint(value: Values, path: readonly string[], note: Note, fault: Fault) {
  const address = readServiceAddress(value['url']);
  if ('refused' in address) fault('url', address.refused);
  const url = 'url' in address ? address.url : '';
  if (url.startsWith('http:') && !isLoopback(new URL(url).hostname))
    fault('url', 'is not encrypted and not on this machine. Use https://.');
  return { url, headers: readTexts(value['headers'], 'headers', HEADER, path, note, fault) };
}

function readTexts(
  value: JsonValue | undefined,
  key: string,
  names: RegExp,
  path: readonly string[],
  note: Note,
  fault: Fault,
): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  const isRead =
    isJsonObject(value) &&
    entries.length <= MOST_ARGUMENTS &&
    entries.every(([name, text]) => names.test(name) && isText(text) && !/[\r\n]/.test(text));
  if (!isRead) {
    fault(key, 'must be an object of names and texts of one line.');
    return {};
  }
  for (const [name, text] of entries as [string, string][])
    if (HOLDS_A_KEY.test(name) && text !== '' && !text.includes('${secrets.'))
      note(
        [...path, key, name],
        'looks like a key. Keep it with "Baton: Set Secret" or in the environment, and write ${secrets.NAME} here.',
      );
  return Object.fromEntries(entries as [string, string][]);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT && !value.includes('\0');
}
