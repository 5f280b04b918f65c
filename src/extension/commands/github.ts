import * as vscode from 'vscode';
import { signIn } from '../tools/github-session';
import type { Command } from './command';

/** Lets agents search GitHub in the name of the person, who is asked by the editor itself. */
export const signInToGitHub: Command = async ({ log }) => {
  let account: string;
  try {
    account = await signIn();
  } catch (error) {
    // Whoever closes the dialog knows that they did.
    log.info(`No sign-in to GitHub: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Agents search GitHub as {0} now. They get the results, never the token.', account),
  );
};
