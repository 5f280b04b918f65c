import * as vscode from 'vscode';
import { formatDuration } from '../../core/base/duration';
import { attemptNumber, carriedMs } from '../../core/model/attempts';
import type { ArtifactRef } from '../../core/model/artifact';
import { isTerminal, runStatus, type RunState, type StepState } from '../../core/model/run-state';
import { artifactUri } from '../documents/artifact-documents';
import { artifactsOf, artifactsOfStep, reportOf } from '../runs/report';
import type { RunEntry } from '../runs/runs';
import { fileName, formatTime, runLook, stepLook, stepTitle } from '../words';
import { runAbilities } from './run-abilities';

/** A row of the Runs view. */
export type RunsNode =
  | { readonly type: 'folder'; readonly folder: vscode.WorkspaceFolder }
  | { readonly type: 'rehearsals'; readonly folder: vscode.WorkspaceFolder | undefined }
  | RunNode
  | StepNode
  | ArtifactNode;

export interface RunNode {
  readonly type: 'run';
  readonly runId: string;
}
export interface StepNode {
  readonly type: 'step';
  readonly runId: string;
  readonly step: string;
}
export interface ArtifactNode {
  readonly type: 'artifact';
  readonly runId: string;
  readonly step: string;
  readonly ref: ArtifactRef;
}

/** `contextValue` is a list of words that the menus of package.json look for: "run canPause hasArtifacts". */
function words(...flags: readonly (string | false | undefined)[]): string {
  return flags.filter(Boolean).join(' ');
}

export function folderItem(folder: vscode.WorkspaceFolder): vscode.TreeItem {
  const item = new vscode.TreeItem(folder.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `folder:${folder.uri.toString()}`;
  item.iconPath = vscode.ThemeIcon.Folder;
  return item;
}

export function rehearsalsItem(folder: vscode.WorkspaceFolder | undefined, many: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Rehearsals'), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `rehearsals:${folder?.uri.toString() ?? ''}`;
  item.iconPath = new vscode.ThemeIcon('beaker');
  item.description = String(many);
  item.tooltip = vscode.l10n.t('Runs in which nothing was executed.');
  return item;
}

export function runItem(
  entry: RunEntry,
  state: RunState | undefined,
  interrupted: boolean,
  elapsedMs: number,
): vscode.TreeItem {
  const { summary } = entry;
  const look = runLook(summary, interrupted);
  const ended = state === undefined ? summary.endedAt !== undefined : isTerminal(runStatus(state));
  const item = new vscode.TreeItem(
    summary.workflow,
    ended ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded,
  );
  const steps = vscode.l10n.t('{0} of {1} steps', summary.settledSteps, summary.steps);
  const duration = formatDuration(elapsedMs);
  item.id = `run:${entry.runId}`;
  item.iconPath = look.icon;
  item.description = `${summary.settledSteps}/${summary.steps} · ${formatTime(summary.startedAt)}`;
  item.tooltip = runTooltip(entry, state, `${look.word} · ${steps} · ${duration}`);
  item.accessibilityInformation = {
    label: `${summary.rehearsal ? `${vscode.l10n.t('Rehearsal of')} ` : ''}${summary.workflow}, ${look.word}, ${steps}, ${duration}`,
  };
  const abilities = runAbilities(state, interrupted);
  item.contextValue = words(
    'run',
    abilities.canResume && 'canResume',
    abilities.canPause && 'canPause',
    abilities.canCancel && 'canCancel',
    state !== undefined && artifactsOf(state).length > 0 && 'hasArtifacts',
    state !== undefined && reportOf(state) !== undefined && 'hasReport',
  );
  item.command = {
    command: 'baton.openRun',
    title: vscode.l10n.t('Open Run'),
    arguments: [{ type: 'run', runId: entry.runId }],
  };
  return item;
}

function runTooltip(entry: RunEntry, state: RunState | undefined, line: string): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown(`**`).appendText(entry.summary.workflow).appendMarkdown(`**`);
  if (entry.summary.rehearsal) tooltip.appendMarkdown(` · ${vscode.l10n.t('REHEARSAL')}`);
  tooltip.appendMarkdown('\n\n').appendText(line);
  if (entry.summary.path !== undefined) tooltip.appendMarkdown('\n\n').appendText(entry.summary.path);
  const owner = entry.folder.runtime.otherOwner;
  if (owner !== undefined)
    tooltip.appendMarkdown('\n\n').appendText(vscode.l10n.t('Runs in {0}', owner.name));
  if (state?.reason !== undefined) tooltip.appendMarkdown('\n\n').appendText(state.reason);
  return tooltip;
}

