import type { RunState } from '../../model/run-state';
import type { ApprovalMode, ApprovalPolicy, WorkflowDefinition } from '../../model/workflow';

const STRICTNESS: Readonly<Record<ApprovalMode, number>> = { auto: 0, batch: 1, interactive: 2 };

/** How gates are answered: the stricter of what the person chose for this run and what the file says. */
export function effectiveMode(state: Pick<RunState, 'mode' | 'rehearsal' | 'definition'>): ApprovalMode {
  const inFile = state.definition.config.approvals;
  if (state.rehearsal || inFile === undefined) return state.mode;
  return STRICTNESS[inFile] > STRICTNESS[state.mode] ? inFile : state.mode;
}

/** `onExpire: approve` holds only for a person who chose auto; without that choice the run pauses instead. */
export function effectiveExpiry(
  chosen: ApprovalMode,
  onExpire: ApprovalPolicy['onExpire'],
): ApprovalPolicy['onExpire'] {
  return onExpire === 'approve' && chosen !== 'auto' ? 'pause' : onExpire;
}

/** What of the file's wishes does not hold because it would loosen what the person chose, for people. */
export function ignoredWishes(definition: WorkflowDefinition, chosen: ApprovalMode): string[] {
  const notes: string[] = [];
  const inFile = definition.config.approvals;
  if (inFile !== undefined && STRICTNESS[inFile] < STRICTNESS[chosen])
    notes.push(
      `config.approvals: ${inFile} is ignored: a file may only ask for more than you chose (${chosen}).`,
    );
  if (chosen !== 'auto')
    for (const step of definition.steps)
      if (step.approval?.onExpire === 'approve')
        notes.push(
          `${step.key}: onExpire: approve is ignored, the run pauses instead: only a run started with approvals "auto" may approve by itself.`,
        );
  return notes;
}
