import type { Finding } from '../../model/finding';
import type { FileResult } from '../analysis';
import { isTestPath } from '../language';
import { factsOf } from './module-facts';
import { folderOf, type Edge } from './resolve-modules';

/** What a file is for, by the innermost folder (or ending of its name) that says so. */
type Role = 'domain' | 'entry' | 'service' | 'store' | 'page' | 'server' | 'shared';

const folders: readonly (readonly [Role, RegExp])[] = [
  ['domain', /^(?:domain|entities)$/],
  ['entry', /^(?:controllers?|routes?|routers?|handlers?|endpoints?|resolvers?|blueprints?)$/],
  ['service', /^(?:services?|usecases?|use-cases|application|business|logic)$/],
  [
    'store',
    /^(?:repositor(?:y|ies)|dao|daos|db|database|persistence|stores?|infrastructure|infra|adapters)$/,
  ],
  ['page', /^(?:components?|pages|views?|screens|widgets|hooks|frontend|client|ui)$/],
  ['server', /^(?:server|backend)$/],
  ['shared', /^(?:utils?|helpers?|shared|common|lib)$/],
];

function roleOf(path: string): Role | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const byName = /[.-](controller|route|router|handler|service|repository|repo|dao|component)\.\w+$/.exec(
    name,
  )?.[1];
  if (byName !== undefined) {
    if (/^(?:controller|route|router|handler)$/.test(byName)) return 'entry';
    if (byName === 'service') return 'service';
    return byName === 'component' ? 'page' : 'store';
  }
  for (const folder of folderOf(path).toLowerCase().split('/').reverse()) {
    const found = folders.find(([, pattern]) => pattern.test(folder));
    if (found !== undefined) return found[0];
  }
  return undefined;
}

