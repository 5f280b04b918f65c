import * as vscode from 'vscode';
import { factsOfModel } from '../../core/providers/model-facts';
import type { OfferedModel } from '../../core/providers/provider';

/** Every model that some extension offers; none in an editor that knows no language models. */
export async function offeredModels(): Promise<readonly vscode.LanguageModelChat[]> {
  // Editors that are built from VS Code's sources may lack the namespace, or its functions.
  const lm = (vscode as { lm?: Partial<typeof vscode.lm> }).lm;
  return (await lm?.selectChatModels?.({})) ?? [];
}

/** Fires when the offer changes; never where the editor knows no language models. */
export function onDidChangeOffer(listener: () => void): vscode.Disposable {
  const lm = (vscode as { lm?: Partial<typeof vscode.lm> }).lm;
  return lm?.onDidChangeChatModels?.(listener) ?? { dispose: () => undefined };
}

/** How settings, workflows and events name a model: its id, with its vendor before it where two vendors use the same one. */
export function nameOf(model: vscode.LanguageModelChat, all: readonly vscode.LanguageModelChat[]): string {
  const isUnique = all.filter(({ id }) => id === model.id).length === 1;
  return isUnique ? model.id : `${model.vendor}/${model.id}`;
}

/** The model meant by a name: "gpt-5", "copilot/gpt-5", or its family where exactly that is offered. */
export function findModel(
  name: string,
  all: readonly vscode.LanguageModelChat[],
): vscode.LanguageModelChat | undefined {
  return (
    all.find(({ vendor, id }) => `${vendor}/${id}` === name) ??
    all.find(({ id }) => id === name) ??
    all.find(({ family }) => family === name)
  );
}

/** The one that is asked when nobody names one: the first that is known to be current, else the first. */
export function preferredModel(
  all: readonly vscode.LanguageModelChat[],
): vscode.LanguageModelChat | undefined {
  const isCurrent = ({ id, family }: vscode.LanguageModelChat) =>
    (factsOfModel(id) ?? factsOfModel(family))?.status === 'current';
  return all.find(isCurrent) ?? all[0];
}

export function offer(all: readonly vscode.LanguageModelChat[]): readonly OfferedModel[] {
  return all.map((model) => ({
    id: nameOf(model, all),
    title: `${model.name} (${model.vendor})`,
    context: model.maxInputTokens,
  }));
}
