import * as vscode from 'vscode';
import { DRAFT_SCHEME } from '../documents/draft-documents';
import type { Command } from './command';

/** Decides with the text in the editor. */
export const approveDraft: Command = async (parts, argument) => {
  const uri = draftIn(argument);
  if (uri !== undefined) await parts.drafts.approve(uri);
};

/** Leaves the editor without deciding. */
export const discardDraft: Command = async (parts, argument) => {
  const uri = draftIn(argument);
  if (uri !== undefined) await parts.drafts.discard(uri);
};

function draftIn(argument: unknown): vscode.Uri | undefined {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === DRAFT_SCHEME ? uri : undefined;
}
