import type { Finding } from '../../model/finding';
import type { FileResult } from '../analysis';
import { isTestPath } from '../language';
import { importCircles } from './import-circles';
import { factsOf } from './module-facts';
import { folderOf, type Edge, type Resolved } from './resolve-modules';

/** Beyond these a reader would agree without counting. */
const limits = {
  hub: 15,
  crossroads: 10,
  needs: 30,
  lines: 1_000,
  linesOfMany: 600,
  exports: 25,
  climbs: 4,
};

export function circleFindings(edges: readonly Edge[]): { findings: Finding[]; largest: number } {
  const circles = importCircles(edges.filter((edge) => edge.kind === 'value'));
  const findings = circles.map((way): Finding => {
    const files = way.map((edge) => edge.from);
    const shown = files.length > 6 ? [...files.slice(0, 5), `${files.length - 5} more`] : files;
    return {
      rule: 'architecture/import-cycle',
      severity: 'medium',
      message: `These files import each other in a circle: ${[...shown, files[0]].join(' → ')}.`,
      advice: 'Move what they share into a file that needs none of them.',
      ...at(way[0]),
    };
  });
  return { findings, largest: Math.max(0, ...circles.map((way) => way.length)) };
}

export function hubFindings(results: readonly FileResult[], edges: readonly Edge[]): Finding[] {
  const modules = results.filter((result) => result.skipped === undefined && !isTestPath(result.path));
  const neededBy = count(
    edges,
    (edge) => edge.to,
    (edge) => edge.from,
  );
  // In a large house many files are known to many; only what reaches a tenth of it is worth a word.
  const hub =
    modules.length < 25 ? Math.max(6, modules.length * 0.6) : Math.max(limits.hub, modules.length / 10);
  const crossed = edges.filter((edge) => edge.kind === 'value');
  const crossedBy = count(
    crossed,
    (edge) => edge.to,
    (edge) => edge.from,
  );
  const crosses = count(
    crossed,
    (edge) => edge.from,
    (edge) => edge.to,
  );
  const needs = count(
    edges,
    (edge) => edge.from,
    (edge) => edge.to,
  );
  return modules.flatMap(({ path }): Finding[] => {
    const users = neededBy.get(path) ?? 0;
    const used = needs.get(path) ?? 0;
    const place = { file: path, line: 1 };
    const [through, onward] = [crossedBy.get(path) ?? 0, crosses.get(path) ?? 0];
    if (through >= limits.hub && onward >= limits.crossroads) {
      return [
        {
          rule: 'architecture/crossroads',
          severity: 'medium',
          message: `${through} files need this one, and it needs ${onward}: a change anywhere comes through here.`,
          advice: 'Split it along its users.',
          ...place,
        },
      ];
    }
    if (users >= hub) {
      return [
        {
          rule: 'architecture/hub',
          severity: 'info',
          message: `${users} of ${modules.length} files need this one: a change to it reaches all of them.`,
          ...place,
        },
      ];
    }
    if (used >= limits.needs && !isEntry(path)) {
      return [
        {
          rule: 'architecture/knows-everything',
          severity: 'low',
          message: `This file needs ${used} others.`,
          advice: 'Let the parts wire themselves, or split the file by what they are for.',
          ...place,
        },
      ];
    }
    return [];
  });
}

export function sizeFindings(results: readonly FileResult[]): Finding[] {
  return results.flatMap((result): Finding[] => {
    if (isTestPath(result.path) || result.skipped !== undefined || !isModule(result)) return [];
    if (/\.d\.[cm]?ts$/.test(result.path)) return [];
    const { exports } = factsOf(result);
    const isLarge =
      result.lines > limits.lines ||
      (result.lines > limits.linesOfMany && exports > limits.exports) ||
      holdsAll(result, exports);
    if (!isLarge) return [];
    return [
      {
        rule: 'architecture/large-module',
        severity: 'low',
        message: `${result.lines} lines and ${exports} exports in one file: it holds more than one idea.`,
        advice: 'Look for the second idea, and give it a file of its own.',
        file: result.path,
        line: 1,
      },
    ];
  });
}

