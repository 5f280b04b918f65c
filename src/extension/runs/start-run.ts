import * as vscode from 'vscode';
import { parseViewMessage } from '../../../webview/protocol';
import { isJsonObject, type JsonObject } from '../../core/base/json';
import { messageOf } from '../../core/model/errors';
import type { WorkflowDefinition } from '../../core/model/workflow';
import type { Refusal, WorkflowText } from '../../core/runtime-port';
import { resolveInputs } from '../../core/workflow/inputs';
import type { Consent } from '../models/consent';
import { collectInputs } from './inputs';
import { fixesOf, refusalText, type RefusalFix } from './refusal-words';
import type { FolderRuntime, RuntimeAccess } from './runtime-access';
import type { Runs } from './runs';
import { settings } from '../settings';
import { requireTrust } from '../trust';
import type { RunPanels } from '../views/run-panels';
import { person } from '../vscode-host';

export interface StartWish {
  readonly folder: vscode.WorkspaceFolder;
  readonly workflow: WorkflowText;
  /** The file, when it is one that can be opened. */
  readonly uri?: vscode.Uri;
  readonly rehearsal: boolean;
  /** Ask for every input, also for those with a default. */
  readonly withInputs: boolean;
  /** The person was in a list and goes on there. */
  readonly preserveFocus: boolean;
}

/** From a wish to a run with its panel open: trust, check, inputs, start. */
export class StartRun {
  constructor(
    private readonly access: RuntimeAccess,
    private readonly runs: Runs,
    private readonly panels: RunPanels,
    private readonly memory: vscode.Memento,
    private readonly consent: Consent,
  ) {}

  /** The run's id; undefined when it was refused or left, which the person has been told. */
  async start(wish: StartWish): Promise<string | undefined> {
    if (!wish.rehearsal && !requireTrust(vscode.l10n.t('run this workflow'))) return undefined;
    const folder = await this.access.get(wish.folder);
    const parsed = await folder.runtime.check(wish.workflow);
    const { definition } = parsed;
    if (definition === undefined) {
      const errors = parsed.diagnostics.filter(({ severity }) => severity === 'error').length;
      await tellInvalid(wish, errors);
      return undefined;
    }
    // A rehearsal shows a missing input as <name>: there is nothing it must ask.
    const asks = !wish.rehearsal || wish.withInputs;
    const collected = asks
      ? await collectInputs(definition, this.lastInputs(wish), wish.withInputs)
      : ({ type: 'values', values: {} } as const);
    if (collected.type === 'cancelled') return undefined;
    if (collected.type === 'form') {
      this.showForm(wish, folder, definition, collected.values);
      return undefined;
    }
    const started = await this.begin(wish, folder, collected.values);
    if (started === undefined) return undefined;
    this.panels.open(started, { preserveFocus: wish.preserveFocus });
    return started;
  }

  private async begin(
    wish: StartWish,
    folder: FolderRuntime,
    inputs: JsonObject,
  ): Promise<string | undefined> {
    // What a person starts may ask for the editor's models; the editor then asks the person.
    if (this.consent.personActs()) await folder.runtime.models.refresh();
    const outcome = await folder.runtime.start({
      workflow: wish.workflow,
      inputs,
      mode: settings.approvals(),
      rehearsal: wish.rehearsal,
      by: person().name,
      trusted: vscode.workspace.isTrusted,
    });
    if ('refusal' in outcome) {
      // Not waited for: a message may stand unanswered for long, and whoever asked has to know now that nothing began.
      void this.offerFixes(wish, outcome.refusal);
      return undefined;
    }
    if (Object.keys(inputs).length > 0) await this.memory.update(memoryKey(wish), inputs);
    await this.runs.follow(folder, outcome.runId);
    return outcome.runId;
  }

