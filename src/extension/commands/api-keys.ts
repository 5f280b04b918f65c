import * as vscode from 'vscode';
import { CancelledError } from '../../core/base/abort';
import { messageOf } from '../../core/model/errors';
import type { HealthReport } from '../../core/providers/provider';
import type { ProviderStatus } from '../../core/runtime-port';
import { healthDetail } from '../models/provider-words';
import type { Command, Parts } from './command';
import { pickProvider } from './pick-provider';

/** Where people get a key. */
const KEY_PAGES: Readonly<Record<string, string>> = {
  claude: 'https://platform.claude.com/settings/keys',
  gemini: 'https://aistudio.google.com/apikey',
  openai: 'https://platform.openai.com/api-keys',
};

/** Asks for a key, tries it, and only then stores it. A key that does not work is stored only if the person insists. */
export const setApiKey: Command = async (parts, argument) => {
  const status = await pickProvider(
    parts.models.window,
    argument,
    vscode.l10n.t('Set API Key'),
    ({ name }) => name !== 'vscode',
    vscode.l10n.t('No provider takes a key.'),
  );
  if (status === undefined) return;
  let typed = '';
  for (;;) {
    const entered = await enterKey(parts, status, typed);
    if (entered === undefined) return;
    typed = entered.key;
    if ('report' in entered) {
      await parts.models.keys.storeKey(status.name, entered.key);
      parts.log.info(`${status.title} takes its new key: ${healthDetail(entered.report)}.`);
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0} takes the key. It is kept in the secret storage.', status.title),
      );
      return;
    }
    const again = vscode.l10n.t('Try Again');
    const anyway = vscode.l10n.t('Store Anyway');
    const text = vscode.l10n.t('The key of {0} was not stored. {1}', status.title, entered.why);
    const chosen = await vscode.window.showWarningMessage(text, again, anyway);
    if (chosen === anyway) await parts.models.keys.storeKey(status.name, entered.key);
    if (chosen !== again) return;
  }
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

type Entered = { readonly key: string } & ({ readonly report: HealthReport } | { readonly why: string });

/** One masked input that stays open while the key is tried. Undefined when the person closed it. */
function enterKey(
  { models, log }: Parts,
  status: ProviderStatus,
  typed: string,
): Promise<Entered | undefined> {
  const input = vscode.window.createInputBox();
  const trying = new AbortController();
  const page = KEY_PAGES[status.name];
  const open = {
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: vscode.l10n.t('Open the Page of Keys'),
  };
  input.title = vscode.l10n.t('API key of {0}', status.title);
  input.prompt = vscode.l10n.t('It is tried once, and kept in the secret storage of this editor.');
  input.placeholder = vscode.l10n.t('Paste the key');
  input.password = true;
  // People fetch the key from a browser.
  input.ignoreFocusOut = true;
  input.value = typed;
  if (page !== undefined) input.buttons = [open];
  return new Promise<Entered | undefined>((resolve) => {
    input.onDidTriggerButton(() => {
      if (page !== undefined) void vscode.env.openExternal(vscode.Uri.parse(page));
    });
    input.onDidChangeValue(() => (input.validationMessage = undefined));
    input.onDidHide(() => {
      trying.abort(new CancelledError());
      resolve(undefined);
    });
    input.onDidAccept(async () => {
      const key = input.value.trim();
      const fault = keyFault(key);
      if (fault !== undefined) {
        input.validationMessage = fault;
        return;
      }
      input.enabled = false;
      input.busy = true;
      input.prompt = vscode.l10n.t('Asking {0} whether it takes the key…', status.title);
      try {
        const report = await models.window.current().test(status.name, { key, signal: trying.signal });
        resolve({ key, report });
      } catch (error) {
        if (trying.signal.aborted) return;
        log.info(`The key of ${status.title} was tried: ${messageOf(error)}`);
        resolve({ key, why: messageOf(error) });
      }
      input.hide();
    });
    input.show();
  }).finally(() => input.dispose());
}

/** What is certainly no key, said before it is sent anywhere. */
function keyFault(key: string): string | undefined {
  if (key === '') return vscode.l10n.t('Paste the key first.');
  return /\s/.test(key) ? vscode.l10n.t('A key has no spaces and no line breaks.') : undefined;
}
