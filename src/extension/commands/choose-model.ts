import * as vscode from 'vscode';
import { CancelledError } from '../../core/base/abort';
import { messageOf } from '../../core/model/errors';
import { formatTokens, formatUsd } from '../../core/model/spending-words';
import { currentModelsOf, factsOfModel, type ModelFacts } from '../../core/providers/model-facts';
import type { OfferedModel } from '../../core/providers/provider';
import type { ProviderStatus } from '../../core/runtime-port';
import { configureProvider } from '../models/model-configuration';
import type { Command, Parts } from './command';
import { pickProvider } from './pick-provider';

interface ModelItem extends vscode.QuickPickItem {
  /** Absent: another one, typed by hand. */
  readonly model?: string;
}

/** What can be chosen from. */
interface Offer {
  readonly models: readonly OfferedModel[];
  /** Why these are not what the provider itself lists. */
  readonly because?: string;
}

/** Chooses the model that is asked when a step names none, for one provider, among what that provider offers. */
export const chooseModel: Command = async (parts, argument) => {
  const status = await pickProvider(
    parts.models.window,
    argument,
    vscode.l10n.t('Choose Model'),
    hasModels,
    {
      text: vscode.l10n.t('No provider can be asked yet. Set an API key first.'),
      fix: { title: vscode.l10n.t('Set API Key…'), command: 'baton.setApiKey' },
    },
    { takesOnlyOne: true },
  );
  if (status === undefined) return;
  const offer = await list(parts, status);
  if (offer === undefined) return;
  const other: ModelItem = { label: vscode.l10n.t('Another model…'), iconPath: new vscode.ThemeIcon('edit') };
  const chosen = await vscode.window.showQuickPick<ModelItem>(
    [...items(offer, status), { label: '', kind: vscode.QuickPickItemKind.Separator }, other],
    {
      title: vscode.l10n.t('Model of {0}', status.title),
      placeHolder: vscode.l10n.t('Asked when a step names no model'),
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  if (chosen === undefined) return;
  const model = chosen.model ?? (await typeModel(status));
  if (model === undefined) return;
  await configureProvider(status, { defaultModel: model });
  await parts.models.window.current().refresh();
  await tellChosen(parts, status, model);
};

/** Whether there is anything to choose from. The editor's models come from other extensions, so there may be none. */
function hasModels({ name, enabled, state }: ProviderStatus): boolean {
  if (!enabled || state === 'no-key' || state === 'no-consent') return false;
  return name !== 'vscode' || state !== 'no-models';
}

/** What holds now: a folder may have a wish of its own, which goes before the person's choice. */
async function tellChosen({ models }: Parts, { name, title }: ProviderStatus, chosen: string): Promise<void> {
  const asked = (await models.window.current().status()).find((one) => one.name === name)?.model;
  if (asked === undefined || asked === chosen) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is asked for {1} from now on.', title, chosen),
    );
    return;
  }
  void vscode.window.showWarningMessage(
    vscode.l10n.t(
      '{0} is kept as your choice. In this folder {1} is asked for {2}: its own settings say so.',
      chosen,
      title,
      asked,
    ),
  );
}

/** What the provider offers; when it cannot say, what is known of it. Undefined: cancelled. */
async function list({ models, log }: Parts, status: ProviderStatus): Promise<Offer | undefined> {
  const asking = new AbortController();
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Asking {0} for its models…', status.title),
    cancellable: true,
  };
  return vscode.window.withProgress(progress, async (_report, token) => {
    token.onCancellationRequested(() => asking.abort(new CancelledError()));
    try {
      return { models: await models.window.current().offered(status.name, asking.signal) };
    } catch (error) {
      if (asking.signal.aborted) return undefined;
      const because = vscode.l10n.t('{0} did not list its models. {1}', status.title, messageOf(error));
      log.warn(because);
      return { models: knownModels(status), because };
    }
  });
}

/** What the table knows of the vendor, the chosen one in any case. */
function knownModels({ name, model }: ProviderStatus): readonly OfferedModel[] {
  const known = currentModelsOf(name).map(({ id, title }) => ({ id, title }));
  return model === undefined || known.some(({ id }) => id === model) ? known : [{ id: model }, ...known];
}

/** Models whose price and size are known come first, the chosen one before all. */
function items({ models, because }: Offer, status: ProviderStatus): ModelItem[] {
  const rank = ({ id }: OfferedModel): number => {
    if (id === status.model) return 0;
    const facts = factsOfModel(id);
    return facts === undefined ? 2 : facts.status === 'current' ? 1 : 3;
  };
  const sorted = [...models].sort((a, b) => rank(a) - rank(b)).map((model) => item(model, status));
  if (because === undefined) return sorted;
  // Where the list would be, it is told why it is not the provider's own.
  return [{ label: because, kind: vscode.QuickPickItemKind.Separator }, ...sorted];
}

function item({ id, title, context }: OfferedModel, status: ProviderStatus): ModelItem {
  // The editor's models are paid for by a subscription: the vendor's price for a token is not theirs.
  const facts = factsOfModel(id);
  const price = status.name === 'vscode' ? undefined : facts?.price;
  const size = context ?? facts?.context;
  const told = [
    title !== undefined && title !== id ? title : (facts?.title ?? ''),
    size !== undefined && Number.isFinite(size) ? vscode.l10n.t('{0} context', formatTokens(size)) : '',
    price === undefined
      ? ''
      : vscode.l10n.t('{0} in, {1} out per million tokens', formatUsd(price.input), formatUsd(price.output)),
    facts === undefined ? '' : endingOf(facts),
  ].filter(Boolean);
  return {
    label: id,
    ...(id === status.model && {
      iconPath: new vscode.ThemeIcon('check'),
      description: vscode.l10n.t('chosen'),
    }),
    detail: told.join(' · '),
    model: id,
  };
}

function endingOf({ status, successor }: ModelFacts): string {
  if (status === 'current') return '';
  const word = status === 'retired' ? vscode.l10n.t('retired') : vscode.l10n.t('deprecated');
  return successor === undefined ? word : vscode.l10n.t('{0}, use {1}', word, successor);
}

async function typeModel(status: ProviderStatus): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Model of {0}', status.title),
    prompt: vscode.l10n.t('The id of the model, as {0} names it.', status.title),
    value: status.model ?? '',
    validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('Needs the id of a model.') : undefined),
  });
  return typed?.trim();
}
