import type { Diagnostic, Range } from '../model/diagnostic';
import type { Sha256, StepKey } from '../model/ids';
import type { WorkflowDefinition } from '../model/workflow';
import type { Plan } from './plan';

export type Dialect = 'baton' | 'phases' | 'automatosx-action' | 'automatosx-prompt' | 'automatosx-iterate';

/** One thing an adapter read in another dialect's words: nothing of the source goes missing without a line here. */
export interface Mapping {
  /** Dotted path in the source: "steps[2].timeoutMs", "config.environment". */
  readonly source: string;
  readonly outcome: 'mapped' | 'warned' | 'refused';
  /** What it became ("steps[2].timeout = 60000 ms") or why it means nothing here. */
  readonly note: string;
  /** Present when word and meaning are Baton's own: nothing to tell people. */
  readonly same?: true;
}

/** Everything that one workflow file says, all faults at once. `definition` and `plan` exist when there is no error. */
export interface ParsedWorkflow {
  readonly dialect: Dialect;
  readonly diagnostics: readonly Diagnostic[];
  readonly mappings: readonly Mapping[];
  /** Features that are understood but do not work yet: warned on validate and rehearse, refused on a real run. */
  readonly unsupported: readonly {
    readonly feature: string;
    readonly range: Range;
    readonly step?: StepKey;
  }[];
  readonly definition?: WorkflowDefinition;
  readonly plan?: Plan;
  /** Of the definition and of every file it pulled in. */
  readonly hash?: Sha256;
  /** Where each step begins. */
  readonly positions: Readonly<Record<StepKey, Range>>;
}
