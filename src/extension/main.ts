import * as vscode from 'vscode';
import { DisposableStore } from '../core/base/disposable';
import { WindowAgents } from './agents/window-agents';
import { answer } from './answers';
import { registerCommands } from './commands';
import { keepContexts } from './contexts';
import { ArtifactDocuments } from './documents/artifact-documents';
import { Changes } from './documents/changes';
import { DraftDocuments } from './documents/draft-documents';
import { OutputDocuments } from './documents/output-documents';
import { LanguageFeatures } from './language-features';
import { Consent } from './models/consent';
import { Keys } from './models/keys';
import { LastFaults } from './models/last-faults';
import { ModelSources } from './models/model-source';
import type { ModelParts } from './models/model-parts';
import { VscodeModel } from './models/vscode-model';
import { WindowModels } from './models/window-models';
import { ToolSources } from './tools/tool-source';
import { WindowTools } from './tools/window-tools';
import { runtimeBundle } from './bundles';
import { RunControl } from './runs/run-control';
import { logRuns } from './runs/log-runs';
import { Runs } from './runs/runs';
import { RuntimeAccess } from './runs/runtime-access';
import { StartRun } from './runs/start-run';
import { ApprovalsView } from './views/approvals-view';
import { CheckpointsTree } from './views/checkpoints-tree';
import { Notifications } from './views/notifications';
import { OrphanedPanels } from './views/orphaned-panels';
import { ProvidersTree } from './views/providers-tree';
import { RunPanels, type Answer } from './views/run-panels';
import { RunsTree } from './views/runs-tree';
import { StatusBar } from './views/status-bar';
import { WorkflowsTree } from './views/workflows-tree';
import { createVscodeHost } from './vscode-host';
import { WorkflowFiles } from './workflows/workflow-files';

/** What one window holds. */
export interface Baton {
  readonly access: RuntimeAccess;
  readonly runs: Runs;
  readonly control: RunControl;
  readonly files: WorkflowFiles;
  readonly drafts: DraftDocuments;
  readonly panels: RunPanels;
  readonly orphaned: OrphanedPanels;
  readonly approvals: ApprovalsView;
  readonly workflowsTree: WorkflowsTree;
  readonly runsTree: RunsTree;
  readonly checkpointsTree: CheckpointsTree;
  readonly models: ModelParts;
  readonly agents: WindowAgents;
  readonly sources: ModelSources;
  readonly tools: ToolSources;
  readonly windowTools: WindowTools;
  /** Resolves when the runs of folders that were used before are known. */
  readonly ready: () => Promise<void>;
}

/** The whole wiring, in the order in which the parts depend on each other. What is made here, `store` disposes. */
function wire(context: vscode.ExtensionContext, store: DisposableStore): Baton {
  const channel = store.add(vscode.window.createOutputChannel('Baton', { log: true }));
  const host = createVscodeHost(channel);
  const { log } = host;

  const keys = store.add(new Keys(context.secrets, (name) => host.env(name)));
  const consent = store.add(
    new Consent({ memory: context.globalState, access: context.languageModelAccessInformation }),
  );
  const editorModels = store.add(new VscodeModel(host.clock, consent));
  const sources = store.add(new ModelSources(keys, editorModels, (name) => host.env(name)));

  const tools = store.add(new ToolSources(host, keys));

  const access = store.add(new RuntimeAccess(context, host, sources, tools));
  const runs = store.add(new Runs(access, log));
  const control = new RunControl(runs, consent);
  const files = store.add(new WorkflowFiles(log));
  let opening: Promise<void> | undefined;
  const ready = () => (opening ??= access.openUsed().then(() => runs.settled()));

  store.add(new ArtifactDocuments(runs, ready));
  store.add(new OutputDocuments(runs, access, ready));
  const drafts = store.add(new DraftDocuments(context, runs, control, ready));

  const changes = new Changes();
  const openRun = (runId: string) => panels.open(runId);
  const onAsked: Answer = (message, view) =>
    answer({ runs, control, drafts, changes, openRun, log }, message, view);
  const panels: RunPanels = store.add(new RunPanels(context, runs, access, changes, ready, log, onAsked));
  const orphaned = store.add(new OrphanedPanels(context.workspaceState, panels));
  const approvals = store.add(new ApprovalsView(context, runs, log, changes, onAsked));
  const workflowsTree = store.add(new WorkflowsTree(files, runs));
  const runsTree = store.add(new RunsTree(runs));
  const checkpointsTree = store.add(new CheckpointsTree(runs));
  const window = store.add(
    new WindowModels(access, () =>
      runtimeBundle().createLoneModels(host, sources.of(vscode.workspace.workspaceFolders?.[0])),
    ),
  );
  const agents = store.add(new WindowAgents(host));
  const windowTools = store.add(new WindowTools(access, tools));
  const lastFaults = store.add(new LastFaults(runs.onEvent));
  const providersTree = store.add(new ProvidersTree(window, agents, windowTools, lastFaults, log));
  const models: ModelParts = { window, keys, consent, editorModels, tree: providersTree, lastFaults };
  store.add(new StatusBar(runs, access));
  store.add(
    new Notifications(runs, control, {
      isInSight: (runId) => panels.isInSight(runId) || approvals.isInSight(),
      review: ({ approval }) => void approvals.reveal(approval.id),
      openRun,
      openReport: (runId) => void vscode.commands.executeCommand('baton.openReport', runId),
    }),
  );
  store.add(keepContexts(runs));
  store.add(logRuns(runs, log));
  const language = store.add(new LanguageFeatures(files, host, agents));

  const starter = new StartRun(access, runs, panels, context.workspaceState, consent);
  const { extensionUri } = context;
  const parts = {
    extensionUri,
    channel,
    log,
    access,
    runs,
    control,
    files,
    drafts,
    language,
    panels,
    approvals,
    starter,
    models,
    agents,
    sources,
    tools,
    windowTools,
    ready,
    orphaned,
  };
  store.add(registerCommands(parts));
  return { ...parts, workflowsTree, runsTree, checkpointsTree };
}

let baton: Baton | undefined;

/** Called by VS Code. Tests inside the extension host get the parts; nobody else does. */
export function activate(context: vscode.ExtensionContext): Baton | undefined {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const wired = (baton = wire(context, store));
  // Opening a window must not wait for a disk.
  const idle = setTimeout(() => {
    // What is missing is said once it was looked for, not while the window still opens.
    void Promise.allSettled([wired.files.scan(), wired.ready()]).then(() =>
      vscode.commands.executeCommand('setContext', 'baton.hasLooked', true),
    );
    void wired.orphaned.replace();
  });
  store.add({ dispose: () => clearTimeout(idle) });
  return context.extensionMode === vscode.ExtensionMode.Test ? baton : undefined;
}

/** VS Code waits a few seconds for this, and not at all after a crash: the journal is what keeps runs. */
export async function deactivate(): Promise<void> {
  await baton?.access.closeAll();
  baton = undefined;
}
