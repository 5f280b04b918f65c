import type { Finding } from '../../model/finding';
import type { FileResult } from '../analysis';
import { isScript, isTestPath } from '../language';
import { factsOf } from './module-facts';
import { folderOf, type Edge } from './resolve-modules';

/** Loaded by their place or name, or run by hand. */
const loadedByName =
  /(?:^|\/)(?:index|main|app|server|cli|worker|start|setup|bootstrap|entry|sw|service-worker|preload|renderer|background|content|popup|options|extension|handler|lambda|seed|conftest|manage|wsgi|asgi|settings|urls|admin|models|apps|views|tasks|__init__|__main__)\.\w+$|(?:^|\/)(?:bin|scripts?|tools?|pages|app|routes|api|migrations|seeds?|stories|examples?|demos?|docs?|public|static|plugins|commands|workers?|functions|locales?|i18n|lang|types|typings|cypress|e2e|config|configs|entities|models|handlers|jobs|management|templates?|generated|benchmarks?|assets|themes?)\/|\.config\.|\.d\.[cm]?ts$|-worker\.\w+$|\.(?:stories|worker|entity|config|setup|rc)\.\w+$|(?:^|\/)\./i;

/** Files that no other file needs or names. Only where there is a way in, so that "nobody" means something. */
export function unusedModules(results: readonly FileResult[], edges: readonly Edge[]): Finding[] {
  const scripts = results.filter((result) => isScript(result.language) && result.skipped === undefined);
  const needed = new Set(edges.map((edge) => edge.to));
  const roots = new Set(
    edges.map((edge) => edge.from).filter((path) => !needed.has(path) && loadedByName.test(path)),
  );
  if (roots.size === 0) return [];
  const mentioned = new Set<string>();
  for (const result of results) {
    const own = stemOf(result.path);
    for (const name of factsOf(result).design?.mentions ?? [])
      if (name !== own || result.language === 'json') mentioned.add(name);
  }
  const active = new Set(edges.flatMap((edge) => [folderOf(edge.from), folderOf(edge.to)]));
  return scripts.flatMap(({ path, lines }): Finding[] => {
    if (needed.has(path) || isTestPath(path) || loadedByName.test(path) || lines < 5) return [];
    // A script by itself in a folder of its own is run by hand; one among modules was meant to be one.
    if (!active.has(folderOf(path)) || mentioned.has(stemOf(path)) || !path.includes('/')) return [];
    return [
      {
        rule: 'architecture/unused-module',
        severity: 'low',
        message: 'No other file needs or names this one.',
        advice: 'Remove it, if nothing loads it by another way.',
        file: path,
        line: 1,
      },
    ];
  });
}

const stemOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.[\w.]+$/, '');
