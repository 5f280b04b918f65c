import * as vscode from 'vscode';
import { CancelledError } from '../../core/base/abort';
import { messageOf } from '../../core/model/errors';
import { factsOf } from '../../core/providers/provider-error';
import type { HealthReport } from '../../core/providers/provider';
import type { ProviderStatus } from '../../core/runtime-port';
import type { Parts } from './command';

/** Where people get a key. */
const KEY_PAGES: Readonly<Record<string, string>> = {
  claude: 'https://platform.claude.com/settings/keys',
  gemini: 'https://aistudio.google.com/apikey',
  openai: 'https://platform.openai.com/api-keys',
};

/** A key as typed, and what its provider said of it. Without a report the person keeps it untried. */
export interface EnteredKey {
  readonly key: string;
  readonly report?: HealthReport;
}

/**
 * One masked field that stays open until its provider takes the key: what is wrong is told below it, where it is mended.
 * Undefined when the person closed it; nothing is asked any more then.
 */
export function enterKey({ models, log }: Parts, status: ProviderStatus): Promise<EnteredKey | undefined> {
  const { name, title } = status;
  const input = vscode.window.createInputBox();
  const page = KEY_PAGES[name];
  const open = {
    iconPath: new vscode.ThemeIcon('link-external'),
    tooltip: vscode.l10n.t('Get a Key of {0}', title),
  };
  const keep = {
    iconPath: new vscode.ThemeIcon('save'),
    tooltip: vscode.l10n.t('Keep the Key Without Trying It'),
  };
  const hint = vscode.l10n.t(
    'It is tried once, without cost, and kept in the secret storage of this editor.',
  );
  let trying: AbortController | undefined;

  const stopTrying = (): void => {
    trying?.abort(new CancelledError());
    trying = undefined;
    input.busy = false;
    input.prompt = hint;
  };
  /** The key as typed, when it can be one. */
  const typed = (): string | undefined => {
    const key = input.value.trim();
    const fault = keyFault(key);
    if (fault !== undefined) input.validationMessage = fault;
    return fault === undefined ? key : undefined;
  };
  const ask = async (key: string): Promise<EnteredKey | undefined> => {
    const own = (trying = new AbortController());
    input.busy = true;
    input.validationMessage = undefined;
    input.prompt = vscode.l10n.t('Asking {0} whether it takes the key…', title);
    try {
      return { key, report: await models.window.current().test(name, { key, signal: own.signal }) };
    } catch (error) {
      // Another key is tried meanwhile, or nobody waits any more.
      if (trying !== own) return undefined;
      log.info(`The key of ${title} was tried: ${messageOf(error)}`);
      stopTrying();
      input.validationMessage = whyNot(error, title);
      // What was wrong is replaced by the next paste.
      if (factsOf(error)?.fault === 'auth') input.valueSelection = [0, input.value.length];
      return undefined;
    }
  };

  input.title = vscode.l10n.t('API key of {0}', title);
  input.prompt = hint;
  input.placeholder = vscode.l10n.t('Paste the key');
  input.password = true;
  // People fetch the key from a browser.
  input.ignoreFocusOut = true;
  input.buttons = page === undefined ? [keep] : [open, keep];
  return new Promise<EnteredKey | undefined>((resolve) => {
    input.onDidTriggerButton((button) => {
      if (button === keep) {
        const key = typed();
        if (key !== undefined) resolve({ key });
      } else if (page !== undefined) void vscode.env.openExternal(vscode.Uri.parse(page));
    });
    input.onDidChangeValue(() => {
      stopTrying();
      input.validationMessage = undefined;
    });
    input.onDidHide(() => resolve(undefined));
    input.onDidAccept(async () => {
      if (trying !== undefined) return;
      const key = typed();
      const entered = key === undefined ? undefined : await ask(key);
      if (entered !== undefined) resolve(entered);
    });
    input.show();
  }).finally(() => {
    stopTrying();
    input.dispose();
  });
}

/** What is certainly no key, said before it is sent anywhere. */
function keyFault(key: string): string | undefined {
  if (key === '') return vscode.l10n.t('Paste the key first.');
  return /\s/.test(key) ? vscode.l10n.t('A key has no spaces and no line breaks.') : undefined;
}

/** Why the key was not kept, and what to do here: a refused key is the key's fault, everything else may pass. */
function whyNot(error: unknown, title: string): vscode.InputBoxValidationMessage {
  const facts = factsOf(error);
  if (facts?.fault === 'auth') {
    const status = facts.status === undefined ? '' : ` (HTTP ${facts.status})`;
    return {
      message: vscode.l10n.t(
        '{0} refused this key{1}. Check that all of it was copied, and that the account may use it.',
        title,
        status,
      ),
      severity: vscode.InputBoxValidationSeverity.Error,
    };
  }
  // The rest of the sentence is for whoever runs a workflow.
  const [why = ''] = messageOf(error).split(/(?<=\.) /);
  return {
    message: vscode.l10n.t(
      '{0} Press Enter to try again, or keep the key untried with the button above.',
      why,
    ),
    severity: vscode.InputBoxValidationSeverity.Warning,
  };
}
