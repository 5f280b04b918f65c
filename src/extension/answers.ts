import * as vscode from 'vscode';
import type { ViewMessage } from '../../webview/protocol';
import type { Log } from '../core/host';
import { messageOf } from '../core/model/errors';
import type { CommandOutcome } from '../core/runtime-port';
import { openArtifact } from './documents/artifact-documents';
import { openChanges, openDiff, type Changes } from './documents/changes';
import type { DraftDocuments } from './documents/draft-documents';
import { fileDiffs } from './documents/file-diffs';
import { openOutput } from './documents/output-documents';
import { openWorkspaceFile, openWorkflowOfRun } from './open-file';
import type { RunControl } from './runs/run-control';
import type { Runs } from './runs/runs';
import { undoWithCare } from './runs/undo';
import type { Answerable } from './views/run-panels';
import { stepTitle } from './words';

export interface AnswerParts {
  readonly runs: Runs;
  readonly control: RunControl;
  readonly drafts: DraftDocuments;
  readonly changes: Changes;
  readonly openRun: (runId: string) => void;
  readonly log: Log;
}

type Asked = Exclude<ViewMessage, { type: 'ready' }>;

/** Does what a person asked for in a panel or on a card. What is refused is shown where it was asked. */
export function answer(parts: AnswerParts, message: Asked, view: Answerable): void {
  const approvalId = 'approvalId' in message ? message.approvalId : undefined;
  perform(parts, message, view).then(
    (outcome) => {
      if (outcome?.ok === false) view.refuse(outcome.message, approvalId);
    },
    (error: unknown) => {
      parts.log.error(`"${message.type}" of a view failed.`, error);
      view.refuse(messageOf(error), approvalId);
    },
  );
}

async function perform(
  parts: AnswerParts,
  message: Asked,
  view: Answerable,
): Promise<CommandOutcome | undefined> {
  const { runs, control, drafts } = parts;
  switch (message.type) {
    case 'decide':
      return control.decide(message.runId, message.approvalId, {
        action: message.action,
        shownHash: message.shownHash,
        ...(message.comment !== undefined && { comment: message.comment }),
        ...(message.value !== undefined && { value: message.value }),
      });
    case 'edit': {
      const waiting = runs.waiting().find(({ approval }) => approval.id === message.approvalId);
      if (waiting?.entry.runId !== message.runId) return goneApproval();
      await drafts.open(waiting);
      return undefined;
    }
    case 'open-changes': {
      const waiting = runs.waiting().find(({ approval }) => approval.id === message.approvalId);
      if (waiting?.entry.runId !== message.runId) return goneApproval();
      await parts.changes.open(waiting);
      return undefined;
    }
    case 'open-step-changes': {
      const state = await runs.state(message.runId);
      const changes = state?.changes[message.step] ?? [];
      if (state !== undefined) await openChanges(message.runId, stepTitle(state, message.step), changes);
      return undefined;
    }
    case 'read-diffs': {
      const entry = runs.get(message.runId);
      if (entry === undefined) return undefined;
      const { runtime } = entry.folder;
      const diffs = await fileDiffs(message.files, (hash) => runtime.readArtifact({ hash }));
      view.showDiffs(message.runId, diffs);
      return undefined;
    }
    case 'open-diff':
      await openDiff(message.runId, message);
      return undefined;
    case 'undo-changes':
      return undoWithCare(runs, control, message.runId, message.step, message.paths);
    case 'pause':
      return control.pause(message.runId);
    case 'resume':
      return control.resume(message.runId);
    case 'cancel':
      return control.cancel(message.runId);
    case 'open-run':
      parts.openRun(message.runId);
      return undefined;
    case 'open-workflow':
      await openWorkflowOfRun(runs, message.runId, message.step);
      return undefined;
    case 'open-artifact':
      await openArtifact(message.runId, message);
      return undefined;
    case 'open-file':
      await openWorkspaceFile(message.path, message.line);
      return undefined;
    case 'open-log':
      await openOutput(runs, message);
      return undefined;
    case 'start':
      // Only a panel that shows the form of the inputs asks this, and it listens itself.
      return undefined;
    default:
      return message satisfies never;
  }
}

function goneApproval(): CommandOutcome {
  return {
    ok: false,
    code: 'unknown-approval',
    message: vscode.l10n.t('This step no longer waits for a decision.'),
  };
}
