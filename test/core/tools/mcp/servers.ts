import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createRedactor } from '../../../../src/core/base/redactor';
import { neverAborted } from '../../../../src/core/base/abort';
import type { JsonObject } from '../../../../src/core/base/json';
import type { Host, Log } from '../../../../src/core/host';
import { redactHost } from '../../../../src/core/host-redacted';
import type { McpLimits } from '../../../../src/core/tools/mcp/limits';
import { openMcpServers, type McpServers } from '../../../../src/core/tools/mcp/mcp-servers';
import type { McpServerSettings } from '../../../../src/core/tools/mcp/mcp-settings';
import type { Verdict } from '../../../../src/core/tools/effect';
import { judge } from '../../../../src/core/tools/policy/judge';
import { noRules } from '../../../../src/core/tools/policy/rules';
import { untainted } from '../../../../src/core/tools/policy/taint';
import type { PreparedCall, Tool, ToolOutcome } from '../../../../src/core/tools/tool';
import { createTestHost, temporaryFolder } from '../../../support/node-host';
import { scopeOf } from '../web/tool-scope';

export const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/mcp');

/** How a fixture of that name is started. */
export function program(
  name: string,
  ...args: readonly string[]
): Extract<McpServerSettings, { type: 'stdio' }> {
  return {
    type: 'stdio',
    command: process.execPath,
    args: [path.join(fixtures, `${name}.mjs`), ...args],
    env: {},
  };
}

export interface Bench {
  readonly host: Host;
  readonly workspace: string;
  readonly logged: string[];
  /** What servers did, one name for each call that reached one. */
  readonly calls: () => Promise<readonly string[]>;
  open(settings: Readonly<Record<string, McpServerSettings>>, limits?: Partial<McpLimits>): McpServers;
  tools(servers: McpServers): Promise<ReadonlyMap<string, Tool>>;
  /** Pids of what is left of servers that this bench started. */
  readonly left: () => readonly number[];
  close(): Promise<void>;
}

let count = 0;

/** A throw-away workspace in which servers run. */
export async function bench(secrets: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const folder = await temporaryFolder('mcp');
  const workspace = await createTestHost().files.realPath(folder.path);
  if (workspace === undefined) throw new Error('There is no folder to work in.');
  const host = redactHost(createTestHost(), createRedactor());
  const log = path.join(folder.path, 'calls.log');
  const own = `bench-${process.pid}-${(count += 1)}`;
  const logged: string[] = [];
  const note = (message: string) => void logged.push(message);
  const quiet: Log = { debug: note, info: note, warn: note, error: note };
  const opened: McpServers[] = [];
  return {
    host,
    workspace,
    logged,
    calls: async () =>
      (await readFile(log, 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''),
    open(settings, limits = {}) {
      const marked = Object.entries(settings).map(([name, each]) => [
        name,
        each.type === 'http' ? each : { ...each, env: { CALLS: log, BENCH: own, ...each.env } },
      ]);
      const servers = openMcpServers({
        host,
        workspace,
        settings: Object.fromEntries(marked) as typeof settings,
        secret: (name) => Promise.resolve(secrets[name]),
        log: quiet,
        limits: { startMs: 8_000, listMs: 3_000, callMs: 5_000, graceMs: 300, restMs: 0, ...limits },
      });
      opened.push(servers);
      return servers;
    },
    tools: async (servers) =>
      new Map((await servers.tools(neverAborted)).map((tool) => [tool.declaration.name, tool])),
    left: () => withVariable(`BENCH=${own}`),
    async close() {
      await Promise.all(opened.map((servers) => servers.dispose()));
      await folder.remove();
    },
  };
}

export function prepare(bench: Bench, tool: Tool | undefined, args: JsonObject = {}): Promise<PreparedCall> {
  if (tool === undefined) throw new Error('There is no such tool.');
  return tool.prepare(args, { ...scopeOf(bench.host), workspace: bench.workspace });
}

export async function call(
  bench: Bench,
  tool: Tool | undefined,
  args: JsonObject = {},
  signal: AbortSignal = neverAborted,
): Promise<ToolOutcome> {
  return (await prepare(bench, tool, args)).run({ signal, onText: () => {} });
}

/** What policy says of a call where a person has set nothing. */
export function verdictOf(bench: Bench, tool: string, { effects }: PreparedCall): Verdict {
  return judge(effects, {
    agent: 'backend',
    tool,
    workspace: bench.workspace,
    platform: bench.host.platform,
    rules: noRules,
    rights: {},
    taint: untainted,
    allowances: [],
  });
}

function withVariable(entry: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const isDead = /\) [ZX] /.test(readFileSync(`/proc/${name}/stat`, 'latin1'));
        return !isDead && readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(entry);
      } catch {
        return false;
      }
    })
    .map(Number);
}
