import type { AgentName } from '../model/ids';
// Taken from the agents' files, for lists and the parser need no prompts. A test keeps both equal.
import cards from './roster/cards.json';

/** An agent that a workflow may name, whether or not it can work without a model. */
export interface KnownAgent {
  /** Canonical, kebab-case. */
  readonly name: AgentName;
  /** Other names for the same role, kebab-case; `resolveAgent` forgives other spellings. */
  readonly aliases: readonly string[];
  /** One line for people. */
  readonly description: string;
}

/** Every agent there is, in the order in which lists show them: engineering, specialists, leadership, the conductor. */
export const knownAgents: readonly KnownAgent[] = cards;

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
