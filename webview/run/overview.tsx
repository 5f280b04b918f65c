import type { StepKey } from '../../src/core/model/ids';
import { declaredSteps } from './definition';
import { ArtifactLinks } from '../kit/artifact-links';
import { fileName, formatTime } from '../words/format';
import { send } from '../host';
import { Link } from '../kit/toolkit';
import { SpendingPart } from '../models/spending-part';
import type { RunView } from './run-model';
import { FoldedValue } from '../kit/text-block';
import { Ticking } from '../kit/ticking';

/** The newest artifacts are shown; a large run has hundreds. */
const SHOWN = 12;

/** What is beside the graph while no step is chosen: what waits, and what this run is about. */
export function Overview(props: { readonly run: RunView; readonly onSelect: (key: StepKey) => void }) {
  const { state } = props.run;
  const declared = declaredSteps(state.definition);
  const waiting = Object.values(state.openApprovals);
  const artifacts = props.run.plan.order.flatMap((key) => {
    const step = state.steps[key];
    return step?.status === 'completed' ? step.artifacts : [];
  });
  return (
    <section class="details" aria-label="About this run">
      {waiting.length > 0 && (
        <div class="details-part">
          <h2 class="details-title">Waiting for you</h2>
          <ul class="plain-list">
            {waiting.map((approval) => (
              <li key={approval.id}>
                <Link onClick={() => props.onSelect(approval.step)}>
                  {declared.get(approval.step)?.title ?? approval.title}
                </Link>
                <span class="muted">{approval.summary}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div class="details-part">
        <h2 class="details-title">This run</h2>
        {state.definition.description !== undefined && <p>{state.definition.description}</p>}
        <dl class="facts">
          <div>
            <dt>Started</dt>
            <dd>
              <Ticking text={(now) => formatTime(state.startedAt, now)} />
              {state.by !== '' && ` by ${state.by}`}
            </dd>
          </div>
          {state.source.path !== undefined && (
            <div>
              <dt>Workflow</dt>
              <dd>
                <Link
                  title={state.source.path}
                  onClick={() => send({ type: 'open-workflow', runId: state.runId })}
                >
                  {fileName(state.source.path)}
                </Link>
              </dd>
            </div>
          )}
        </dl>
        {Object.keys(state.inputs).length > 0 && (
          <FoldedValue runId={state.runId} label="Inputs" value={state.inputs} />
        )}
        {state.notes.length > 0 && (
          <details class="folded">
            <summary>Notes</summary>
            <ul class="plain-list">
              {state.notes.map((note, index) => (
                <li key={index}>{note}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      {Object.keys(state.calls).length > 0 && (
        <div class="details-part">
          <h2 class="details-title">Models</h2>
          <SpendingPart run={props.run} />
        </div>
      )}
      {artifacts.length > 0 && (
        <div class="details-part">
          <h2 class="details-title">Artifacts</h2>
          <ArtifactLinks runId={state.runId} artifacts={artifacts.slice(-SHOWN)} />
          {artifacts.length > SHOWN && (
            <p class="muted">and {artifacts.length - SHOWN} more, with their steps</p>
          )}
        </div>
      )}
      <p class="muted">Choose a step to see its details.</p>
    </section>
  );
}