/** Thirty functions in one file that is neither a front door nor a table. */
function holdsAll({ path, lines }: FileResult, exports: number): boolean {
  const isTable =
    /(?:^|\/)(?:index|constants?|types?|icons?|colors|theme|schema|messages|actions|selectors|api)\.\w+$/i.test(
      path,
    );
  return exports >= 30 && lines > exports * 2.5 && !isTable;
}

export function layerFindings({ edges, missing }: Resolved): Finding[] {
  const findings: Finding[] = missing.map(({ from, target, line }) => ({
    rule: 'architecture/missing-module',
    severity: 'high',
    message: `"${target}" leads to no file.`,
    advice: 'Correct the path, or remove the import.',
    file: from,
    line,
  }));
  for (const edge of edges) {
    if (isTestPath(edge.to) && !isTestPath(edge.from) && edge.kind === 'value' && !isToolFile(edge.from)) {
      findings.push({
        rule: 'architecture/needs-tests',
        severity: 'medium',
        message: `This file needs a file of the tests: ${edge.to}.`,
        advice: 'Move what both need out of the tests.',
        ...at(edge),
      });
    }
    const inner = layerOf(edge.from);
    const outer = layerOf(edge.to);
    if (inner === 'inner' && outer === 'outer' && edge.kind !== 'type' && !isTestPath(edge.from)) {
      findings.push({
        rule: 'architecture/inward-needs-outward',
        severity: 'medium',
        message: `An inner layer needs an outer one: ${edge.to}.`,
        advice: 'Hand in what is needed, so that the inner layer knows nothing of the outer one.',
        ...at(edge),
      });
    }
    const climbs = edge.target.split('/').filter((part) => part === '..').length;
    if (climbs >= limits.climbs && !isTestPath(edge.from)) {
      findings.push({
        rule: 'architecture/long-way-up',
        severity: 'low',
        message: `The import climbs ${climbs} folders up: ${edge.target}.`,
        advice: 'Bring the two closer, or give the target a name that does not depend on the place.',
        ...at(edge),
      });
    }
  }
  return findings;
}

const innerNames = /^(?:domain|core|model|models|entities|entity)$/;
const outerNames = /^(?:ui|controllers?|routes?|routers?|handlers?|views?|components?|pages|screens)$/;

/** By the names of folders: the innermost name that says something counts. */
function layerOf(path: string): 'inner' | 'outer' | undefined {
  for (const name of folderOf(path).toLowerCase().split('/').reverse()) {
    if (outerNames.test(name)) return 'outer';
    if (innerNames.test(name)) return 'inner';
  }
  return undefined;
}

const isEntry = (path: string): boolean => /(?:^|\/)(?:index|main|app|mod|__init__)\.\w+$/.test(path);

/** Set-up of tools at the top may reach anywhere. */
const isToolFile = (path: string): boolean =>
  /\.config\.\w+$|(?:^|\/)(?:jest|vitest|karma|playwright)[\w.-]*\.\w+$/.test(path);

const isModule = ({ language }: FileResult): boolean =>
  ['javascript', 'typescript', 'python', 'java', 'go', 'rust', 'php', 'ruby', 'c'].includes(language);

function count(
  edges: readonly Edge[],
  key: (edge: Edge) => string,
  value: (edge: Edge) => string,
): ReadonlyMap<string, number> {
  const sets = new Map<string, Set<string>>();
  for (const edge of edges) {
    if (isTestPath(edge.from)) continue;
    const known = sets.get(key(edge));
    if (known === undefined) sets.set(key(edge), new Set([value(edge)]));
    else known.add(value(edge));
  }
  return new Map([...sets].map(([name, values]) => [name, values.size]));
}

function at(edge: Edge | undefined): { file: string; line: number } | object {
  return edge === undefined ? {} : { file: edge.from, line: edge.line };
}
