import * as vscode from 'vscode';
import { SECRET_NAME } from '../models/keys';
import type { Command } from './command';

/** Stores what a workflow reads as `secrets.NAME`; an empty value removes it. */
export const setSecret: Command = async ({ models: { keys } }, argument) => {
  const name =
    typeof argument === 'string' && SECRET_NAME.test(argument)
      ? argument
      : await vscode.window.showInputBox({
          title: vscode.l10n.t('Set Secret (1/2)'),
          prompt: vscode.l10n.t(
            'Its name, as workflows write it: ${{ secrets.NAME }}, or as a tool wants it: BRAVE_API_KEY',
          ),
          placeHolder: 'DEPLOY_TOKEN',
          ignoreFocusOut: true,
          validateInput: (value) =>
            SECRET_NAME.test(value.trim())
              ? undefined
              : vscode.l10n.t('Letters, digits and underscores; no digit first.'),
        });
  if (name === undefined) return;
  const plain = name.trim();
  const exists = await keys.hasStoredSecret(plain);
  const value = await vscode.window.showInputBox({
    title: vscode.l10n.t('Set Secret (2/2): {0}', plain),
    prompt: exists
      ? vscode.l10n.t('The new value. Empty removes the secret.')
      : vscode.l10n.t(
          'Its value. Commands that name it get it in their environment, and the service whose key it is.',
        ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (typed) =>
      typed === '' && !exists ? vscode.l10n.t('A secret needs a value.') : undefined,
  });
  if (value === undefined) return;
  if (value === '') {
    await keys.removeSecret(plain);
    void vscode.window.showInformationMessage(vscode.l10n.t('The secret {0} is removed.', plain));
    return;
  }
  await keys.storeSecret(plain, value);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The secret {0} is kept in the secret storage.', plain),
  );
};
