import * as vscode from 'vscode';
import type { Clock } from '../../core/base/clock';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import type { EditorModels, EditorModelsStanding } from '../../core/providers/model-settings';
import { factsOf } from '../../core/providers/provider-error';
import type {
  ChatAnswer,
  ChatOptions,
  ChatRequest,
  HealthReport,
  OfferedModel,
} from '../../core/providers/provider';
import type { Consent } from './consent';
import { countRequest, editorAnswer } from './editor-answer';
import { EDITOR_PROVIDER, editorError, NO_CONSENT } from './editor-faults';
import { orCancelled } from './or-cancelled';
import { findModel, nameOf, offer, offeredModels, onDidChangeOffer, preferredModel } from './offered-models';

/** The models that other extensions offer in this editor, as a provider like every other: without a key, with consent. */
export class VscodeModel implements EditorModels, Disposable {
  readonly name = EDITOR_PROVIDER;
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());

  /** The offer or the consent changed. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly clock: Clock,
    private readonly consent: Consent,
    private readonly offered: () => Promise<readonly vscode.LanguageModelChat[]> = offeredModels,
  ) {
    this.store.add(onDidChangeOffer(() => this.changed.fire()));
    this.store.add(consent.onDidChange(() => this.changed.fire()));
  }

  async standing(): Promise<EditorModelsStanding> {
    const all = await this.offered().catch(() => []);
    const preferred = this.preferred(all);
    if (preferred === undefined)
      return {
        state: 'no-models',
        detail: vscode.l10n.t('No extension offers a model in this editor.'),
      };
    if (!this.consent.mayAsk(preferred))
      return {
        state: 'no-consent',
        detail: vscode.l10n.t('{0} is offered; nobody has allowed Baton to ask it yet.', preferred.name),
      };
    return { state: 'ready', model: nameOf(preferred, all), offered: all.length };
  }

  async chat(request: ChatRequest, options: ChatOptions): Promise<ChatAnswer> {
    const { model, name } = await this.find(request.model, options.signal);
    if (!this.consent.mayAsk(model)) throw editorError('auth', { raw: NO_CONSENT });
    const asking = {
      model,
      name,
      clock: this.clock,
      isAllowed: this.consent.isGiven(model),
      onAllowed: () => this.consent.given(model),
    };
    try {
      return await editorAnswer(asking, request, options);
    } catch (error) {
      if (isDenied(error)) this.consent.denied(model);
      throw error;
    }
  }

  /** Asks no model: counting is done by the extension that offers it. */
  async healthCheck(signal: AbortSignal): Promise<HealthReport> {
    const start = this.clock.monotonic();
    const all = await this.all(signal);
    const model = this.preferred(all);
    if (model === undefined) throw editorError('model-gone');
    if (!this.consent.mayAsk(model)) throw editorError('auth', { raw: NO_CONSENT });
    await orCancelled(model.countTokens('Is anybody there?'), signal);
    return {
      latencyMs: this.clock.monotonic() - start,
      detail:
        all.length === 1 ? vscode.l10n.t('1 model offered') : vscode.l10n.t('{0} models offered', all.length),
    };
  }

  async models(signal: AbortSignal): Promise<readonly OfferedModel[]> {
    return offer(await this.all(signal));
  }

  async countTokens(request: ChatRequest, signal: AbortSignal): Promise<number | undefined> {
    const source = new vscode.CancellationTokenSource();
    try {
      const { model } = await this.find(request.model, signal);
      return await orCancelled(countRequest(model, request, source.token), signal);
    } finally {
      source.cancel();
      source.dispose();
    }
  }

  /**
   * Has the editor ask the person, if it ever does: sends a request of one word and takes it back as soon as it is let pass.
   * Only for a person's own action. Gives the model's name; rejects with a `ProviderError`.
   */
  async allow(signal: AbortSignal): Promise<string> {
    this.consent.askAgain();
    const all = await this.all(signal);
    const model = this.preferred(all);
    if (model === undefined) throw editorError('model-gone');
    const request: ChatRequest = {
      model: nameOf(model, all),
      messages: [{ role: 'user', text: 'Answer with the word "ready".' }],
      tools: [],
      maxOutputTokens: 16,
    };
    const timeouts = { firstByte: 30_000, idle: 30_000, total: 60_000 };
    await this.chat(request, { signal, stream: true, timeouts });
    return model.name;
  }

  dispose(): void {
    this.store.dispose();
  }

  /** What may be asked comes before what may not. */
  private preferred(all: readonly vscode.LanguageModelChat[]): vscode.LanguageModelChat | undefined {
    return preferredModel(all.filter((model) => this.consent.isGiven(model))) ?? preferredModel(all);
  }

  private async all(signal: AbortSignal): Promise<readonly vscode.LanguageModelChat[]> {
    return orCancelled(this.offered(), signal);
  }

  private async find(
    wanted: string,
    signal: AbortSignal,
  ): Promise<{ readonly model: vscode.LanguageModelChat; readonly name: string }> {
    const all = await this.all(signal);
    const model = findModel(wanted, all);
    if (model === undefined) throw editorError('model-gone');
    return { model, name: nameOf(model, all) };
  }
}

function isDenied(error: unknown): boolean {
  return factsOf(error)?.raw === 'NoPermissions';
}