const drivers =
  /^(?:pg|mysql2?(?:\/promise)?|mongodb|mongoose|knex|sqlite3|better-sqlite3|@prisma\/client|sequelize|typeorm|redis|ioredis|drizzle-orm.*|psycopg2?|sqlalchemy.*|pymongo|sqlite3#\d+|psycopg2#\d+|sqlalchemy[\w.]*#\d+|pymongo#\d+)$/;

const hostOnly = /^(?:node:)?(?:fs|fs\/promises|child_process|net|tls|cluster|worker_threads)$/;

interface RoleRule {
  readonly from: Role;
  readonly to: readonly Role[];
  readonly rule: string;
  readonly severity: Finding['severity'];
  /** Goes before the path of the target. */
  readonly message: string;
  readonly advice: string;
  readonly when?: (edge: Edge, has: (role: Role) => boolean) => boolean;
}

/** Who should not need whom. */
const roleRules: readonly RoleRule[] = [
  {
    from: 'domain',
    to: ['store', 'service'],
    rule: 'inward-needs-outward',
    severity: 'medium',
    message: 'The domain needs what serves it:',
    advice: 'Hand in what is needed.',
  },
  {
    from: 'service',
    to: ['entry'],
    rule: 'inward-needs-outward',
    severity: 'medium',
    message: 'A service needs what answers requests:',
    advice: 'Hand in what is needed.',
  },
  {
    from: 'store',
    to: ['entry', 'service', 'page'],
    rule: 'inward-needs-outward',
    severity: 'medium',
    message: 'What stores data needs what uses it:',
    advice: 'Hand in what is needed.',
  },
  {
    from: 'shared',
    to: ['entry', 'service', 'page'],
    rule: 'shared-needs-specific',
    severity: 'medium',
    message: 'What all share needs one of them:',
    advice: 'Hand in what is needed, or move it there.',
    // In a folder called "lib" anything may lie.
    when: ({ from }) => /(?:^|\/)(?:utils?|helpers?|shared|common)\//.test(from),
  },
  {
    from: 'entry',
    to: ['store'],
    rule: 'layer-skipped',
    severity: 'low',
    message: 'What answers requests goes past the services:',
    advice: 'Ask a service.',
    when: (_, has) => has('service'),
  },
  {
    from: 'page',
    to: ['server', 'store'],
    rule: 'page-needs-server',
    severity: 'high',
    message: 'A page needs code of the server:',
    advice: 'Ask over the interface of the server.',
    when: ({ to }) => isServerOnly(to),
  },
];

/** Who may need whom, where the names of folders promise layers. */
export function roleFindings(results: readonly FileResult[], edges: readonly Edge[]): Finding[] {
  const roles = new Map(
    results.map((result) => [result.path, isTestPath(result.path) ? undefined : roleOf(result.path)]),
  );
  const known = new Set(roles.values());
  const has = (role: Role) => known.has(role);
  const findings: Finding[] = [];
  const say: Say = (rule, severity, message, advice, file, line) =>
    findings.push({ rule: `architecture/${rule}`, severity, message, advice, file, line });
  for (const edge of edges) {
    const { from, to, line, kind } = edge;
    if (kind === 'type' || isTestPath(to) || isTestPath(from)) continue;
    reachesIntoInternals(from, to, line, say);
    const [source, target] = [roles.get(from), roles.get(to)];
    if (source === undefined || target === undefined || source === target) continue;
    const broken = roleRules.find(
      (one) => one.from === source && one.to.includes(target) && (one.when?.(edge, has) ?? true),
    );
    if (broken === undefined) continue;
    say(broken.rule, broken.severity, `${broken.message} ${to}.`, broken.advice, from, line);
  }
  for (const result of results) {
    const role = roles.get(result.path);
    if (role === 'page') needsHost(result, say);
    const hasLayers = has('service') || has('store');
    if (role === 'page' || (role === 'entry' && hasLayers)) asksDatabase(result, role, say);
  }
  return [...findings, ...packageFindings(results, edges)];
}

function needsHost(result: FileResult, say: Say): void {
  for (const { target, line, kind } of factsOf(result).imports) {
    if (kind === 'type' || !hostOnly.test(target)) continue;
    say(
      'page-needs-server',
      'medium',
      `A page needs a module that no browser has (${target}).`,
      'Ask over the interface of the server.',
      result.path,
      line,
    );
  }
}

function asksDatabase(result: FileResult, role: Role, say: Say): void {
  const who = role === 'page' ? 'A page' : 'What answers requests';
  for (const { target, line, kind } of factsOf(result).imports) {
    if (kind === 'type' || !drivers.test(target)) continue;
    say(
      'layer-skipped',
      'medium',
      `${who} talks to the database itself (${target.replace(/#\d+$/, '')}).`,
      'Ask what stores the data.',
      result.path,
      line,
    );
  }
}

const isServerOnly = (path: string): boolean =>
  /(?:^|\/)(?:server|backend|db|database|repositor(?:y|ies)|dao|persistence)\//i.test(path);

type Say = (
  rule: string,
  severity: Finding['severity'],
  message: string,
  advice: string,
  file: string,
  line: number,
) => unknown;

/** `a/internal/x` is for `a` alone; what lies in one feature is not for another, but for its index. */
function reachesIntoInternals(from: string, to: string, line: number, say: Say): void {
  const owner = /^(.*?)(?:^|\/)(?:internal|_internal|private)\//.exec(to)?.[1];
  if (owner !== undefined && owner !== '' && !from.startsWith(`${owner}/`)) {
    say(
      'reaches-into-internals',
      'medium',
      `${to} is meant for ${owner} alone.`,
      `Use what ${owner} offers.`,
      from,
      line,
    );
    return;
  }
  const feature = (path: string) => /^(.*?(?:^|\/)(?:features|modules|domains)\/[^/]+)\//.exec(path)?.[1];
  const [own, other] = [feature(from), feature(to)];
  if (own === undefined || other === undefined || own === other) return;
  if (folderOf(own) !== folderOf(other) || /\/(?:index|__init__|public-api|api)\.\w+$/.test(to)) return;
  say(
    'reaches-into-internals',
    'low',
    `${own} reaches into ${other}: ${to}.`,
    'Use what the other one offers, or move what both need.',
    from,
    line,
  );
}

/** Relative imports that cross from one package of a workspace into another. */
function packageFindings(results: readonly FileResult[], edges: readonly Edge[]): Finding[] {
  const homes = results
    .filter((result) => /\/package\.json$/.test(result.path) && factsOf(result).design?.isPackage === true)
    .map((result) => folderOf(result.path))
    .sort((a, b) => b.length - a.length);
  if (homes.length < 2) return [];
  const homeOf = (path: string) => homes.find((home) => path.startsWith(`${home}/`));
  return edges.flatMap(({ from, to, line, target }): Finding[] => {
    const [own, other] = [homeOf(from), homeOf(to)];
    if (
      own === undefined ||
      other === undefined ||
      own === other ||
      isTestPath(from) ||
      !target.startsWith('.')
    )
      return [];
    return [
      {
        rule: 'architecture/reaches-into-package',
        severity: 'medium',
        message: `The import leaves the package and reaches into another: ${to}.`,
        advice: 'Depend on the other package by its name.',
        file: from,
        line,
      },
    ];
  });
}
