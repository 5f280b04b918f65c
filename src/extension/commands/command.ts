import type * as vscode from 'vscode';
import type { Log } from '../../core/host';
import type { DraftDocuments } from '../documents/draft-documents';
import type { LanguageFeatures } from '../language-features';
import type { ModelParts } from '../models/model-parts';
import type { RunControl } from '../runs/run-control';
import type { RuntimeAccess } from '../runs/runtime-access';
import type { Runs } from '../runs/runs';
import type { StartRun } from '../runs/start-run';
import type { WindowTools } from '../tools/window-tools';
import type { ApprovalsView } from '../views/approvals-view';
import type { RunPanels } from '../views/run-panels';
import type { WorkflowFiles } from '../workflows/workflow-files';

/** What commands work with. */
export interface Parts {
  readonly extensionUri: vscode.Uri;
  readonly channel: vscode.LogOutputChannel;
  readonly log: Log;
  readonly access: RuntimeAccess;
  readonly runs: Runs;
  readonly control: RunControl;
  readonly files: WorkflowFiles;
  readonly drafts: DraftDocuments;
  readonly language: LanguageFeatures;
  readonly panels: RunPanels;
  readonly approvals: ApprovalsView;
  readonly starter: StartRun;
  readonly models: ModelParts;
  readonly windowTools: WindowTools;
  /** Resolves when the runs of folders that were used before are known. */
  readonly ready: () => Promise<void>;
}

/** A command. The arguments come from menus, other extensions and keybindings: they are looked at, never trusted. */
export type Command = (parts: Parts, ...args: readonly unknown[]) => Promise<unknown>;
