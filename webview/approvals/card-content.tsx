import type { Approval } from '../../src/core/model/approval';
import type { DecisionAction } from '../../src/core/model/workflow';
import { ChangedFiles } from '../changes/changed-files';
import { ArtifactLinks } from '../kit/artifact-links';
import { commandText } from '../words/command-text';
import { countOf } from '../words/format';
import { send } from '../host';
import { Icon, Link } from '../kit/toolkit';
import { cardWords } from '../words/card-words';
import { ExactText, FoldedValue } from '../kit/text-block';

/** What a person needs to see before deciding: exactly what the decision is bound to, the long parts folded. */
export function CardContent(props: {
  readonly runId: string;
  readonly approval: Approval;
  readonly changedFiles: readonly string[];
}) {
  const { runId, approval } = props;
  const { shown } = approval;
  const words = cardWords(approval);
  const { changes = [] } = shown;
  // What agents changed is kept with both sides; only a command's files are compared with the last commit.
  const changedFiles = changes.length > 0 ? [] : props.changedFiles;
  return (
    <>
      {words.question !== undefined && (
        <p class={`card-question kind-${approval.kind}`}>
          <Icon name={QUESTION_ICONS[approval.kind]} /> <span>{words.question}</span>
        </p>
      )}
      {words.summary !== undefined && <p class="card-summary">{words.summary}</p>}
      {words.message !== undefined && <p class="card-message">{words.message}</p>}
      {words.error !== undefined && <ExactText label="Error" text={words.error} />}
      {shown.command !== undefined && <ExactText label="Command" text={commandText(shown.command)} />}
      {shown.prompt !== undefined && <ExactText label="Prompt" text={shown.prompt} />}
      {shown.with !== undefined && !isEmpty(shown.with) && (
        <FoldedValue runId={runId} label="Arguments" value={shown.with} />
      )}
      {shown.output !== undefined && shown.output !== null && (
        <FoldedValue runId={runId} label="Result in full" value={shown.output} />
      )}
      {Object.entries(shown.extra ?? {}).map(([name, value]) => (
        <FoldedValue key={name} runId={runId} label={name} value={value} />
      ))}
      {(shown.artifacts.length > 0 || changedFiles.length > 0) && (
        <div class="card-links">
          <ArtifactLinks runId={runId} artifacts={shown.artifacts} />
          {changedFiles.length > 0 && (
            <Link
              title={changedFiles.join('\n')}
              onClick={() => send({ type: 'open-changes', runId, approvalId: approval.id })}
            >
              <Icon name="diff" /> {countOf(changedFiles.length, 'file')} changed
            </Link>
          )}
        </div>
      )}
      {changes.length > 0 && (
        <>
          <h3>{countOf(changes.length, 'file')} changed</h3>
          <ChangedFiles
            runId={runId}
            step={approval.step}
            changes={changes}
            approvalId={approval.id}
            canUndo
          />
        </>
      )}
      {approval.kind === 'uncertain' && <Choices allow={approval.allow} />}
      {approval.next.length > 0 && <p class="card-next">next: {approval.next.join(', ')}</p>}
    </>
  );
}

/** Where a wrong choice does something twice, or not at all, each choice says what it means. */
function Choices(props: { readonly allow: readonly DecisionAction[] }) {
  return (
    <dl class="choices">
      {CHOICES.filter((choice) => props.allow.includes(choice.action)).map((choice) => (
        <div key={choice.action}>
          <dt>{choice.label}</dt>
          <dd>{choice.means}</dd>
        </div>
      ))}
    </dl>
  );
}

const CHOICES: readonly { action: DecisionAction; label: string; means: string }[] = [
  { action: 'approve', label: 'Approve', means: 'it happened, go on' },
  { action: 'modify', label: 'Edit', means: 'it happened, and this is its result' },
  { action: 'retry', label: 'Retry', means: 'it did not happen, run it again' },
  { action: 'skip', label: 'Skip Step', means: 'go on without it' },
  { action: 'cancel', label: 'Cancel Run', means: 'stop here' },
];

const QUESTION_ICONS: Readonly<Record<Approval['kind'], string>> = {
  gate: 'bell',
  before: 'shield',
  error: 'error',
  uncertain: 'question',
  budget: 'credit-card',
  policy: 'shield',
};

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
