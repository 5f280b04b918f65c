import type { JsonObject, JsonValue } from '../../base/json';
import type { StepKey } from '../../model/ids';
import { isSettled, type RunState, type StepState } from '../../model/run-state';
import type { ArtifactStore } from '../../storage/run-store';
import type { ValueContext } from '../../workflow/expressions';
import { wholeOutput } from './large-output';

/** What conditions and templates of a run can name. Outputs are whole here, also those whose events carry a stand-in. */
export class StepValues implements ValueContext {
  readonly inputs: JsonObject;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: Record<StepKey, { readonly output: JsonValue; readonly status: string }> = {};

  constructor(state: Pick<RunState, 'inputs' | 'definition'>) {
    // A declared input without a value is empty, not a fault.
    const declared = Object.keys(state.definition.inputs).map((name) => [name, null]);
    this.inputs = { ...(Object.fromEntries(declared) as JsonObject), ...state.inputs };
    this.env = state.definition.env;
  }

  /** `output` when it is whole at hand; else what the state says. */
  settle(step: StepState, output: JsonValue = outputOf(step)): void {
    this.steps[step.key] = { output, status: step.status };
  }

  /** Reads back what settled before this process knew the run. */
  async restore(state: RunState, artifacts: ArtifactStore): Promise<void> {
    for (const step of Object.values(state.steps))
      if (isSettled(step)) this.settle(step, await wholeOutput(outputOf(step), artifacts));
  }
}

/** Of a step that did nothing: null, or the substitute that a person gave. */
export function outputOf(step: StepState): JsonValue {
  return step.status === 'completed' || step.status === 'skipped' ? step.output : null;
}
