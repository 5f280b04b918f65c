import { useState } from 'preact/hooks';
import type { FileChange } from '../../src/core/model/tool-call';
import { send } from '../host';
import { Visible } from '../kit/text-block';
import { Button, Icon, IconButton, Link } from '../kit/toolkit';
import { countOf } from '../words/format';
import { Counts, DiffText } from './diff-text';
import { sidesOf, useDiffs } from './diffs';
import type { FileDiff } from '../protocol';

/** So many files are listed at first. */
const SHOWN_FILES = 20;

/** Files that a step's agents changed: each with its diff, and the way back, one by one or all together. */
export function ChangedFiles(props: {
  readonly runId: string;
  readonly step: string;
  readonly changes: readonly FileChange[];
  /** The card they stand on; absent in the details of a step. */
  readonly approvalId?: string;
  /** Undoing is not for now: the step works, or another window owns the folder. */
  readonly canUndo: boolean;
}) {
  const { runId, step, changes, approvalId, canUndo } = props;
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? changes : changes.slice(0, SHOWN_FILES);
  const diffOf = useDiffs(runId, shown);
  const undo = (paths?: readonly string[]) =>
    send({
      type: 'undo-changes',
      runId,
      step,
      ...(paths !== undefined && { paths }),
      ...(approvalId !== undefined && { approvalId }),
    });
  return (
    <div class="changed-files">
      <ul class="changed-list" aria-label="Changed files">
        {shown.map((change) => (
          <ChangedFile
            key={change.path}
            runId={runId}
            change={change}
            diff={diffOf(change)}
            // On a card a file is decided about; in the details what happened is taken back.
            undoLabel={`${approvalId === undefined ? 'Undo' : 'Reject'} Changes of ${change.path}`}
            onUndo={canUndo ? () => undo([change.path]) : undefined}
          />
        ))}
      </ul>
      {changes.length > shown.length && (
        <Button label={`Show All ${changes.length} Files`} onClick={() => setWhole(true)} />
      )}
      <div class="changed-actions">
        <Link
          onClick={() =>
            approvalId === undefined
              ? send({ type: 'open-step-changes', runId, step })
              : send({ type: 'open-changes', runId, approvalId })
          }
        >
          <Icon name="diff-multiple" /> Open {changes.length === 1 ? 'Diff' : 'All Diffs'} in Editor
        </Link>
        {canUndo && (
          <Button
            label={changes.length === 1 ? 'Undo' : 'Undo All'}
            description={`${changes.length === 1 ? 'Undo' : 'Undo All'}: ${countOf(changes.length, 'changed file')}`}
            onClick={() => undo()}
          />
        )}
      </div>
    </div>
  );
}

function ChangedFile(props: {
  readonly runId: string;
  readonly change: FileChange;
  readonly diff: FileDiff | undefined;
  readonly undoLabel: string;
  readonly onUndo: (() => void) | undefined;
}) {
  const { runId, change, diff } = props;
  const [isOpen, setOpen] = useState(false);
  return (
    <li class="changed">
      <div class="changed-row">
        <button
          type="button"
          class="changed-name"
          aria-expanded={isOpen}
          onClick={() => setOpen((before) => !before)}
        >
          <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
          <span class="changed-path">
            <Visible text={change.path} />
          </span>
          {changeWord(change) !== '' && <span class="changed-word">{changeWord(change)}</span>}
          {diff?.added !== undefined && diff.removed !== undefined && (
            <Counts added={diff.added} removed={diff.removed} />
          )}
        </button>
        <IconButton
          icon="diff"
          label={`Open Diff of ${change.path} in Editor`}
          onClick={() => send({ type: 'open-diff', runId, ...sidesOf(change) })}
        />
        {props.onUndo !== undefined && (
          <IconButton icon="discard" label={props.undoLabel} onClick={props.onUndo} />
        )}
      </div>
      {isOpen && <OpenDiff path={change.path} diff={diff} />}
    </li>
  );
}

function OpenDiff(props: { readonly path: string; readonly diff: FileDiff | undefined }) {
  const { path, diff } = props;
  if (diff === undefined) return <p class="muted">Comparing…</p>;
  if (diff.text === undefined) return <p class="muted">{diff.problem ?? 'There is nothing to show.'}</p>;
  return <DiffText path={path} text={diff.text} />;
}

/** Said only where it is not a plain edit. */
function changeWord({ before, after }: Pick<FileChange, 'before' | 'after'>): string {
  if (before === undefined) return 'new';
  return after === undefined ? 'deleted' : '';
}
