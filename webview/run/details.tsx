import type { ComponentChildren, Ref } from 'preact';
import { attemptNumber, carriedMs } from '../../src/core/model/attempts';
import type { Approval } from '../../src/core/model/approval';
import { summaryOf } from '../../src/core/model/call-summary';
import { modelTitle } from '../../src/core/model/fault-words';
import type { ModelCall } from '../../src/core/model/model-call';
import type { StepKey } from '../../src/core/model/ids';
import type { DecidedApproval, StepState } from '../../src/core/model/run-state';
import type { Step } from '../../src/core/model/workflow';
import { formatDuration } from '../../src/core/base/duration';
import { declaredSteps } from './definition';
import { countOf, formatElapsed, formatTime, formatWaiting } from '../words/format';
import { send } from '../host';
import { IconButton, Link } from '../kit/toolkit';
import { ChangedFiles } from '../changes/changed-files';
import { putBack } from '../changes/put-back';
import { ToolsPart } from '../tools/tools-part';
import { CallsPart } from '../models/calls-part';
import { VoidTexts } from '../models/void-text';
import type { RunView } from './run-model';
import { Outcome, SourceLink } from './outcome';
import { StatusMark } from '../kit/status-mark';
import { engineWord, stepWord } from '../words/status-words';
import { workerOf } from '../words/step-line';
import { LiveText, Visible } from '../kit/text-block';
import { Ticking } from '../kit/ticking';

export interface DetailsProps {
  readonly run: RunView;
  readonly stepKey: StepKey;
  readonly headingRef: Ref<HTMLHeadingElement>;
  readonly onClose: () => void;
  readonly onSelect: (key: StepKey) => void;
  readonly renderApproval: (approval: Approval) => ComponentChildren;
}

/** Everything about one step: who did it and why, what came of it, and what a person has to decide. */
export function Details(props: DetailsProps) {
  const { run, stepKey } = props;
  const declared = declaredSteps(run.state.definition).get(stepKey);
  const step = run.state.steps[stepKey];
  if (declared === undefined || step === undefined) return null;
  const open = Object.values(run.state.openApprovals).filter((approval) => approval.step === stepKey);
  const decided = run.state.closedApprovals.filter((each) => each.approval.step === stepKey);
  const live = run.live[stepKey];
  const calls = run.state.calls[stepKey] ?? [];
  const tools = run.state.tools[stepKey] ?? [];
  const changes = run.state.changes[stepKey] ?? [];
  const carried = run.state.carried[stepKey];
  const back = putBack(tools, changes);
  const isRunning = step.status === 'running' && !run.interrupted;
  return (
    <section class="details" aria-label={`Details of ${declared.title}`}>
      <div class="details-header">
        <h2 class="details-title" tabIndex={-1} ref={props.headingRef}>
          {declared.title}
        </h2>
        <IconButton icon="close" label="Close Details (Esc)" onClick={props.onClose} />
      </div>
      <p class="details-state">
        <StatusMark word={stepWord(step, run.interrupted)} />
        {step.status === 'waiting' && (
          <span class="muted">
            <Ticking text={(now) => formatWaiting(now - step.since)} />
          </span>
        )}
      </p>
      {declared.description !== undefined && <p class="muted">{declared.description}</p>}
      {open.map((approval) => props.renderApproval(approval))}
      <Outcome run={run} step={step} onSelect={props.onSelect} />
      <Facts run={run} declared={declared} step={step} />
      {changes.length > 0 && !open.some(showsChanges) && (
        <div class="details-part">
          <h3>{countOf(changes.length, 'changed file')}</h3>
          <ChangedFiles
            runId={run.state.runId}
            step={stepKey}
            changes={changes}
            canUndo={step.status !== 'running'}
          />
        </div>
      )}
      {back.length > 0 && (
        <p class="muted">
          Changed and put back: <Visible text={back.join(', ')} />
        </p>
      )}
      {tools.length > 0 && <ToolsPart tools={tools} carried={carried} interrupted={run.interrupted} />}
      {calls.length > 0 && (
        <CallsPart
          calls={calls}
          carried={carried}
          liveUsage={isRunning ? live?.usage : undefined}
          interrupted={run.interrupted}
        />
      )}
      {live !== undefined && (live.text !== '' || live.voided.length > 0) && (
        <div class="details-part">
          <h3>{isRunning ? 'Live output' : 'Output'}</h3>
          <VoidTexts voided={live.voided} />
          {live.text !== '' && <LiveText label={`Output of ${declared.title}`} text={live.text} />}
        </div>
      )}
      {hasOutput(step) && (
        <p class="details-links">
          <Link
            onClick={() =>
              send({ type: 'open-log', runId: run.state.runId, step: stepKey, attempt: step.attempt })
            }
          >
            Open full output
          </Link>
        </p>
      )}
      {decided.length > 0 && <Decided decided={decided} />}
    </section>
  );
}