export function stepItem(state: RunState, key: string, now: number): vscode.TreeItem {
  const step = state.steps[key];
  const title = stepTitle(state, key);
  const item = new vscode.TreeItem(title);
  if (step === undefined) return item;
  const look = stepLook(step);
  const artifacts = artifactsOfStep(state, key);
  if (artifacts.length > 0)
    item.collapsibleState =
      step.status === 'waiting'
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed;
  const carried = state.carried[key];
  const detail = stepDetail(step, carriedMs(carried, step.attempt), now);
  item.id = `step:${state.runId}:${key}`;
  item.iconPath = look.icon;
  item.description = detail;
  item.tooltip = stepTooltip(step, attemptNumber(carried, step.attempt), title, look.word);
  item.accessibilityInformation = { label: [title, look.word, detail].filter(Boolean).join(', ') };
  const isHeld = step.status === 'pending' && step.held !== undefined;
  // A held step has no gate of its own; the question about the budget is asked once, at one of them.
  const question = isHeld
    ? Object.values(state.openApprovals).find((open) => open.kind === 'budget' && open.step === key)
    : undefined;
  const approvalId = question?.id ?? ('approval' in step ? step.approval : undefined);
  const approval = approvalId === undefined ? undefined : state.openApprovals[approvalId];
  const allows = (action: string) => approval?.allow.some((allowed) => allowed === action) === true;
  item.contextValue = words(
    'step',
    step.attempt > 0 && 'hasOutput',
    approval !== undefined && 'gate',
    allows('approve') && 'canApprove',
    allows('modify') && 'canModify',
    allows('retry') && 'canRetry',
    allows('skip') && 'canSkip',
    (state.changes[key] ?? []).length > 0 && 'hasChanges',
  );
  item.command = {
    command: 'baton.openRun',
    title: vscode.l10n.t('Open Run'),
    arguments: [{ type: 'step', runId: state.runId, step: key } satisfies StepNode],
  };
  return item;
}

/** What stands beside the name: how long it took or takes, or why it stands. */
function stepDetail(step: StepState, earlierMs: number, now: number): string {
  switch (step.status) {
    case 'running':
      return formatDuration(Math.floor((now - step.startedAt + earlierMs) / 1000) * 1000);
    case 'waiting':
    case 'uncertain':
      return stepLook(step).word;
    case 'completed':
    case 'failed':
      return formatDuration(step.usage.durationMs + earlierMs);
    case 'skipped':
    case 'cancelled':
      return stepLook(step).word;
    case 'pending':
      return step.retryAt === undefined && step.held === undefined ? '' : stepLook(step).word;
    default:
      return step satisfies never;
  }
}

function stepTooltip(step: StepState, attempt: number, title: string, word: string): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown('**').appendText(title).appendMarkdown('** · ').appendText(word);
  const say = (text: string | undefined) => {
    if (text !== undefined && text !== '') tooltip.appendMarkdown('\n\n').appendText(text);
  };
  if (step.status === 'completed') say(step.summary);
  if (step.status === 'waiting') say(step.produced?.summary);
  if (step.status === 'failed') say(step.error.message);
  if (step.status === 'skipped') say(step.because);
  if (step.status === 'uncertain' || step.status === 'cancelled') say(step.message);
  if (attempt > 1) say(vscode.l10n.t('Attempt {0}', attempt));
  return tooltip;
}

export function artifactItem(node: ArtifactNode): vscode.TreeItem {
  const item = new vscode.TreeItem(artifactUri(node.runId, node.ref));
  item.id = `artifact:${node.runId}:${node.step}:${node.ref.path}`;
  item.label = fileName(node.ref.path);
  item.iconPath = vscode.ThemeIcon.File;
  item.description = node.ref.path.includes('/')
    ? node.ref.path.slice(0, node.ref.path.lastIndexOf('/'))
    : false;
  item.tooltip = node.ref.path;
  item.contextValue = 'artifact';
  item.command = { command: 'baton.openArtifact', title: vscode.l10n.t('Open Artifact'), arguments: [node] };
  return item;
}
