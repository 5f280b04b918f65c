import { memo } from 'preact/compat';
import type { CarriedAttempt } from '../../src/core/model/attempts';
import type { StepKey } from '../../src/core/model/ids';
import type { ModelCall } from '../../src/core/model/model-call';
import type { StepState } from '../../src/core/model/run-state';
import type { Step } from '../../src/core/model/workflow';
import { declaredSteps, isMatch } from './definition';
import type { RunView } from './run-model';
import { lastFall } from '../models/falls';
import { Icon } from '../kit/toolkit';
import { StatusMark } from '../kit/status-mark';
import { stepWord } from '../words/status-words';
import { isTicking, stepLine } from '../words/step-line';
import { Ticking } from '../kit/ticking';

/** The same run as plain rows, in order of work: for a screen reader, for narrow panels, for people who like lists. */
export function StepList(props: {
  readonly run: RunView;
  readonly selected: StepKey | undefined;
  readonly search: string;
  readonly onOpen: (key: StepKey) => void;
}) {
  const { state, plan } = props.run;
  const declared = declaredSteps(state.definition);
  return (
    <ol class="step-list" aria-label={`Steps of ${state.definition.name}, in order of work`}>
      {plan.order.map((key) => {
        const definition = declared.get(key);
        const step = state.steps[key];
        if (definition === undefined || step === undefined) return null;
        if (props.search !== '' && !isMatch(definition, props.search)) return null;
        return (
          <Row
            key={key}
            declared={definition}
            step={step}
            calls={state.calls[key]}
            carried={state.carried[key]}
            isSelected={props.selected === key}
            isInterrupted={props.run.interrupted}
            onOpen={props.onOpen}
          />
        );
      })}
    </ol>
  );
}

const Row = memo(function Row(props: {
  readonly declared: Step;
  readonly step: StepState;
  readonly calls: readonly ModelCall[] | undefined;
  readonly carried: readonly CarriedAttempt[] | undefined;
  readonly isSelected: boolean;
  readonly isInterrupted: boolean;
  readonly onOpen: (key: StepKey) => void;
}) {
  const { declared, step, calls, carried, isInterrupted } = props;
  const parts = { declared, step, calls, carried, interrupted: isInterrupted };
  const fell = lastFall(calls);
  return (
    <li>
      <button
        type="button"
        class={props.isSelected ? `row is-${step.status} is-selected` : `row is-${step.status}`}
        aria-current={props.isSelected ? 'true' : undefined}
        onClick={() => props.onOpen(declared.key)}
      >
        <StatusMark word={stepWord(step, isInterrupted)} iconOnly />
        <span class="row-title">{declared.title}</span>
        <span class="row-line">
          {isTicking(step, isInterrupted) ? (
            <Ticking text={(now) => stepLine(parts, now)} />
          ) : (
            stepLine(parts, 0)
          )}
        </span>
        {fell !== undefined && (
          <span class="row-fell" title={fell}>
            <Icon name="arrow-swap" />
            <span class="hidden">{fell}</span>
          </span>
        )}
      </button>
    </li>
  );
});
