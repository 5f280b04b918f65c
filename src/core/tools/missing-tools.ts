import type { MissingTool, ToolSettings } from './tool-box';

/** How a person gives Baton a key, for all doors in one breath. */
function howToSetKey(...names: readonly string[]): string {
  return `Set ${names.join(' or ')}: run "Baton: Set Secret…" in the editor, or put it into the environment.`;
}

/** Why there is no search, of an engine that was chosen or of any. */
export function noSearch(engine: ToolSettings['searchEngine']): MissingTool {
  const name = 'web_search';
  switch (engine) {
    case 'searxng':
      return {
        name,
        why: 'SearXNG is chosen and its address is not set.',
        fix: 'Set "search.searxngAddress" in your settings.',
      };
    case 'tavily':
      return { name, why: 'Tavily is chosen and has no key.', fix: howToSetKey('TAVILY_API_KEY') };
    case 'brave':
      return { name, why: 'Brave is chosen and has no key.', fix: howToSetKey('BRAVE_API_KEY') };
    case undefined:
      return {
        name,
        why: 'No key for Tavily or Brave and no address of SearXNG is set.',
        fix: `${howToSetKey('TAVILY_API_KEY', 'BRAVE_API_KEY')} Or set "search.searxngAddress".`,
      };
    default:
      return engine satisfies never;
  }
}

export function noCodeSearch(): MissingTool {
  return {
    name: 'github_search_code',
    why: 'GitHub searches code only for people who signed in.',
    fix: `Sign in to GitHub in the editor. ${howToSetKey('GITHUB_TOKEN')}`,
  };
}

export function noElasticsearch(name: string): MissingTool {
  return {
    name,
    why: 'No address of Elasticsearch is set.',
    fix: 'Set "elasticsearch.address" in your settings, and ELASTICSEARCH_API_KEY where it wants a key.',
  };
}

export function noEmbeddings(settings: ToolSettings): MissingTool {
  const { embeddings } = settings.addresses;
  const missing = [
    ...(embeddings === undefined ? ['address'] : []),
    ...(settings.embeddingsModel === undefined ? ['model'] : []),
  ];
  return {
    name: 'generate_embeddings',
    why: `No ${missing.join(' and no ')} for embeddings is set.`,
    fix: `Set ${missing.map((key) => `"embeddings.${key}"`).join(' and ')} in your settings.`,
  };
}
