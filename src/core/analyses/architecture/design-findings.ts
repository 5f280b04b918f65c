import type { Finding } from '../../model/finding';
import type { FileResult } from '../analysis';
import { isTestPath } from '../language';
import { factsOf, type DesignRemark } from './module-facts';

const texts: Readonly<
  Record<
    DesignRemark['rule'],
    { severity: Finding['severity']; message: (what: string) => string; advice: string }
  >
> = {
  'global-state': {
    severity: 'medium',
    message: (what) => `"${what}" is state that the whole program shares.`,
    advice: 'Hand it to those who need it.',
  },
  'patched-builtin': {
    severity: 'medium',
    message: (what) => `${what} changes what all code is built on.`,
    advice: 'Write a function.',
  },
  'large-class': {
    severity: 'medium',
    message: (what) => `${what}: it does more than one thing.`,
    advice: 'Split it by who uses what.',
  },
  'many-collaborators': {
    severity: 'low',
    message: (what) => `${what}.`,
    advice: 'Some of them belong together, or it does more than one thing.',
  },
  'exported-variable': {
    severity: 'low',
    message: (what) =>
      `"${what}" is exported and changes: everyone who imports it depends on when they look.`,
    advice: 'Export functions that read and change it.',
  },
};

const DEEP = 4;
const SCATTERED = 8;

/** What single files show, and what their classes and settings are together. */
export function designFindings(results: readonly FileResult[]): Finding[] {
  const own = results.flatMap((result) =>
    (factsOf(result).design?.remarks ?? []).map(({ rule, line, what }): Finding => {
      const { severity, message, advice } = texts[rule];
      return {
        rule: `architecture/${rule}`,
        severity,
        message: message(what),
        advice,
        file: result.path,
        line,
      };
    }),
  );
  return [...own, ...deepInheritance(results), ...scatteredSettings(results)];
}

function deepInheritance(results: readonly FileResult[]): Finding[] {
  const classes = new Map<string, { parent: string | undefined; path: string; line: number }>();
  const twice = new Set<string>();
  for (const result of results) {
    for (const { name, parent, line } of factsOf(result).design?.classes ?? []) {
      if (classes.has(name)) twice.add(name);
      classes.set(name, { parent: parent?.split('.').at(-1), path: result.path, line });
    }
  }
  return [...classes].flatMap(([name, { path, line }]): Finding[] => {
    const way = [name];
    for (
      let at = classes.get(name)?.parent;
      at !== undefined && classes.has(at) && !way.includes(at) && !twice.has(at);
      at = classes.get(at)?.parent
    ) {
      way.push(at);
    }
    const isLeaf = ![...classes.values()].some(({ parent }) => parent === name);
    if (way.length <= DEEP || !isLeaf || isTestPath(path)) return [];
    return [
      {
        rule: 'architecture/deep-inheritance',
        severity: 'low',
        message: `${way.length} classes inherit one from another: ${way.join(' → ')}.`,
        advice: 'Let a class have what it needs instead of being it.',
        file: path,
        line,
      },
    ];
  });
}

function scatteredSettings(results: readonly FileResult[]): Finding[] {
  const readers = results.filter(
    (result) =>
      factsOf(result).design?.environment !== undefined &&
      !isTestPath(result.path) &&
      !/config|settings|env|(?:^|\/)(?:scripts?|bin|tools?)\//i.test(result.path),
  );
  const [first] = readers;
  if (first === undefined || readers.length < SCATTERED) return [];
  return [
    {
      rule: 'architecture/scattered-settings',
      severity: 'low',
      message: `${readers.length} files read the environment, this one first.`,
      advice: 'Read it in one place, and hand the values on.',
      file: first.path,
      line: factsOf(first).design?.environment ?? 1,
    },
  ];
}
