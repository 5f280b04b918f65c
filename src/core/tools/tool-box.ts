import type { Event } from '../base/emitter';
import type { CodeIntelligence } from './code/code-intelligence';
import type { McpServerSettings } from './mcp/mcp-settings';
import type { PolicyRules } from './policy/rules';
import type { Tool } from './tool';

/** The tools that steps of a folder can use, as things are set up now. */
export interface ToolBox {
  /** Names of all tools that can be used, in a fixed order: Baton's own, then those of MCP servers. */
  readonly names: readonly string[];
  tool(name: string): Tool | undefined;
  /** Names of the tools that "server/tool" and "server/*" mean, as files of agents name them. */
  ofServers(wanted: readonly string[]): readonly string[];
  /** Tools that exist and cannot be used here, each with what to do about it. */
  readonly missing: readonly MissingTool[];
}

export interface MissingTool {
  readonly name: string;
  /** "no key for Tavily, Brave or an address of SearXNG is set". */
  readonly why: string;
  /** What a person does about it, one sentence. */
  readonly fix: string;
}

/** What a door lends to tools: the person's own settings, and what only an editor has. Nothing of it comes from a workspace. */
export interface ToolSource {
  settings(): Promise<ToolSettings>;
  /** The editor's own language services; absent: a parser answers. */
  readonly codeIntelligence?: CodeIntelligence;
  /** A token for GitHub that the person has agreed to already; never opens a dialog. */
  readonly githubToken?: () => Promise<string | undefined>;
  readonly onDidChange?: Event<void>;
}

export interface ToolSettings {
  /** The person's, narrowed by what the workspace wishes. */
  readonly rules: PolicyRules;
  /** Which service answers searches; absent: whichever has a key or an address, in the order Tavily, Brave, SearXNG. */
  readonly searchEngine?: 'tavily' | 'brave' | 'searxng';
  /** Addresses of services that the person runs or uses. */
  readonly addresses: {
    readonly searxng?: string;
    readonly elasticsearch?: string;
    readonly embeddings?: string;
    readonly github?: string;
  };
  /** Which model answers `generate_embeddings`. */
  readonly embeddingsModel?: string;
  /** MCP servers that the person configured, by name. */
  readonly mcpServers: Readonly<Record<string, McpServerSettings>>;
  /** What was ignored and why, for people. */
  readonly notes: readonly string[];
}
