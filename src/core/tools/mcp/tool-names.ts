/*
 * owns: under which names models know the tools of servers.
 * must stay true: a name says its server and its tool whatever else is there, so that no server can take the name of another's
 * tool: the part for the server holds no underscore.
 */

const LONGEST_NAME = 64;
const LONGEST_SERVER = 24;
const SUFFIX = 6;

type Sha256 = (text: string) => string;

/** The part of tools' names that says the server, for each server's name. */
export function serverParts(servers: readonly string[], sha256: Sha256): ReadonlyMap<string, string> {
  const plain = (name: string) => name.replace(/[^a-zA-Z0-9-]/g, '-').slice(0, LONGEST_SERVER);
  const parts = new Map<string, string>();
  const taken = new Set<string>();
  // A name that can stay as it is does so, whatever others there are.
  const order = [...servers].sort((a, b) => Number(plain(a) !== a) - Number(plain(b) !== b));
  for (const name of order) {
    const wanted = plain(name);
    const part = taken.has(wanted)
      ? `${wanted.slice(0, LONGEST_SERVER - SUFFIX - 1)}-${sha256(name).slice(0, SUFFIX)}`
      : wanted;
    taken.add(part);
    parts.set(name, part);
  }
  return parts;
}

/** `mcp_<server>_<tool>`: at most 64 letters, digits, underscores and hyphens. A tool whose name had to be changed is told by a hash. */
export function toolName(serverPart: string, tool: string, sha256: Sha256): string {
  const kept = tool.replace(/[^a-zA-Z0-9_-]/g, '_');
  const name = `mcp_${serverPart}_${kept}`;
  if (kept === tool && name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, LONGEST_NAME - SUFFIX - 1)}_${sha256(tool).slice(0, SUFFIX)}`;
}
