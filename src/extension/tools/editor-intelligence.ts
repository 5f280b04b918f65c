/*
 * owns: what the languages of the editor know about the code of one workspace folder, as tools ask for it.
 * must stay true: nothing from outside of the folder is told; a question ends in time; where nobody in the editor answers for a
 * language, the parser does, and the answer says so.
 */
import type * as vscode from 'vscode';
import type { Host, SafeFiles } from '../../core/host';
import type { CodeIntelligence } from '../../core/tools/code/code-intelligence';
import { runtimeBundle } from '../bundles';
import { Asking, editorSource } from './asking';
import { findDiagnostics } from './find-diagnostics';
import { findSymbols } from './find-symbols';
import { findDefinitions, findReferences } from './find-uses';
import { FolderFiles } from './folder-files';
import type { LanguageServices } from './language-services';
import { Deadline } from './within';

/** One question, the start of a language server included. Milliseconds. */
const LONGEST = 30_000;

export interface EditorIntelligenceOptions {
  /** Milliseconds for one question. */
  readonly longest?: number;
  /** Who answers for languages that nobody in the editor knows. */
  readonly parserFor?: (files: SafeFiles) => CodeIntelligence;
}

export function createEditorIntelligence(
  folder: Pick<vscode.WorkspaceFolder, 'uri'>,
  host: Pick<Host, 'files'>,
  services: LanguageServices,
  {
    longest = LONGEST,
    parserFor = (files) => runtimeBundle().createParserIntelligence(files),
  }: EditorIntelligenceOptions = {},
): CodeIntelligence {
  const asking = async (signal: AbortSignal): Promise<Asking> => {
    const files = await FolderFiles.open(folder.uri, host);
    return new Asking(files, services, parserFor(files.files), new Deadline(longest), signal);
  };
  return {
    source: editorSource,
    symbols: async (query, signal) => findSymbols(await asking(signal), query),
    definitions: async (query, signal) => findDefinitions(await asking(signal), query),
    references: async (query, signal) => findReferences(await asking(signal), query),
    diagnostics: async (path, signal) => findDiagnostics(await asking(signal), path),
  };
}
