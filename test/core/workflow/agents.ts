import type { KnownAgent } from '../../../src/core/workflow/read/agents';

const agent = (name: string, ...aliases: string[]): KnownAgent => ({
  name,
  aliases,
  description: `Does ${name}`,
});

/** Agents as the parser is told about them; the real list has its own tests. */
export const knownAgents: readonly KnownAgent[] = [
  agent('architect', 'architecture', 'architect-review'),
  agent('backend', 'code-generation'),
  agent('ceo'),
  agent('cto'),
  agent('data'),
  agent('database'),
  agent('devops'),
  agent('infrastructure'),
  agent('performance'),
  agent('product'),
  agent('quality'),
  agent('security'),
  agent('standards'),
  agent('testing', 'code-compilation'),
  agent('writer'),
];
