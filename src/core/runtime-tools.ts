/*
 * owns: when tools are set up: settings read once and again after a change, servers started when first wanted and ended at the end.
 * does not own: which tools there are (open-tool-box), who may do what (policy), who uses them (agents).
 * must stay true: every key that a tool reads is hidden from then on; nothing is started before somebody asks.
 */
import { neverAborted } from './base/abort';
import { DisposableStore } from './base/disposable';
import { Emitter } from './base/emitter';
import type { Redactor } from './base/redactor';
import type { Host } from './host';
import { messageOf } from './model/errors';
import type { Tools } from './runtime-port';
import { parserSource } from './tools/code/parser-intelligence';
import type { McpServerSettings } from './tools/mcp/mcp-settings';
import { openToolBox, type ServerTools } from './tools/open-tool-box';
import { noRules } from './tools/policy/rules';
import { serversFor, serverToolNames, type WantedTools } from './tools/server-tool-names';
import { SERVICE_KEYS } from './tools/service-tools';
import type { ToolBox, ToolSettings, ToolSource } from './tools/tool-box';

/** For a door that lends nothing: no rule allows anything, and no service is known. */
export const noToolSource: ToolSource = {
  settings: () => Promise.resolve({ rules: noRules, addresses: {}, mcpServers: {}, notes: [] }),
};

export interface RuntimeToolsOptions {
  readonly host: Pick<Host, 'log' | 'sha256'>;
  readonly source: ToolSource;
  /** Keys of services; what it gives is hidden already. */
  readonly secret: (name: string) => Promise<string | undefined>;
  readonly redactor: Pick<Redactor, 'add'>;
  /** Servers are programs of the person's that run in the folder: only a trusted one has any. */
  readonly isTrusted: () => boolean;
  /** Starts no server by itself: they run once their tools are asked for. */
  readonly openServers: (settings: Readonly<Record<string, McpServerSettings>>) => Servers;
}

type Servers = ServerTools & { dispose(): Promise<void> };

/** The tools of a runtime. Whoever created it closes it. */
export interface RuntimeTools {
  readonly tools: Tools;
  /**
   * As things are set up now; the lists of servers are as of this moment. Rejects with `CancelledError` on abort.
   *
   * @param wanted what may be used of servers' tools: no server is started that has none of them. Absent: everything
   */
  box(signal: AbortSignal, wanted?: WantedTools): Promise<ToolBox>;
  /** As read last, anew after a change, for those who work by them: what is wrong with them is logged, each sentence once. */
  settings(): Promise<ToolSettings>;
  /** Reads every key of a service once, so that a command that comes upon one prints it nowhere. */
  rememberKeys(): Promise<void>;
  /** Ends the servers; resolves when nothing of them is left. */
  close(): Promise<void>;
}

