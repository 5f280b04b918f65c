import { canonicalJson } from '../../base/json';
import type { CommandRule } from './command-rule';

/** What a person decided once for all. Read from the person's own settings only, never from a workspace. */
export interface PolicyRules {
  readonly commands: readonly CommandRule[];
  /** Hosts that may be fetched: "example.com", or "*.example.com" for those under it. */
  readonly hosts: readonly string[];
  /** Asked whatever else is allowed. */
  readonly alwaysAsk: readonly EffectPattern[];
  /** Refused whatever else is allowed, and never asked. */
  readonly deny: readonly EffectPattern[];
}

/** Everything that is given must fit. One that gives nothing fits everything. */
export interface EffectPattern {
  readonly agent?: string;
  readonly tool?: string;
  readonly effect?: EffectKind;
  /** Glob of files, relative to the workspace; outside of it, of absolute paths. */
  readonly path?: string;
  readonly host?: string;
  /** Name of a program; of a shell text it fits when the name stands anywhere in it. */
  readonly program?: string;
  readonly server?: string;
}

export type EffectKind =
  'read' | 'list' | 'write' | 'delete' | 'shell' | 'search' | 'fetch' | 'service' | 'mcp' | 'delegate';

/** What a workspace may say. It can take away, never give. */
export interface WorkspaceRules {
  /** Of the person's commands, the only ones that stay. */
  readonly commands?: readonly CommandRule[];
  /** Of the person's hosts, the only ones that stay. */
  readonly hosts?: readonly string[];
  readonly alwaysAsk?: readonly EffectPattern[];
  readonly deny?: readonly EffectPattern[];
}

/** Nothing is allowed by itself but reading, and writing where the step says so. */
export const noRules: PolicyRules = { commands: [], hosts: [], alwaysAsk: [], deny: [] };

/** The person's rules as narrow as a workspace wishes them. What only the workspace allows is not allowed. */
export function narrowedBy(person: PolicyRules, workspace: WorkspaceRules): PolicyRules {
  return {
    commands:
      workspace.commands === undefined ? person.commands : common(person.commands, workspace.commands),
    hosts: workspace.hosts === undefined ? person.hosts : common(person.hosts, workspace.hosts),
    alwaysAsk: [...person.alwaysAsk, ...(workspace.alwaysAsk ?? [])],
    deny: [...person.deny, ...(workspace.deny ?? [])],
  };
}

function common<T>(mine: readonly T[], theirs: readonly T[]): readonly T[] {
  const known = new Set(theirs.map((item) => canonicalJson(item)));
  return mine.filter((item) => known.has(canonicalJson(item)));
}
