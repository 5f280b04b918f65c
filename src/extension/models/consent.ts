import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';

const ALLOWED = 'baton.editorModels.allowed';

type Offered = Pick<vscode.LanguageModelChat, 'vendor'>;

/** What an extension context lends for it. Editors without language models have no access information. */
export interface ConsentContext {
  readonly memory: vscode.Memento;
  readonly access: vscode.LanguageModelAccessInformation | undefined;
}

/**
 * Whether the editor's models may be asked. The editor shows a dialog at the first request of an extension, and newer ones say
 * beforehand that they would let every request pass: so a vendor counts as allowed only once it has answered, and before that
 * nothing is sent unless a person in this window has just done something that wants an answer.
 */
export class Consent implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new vscode.EventEmitter<void>());
  private readonly refused = new Set<string>();
  private hasActed = false;

  readonly onDidChange = this.changed.event;

  constructor(private readonly context: ConsentContext) {
    if (context.access) this.store.add(context.access.onDidChange(() => this.changed.fire()));
  }

  /** No dialog would come: the vendor answered before, and the editor does not say that this is over. */
  isGiven(model: vscode.LanguageModelChat): boolean {
    return this.allowed().includes(model.vendor) && this.context.access?.canSendRequest(model) !== false;
  }

  /** Whether a request may leave now, even if the editor then asks the person. */
  mayAsk(model: vscode.LanguageModelChat): boolean {
    if (this.isGiven(model)) return true;
    return this.hasActed && !this.refused.has(model.vendor);
  }

  /**
   * A person ran, resumed or approved something in this window. A refusal stands until they allow it themselves.
   * True the first time.
   */
  personActs(): boolean {
    if (this.hasActed) return false;
    this.hasActed = true;
    this.changed.fire();
    return true;
  }

  /** The person wants to be asked, whatever they answered before. */
  askAgain(): void {
    this.hasActed = true;
    this.refused.clear();
    this.changed.fire();
  }

  /** A request was let pass. */
  given({ vendor }: Offered): void {
    this.refused.delete(vendor);
    const allowed = this.allowed();
    if (allowed.includes(vendor)) return;
    void this.context.memory.update(ALLOWED, [...allowed, vendor]);
    this.changed.fire();
  }

  /** A request was not let pass. */
  denied({ vendor }: Offered): void {
    this.refused.add(vendor);
    const allowed = this.allowed();
    if (allowed.includes(vendor))
      void this.context.memory.update(
        ALLOWED,
        allowed.filter((other) => other !== vendor),
      );
    this.changed.fire();
  }

  dispose(): void {
    this.store.dispose();
  }

  private allowed(): readonly string[] {
    const kept: unknown = this.context.memory.get(ALLOWED);
    return Array.isArray(kept) ? kept.filter((vendor) => typeof vendor === 'string') : [];
  }
}
