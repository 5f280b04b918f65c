/*
 * owns: when tools are set up: settings read once and again after a change, servers started when first wanted and ended at the end.
 * does not own: which tools there are (open-tool-box), who may do what (policy), who uses them (agents).
 * must stay true: every key that a tool reads is hidden from then on; nothing is started before somebody asks.
 */
import { neverAborted } from './base/abort';
import { DisposableStore, type Disposable } from './base/disposable';
import { Emitter } from './base/emitter';
import type { Redactor } from './base/redactor';
import type { Host } from './host';
import { messageOf } from './model/errors';
import type { Tools } from './runtime-port';
import { parserSource } from './tools/code/parser-intelligence';
import type { McpServerSettings } from './tools/mcp/mcp-settings';
import { openToolBox, type ServerTools } from './tools/open-tool-box';
import { noRules } from './tools/policy/rules';
import { SERVICE_KEYS } from './tools/service-tools';
import type { ToolBox, ToolSettings, ToolSource } from './tools/tool-box';

/** For a door that lends nothing: no rule allows anything, and no service is known. */
export const noToolSource: ToolSource = {
  settings: () => Promise.resolve({ rules: noRules, addresses: {}, mcpServers: {}, notes: [] }),
};

export interface RuntimeToolsOptions {
  readonly host: Pick<Host, 'log'>;
  readonly source: ToolSource;
  /** Keys of services; what it gives is hidden already. */
  readonly secret: (name: string) => Promise<string | undefined>;
  readonly redactor: Pick<Redactor, 'add'>;
  /** Starts no server by itself: they run once their tools are asked for. */
  readonly openServers: (settings: Readonly<Record<string, McpServerSettings>>) => ServerTools & Disposable;
}

/** The tools of a runtime. Whoever created it disposes it; servers end then. */
export interface RuntimeTools extends Disposable {
  readonly tools: Tools;
  /** As things are set up now; the lists of servers are as of this moment. Rejects with `CancelledError` on abort. */
  box(signal: AbortSignal): Promise<ToolBox>;
  /** As read last, anew after a change. */
  settings(): Promise<ToolSettings>;
  /** Reads every key of a service once, so that a command that comes upon one prints it nowhere. */
  rememberKeys(): Promise<void>;
}

export function createRuntimeTools(options: RuntimeToolsOptions): RuntimeTools {
  const { host, source, secret, redactor, openServers } = options;
  const open = new DisposableStore();
  const changes = open.add(new Emitter<void>((error) => host.log.error('A listener failed', error)));
  const lent = {
    ...(source.codeIntelligence && { codeIntelligence: source.codeIntelligence }),
    ...(source.githubToken && { githubToken: hiddenToken(source.githubToken, redactor) }),
  };
  let reading: Promise<ToolSettings> | undefined;
  let servers: { readonly set: string; readonly tools: ServerTools & Disposable } | undefined;

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
  /** The same servers while their settings are the same: a change of anything else ends no conversation. */
  const serversOf = ({ mcpServers }: ToolSettings): ServerTools | undefined => {
    const set = JSON.stringify(mcpServers);
    if (servers?.set === set) return servers.tools;
    servers?.tools.dispose();
    servers = undefined;
    if (open.isDisposed || Object.keys(mcpServers).length === 0) return undefined;
    servers = { set, tools: openServers(mcpServers) };
    return servers.tools;
  };
  const box = async (signal: AbortSignal): Promise<ToolBox> => {
    const set = await settings();
    const its = serversOf(set);
    return openToolBox({ settings: set, source: lent, secret, signal, ...(its && { servers: its }) });
  };

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
      const [{ mcpServers, notes }, now] = await Promise.all([settings(), box(signal)]);
      const described = (name: string) => now.tool(name)?.declaration.description ?? '';
      return {
        usable: now.names.map((name) => ({ name, description: described(name) })),
        missing: now.missing,
        servers: Object.keys(mcpServers),
        code: source.codeIntelligence?.source ?? parserSource,
        notes,
      };
    },
  };
  return {
    tools,
    box,
    settings,
    async rememberKeys() {
      try {
        await Promise.all([...SERVICE_KEYS.map((name) => secret(name)), lent.githubToken?.()]);
      } catch (error) {
        // Whoever needs the keys reads them again, and says what is wrong.
        host.log.warn(`Keys of services could not be read: ${messageOf(error)}`);
      }
    },
    dispose() {
      open.dispose();
      servers?.tools.dispose();
      servers = undefined;
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