export function createRuntimeTools(options: RuntimeToolsOptions): RuntimeTools {
  const { host, source, secret, redactor, isTrusted, openServers } = options;
  const open = new DisposableStore();
  const changes = open.add(new Emitter<void>((error) => host.log.error('A listener failed', error)));
  const lent = {
    ...(source.codeIntelligence && { codeIntelligence: source.codeIntelligence }),
    ...(source.githubToken && { githubToken: hiddenToken(source.githubToken, redactor) }),
  };
  let reading: Promise<ToolSettings> | undefined;
  let servers:
    { readonly set: string; readonly tools: Servers; offered?: Readonly<Record<string, number>> } | undefined;
  let ending: Promise<unknown> = Promise.resolve();
  const logged = new Set<string>();

  const settings = (): Promise<ToolSettings> => {
    if (reading === undefined) {
      const begun = source.settings();
      reading = begun;
      // A failure is told to who asked, and tried again by the next one.
      begun.catch(() => {
        if (reading === begun) reading = undefined;
      });
    }
    return reading;
  };
  const sha256 = (text: string): string => host.sha256(text);
  /** Files of agents name tools of servers in their own way. */
  const onlyOf = (its: ServerTools, asked: readonly string[], all: readonly string[]): ServerTools => ({
    tools: (signal) => its.tools(signal, asked),
    faults: () => its.faults(),
    named: (wanted, names) => serverToolNames(wanted, { names, servers: all, sha256 }),
  });
  const endServers = (): void => {
    const ended = servers?.tools.dispose().catch((error: unknown) => {
      host.log.error('A server did not end', error);
    });
    servers = undefined;
    ending = Promise.all([ending, ended]);
  };
  /** The same servers while their settings are the same: a change of anything else ends no conversation. */
  const serversOf = ({ mcpServers }: ToolSettings): ServerTools | undefined => {
    const set = isTrusted() && !open.isDisposed ? JSON.stringify(mcpServers) : '{}';
    if (servers?.set === set) return servers.tools;
    endServers();
    if (set === '{}') return undefined;
    servers = { set, tools: openServers(mcpServers) };
    return servers.tools;
  };
  const box = async (signal: AbortSignal, wanted?: WantedTools): Promise<ToolBox> => {
    const set = await settings();
    const names = Object.keys(set.mcpServers);
    const asked = wanted === undefined ? names : serversFor(wanted, { servers: names, sha256 });
    const its = serversOf(set);
    const before = JSON.stringify(known());
    const opened = await openToolBox({
      settings: set,
      source: lent,
      secret,
      signal,
      ...(its && { servers: onlyOf(its, asked, names) }),
    });
    if (servers !== undefined && servers.tools === its && asked.length > 0)
      servers.offered = {
        ...servers.offered,
        ...Object.fromEntries(asked.map((name) => [name, opened.ofServers([`${name}/*`]).length])),
      };
    if (JSON.stringify(known()) !== before) changes.fire();
    return opened;
  };
  /** What servers told when they were asked last. */
  const known = () => ({ offered: servers?.offered, faults: servers?.tools.faults() ?? [] });
  const faultsOf = (name: string, faults: ReturnType<ServerTools['faults']>): readonly string[] =>
    isTrusted()
      ? faults.filter(({ server }) => server === name).map(({ message }) => message)
      : ['is not started: the folder is not trusted'];
  const asksEverything = ({ rules }: ToolSettings): boolean =>
    rules.alwaysAsk.some((pattern) => Object.keys(pattern).length === 0);

  if (source.onDidChange !== undefined)
    open.add(
      source.onDidChange(() => {
        reading = undefined;
        changes.fire();
      }),
    );
  const tools: Tools = {
    onDidChange: changes.event,
    async list(signal = neverAborted) {
      const [set, now] = await Promise.all([settings(), box(signal)]);
      const { faults } = known();
      const described = (name: string) => now.tool(name)?.declaration.description ?? '';
      return {
        usable: now.names.map((name) => ({ name, description: described(name) })),
        missing: now.missing,
        servers: Object.keys(set.mcpServers).map((name) => ({
          name,
          tools: now.ofServers([`${name}/*`]).length,
          faults: faultsOf(name, faults),
        })),
        code: source.codeIntelligence?.source ?? parserSource,
        asksEverything: asksEverything(set),
        notes: set.notes,
      };
    },
    async standing() {
      const set = await settings();
      const { offered, faults } = known();
      return {
        servers: Object.keys(set.mcpServers).map((name) => {
          const tools = offered?.[name];
          return { name, ...(tools !== undefined && { tools }), faults: faultsOf(name, faults) };
        }),
        asksEverything: asksEverything(set),
        notes: set.notes,
      };
    },
  };
  return {
    tools,
    box,
    async settings() {
      const set = await settings();
      for (const note of set.notes) if (!logged.has(note)) host.log.warn(note);
      for (const note of set.notes) logged.add(note);
      return set;
    },
    async rememberKeys() {
      try {
        await Promise.all([...SERVICE_KEYS.map((name) => secret(name)), lent.githubToken?.()]);
      } catch (error) {
        // Whoever needs the keys reads them again, and says what is wrong.
        host.log.warn(`Keys of services could not be read: ${messageOf(error)}`);
      }
    },
    async close() {
      open.dispose();
      endServers();
      await ending;
    },
  };
}

function hiddenToken(
  token: () => Promise<string | undefined>,
  redactor: Pick<Redactor, 'add'>,
): () => Promise<string | undefined> {
  return async () => {
    const given = await token();
    if (given !== undefined) redactor.add(given, 'GITHUB_TOKEN');
    return given;
  };
}
