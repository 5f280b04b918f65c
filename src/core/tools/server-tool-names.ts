import { serverParts, toolName } from './mcp/tool-names';

export interface KnownServers {
  /** Of the tools that can be used. */
  readonly names: readonly string[];
  /** Names of the servers that the person set up. */
  readonly servers: readonly string[];
  readonly sha256: (text: string) => string;
}

/** Which of the usable tools "server/tool" and "server/*" mean. Case of the server's name does not matter. */
export function serverToolNames(
  wanted: readonly string[],
  { names, servers, sha256 }: KnownServers,
): readonly string[] {
  const parts = serverParts(servers, sha256);
  const meant = new Set<string>();
  for (const one of wanted) {
    const [server = '', tool = ''] = one.split('/');
    const known = servers.find((name) => name.toLowerCase() === server.toLowerCase());
    const part = known === undefined ? undefined : parts.get(known);
    if (part === undefined) continue;
    const is =
      tool === '*'
        ? (name: string) => name.startsWith(`mcp_${part}_`)
        : (name: string) => name === toolName(part, tool, sha256);
    for (const name of names) if (is(name)) meant.add(name);
  }
  return names.filter((name) => meant.has(name));
}

/** Tools of servers that somebody may use, as files of agents name them ("server/tool", "server/*") and as steps do ("mcp_github_*"). */
export interface WantedTools {
  readonly ofServers: readonly string[];
  /** Names of tools, or beginnings of names with a "*" behind. */
  readonly named: readonly string[];
}

/** The servers that may have such a tool. None of the others' could be meant, whatever they offer. */
export function serversFor(
  { ofServers, named }: WantedTools,
  { servers, sha256 }: Omit<KnownServers, 'names'>,
): readonly string[] {
  const parts = serverParts(servers, sha256);
  const asked = new Set(ofServers.map((one) => (one.split('/')[0] ?? '').toLowerCase()));
  return servers.filter((server) => {
    const start = `mcp_${parts.get(server) ?? ''}_`;
    return asked.has(server.toLowerCase()) || named.some((pattern) => mayBegin(pattern, start));
  });
}

/** Whether a name that begins so can fit the pattern. */
function mayBegin(pattern: string, start: string): boolean {
  if (!pattern.endsWith('*')) return pattern.startsWith(start);
  const begin = pattern.slice(0, -1);
  return begin.startsWith(start) || start.startsWith(begin);
}
