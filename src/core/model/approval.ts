import type { JsonValue } from '../base/json';
import type { ArtifactRef } from './artifact';
import type { ApprovalId, Sha256, StepKey } from './ids';
import type { BudgetQuestion } from './model-call';
import type { AskedCall, FileChange } from './tool-call';
import type { ApprovalPolicy, DecisionAction } from './workflow';

/**
 * gate: after the work; before: the command or prompt is shown first; error: attempts are used up and `onError: ask`;
 * uncertain: it may have happened already; budget: may more be spent; policy: may an agent do this.
 */
export type ApprovalKind = 'gate' | 'before' | 'error' | 'uncertain' | 'budget' | 'policy';

/** Everything the person is shown, and nothing else: its canonical JSON is what `shownHash` binds. */
export interface ShownContent {
  readonly output?: JsonValue;
  readonly artifacts: readonly ArtifactRef[];
  /** The rendered prompt (before the work). */
  readonly prompt?: string;
  /** The exact command (before the work, uncertain). */
  readonly command?: string | readonly string[];
  /** Resolved arguments (before the work). */
  readonly with?: JsonValue;
  /** The failure (error, uncertain). */
  readonly error?: string;
  /** What is to be paid for (budget). */
  readonly budget?: BudgetQuestion;
  /** What an agent wants to do (policy), or had begun (uncertain). */
  readonly calls?: readonly AskedCall[];
  /** Files of the workspace that the step changed, each from its first content to its last (gate). */
  readonly changes?: readonly FileChange[];
  /** Values of the references in `show:`. */
  readonly extra?: Readonly<Record<string, JsonValue>>;
}

export interface Approval {
  readonly id: ApprovalId;
  readonly kind: ApprovalKind;
  readonly step: StepKey;
  readonly attempt: number;
  readonly title: string;
  /** The file's `approval.message`, or what is being asked. */
  readonly message?: string;
  /** One sentence from the result, never raw JSON. */
  readonly summary: string;
  readonly shown: ShownContent;
  /** SHA-256 of the canonical JSON of `shown`. */
  readonly shownHash: Sha256;
  readonly allow: readonly DecisionAction[];
  readonly approvers?: readonly string[];
  /** Titles of the steps that follow. */
  readonly next: readonly string[];
  readonly requestedAt: number;
  /** Wall clock, milliseconds. */
  readonly expiresAt?: number;
  readonly onExpire: ApprovalPolicy['onExpire'];
}

/** What a person (or, where allowed, a clock or the chosen mode) decided. */
export interface Decision {
  readonly action: DecisionAction;
  /** modify: the new output (after the work) or the new command/prompt (before). skip: the substitute output. budget: the new amount. */
  readonly value?: JsonValue;
  /** Goes along with retry, and is kept with every decision. */
  readonly comment?: string;
  /** SHA-256 of what the decider saw; a mismatch asks again. */
  readonly shownHash: Sha256;
}

/** Who decided, and through which channel. Names come from the channel, never from a message. */
export interface Decider {
  readonly name: string;
  readonly channel: 'editor' | 'terminal' | 'auto' | 'expiry' | 'rehearsal';
}
