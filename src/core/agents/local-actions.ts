import type { AnalysisAction, FolderAction } from '../analyses/analysis';
import type { AgentName } from '../model/ids';

/** Something the local engine does as plain code. */
export interface LocalAction {
  readonly name: AnalysisAction;
  /** Who does it when the step names nobody. */
  readonly agent: AgentName;
  /** Other names for exactly this work, kebab-case. A name that promises more does not belong here. */
  readonly aliases: readonly string[];
}

export const localActions: readonly LocalAction[] = [
  {
    name: 'lint-codebase',
    agent: 'quality',
    aliases: ['lint', 'lint-code', 'lint-project', 'run-lint', 'run-linter', 'code-lint'],
  },
  {
    name: 'scan-vulnerabilities',
    agent: 'security',
    aliases: [
      'security-scan',
      'scan-security',
      'run-security-scan',
      'vulnerability-scan',
      'scan-vulnerability',
      'scan-for-vulnerabilities',
    ],
  },
  {
    name: 'analyze-dependencies',
    agent: 'security',
    aliases: ['dependency-analysis', 'review-dependencies', 'check-dependencies', 'dependency-review'],
  },
  {
    name: 'review-architecture',
    agent: 'architect',
    aliases: ['architecture-review', 'analyze-architecture', 'architecture-analysis', 'check-architecture'],
  },
  {
    name: 'analyze-performance',
    agent: 'performance',
    aliases: [
      'performance-analysis',
      'performance-review',
      'performance-check',
      'check-performance',
      'review-performance',
    ],
  },
  {
    name: 'create-review-report',
    agent: 'writer',
    aliases: [
      'review-report',
      'write-review-report',
      'generate-review-report',
      'code-review-report',
      'create-report',
      'generate-report',
      'write-report',
    ],
  },
  {
    name: 'aggregate',
    agent: 'orchestrator',
    aliases: ['aggregate-findings', 'merge-findings', 'combine-findings'],
  },
];

/** The action meant by a name: case, hyphens, underscores and British spelling do not matter. */
export function resolveAction(name: string): LocalAction | undefined {
  return byName.get(squash(name));
}

export function isFolderAction(name: AnalysisAction): name is FolderAction {
  return name !== 'create-review-report' && name !== 'aggregate';
}

function squash(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
    .replace('analyse', 'analyze');
}

const byName: ReadonlyMap<string, LocalAction> = new Map(
  localActions.flatMap((action) =>
    [action.name, ...action.aliases].map((name) => [squash(name), action] as const),
  ),
);
