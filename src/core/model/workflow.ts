import type { JsonObject, JsonValue } from '../base/json';
import type { AgentName, StepKey } from './ids';
import type { Budget } from './model-call';

/** A workflow as the engine runs it: one canonical shape, whatever dialect the file was written in. Plain JSON. */
export interface WorkflowDefinition {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly author?: string;
  readonly tags: readonly string[];
  readonly inputs: Readonly<Record<string, InputDeclaration>>;
  readonly config: WorkflowConfig;
  /** The workflow's own variables; never the process environment. */
  readonly env: Readonly<Record<string, string>>;
  /** In file order. Every `dependsOn` names a step of this list, and there is no cycle. */
  readonly steps: readonly Step[];
}

export interface InputDeclaration {
  readonly type: 'string' | 'number' | 'boolean' | 'choice' | 'json';
  readonly required: boolean;
  readonly default?: JsonValue;
  readonly description?: string;
  /** The allowed values of a `choice`. */
  readonly options?: readonly string[];
}

/** How gates are answered. Strictness: interactive > batch > auto; a file may only tighten what the person chose. */
export type ApprovalMode = 'interactive' | 'batch' | 'auto';

export interface WorkflowConfig {
  /** At most this many steps at once. Default 5. */
  readonly parallelism: number;
  /** Milliseconds for the whole run, waiting and paused time not counted. */
  readonly timeout?: number;
  /** Cancel independent branches when a step fails. Default false: they finish first. */
  readonly failFast: boolean;
  /** What is listed as a checkpoint; never what is durable. */
  readonly checkpoint: 'level' | 'step' | 'none';
  readonly approvals?: ApprovalMode;
  /** Caps of the run; over one a gate opens, or with `stop` the run is cancelled. */
  readonly budget?: Budget & { readonly onExceed: 'ask' | 'stop' };
  /**
   * The order of providers for steps that name none, and after those that a step names. Kept apart from the steps' own words:
   * a step that rules can do asks a model only when it says so itself.
   */
  readonly providers?: readonly string[];
  /** Which of several usable models is asked first. Default: the person's setting. */
  readonly routing?: 'priority' | 'cheapest' | 'fastest';
  /** Identical requests are answered from disk. Default false. */
  readonly responseCache?: boolean;
}

/** Why an attempt failed, as far as retry rules care. */
export type FailureClass = 'error' | 'timeout' | 'rate_limit' | 'server_error' | 'network_error' | 'killed';

export interface RetryRule {
  /** Failures this rule is for; "any" for each recorded failure. Unknown outcomes (timeout, killed, network_error) only when named. */
  readonly on: readonly FailureClass[] | 'any';
  /** Further attempts after the first. */
  readonly max: number;
  /** Milliseconds before the first further attempt. */
  readonly delay: number;
  /** Factor from one delay to the next. */
  readonly backoff: number;
  /** Milliseconds no delay exceeds. */
  readonly maxDelay: number;
  readonly jitter: boolean;
}

export type DecisionAction = 'approve' | 'modify' | 'retry' | 'skip' | 'cancel';

export interface ApprovalPolicy {
  readonly when: 'after' | 'before';
  readonly message?: string;
  /** What the card shows besides the result: "artifacts", "diff", or a reference like "steps.lint.output". */
  readonly show: readonly string[];
  readonly allow: readonly DecisionAction[];
  /** Names that may decide; absent = anyone. */
  readonly approvers?: readonly string[];
  /** Milliseconds until `onExpire` happens. */
  readonly expires?: number;
  readonly onExpire: 'pause' | 'skip' | 'cancel' | 'approve';
}

export interface Step {
  readonly key: StepKey;
  /** What people read: the file's `name`, else the key. */
  readonly title: string;
  readonly description?: string;
  /** Canonical agent name; absent = chosen by inference. */
  readonly agent?: AgentName;
  readonly action?: string;
  /** A template: `{{ path }}` is filled in from inputs, env and upstream outputs. */
  readonly prompt?: string;
  /** Arguments of the action; strings in it are templates, `${{ }}` strings are expressions. */
  readonly with: JsonObject;
  /** Shell text (never interpolated), or an argument list whose elements may each be one whole `${{ }}` or `{{ }}` value. */
  readonly run?: string | readonly string[];
  readonly dependsOn: readonly StepKey[];
  /** Expression source of `if:`, without `${{ }}`. */
  readonly condition?: string;
  readonly continueOnError: boolean;
  readonly onError: 'fail' | 'ask';
  /** First match wins; empty = no retry. */
  readonly retry: readonly RetryRule[];
  /** Milliseconds for one attempt. */
  readonly timeout?: number;
  /** Declared in the file; absent = decided by what the step does (SEMANTICS of retries: `run:` is not, read-only local actions are). */
  readonly idempotent?: boolean;
  /** Preferred providers in order; a preference only where the local engine knows the action. */
  readonly provider?: readonly string[];
  readonly model?: string;
  /** Tokens of one answer at most. */
  readonly maxTokens?: number;
  /** 0 to 1. */
  readonly temperature?: number;
  readonly approval?: ApprovalPolicy;
  readonly output?: { readonly schema?: JsonObject; readonly artifacts: readonly string[] };
  /** Globs of workspace files the step may write. */
  readonly writes?: readonly string[];
}
