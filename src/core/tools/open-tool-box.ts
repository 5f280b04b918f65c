/*
 * owns: which tools there are here: all of Baton's that can be used, those that cannot and why, and the tools of MCP servers.
 * does not own: what a call may do (policy), when settings are read again (runtime-tools).
 * must stay true: a name means one tool, and a tool of a server never takes the name of one of Baton's own.
 */
import { runBuildTool } from './build/run-build';
import { runTestsTool } from './build/run-tests';
import { createCodeTools } from './code/code-tools';
import { createParserIntelligence } from './code/parser-intelligence';
import { fileTools } from './files/file-tools';
import { createApiEndpointTool } from './generate/create-api-endpoint';
import { createDockerConfigTool } from './generate/create-docker-config';
import { createTestTool } from './generate/create-test';
import { generateDocsTool } from './generate/generate-docs';
import { validateCodeTool } from './generate/validate-code';
import { openServiceTools } from './service-tools';
import { scoreOpportunity } from './services/score-opportunity';
import { runCommandTool } from './shell/run-command';
import type { Tool } from './tool';
import type { MissingTool, ToolBox, ToolSettings, ToolSource } from './tool-box';
import { fetchPage } from './web/fetch-page';

/** Servers whose tools stand beside Baton's own. */
export interface ServerTools {
  /** Never rejects but on abort: a server that gives none is a fault. `only`: these servers are asked; absent: all. */
  tools(signal: AbortSignal, only?: readonly string[]): Promise<readonly Tool[]>;
  /** As of the last time that each was asked; a message completes a sentence about the server. */
  faults(): readonly { readonly server: string; readonly message: string }[];
  /** Which of the names "server/tool" and "server/*" mean; absent: none. */
  named?(wanted: readonly string[], names: readonly string[]): readonly string[];
}

export interface ToolBoxOptions {
  readonly settings: ToolSettings;
  readonly source: Pick<ToolSource, 'codeIntelligence' | 'githubToken'>;
  /** Keys of services by name: TAVILY_API_KEY, BRAVE_API_KEY, GITHUB_TOKEN, ELASTICSEARCH_API_KEY, EMBEDDINGS_API_KEY. */
  readonly secret: (name: string) => Promise<string | undefined>;
  readonly servers?: ServerTools;
  readonly signal: AbortSignal;
}

/** Opens nothing that has to be closed; what it holds reads keys when it is called. Rejects with `CancelledError` on abort. */
export async function openToolBox(options: ToolBoxOptions): Promise<ToolBox> {
  const { settings, source, secret, servers, signal } = options;
  const missing: MissingTool[] = [];
  const tools = new Map<string, Tool>();
  const put = (tool: Tool): void => {
    const { name } = tool.declaration;
    if (tools.has(name) || missing.some((one) => one.name === name))
      missing.push({
        name,
        why: 'Another tool has this name already.',
        fix: 'Give the server another name.',
      });
    else tools.set(name, tool);
  };
  const services = await openServiceTools({
    settings,
    secret,
    ...(source.githubToken && { githubToken: source.githubToken }),
  });
  for (const tool of workspaceTools(source)) put(tool);
  for (const one of services) {
    if ('declaration' in one) put(one);
    else missing.push(one);
  }
  for (const tool of (await servers?.tools(signal)) ?? []) put(tool);
  const names = [...tools.keys()];
  return {
    names,
    tool: (name) => tools.get(name),
    ofServers: (wanted) => servers?.named?.(wanted, names) ?? [],
    missing,
  };
}

/** The tools that need nothing but the folder: they are always there. */
function workspaceTools({ codeIntelligence }: Pick<ToolSource, 'codeIntelligence'>): readonly Tool[] {
  return [
    ...fileTools,
    ...createCodeTools(
      ({ host, workspace }) => codeIntelligence ?? createParserIntelligence(host.files.within(workspace)),
    ),
    validateCodeTool,
    createApiEndpointTool,
    createTestTool,
    createDockerConfigTool,
    generateDocsTool,
    runCommandTool,
    runBuildTool,
    runTestsTool,
    scoreOpportunity,
    fetchPage,
  ];
}