  private async offerFixes(wish: StartWish, refusal: Refusal): Promise<void> {
    try {
      const fix = await askRefused(wish, refusal);
      if (fix === 'set-api-key') await vscode.commands.executeCommand('baton.setApiKey');
      // The file may have changed while the message stood there: the command reads it again.
      else if (fix === 'rehearse' && wish.uri !== undefined)
        await vscode.commands.executeCommand('baton.rehearseWorkflow', wish.uri);
      else if (fix === 'rehearse') await this.start({ ...wish, rehearsal: true, withInputs: false });
      else if (fix === 'try-again') await this.start(wish);
      else if (fix === 'open-workflow' && wish.uri !== undefined) await openAtFault(wish.uri, refusal);
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
    }
  }

  /** The panel first shows the inputs as fields, then becomes the run's own. */
  private showForm(
    wish: StartWish,
    folder: FolderRuntime,
    definition: WorkflowDefinition,
    values: JsonObject,
  ): void {
    const panel = this.panels.create(definition.name, false);
    const listening = panel.webview.onDidReceiveMessage(async (data: unknown) => {
      const message = parseViewMessage(data);
      if (message?.type === 'ready') {
        await panel.webview.postMessage({
          type: 'inputs-form',
          workflow: definition.name,
          inputs: definition.inputs,
          values,
          ...(definition.description !== undefined && { description: definition.description }),
        });
      }
      if (message?.type !== 'start') return;
      const { problems } = resolveInputs(definition.inputs, message.values, { allowMissing: wish.rehearsal });
      const [problem] = problems;
      if (problem !== undefined) {
        await panel.webview.postMessage({ type: 'refused', message: problem.message });
        return;
      }
      const runId = await this.begin(wish, folder, message.values);
      if (runId === undefined) {
        await panel.webview.postMessage({
          type: 'refused',
          message: vscode.l10n.t('The run did not start.'),
        });
        return;
      }
      listening.dispose();
      await this.panels.adopt(panel, runId).showAll();
    });
    panel.onDidDispose(() => void listening.dispose());
  }

  private lastInputs(wish: StartWish): JsonObject {
    const kept: unknown = this.memory.get(memoryKey(wish));
    return isJsonObject(kept) ? kept : {};
  }
}

function memoryKey({ folder, workflow }: StartWish): string {
  return `inputs:${folder.uri.toString()}:${workflow.path}`;
}

async function tellInvalid({ uri, workflow }: StartWish, errors: number): Promise<void> {
  const show = vscode.l10n.t('Show Problems');
  const text =
    errors === 1
      ? vscode.l10n.t('{0} has an error, so it cannot run.', workflow.path)
      : vscode.l10n.t('{0} has {1} errors, so it cannot run.', workflow.path, errors);
  const chosen = await vscode.window.showErrorMessage(text, ...(uri ? [show] : []));
  if (chosen !== show || uri === undefined) return;
  await vscode.window.showTextDocument(uri);
  await vscode.commands.executeCommand('workbench.actions.view.problems');
}

const FIX_TITLES: Readonly<Record<RefusalFix, () => string>> = {
  'set-api-key': () => vscode.l10n.t('Set API Key…'),
  rehearse: () => vscode.l10n.t('Rehearse'),
  'open-workflow': () => vscode.l10n.t('Open Workflow'),
  'try-again': () => vscode.l10n.t('Try Again'),
};

/** Says why, and gives what the person chose to do about it. */
async function askRefused({ uri }: StartWish, refusal: Refusal): Promise<RefusalFix | undefined> {
  const items = fixesOf(refusal, uri !== undefined).map((fix) => ({ title: FIX_TITLES[fix](), fix }));
  return (await vscode.window.showErrorMessage(refusalText(refusal), ...items))?.fix;
}

async function openAtFault(uri: vscode.Uri, { diagnostics: [first] }: Refusal): Promise<void> {
  const line = Math.max(0, (first?.range.start.line ?? 1) - 1);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(line, 0, line, 0) });
}
