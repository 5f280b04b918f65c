import { createGitHubSearches } from './github/searches';
import { noCodeSearch, noElasticsearch, noEmbeddings, noSearch } from './missing-tools';
import { createEsIndex } from './services/create-es-index';
import { generateEmbeddings } from './services/generate-embeddings';
import { queryEs } from './services/query-es';
import type { MissingTool, ToolSettings } from './tool-box';
import type { Tool } from './tool';
import { brave } from './web/brave';
import type { SearchEngine } from './web/search-engine';
import { searxng } from './web/searxng';
import { tavily } from './web/tavily';
import { createWebSearch } from './web/web-search';

/** What tools of services are made of. Keys are read again at each call, and kept nowhere. */
export interface ServiceAccess {
  readonly settings: ToolSettings;
  readonly secret: (name: string) => Promise<string | undefined>;
  readonly githubToken?: () => Promise<string | undefined>;
}

/** Names of the keys that services want. */
export const SERVICE_KEYS = [
  'TAVILY_API_KEY',
  'BRAVE_API_KEY',
  'GITHUB_TOKEN',
  'ELASTICSEARCH_API_KEY',
  'EMBEDDINGS_API_KEY',
] as const;

type Found = readonly (Tool | MissingTool)[];

/** The tools that ask a service, or why there is none: a search, GitHub, Elasticsearch and embeddings. */
export async function openServiceTools(access: ServiceAccess): Promise<Found> {
  const parts = await Promise.all([openSearch(access), openGitHub(access)]);
  return [...parts.flat(), ...openElasticsearch(access), openEmbeddings(access)];
}

async function openSearch({ settings, secret }: ServiceAccess): Promise<Found> {
  const chosen = settings.searchEngine;
  const address = settings.addresses.searxng;
  const withKey = async (
    name: string,
    engine: (key: () => Promise<string | undefined>) => SearchEngine,
  ): Promise<SearchEngine | undefined> => {
    const key = () => secret(name);
    return isGiven(await key()) ? engine(key) : undefined;
  };
  const engines = {
    tavily: () => withKey('TAVILY_API_KEY', tavily),
    brave: () => withKey('BRAVE_API_KEY', brave),
    searxng: () => Promise.resolve(address === undefined ? undefined : searxng(address)),
  };
  const order = chosen === undefined ? (['tavily', 'brave', 'searxng'] as const) : [chosen];
  for (const name of order) {
    const engine = await engines[name]();
    if (engine !== undefined) return [createWebSearch(engine)];
  }
  return [noSearch(chosen)];
}

async function openGitHub({ settings, secret, githubToken }: ServiceAccess): Promise<Found> {
  const token = async (): Promise<string | undefined> => {
    const ofSession = await githubToken?.();
    return isGiven(ofSession) ? ofSession : secret('GITHUB_TOKEN');
  };
  const address = settings.addresses.github;
  const searches = createGitHubSearches({ token, ...(address !== undefined && { address }) });
  if (isGiven(await token())) return searches;
  const missing = noCodeSearch();
  return searches.map((tool) => (tool.declaration.name === missing.name ? missing : tool));
}

function openElasticsearch({ settings, secret }: ServiceAccess): Found {
  const { elasticsearch: address } = settings.addresses;
  if (address === undefined) return [noElasticsearch('create_es_index'), noElasticsearch('query_es')];
  const connection = { address, key: () => secret('ELASTICSEARCH_API_KEY') };
  return [createEsIndex(connection), queryEs(connection)];
}

function openEmbeddings({ settings, secret }: ServiceAccess): Tool | MissingTool {
  const address = settings.addresses.embeddings;
  const model = settings.embeddingsModel;
  if (address === undefined || model === undefined) return noEmbeddings(settings);
  // The vendor's own key goes to the vendor alone.
  const isOpenAi = new URL(address).host === 'api.openai.com';
  const key = async (): Promise<string | undefined> => {
    const own = await secret('EMBEDDINGS_API_KEY');
    return isGiven(own) || !isOpenAi ? own : secret('OPENAI_API_KEY');
  };
  return generateEmbeddings({ address, model, key });
}

const isGiven = (key: string | undefined): boolean => key !== undefined && key.trim() !== '';
