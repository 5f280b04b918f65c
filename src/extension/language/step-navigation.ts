import * as vscode from 'vscode';
import { stepNames, type StepName } from './step-keys';

/** Where the step under the cursor gets its key. */
export function stepDefinition(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.Location | undefined {
  const names = stepNames(document.getText());
  const here = nameAt(document, names, position);
  const definition = names.find(({ key, isDefinition }) => isDefinition && key === here?.key);
  return definition && new vscode.Location(document.uri, rangeOf(document, definition));
}

export function stepReferences(document: vscode.TextDocument, position: vscode.Position): vscode.Location[] {
  const names = stepNames(document.getText());
  const here = nameAt(document, names, position);
  return names
    .filter(({ key }) => key === here?.key)
    .map((name) => new vscode.Location(document.uri, rangeOf(document, name)));
}

/** Renames a step's key where it is given and everywhere it is mentioned. */
export class StepRename implements vscode.RenameProvider {
  constructor(private readonly isWorkflow: (document: vscode.TextDocument) => boolean) {}

  prepareRename(document: vscode.TextDocument, position: vscode.Position): vscode.Range {
    const here = this.isWorkflow(document)
      ? nameAt(document, stepNames(document.getText()), position)
      : undefined;
    if (here === undefined) throw new Error(vscode.l10n.t('Only the key of a step can be renamed here.'));
    return rangeOf(document, here);
  }

  provideRenameEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    newName: string,
  ): vscode.WorkspaceEdit | undefined {
    const names = stepNames(document.getText());
    const here = nameAt(document, names, position);
    if (here === undefined) return undefined;
    if (!/^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u.test(newName))
      throw new Error(vscode.l10n.t('A key has letters, digits, hyphens and underscores.'));
    if (newName !== here.key && names.some(({ key, isDefinition }) => isDefinition && key === newName))
      throw new Error(vscode.l10n.t('There is a step "{0}" already.', newName));
    const edit = new vscode.WorkspaceEdit();
    for (const name of names)
      if (name.key === here.key) edit.replace(document.uri, rangeOf(document, name), newName);
    return edit;
  }
}

function nameAt(
  document: vscode.TextDocument,
  names: readonly StepName[],
  position: vscode.Position,
): StepName | undefined {
  const offset = document.offsetAt(position);
  const here = names.find(({ start, end }) => start <= offset && offset <= end);
  // A mention of a key that no step has is a fault, not a name.
  return here && names.some(({ key, isDefinition }) => isDefinition && key === here.key) ? here : undefined;
}

function rangeOf(document: vscode.TextDocument, { start, end }: StepName): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
