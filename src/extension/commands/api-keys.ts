import * as vscode from 'vscode';
import { healthDetail } from '../models/provider-words';
import type { Command } from './command';
import { enterKey } from './enter-key';
import { pickProvider } from './pick-provider';

/** Asks for a key and stores it once its provider takes it, or when the person wants it kept untried. */
export const setApiKey: Command = async (parts, argument) => {
  const { keys, window, lastFaults } = parts.models;
  const status = await pickProvider(
    window,
    argument,
    vscode.l10n.t('Set API Key'),
    ({ name }) => name !== 'vscode',
    vscode.l10n.t('No provider takes a key.'),
  );
  if (status === undefined) return;
  const entered = await enterKey(parts, status);
  if (entered === undefined) return;
  const { title } = status;
  await keys.storeKey(status.name, entered.key);
  lastFaults.forget(status.name);
  if (entered.report === undefined) {
    parts.log.info(`The key of ${title} is kept, untried.`);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The key of {0} is kept in the secret storage. It was not tried.', title),
    );
    return;
  }
  parts.log.info(`${title} takes its new key: ${healthDetail(entered.report)}.`);
  const choose = vscode.l10n.t('Choose Model…');
  const text = vscode.l10n.t('{0} takes the key. It is kept in the secret storage.', title);
  if ((await vscode.window.showInformationMessage(text, choose)) === choose)
    await vscode.commands.executeCommand('baton.chooseModel', status.name);
};

export const removeApiKey: Command = async ({ models: { window, keys } }, argument) => {
  const stored = new Set<string>();
  for (const { name } of await window.current().status()) if (await keys.hasStoredKey(name)) stored.add(name);
  const status = await pickProvider(
    window,
    argument,
    vscode.l10n.t('Remove API Key'),
    ({ name }) => stored.has(name),
    vscode.l10n.t('No key is kept in the secret storage.'),
  );
  if (status === undefined) return;
  if (!stored.has(status.name)) {
    const from = status.keyFrom;
    void vscode.window.showInformationMessage(
      from === undefined
        ? vscode.l10n.t('No key of {0} is kept.', status.title)
        : vscode.l10n.t(
            'The key of {0} comes from {1} of the environment; remove it there.',
            status.title,
            from,
          ),
    );
    return;
  }
  await keys.removeKey(status.name);
  void vscode.window.showInformationMessage(vscode.l10n.t('The key of {0} is removed.', status.title));
};
