import type { StepKey } from '../model/ids';

/** How an input's value reaches a `run:` step: "target-branch" -> BATON_INPUT_TARGET_BRANCH. */
export function inputVariable(input: string): string {
  return `BATON_INPUT_${upper(input)}`;
}

/** How a step's output reaches a `run:` step: "security-scan" -> BATON_OUTPUT_SECURITY_SCAN. */
export function outputVariable(step: StepKey): string {
  return `BATON_OUTPUT_${upper(step)}`;
}

function upper(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}
