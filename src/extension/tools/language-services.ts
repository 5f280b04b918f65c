import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/base/disposable';
import { orCancelled } from '../models/or-cancelled';
import { within, type Deadline } from './within';

/** A language server starts within seconds, and tells nobody when it is ready. */
const STARTS_WITHIN = 15_000;
const LOOK_AGAIN = 150;
/** What nobody answered for is asked again after this long: an extension may have become ready. Milliseconds. */
const FORGETS_AFTER = 60_000;

type Outline = readonly (vscode.DocumentSymbol | vscode.SymbolInformation)[];

/**
 * Which languages somebody in the editor answers for. No interface tells, so it is seen: a file's outline is asked for, until one
 * comes or the time in which an extension starts is over.
 */
export class LanguageServices implements Disposable {
  private readonly store = new DisposableStore();
  private readonly answering = new Set<string>();
  private readonly mute = new Map<string, number>();

  constructor() {
    this.store.add(
      vscode.extensions.onDidChange(() => {
        this.answering.clear();
        this.mute.clear();
      }),
    );
  }

  /** True for a language that somebody has answered for in this window. */
  knows(languageId: string): boolean {
    return this.answering.has(languageId);
  }

  /** The outline of a document, waiting for its language's extension to start; undefined when nobody answers. */
  async outline(
    document: vscode.TextDocument,
    deadline: Deadline,
    signal: AbortSignal,
  ): Promise<Outline | undefined> {
    const { languageId, uri } = document;
    const ask = () =>
      within(
        deadline.left,
        vscode.commands.executeCommand<Outline | undefined>('vscode.executeDocumentSymbolProvider', uri),
        signal,
      );
    const isKnown = this.knows(languageId);
    if (!isKnown) await this.start(languageId, deadline, signal);
    const asked = performance.now();
    const waits = !isKnown && !this.isMute(languageId) && extensionsOf(languageId).length > 0;
    let outline = await ask();
    while (
      waits &&
      (outline === undefined || outline.length === 0) &&
      performance.now() - asked < STARTS_WITHIN &&
      !deadline.isOver
    ) {
      await orCancelled(new Promise<void>((resolve) => setTimeout(resolve, LOOK_AGAIN)), signal);
      outline = await ask();
    }
    if (outline !== undefined && outline.length > 0) {
      this.answering.add(languageId);
      this.mute.delete(languageId);
    } else if (!isKnown) this.mute.set(languageId, performance.now());
    return outline;
  }

  dispose(): void {
    this.store.dispose();
  }

  private isMute(languageId: string): boolean {
    const since = this.mute.get(languageId);
    return since !== undefined && performance.now() - since < FORGETS_AFTER;
  }

  /** Opening a document starts its extensions too, and does not say when they are up. */
  private async start(languageId: string, deadline: Deadline, signal: AbortSignal): Promise<void> {
    const sleeping = extensionsOf(languageId).filter(({ isActive }) => !isActive);
    await within(deadline.left, Promise.allSettled(sleeping.map((one) => one.activate())), signal);
  }
}

/** Those that say they start with the language. */
function extensionsOf(languageId: string): readonly vscode.Extension<unknown>[] {
  return vscode.extensions.all.filter(({ packageJSON }) => {
    const events = (packageJSON as { activationEvents?: unknown }).activationEvents;
    return Array.isArray(events) && events.includes(`onLanguage:${languageId}`);
  });
}
