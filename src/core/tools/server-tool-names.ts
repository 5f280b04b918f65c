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
