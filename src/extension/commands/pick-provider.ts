import * as vscode from 'vscode';
import type { ProviderStatus } from '../../core/runtime-port';
import { providerLine, providerLook } from '../models/provider-words';
import type { WindowModels } from '../models/window-models';

/** The provider that a menu or another command names: its name, or a row of the tree. */
function providerIn(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null || !('provider' in argument)) return undefined;
  return typeof argument.provider === 'string' ? argument.provider : undefined;
}

/** Said where no provider fits, with what can be done about it. */
export interface NoneFits {
  readonly text: string;
  readonly fix: { readonly title: string; readonly command: string };
}

/**
 * The provider a command is about: the one that is named, else the one that the person picks among those that fit.
 * `takesOnlyOne`: where only one fits there is nothing to pick, as what comes next names it.
 */
export async function pickProvider(
  models: WindowModels,
  argument: unknown,
  title: string,
  fits: (status: ProviderStatus) => boolean,
  none: string | NoneFits,
  { takesOnlyOne = false } = {},
): Promise<ProviderStatus | undefined> {
  const all = await models.current().status();
  const named = providerIn(argument);
  if (named !== undefined) {
    const status = all.find(({ name }) => name === named);
    if (status === undefined) throw new Error(vscode.l10n.t('There is no provider "{0}".', named));
    return status;
  }
  const fitting = all.filter(fits);
  if (fitting.length === 0) {
    void tellNone(none);
    return undefined;
  }
  if (takesOnlyOne && fitting.length === 1) return fitting[0];
  const chosen = await vscode.window.showQuickPick(
    fitting.map((status) => ({
      label: status.title,
      iconPath: providerLook(status).icon,
      description: providerLine(status),
      ...(status.model !== undefined && { detail: status.model }),
      status,
    })),
    { title, placeHolder: vscode.l10n.t('Choose a provider') },
  );
  return chosen?.status;
}

async function tellNone(none: string | NoneFits): Promise<void> {
  if (typeof none === 'string') {
    void vscode.window.showInformationMessage(none);
    return;
  }
  const { text, fix } = none;
  if ((await vscode.window.showInformationMessage(text, fix.title)) === fix.title)
    await vscode.commands.executeCommand(fix.command);
}
