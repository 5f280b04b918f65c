import * as vscode from 'vscode';
import { CancelledError } from '../../core/base/abort';
import { messageOf } from '../../core/model/errors';
import type { CallFault } from '../../core/model/model-call';
import { factsOf } from '../../core/providers/provider-error';
import type { ProviderStatus } from '../../core/runtime-port';
import { configureProvider } from '../models/model-configuration';
import { healthDetail } from '../models/provider-words';
import type { Command } from './command';
import { pickProvider } from './pick-provider';

/** Asks a provider whether it answers, without spending tokens. */
export const testProvider: Command = async ({ models: { window, lastFaults }, log }, argument) => {
  const status = await pickProvider(
    window,
    argument,
    vscode.l10n.t('Test Provider'),
    ({ enabled }) => enabled,
    vscode.l10n.t('Every provider is switched off.'),
    { takesOnlyOne: true },
  );
  if (status === undefined) return;
  const asking = new AbortController();
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Asking {0}…', status.title),
    cancellable: true,
  };
  const found = await vscode.window.withProgress(progress, async (_report, token) => {
    token.onCancellationRequested(() => asking.abort(new CancelledError()));
    try {
      return { report: await window.current().test(status.name, { signal: asking.signal }) };
    } catch (error) {
      return { why: messageOf(error), fault: factsOf(error)?.fault };
    }
  });
  if (asking.signal.aborted) return;
  if ('report' in found) {
    lastFaults.forget(status.name);
    const said = healthDetail(found.report);
    log.info(`${status.title} was tested: ${said}.`);
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} is well: {1}.', status.title, said));
    return;
  }
  log.warn(`${status.title} was tested: ${found.why}`);
  const fix = fixOf(status, found.fault);
  const chosen = await vscode.window.showWarningMessage(found.why, ...(fix === undefined ? [] : [fix.title]));
  if (fix !== undefined && chosen === fix.title)
    await vscode.commands.executeCommand(fix.command, status.name);
};

/** Has the editor ask the person whether Baton may use its models. */
export const allowEditorModels: Command = async ({ models: { editorModels, window } }) => {
  const asking = new AbortController();
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t("Asking one of the editor's models…"),
    cancellable: true,
  };
  const name = await vscode.window.withProgress(progress, async (_report, token) => {
    token.onCancellationRequested(() => asking.abort(new CancelledError()));
    return editorModels.allow(asking.signal).catch((error: unknown) => {
      if (asking.signal.aborted) return undefined;
      throw error;
    });
  });
  if (name === undefined) return;
  await window.current().refresh();
  void vscode.window.showInformationMessage(vscode.l10n.t('Baton may ask {0}.', name));
};

export const refreshProviders: Command = ({ models: { window } }) => window.current().refresh();

export const enableProvider: Command = (parts, argument) => switchProvider(true, parts, argument);
export const disableProvider: Command = (parts, argument) => switchProvider(false, parts, argument);

export const showProviders: Command = async ({ models: { tree } }) => {
  tree.showAll();
  await vscode.commands.executeCommand('baton.providers.focus');
};

export const openModelSettings: Command = () =>
  Promise.resolve(vscode.commands.executeCommand('workbench.action.openSettings', '@ext:baton.baton models'));

async function switchProvider(
  enabled: boolean,
  { models: { window } }: Parameters<Command>[0],
  argument: unknown,
): Promise<void> {
  const status = await pickProvider(
    window,
    argument,
    enabled ? vscode.l10n.t('Switch Provider On') : vscode.l10n.t('Switch Provider Off'),
    (candidate) => candidate.enabled !== enabled,
    enabled
      ? vscode.l10n.t('No provider is switched off.')
      : vscode.l10n.t('Every provider is switched off already.'),
  );
  if (status !== undefined) await configureProvider(status, { enabled });
}

/** What helps: a key only where the key was refused or is missing. */
function fixOf(
  { name, fix, keyFrom }: ProviderStatus,
  fault: CallFault | undefined,
): { readonly title: string; readonly command: string } | undefined {
  if (name === 'vscode')
    return fix === 'allow'
      ? { title: vscode.l10n.t('Allow'), command: 'baton.allowEditorModels' }
      : undefined;
  if (fault === 'auth' || (fault === undefined && keyFrom === undefined))
    return { title: vscode.l10n.t('Set API Key…'), command: 'baton.setApiKey' };
  if (fault === 'model-gone') return { title: vscode.l10n.t('Choose Model…'), command: 'baton.chooseModel' };
  return { title: vscode.l10n.t('Try Again'), command: 'baton.testProvider' };
}