/** A card that lists the changed files is the place to decide about them. */
function showsChanges({ shown }: Approval): boolean {
  return (shown.changes ?? []).length > 0;
}

/** Whether an attempt began, and so left a log: a step that is asked about beforehand has none. */
function hasOutput(step: StepState): boolean {
  if (step.status === 'waiting') return step.produced !== undefined;
  return step.attempt > 0 && step.status !== 'skipped' && step.status !== 'cancelled';
}

function Facts(props: { readonly run: RunView; readonly declared: Step; readonly step: StepState }) {
  const { run, declared, step } = props;
  const assignment = 'assignment' in step ? step.assignment : undefined;
  const { answeredBy } = summaryOf(run.state.calls[step.key] ?? NO_CALLS);
  const worker = workerOf(declared, step);
  const carried = run.state.carried[step.key];
  const attempts = attemptNumber(carried, step.attempt);
  const earlierMs = carriedMs(carried, step.attempt);
  const after = declared.dependsOn.map((key) => run.state.definition.steps.find((s) => s.key === key)?.title);
  return (
    <dl class="facts">
      {worker !== '' && (
        <Fact name="Agent">
          {worker}
          {assignment !== undefined && assignment.why !== '' && (
            <span class="muted"> ({assignment.why})</span>
          )}
        </Fact>
      )}
      {assignment !== undefined && <Fact name="Engine">{engineWord(assignment)}</Fact>}
      {answeredBy.length > 0 && (
        <Fact name={step.status === 'running' ? 'Model' : 'Answered by'}>
          {answeredBy.slice(-1).map(modelTitle)}
          {answeredBy.length > 1 && (
            <span class="muted"> and {countOf(answeredBy.length - 1, 'other model')}</span>
          )}
        </Fact>
      )}
      {declared.action !== undefined && <Fact name="Action">{declared.action}</Fact>}
      {attempts > 1 && <Fact name="Attempts">{attempts}</Fact>}
      {step.status === 'running' && (
        <>
          <Fact name="Started">
            <Ticking text={(now) => formatTime(step.startedAt, now)} />
          </Fact>
          {!run.interrupted && (
            <Fact name="Running for">
              <Ticking text={(now) => formatElapsed(now - step.startedAt + earlierMs)} />
            </Fact>
          )}
        </>
      )}
      {(step.status === 'completed' || step.status === 'failed') && (
        <>
          <Fact name="Took">{formatDuration(step.usage.durationMs + earlierMs)}</Fact>
          <Fact name="Ended">{formatTime(step.endedAt, Date.now())}</Fact>
        </>
      )}
      {after.length > 0 && (
        <Fact name="After">{after.filter((title) => title !== undefined).join(', ')}</Fact>
      )}
      {declared.condition !== undefined && (
        <Fact name="Only if">
          <code>{declared.condition}</code>
        </Fact>
      )}
      {step.status !== 'failed' && run.state.source.path !== undefined && (
        <Fact name="Defined at">
          <SourceLink state={run.state} stepKey={step.key} />
        </Fact>
      )}
    </dl>
  );
}

const NO_CALLS: readonly ModelCall[] = [];

function Fact(props: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function Decided(props: { readonly decided: readonly DecidedApproval[] }) {
  return (
    <div class="details-part">
      <h3>{countOf(props.decided.length, 'decision')}</h3>
      <ul class="plain-list">
        {props.decided.map((each) => (
          <li key={each.approval.id}>
            {decidedText(each)}
            {each.decision?.comment !== undefined && <q class="muted">{each.decision.comment}</q>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function decidedText(each: DecidedApproval): string {
  if (each.decision === undefined || each.by === undefined) return `No longer asked: ${each.voided ?? ''}`;
  const when = each.decidedAt === undefined ? '' : ` at ${formatTime(each.decidedAt, Date.now())}`;
  const words = DECIDED_ABOUT_CALLS[each.approval.kind] ?? DECIDED_WORDS;
  return `${words[each.decision.action]} by ${each.by.name}${when} `;
}

const DECIDED_WORDS = {
  approve: 'Approved',
  modify: 'Edited',
  retry: 'Sent back',
  skip: 'Skipped',
  cancel: 'Cancelled',
} as const;

type DecidedWords = Readonly<Record<keyof typeof DECIDED_WORDS, string>>;

/** What was decided about calls of agents has other names. */
const DECIDED_ABOUT_CALLS: Readonly<Partial<Record<Approval['kind'], DecidedWords>>> = {
  policy: { ...DECIDED_WORDS, approve: 'Allowed', retry: 'Not allowed' },
};
