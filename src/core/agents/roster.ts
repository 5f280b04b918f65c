import type { AgentName } from '../model/ids';

/** An agent that a workflow may name, whether or not it can work without a model. */
export interface KnownAgent {
  /** Canonical, kebab-case. */
  readonly name: AgentName;
  /** Other names for the same role, kebab-case; `resolveAgent` forgives other spellings. */
  readonly aliases: readonly string[];
  /** One line for people. */
  readonly description: string;
}

const agent = (name: AgentName, description: string, ...aliases: readonly string[]): KnownAgent => ({
  name,
  aliases,
  description,
});

/** Every agent there is, in the order in which lists show them: engineering, specialists, leadership, the conductor. */
export const knownAgents: readonly KnownAgent[] = [
  agent(
    'backend',
    'Builds server-side code: services, APIs, data access.',
    'backend-engineer',
    'backend-developer',
  ),
  agent(
    'frontend',
    'Builds user interfaces: components, state, accessibility.',
    'frontend-specialist',
    'frontend-engineer',
    'frontend-developer',
  ),
  agent(
    'devops',
    'Runs builds, pipelines and deployments.',
    'devops-specialist',
    'devops-engineer',
    'deployment',
  ),
  agent('security', 'Audits code and settings for vulnerabilities.', 'security-auditor', 'security-engineer'),
  agent(
    'quality',
    'Reviews code for faults and maintainability.',
    'code-review',
    'code-reviewer',
    'reviewer',
    'quality-engineer',
    'linter',
  ),
  agent('performance', 'Finds slow code and says how to make it fast.', 'performance-engineer', 'profiler'),
  agent(
    'testing',
    'Writes and runs tests, measures what they cover.',
    'qa',
    'qa-engineer',
    'tester',
    'test',
    'test-engineer',
  ),
  agent(
    'architect',
    'Designs and reviews the structure of a system.',
    'architecture',
    'software-architect',
    'system-architect',
  ),
  agent(
    'api',
    'Designs, specifies and documents APIs.',
    'api-spec-writer',
    'api-spec',
    'api-specification',
    'api-designer',
  ),
  agent(
    'database',
    'Designs schemas and tunes queries.',
    'db',
    'dba',
    'database-engineer',
    'database-administrator',
  ),
  agent('data', 'Builds data pipelines: extract, transform, load.', 'data-engineer', 'etl'),
  agent('data-science', 'Analyses data and builds statistical models.', 'data-scientist', 'machine-learning'),
  agent('mobile', 'Builds mobile applications.', 'mobile-developer', 'mobile-engineer'),
  agent(
    'infrastructure',
    'Plans and checks cloud infrastructure and clusters.',
    'infra',
    'cloud',
    'infrastructure-engineer',
    'platform-engineer',
  ),
  agent('standards', 'Checks code against standards and good practice.', 'code-standards', 'compliance'),
  agent(
    'product',
    'Turns wishes into requirements and priorities.',
    'product-manager',
    'product-owner',
    'pm',
  ),
  agent('cto', 'Weighs technical strategy, risk and effort.', 'chief-technology-officer'),
  agent('ceo', 'Weighs business value and priorities.', 'chief-executive-officer'),
  agent(
    'writer',
    'Writes documentation and reports.',
    'docs-writer',
    'technical-writer',
    'documentation',
    'docs',
  ),
  agent('researcher', 'Researches a question and reports with sources.', 'research', 'analyst'),
  agent(
    'elasticsearch-architect',
    'Designs search indexes, mappings and queries.',
    'elasticsearch',
    'search-architect',
  ),
  agent('ai-engineer', 'Builds features on language models and embeddings.', 'ml-engineer', 'llm-engineer'),
  agent(
    'ai-analyzer',
    'Analyses requirements and finds what is missing in them.',
    'requirements-analyst',
    'requirements-analyzer',
    'analyzer',
  ),
  agent('code-generation', 'Generates a project from a specification.', 'code-generator', 'codegen', 'coder'),
  agent(
    'code-compilation',
    'Builds a project, runs its tests and explains what fails.',
    'code-compile',
    'code-compiler',
    'compilation',
    'compiler',
    'builder',
  ),
  agent('github-search', 'Finds code, repositories and issues on GitHub.', 'github', 'code-search'),
  agent('web-search', 'Searches the web and reads what it finds.', 'web', 'browser'),
  agent(
    'orchestrator',
    'Takes work apart, hands it to the right agents and joins their results.',
    'workflow-orchestrator',
    'orchestration',
    'workflow-orchestration',
    'coordinator',
    'general',
  ),
];

/**
 * The agent meant by a name or alias, or undefined. Case, hyphens, underscores and an ending "agent" do not matter:
 * "architect_agent", "ArchitectAgent" and "architecture" are one.
 */
export function resolveAgent(name: string): KnownAgent | undefined {
  const spelled = squash(name);
  return byName.get(spelled) ?? byName.get(spelled.replace(/agent$/, ''));
}

const byName: ReadonlyMap<string, KnownAgent> = new Map(
  knownAgents.flatMap((known) =>
    [known.name, ...known.aliases].map((name) => [squash(name), known] as const),
  ),
);

function squash(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '');
}
