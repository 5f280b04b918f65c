import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../core/base/disposable';
import { messageOf } from '../core/model/errors';
import { removeApiKey, setApiKey } from './commands/api-keys';
import { chooseModel } from './commands/choose-model';
import type { Command, Parts } from './commands/command';
import * as control from './commands/control-run';
import * as decide from './commands/decide-step';
import * as drafts from './commands/drafts';
import { newWorkflow } from './commands/new-workflow';
import * as notes from './commands/notes';
import * as open from './commands/open-results';
import * as providers from './commands/providers';
import * as run from './commands/run-workflow';
import * as save from './commands/save-results';
import { signInToGitHub } from './commands/github';
import { setSecret } from './commands/secrets';
import { undoChanges } from './commands/undo-changes';
import { validateWorkflow } from './commands/validate-workflow';

const onActivePanel =
  (command: Command): Command =>
  async (parts) => {
    const runId = parts.panels.active();
    return runId === undefined ? undefined : command(parts, runId);
  };

/** Every command of package.json by its id without "baton.". */
const commands: Readonly<Record<string, Command>> = {
  runWorkflow: run.runWorkflow,
  runWorkflowWithInputs: run.runWorkflowWithInputs,
  rehearseWorkflow: run.rehearseWorkflow,
  reviewFolder: run.reviewFolder,
  validateWorkflow,
  newWorkflow,
  openWorkflow: open.openWorkflowFile,
  openRun: control.openRun,
  resumeRun: control.resumeRun,
  pauseRun: control.pauseRun,
  cancelRun: control.cancelRun,
  showActiveRuns: control.showActiveRuns,
  copyRunId: control.copyRunId,
  reviewApproval: decide.reviewApproval,
  approveStep: decide.approveStep,
  editResult: decide.editResult,
  retryStep: decide.retryStep,
  skipStep: decide.skipStep,
  undoChanges,
  openReport: open.openReport,
  openArtifact: open.openArtifact,
  openStepOutput: open.openStepOutput,
  openWorkflowOfRun: open.openWorkflowOfRun,
  saveArtifacts: save.saveArtifacts,
  saveToWorkspace: save.saveToWorkspace,
  exportRun: save.exportRun,
  approveDraft: drafts.approveDraft,
  discardDraft: drafts.discardDraft,
  setApiKey,
  removeApiKey,
  setSecret,
  signInToGitHub,
  chooseModel,
  testProvider: providers.testProvider,
  allowEditorModels: providers.allowEditorModels,
  refreshProviders: providers.refreshProviders,
  enableProvider: providers.enableProvider,
  disableProvider: providers.disableProvider,
  showProviders: providers.showProviders,
  openModelSettings: providers.openModelSettings,
  'note.show': notes.showNote,
  'note.openSetting': notes.openNoteSetting,
  askToolServers: notes.askToolServers,
  showLog: async ({ channel }) => channel.show(),
  refreshWorkflows: ({ files }) => files.scan(),
  'panel.pause': onActivePanel(control.pauseRun),
  'panel.resume': onActivePanel(control.resumeRun),
  'panel.cancel': onActivePanel(control.cancelRun),
  'panel.openWorkflow': onActivePanel(open.openWorkflowOfRun),
};

/** Registers them all. A command that fails says why, in one sentence, and leaves the rest in the log. */
export function registerCommands(parts: Parts): Disposable {
  const store = new DisposableStore();
  for (const [name, command] of Object.entries(commands)) {
    store.add(
      vscode.commands.registerCommand(`baton.${name}`, async (...args: unknown[]) => {
        try {
          return await command(parts, ...args);
        } catch (error) {
          parts.log.error(`The command ${name} failed.`, error);
          const showLog = vscode.l10n.t('Show Log');
          const chosen = await vscode.window.showErrorMessage(messageOf(error), showLog);
          if (chosen === showLog) parts.channel.show();
          return undefined;
        }
      }),
    );
  }
  return store;
}
