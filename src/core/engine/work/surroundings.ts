import type { UpstreamResult } from '../../agents/agent';
import type { StepKey } from '../../model/ids';
import type { StepState } from '../../model/run-state';
import type { Step } from '../../model/workflow';
import { buildPlan } from '../../workflow/plan';
import type { RecordedTools } from '../calls/recorded-tools';
import { besideOf } from '../graph/beside';
import { upstreamOf } from '../graph/joins';
import type { RunLog } from '../run-log';
import { commandEnvironment, type CommandEnvironment } from './command-step';
import { outputOf, type StepValues } from './step-values';

export interface SurroundingsOptions {
  readonly log: Pick<RunLog, 'state'>;
  readonly steps: ReadonlyMap<StepKey, Step>;
  readonly values: StepValues;
  readonly tools: Pick<RecordedTools, 'haveReadKeys'>;
}

/** What a step that works sees of the other steps of its run, as it is now. */
export class Surroundings {
  private places: ReadonlyMap<StepKey, number> | undefined;

  constructor(private readonly options: SurroundingsOptions) {}

  /** What a command would be given, secrets as they are named. */
  environment(step: Step): CommandEnvironment {
    const { values, steps } = this.options;
    const nearest = new Set([...step.dependsOn, ...upstreamOf(step.key, steps, this.order()).reverse()]);
    return commandEnvironment({
      env: values.env,
      inputs: values.inputs,
      outputs: [...nearest].map((key) => ({ key, output: values.steps[key]?.output ?? null })),
    });
  }

  /** Steps of agents that may be at work at the same time. A command says nothing to anybody. */
  beside(step: Step): StepKey[] {
    const { steps } = this.options;
    return besideOf(step.key, steps, this.order()).filter((key) => steps.get(key)?.run === undefined);
  }

  /** Results of all that it goes on from, however far, in the order of the plan. */
  upstream(step: Step): UpstreamResult[] {
    const { log, steps, values, tools } = this.options;
    return upstreamOf(step.key, steps, this.order()).flatMap((key) => {
      const state = log.state.steps[key];
      const declared = steps.get(key);
      if (state === undefined || declared === undefined) return [];
      const hasReadKeys = tools.haveReadKeys.has(key);
      return [{ ...resultOf(state, declared, values), ...(hasReadKeys && { hasReadKeys }) }];
    });
  }

  private order(): ReadonlyMap<StepKey, number> {
    this.places ??= new Map(
      buildPlan(this.options.log.state.definition.steps).order.map((key, place) => [key, place]),
    );
    return this.places;
  }
}

function resultOf(state: StepState, declared: Step, values: StepValues): UpstreamResult {
  const status =
    state.status === 'completed' || state.status === 'skipped' || state.status === 'failed'
      ? state.status
      : 'cancelled';
  return {
    key: state.key,
    title: declared.title,
    status,
    output: values.steps[state.key]?.output ?? outputOf(state),
    summary:
      state.status === 'completed'
        ? state.summary
        : state.status === 'failed'
          ? state.error.message
          : state.status === 'skipped'
            ? (state.because ?? 'Left out.')
            : '',
    artifacts: state.status === 'completed' || state.status === 'failed' ? state.artifacts : [],
  };
}
