import type { StepKey } from '../../src/core/model/ids';
import type { RunState, StepState } from '../../src/core/model/run-state';
import { send } from '../host';
import { ArtifactLinks } from '../kit/artifact-links';
import { ExactText, FoldedValue } from '../kit/text-block';
import { Link } from '../kit/toolkit';
import { fileName } from '../words/format';
import { skipReason } from '../words/status-words';
import { declaredSteps } from './definition';
import type { RunView } from './run-model';

/** What came of it: the failure with its place, or the result in one sentence with everything behind it. */
export function Outcome(props: {
  readonly run: RunView;
  readonly step: StepState;
  readonly onSelect: (key: StepKey) => void;
}) {
  const { run, step } = props;
  switch (step.status) {
    case 'failed':
      return (
        <div class="details-part">
          <ExactText label="Error" text={step.error.message} />
          <p class="details-links">
            <SourceLink state={run.state} stepKey={step.key} />
            {step.tolerated && <span class="muted">The run goes on without it (continueOnError).</span>}
          </p>
          <ArtifactLinks runId={run.state.runId} artifacts={step.artifacts} />
        </div>
      );
    case 'completed':
      return (
        <div class="details-part">
          <p>{step.summary}</p>
          <ArtifactLinks runId={run.state.runId} artifacts={step.artifacts} />
          {step.output !== null && (
            <FoldedValue runId={run.state.runId} label="Result in full" value={step.output} />
          )}
        </div>
      );
    case 'skipped':
      return (
        <div class="details-part">
          <p>Skipped: {skipReason(step)}</p>
          {step.output !== null && (
            <FoldedValue runId={run.state.runId} label="Substitute" value={step.output} />
          )}
        </div>
      );
    case 'cancelled':
    case 'uncertain':
      return <p class="details-part">{step.message}</p>;
    case 'pending':
      if (step.held !== undefined) return <Held state={run.state} onSelect={props.onSelect} />;
      return step.lastError === undefined ? null : (
        <div class="details-part">
          <p class="muted">The last attempt failed:</p>
          <ExactText label="Last error" text={step.lastError.message} />
        </div>
      );
    case 'running':
    case 'waiting':
      return null;
    default:
      return nothing(step);
  }
}

/** One step of a run asks about money for all that wait for it. */
function Held(props: { readonly state: RunState; readonly onSelect: (key: StepKey) => void }) {
  const { state } = props;
  const asking = Object.values(state.openApprovals).find(({ kind }) => kind === 'budget');
  if (asking === undefined) return <p class="details-part">Goes on when the budget allows it.</p>;
  return (
    <p class="details-part">
      <span>
        Goes on when the question about the budget is answered, at{' '}
        <Link onClick={() => props.onSelect(asking.step)}>
          {declaredSteps(state.definition).get(asking.step)?.title ?? asking.title}
        </Link>
        .
      </span>
    </p>
  );
}

/** "review.yaml:23", to the line of the workflow where the step begins. */
export function SourceLink(props: { readonly state: RunState; readonly stepKey: StepKey }) {
  const { source, runId } = props.state;
  if (source.path === undefined) return null;
  const line = source.lines[props.stepKey];
  return (
    <Link
      title={source.path}
      onClick={() => send({ type: 'open-workflow', runId, step: props.stepKey })}
    >{`${fileName(source.path)}${line === undefined ? '' : `:${line}`}`}</Link>
  );
}

function nothing(_step: never): null {
  return null;
}
