import type { Host, Log } from '../../host';
import { redactLog } from '../../host-redacted';
import type { Tool } from '../tool';
import type { SecretOf } from './fill-secrets';
import { MCP_LIMITS, type McpLimits } from './limits';
import { McpServer } from './mcp-server';
import type { McpServerSettings } from './mcp-settings';
import { mcpTool } from './mcp-tool';
import type { OfferedTool } from './offered-tool';
import { serverParts, toolName } from './tool-names';

export interface McpServersOptions {
  readonly host: Host;
  /** Absolute real path; where programs start that have no folder of their own. */
  readonly workspace: string;
  /** By name, as the person configured them: nothing of a workspace. */
  readonly settings: Readonly<Record<string, McpServerSettings>>;
  /** The value of `${secrets.NAME}`; undefined: it is not set. */
  readonly secret: SecretOf;
  /** What programs complain, and which servers fail. */
  readonly log: Log;
  /** For tests. */
  readonly limits?: Partial<McpLimits>;
}

/** The tools of servers that a person configured. Starts nothing before the first `tools`: call that in trusted folders only. */
export interface McpServers {
  /**
   * What the servers offer now, at most 128 together. A server that gives none is a fault; rejects only on abort.
   *
   * @param only names of the servers that are asked; the others are not started for it. Absent: all
   */
  tools(signal: AbortSignal, only?: readonly string[]): Promise<readonly Tool[]>;
  /** As of the last time that each was asked: a message completes a sentence about the server and is for people. */
  faults(): readonly { readonly server: string; readonly message: string }[];
  /** Ends all servers; resolves when nothing of them is left. Tools do nothing from then on. */
  dispose(): Promise<void>;
}

export function openMcpServers(options: McpServersOptions): McpServers {
  const { host, workspace, settings, secret } = options;
  const limits = { ...MCP_LIMITS, ...options.limits };
  const log = host.redactor === undefined ? options.log : redactLog(options.log, host.redactor);
  const sha256 = (text: string) => host.sha256(text);
  const all = Object.entries(settings).map(
    ([name, each]) => new McpServer({ name, settings: each, host, workspace, secret, log, limits }),
  );
  const parts = serverParts(Object.keys(settings), sha256);
  let leftOut: readonly { server: string; message: string }[] = [];

  return {
    async tools(signal, only) {
      const servers = all.filter(({ name }) => only?.includes(name) ?? true);
      const offers = await Promise.all(servers.map((server) => server.offered(signal)));
      const shares = fairShares(
        offers.map(({ length }) => length),
        limits.tools,
      );
      const faults: { server: string; message: string }[] = [];
      const tools = new Map<string, Tool>();
      for (const [index, server] of servers.entries()) {
        const offered = offers[index] ?? [];
        const taken = offered.slice(0, shares[index]);
        if (taken.length < offered.length)
          faults.push({
            server: server.name,
            message: `offers ${offered.length} tools, of which the first ${taken.length} are taken: more than ${limits.tools} of all servers are too many`,
          });
        for (const tool of taken) {
          const name = toolName(parts.get(server.name) ?? '', tool.name, sha256);
          if (tools.has(name)) faults.push(sameName(server, tool));
          else tools.set(name, mcpTool(name, tool, server, limits));
        }
      }
      const isAsked = (server: string) => servers.some(({ name }) => name === server);
      leftOut = [...leftOut.filter(({ server }) => !isAsked(server)), ...faults];
      return [...tools.values()];
    },
    faults: () => [
      ...all.flatMap((server) => server.faults().map((message) => ({ server: server.name, message }))),
      ...leftOut,
    ],
    async dispose() {
      await Promise.all(all.map((server) => server.close()));
    },
  };
}

function sameName(server: McpServer, { name }: OfferedTool): { server: string; message: string } {
  return { server: server.name, message: `has the tool ${name}, whose name is too much like another's` };
}

/** How many each may have, so that together they are at most `most` and one that has many takes nothing from one that has few. */
function fairShares(wanted: readonly number[], most: number): readonly number[] {
  const shares = wanted.map(() => 0);
  let left = most;
  while (left > 0) {
    const hungry = wanted.flatMap((count, index) => (count > (shares[index] ?? 0) ? [index] : []));
    if (hungry.length === 0) break;
    const each = Math.max(1, Math.floor(left / hungry.length));
    for (const index of hungry) {
      const more = Math.min(each, left, (wanted[index] ?? 0) - (shares[index] ?? 0));
      shares[index] = (shares[index] ?? 0) + more;
      left -= more;
    }
  }
  return shares;
}
