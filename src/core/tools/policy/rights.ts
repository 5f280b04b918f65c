import type { EffectKind } from './rules';

/** What an agent may do at all, before anybody is asked. */
export interface AgentRights {
  /** Names of tools; absent: all. */
  readonly tools?: readonly string[];
  /** Absent: all kinds. */
  readonly effects?: readonly EffectKind[];
  /** Agents it may hand work to; absent: all. */
  readonly agents?: readonly string[];
  /** Each list must fit for a write to need no question; absent or empty: no limit beside the step's own. */
  readonly writes?: readonly (readonly string[])[];
}

/** What a child may do for its parent: only what both may. */
export function intersectRights(parent: AgentRights, child: AgentRights): AgentRights {
  const tools = both(parent.tools, child.tools);
  const effects = both(parent.effects, child.effects);
  const agents = both(parent.agents, child.agents);
  const writes = [...(parent.writes ?? []), ...(child.writes ?? [])];
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(effects === undefined ? {} : { effects }),
    ...(agents === undefined ? {} : { agents }),
    ...(writes.length === 0 ? {} : { writes }),
  };
}

function both<T>(left: readonly T[] | undefined, right: readonly T[] | undefined): readonly T[] | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left.filter((item) => right.includes(item));
}
