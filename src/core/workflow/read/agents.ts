import type { Report } from '../source/report';
import type { Field } from './fields';
import { refuseInvisible } from '../source/refuse-characters';
import { readText } from './values';

/** An agent as the parser needs to know it. */
export interface KnownAgent {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string;
}

/** Finds agents by name or alias, however it is written: "SecurityAgent", "security_agent" and "security" are one. */
export class AgentNames {
  private readonly canonical = new Map<string, string>();

  constructor(private readonly known: readonly KnownAgent[]) {
    for (const agent of known) for (const alias of agent.aliases) this.canonical.set(fold(alias), agent.name);
    // Names after aliases: a name is never taken over by another's alias.
    for (const agent of known) this.canonical.set(fold(agent.name), agent.name);
  }

  /** The canonical name; undefined when absent, or unknown (reported). */
  read(field: Field | undefined, report: Report): string | undefined {
    const text = readText(field, report);
    if (field === undefined || text === undefined || refuseInvisible(text, field.value, report))
      return undefined;
    const name = this.canonical.get(fold(text));
    if (name === undefined) {
      const all = this.known.map((agent) => agent.name);
      const meant = report.nearest(fold(text), this.canonical.keys());
      const hint =
        meant === undefined
          ? `Known agents: ${all.join(', ')}.`
          : `Did you mean "${this.canonical.get(meant)}"?`;
      report.error('unknown-agent', `There is no agent "${text}".`, field.value, hint);
      return undefined;
    }
    if (name !== text) report.map(field.path, 'mapped', `agent ${name}`);
    return name;
  }
}

function fold(name: string): string {
  return name
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[_\s]+/g, '-')
    .replace(/-agent$/, '');
}
