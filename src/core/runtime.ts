/* The whole wiring: folder (owner, store, engine), agents, parser. What the doors may ask is in runtime-port. */
import { createAgents, mayAskModel } from './agents/agents';
import { createChatAgents } from './agents/chat/chat-agent';
import { createLocalAgents } from './agents/local-agents';
import { createToolsOfAgent } from './agents/loop/tools/tools-of-agent';
import { redactAgents } from './agents/redacted-agents';
import { createAgentProfiles } from './agents/own/agent-profiles';
import { progressOf, usualDurations, type Durations } from './engine/progress';
import { withRedactor } from './host-redacted';
import type { RunId, StepKey } from './model/ids';
import { foldAll, type RunState } from './model/run-state';
import { exportRun } from './runtime-export';
import { Folder } from './runtime-folder';
import { connect } from './providers/adapters';
import { createResponseCache } from './providers/response-cache';
import { configFolder } from './providers/settings/config-files';
import type { OpenApproval, Progress, Runtime, RuntimeOptions, WorkflowText } from './runtime-port';
import { createModels, noSource } from './runtime-models';
import { Answers } from './runtime-answers';
import { Client } from './runtime-client';
import { createCommands } from './runtime-commands';
import { redactCommands, redactRuntime } from './runtime-redacted';
import { rememberKeys, watchSource } from './runtime-secrets';
import { createRuntimeTools, noToolSource } from './runtime-tools';
import { checkpointsOf, listedCheckpoints } from './storage/checkpoints';
import { openDayLedger } from './storage/day-ledger';
import { resolveHome } from './storage/home';
import { openMcpServers } from './tools/mcp/mcp-servers';
import type { ParsedWorkflow } from './workflow/parsed-workflow';
import { parseWorkflowFile } from './workflow/parse-file';

// For doors that load this bundle when they first need it, and their own part should stay small.
export { createAgentProfiles };
export { readLayer } from './providers/settings/read-layer';
export { resolveModelSettings } from './providers/settings/resolve-settings';
export { createLoneModels } from './runtime-lone-models';
export { createParserIntelligence } from './tools/code/parser-intelligence';
export { readToolSettings } from './tools/settings/read-tool-settings';

/** Earlier runs that an estimate looks at. */
const EARLIER_RUNS = 5;

/** Opens the runs of a workspace folder. Throws a `BatonError` when its state folder cannot be opened at all. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { workspace, access, owner, editorDiagnostics } = options;
  const host = withRedactor(options.host);
  const home = await resolveHome(host, {
    workspace,
    ...(options.storageFolder !== undefined && { storageFolder: options.storageFolder }),
    ...(options.stateDirectory !== undefined && { override: options.stateDirectory }),
  });
  const sha256 = (text: string) => host.sha256(text);
  const ledger = openDayLedger(host);
  const source = watchSource(options.models ?? noSource, host.redactor);
  const tools = createRuntimeTools({
    host,
    source: options.tools ?? noToolSource,
    secret: (name) => source.secret(name),
    redactor: host.redactor,
    isTrusted: () => options.isTrusted?.() ?? true,
    openServers: (settings) =>
      openMcpServers({ host, workspace, settings, secret: (name) => source.secret(name), log: host.log }),
  });
  // Nobody who only looks runs anything that could come upon a key.
  if (access !== 'see') await Promise.all([rememberKeys(source, host, host.redactor), tools.rememberKeys()]);
  const profiles = createAgentProfiles({
    files: host.files,
    workspace,
    ...(options.isTrusted && { isTrusted: options.isTrusted }),
  });
  const asked = createModels({ host, source, ledger, redactor: host.redactor, connect });
  const local = createLocalAgents({
    host,
    ...(editorDiagnostics && { editorDiagnostics }),
    ownNames: () => profiles.ownNames,
  });
  const chat = createChatAgents({
    router: asked.router,
    sha256,
    outputLimit: (model) => asked.facts(model)?.maxOutput,
    ownNames: () => profiles.ownNames,
    profile: (name) => profiles.profile(name),
    redact: (value) => host.redactor.json(value),
    tools: {
      host,
      box: (signal, wanted) => tools.box(signal, wanted),
      rules: async () => (await tools.settings()).rules,
      ownFolders: [home.folder, configFolder(host)],
      toolsOf: createToolsOfAgent(
        options.editorDiagnostics && { editorDiagnostics: options.editorDiagnostics },
      ),
      ...(options.isTrusted && { isTrusted: options.isTrusted }),
    },
    cache: createResponseCache({
      host,
      folder: host.files.join(home.folder, 'responses'),
      redact: (text) => host.redactor.document(text),
    }),
  });
  const agents = redactAgents(
    createAgents({
      local,
      chat,
      sha256,
      ready: async () => void (await Promise.all([asked.ready(), profiles.known()])),
    }),
    host.redactor,
  );
  const realWorkspace = async () => (await host.files.realPath(workspace)) ?? workspace;
  const isTrusted = () => options.isTrusted?.() ?? true;
  const answers = new Answers({
    clock: host.clock,
    isBrief: access === 'decide',
    workspace: realWorkspace,
    isTrusted,
  });
  const folder = await Folder.open({
    answers,
    host,
    workspace,
    folder: home.folder,
    access,
    owner,
    agents,
    secret: (name) => source.secret(name),
    day: { ledger, cap: () => asked.settings()?.dayCap },
    ...(options.isTrusted && { isTrusted: options.isTrusted }),
  });
  for (const finding of home.findings) folder.tell(finding);

  const check = async (workflow: WorkflowText): Promise<ParsedWorkflow> =>
    parseWorkflowFile(host, { ...workflow, workspace, knownAgents: await profiles.known() });

  const state = async (runId: RunId): Promise<RunState | undefined> =>
    folder.engine?.isLive(runId) === true
      ? folder.engine.state(runId)
      : foldAll(await folder.store.read(runId));

  const fractions = new Map<RunId, Map<StepKey, number>>();
  folder.live.event(({ runId, step, progress }) => {
    if (progress === undefined) return;
    const ofRun = fractions.get(runId) ?? new Map<StepKey, number>();
    fractions.set(runId, ofRun.set(step, progress));
  });
  const usual = new Map<string, Promise<Durations>>();
  folder.event.event((event) => {
    if (event.type === 'step-started') fractions.get(event.runId)?.delete(event.step);
    if (event.type !== 'run-completed' && event.type !== 'run-failed' && event.type !== 'run-cancelled')
      return;
    fractions.delete(event.runId);
    // It now is an earlier run itself.
    usual.clear();
  });
  const durations = (of: RunState): Promise<Durations> => {
    const name = `${of.source.path ?? ''}\n${of.definition.name}`;
    const known = usual.get(name) ?? earlierDurations(folder, of);
    usual.set(name, known);
    return known;
  };

  const own = createCommands({
    folder,
    host,
    workspace,
    agents,
    source,
    check,
    mayAskModel: (step) => mayAskModel(local, step),
    modelsReady: () => asked.ready(),
  });
  const mark = host.env('BATON_STEP');
  const client = new Client({
    host,
    folder,
    own,
    from: async () => ({
      name: owner.name,
      workspace: await realWorkspace(),
      ...(mark !== undefined && { mark }),
    }),
  });

  const close = async (): Promise<void> => {
    await folder.close();
    await tools.close();
    asked.dispose();
  };

  const runtime: Runtime = {
    get otherOwner() {
      return folder.otherOwner;
    },
    stateFolder: home.folder,
    models: asked.models,
    tools: tools.tools,
    agents: profiles,
    onDidChangeOwner: folder.ownerChanged.event,
    onEvent: folder.event.event,
    onLive: folder.live.event,
    onNotice: folder.onNotice,
    check,

    start: (request) => client.start(request),
    resume: (runId, how) => client.resume(runId, how),
    pause: (runId, by) => client.pause(runId, by),
    cancel: (runId, by) => client.cancel(runId, by),
    undoChanges: (runId, step, how) => client.undoChanges(runId, step, how),
    decide: (runId, id, decision, by) => client.decide(runId, id, decision, by),

    runs: () => folder.store.runs(),
    state,
    events: async (runId, afterSeq = 0) =>
      (await folder.store.read(runId)).filter((event) => event.seq > afterSeq),
    async approvals() {
      const open: OpenApproval[] = [];
      // Where another process is the owner, this looks again at what it recorded.
      await folder.store.refresh();
      for (const runId of folder.store.unfinished()) {
        const run = await state(runId);
        if (run === undefined) continue;
        const { definition, startedAt } = run;
        for (const approval of Object.values(run.openApprovals))
          open.push({ runId, workflow: definition.name, runStartedAt: startedAt, approval });
      }
      return open;
    },
    async checkpoints(runId) {
      const events = await folder.store.read(runId);
      const first = events[0];
      if (first?.type !== 'run-started') return [];
      return listedCheckpoints(checkpointsOf(events), first.definition.config.checkpoint);
    },
    async progress(runId): Promise<Progress | undefined> {
      const run = await state(runId);
      if (run === undefined) return undefined;
      return progressOf(run, {
        now: host.clock.now(),
        durations: await durations(run),
        fractions: fractions.get(runId) ?? new Map(),
      });
    },
    readArtifact: (ref) => folder.store.artifacts.get(ref),
    readLog: (runId, step, attempt) => folder.store.logs.read(runId, step, attempt),
    exportRun: (runId, directory) => exportRun(host, folder.store, runId, directory),
    isLive: (runId) => folder.engine?.isLive(runId) === true,
    whenIdle: (runId) => client.whenIdle(runId),
    runsForOthers: () => answers.runsForOthers,
    query: (sql, parameters = []) => folder.database.query(sql, parameters),
    close,
    dispose: () => void close(),
  };
  // A client hears nothing that this process would not show to people itself.
  const clean = redactRuntime(runtime, host.redactor);
  answers.serve({ ...clean, commands: redactCommands(own, host.redactor) });
  return clean;
}

async function earlierDurations(folder: Folder, of: RunState): Promise<Durations> {
  const earlier = (await folder.store.runs())
    .filter(
      (run) =>
        run.endedAt !== undefined &&
        !run.rehearsal &&
        run.runId !== of.runId &&
        run.workflow === of.definition.name &&
        run.path === of.source.path,
    )
    .slice(0, EARLIER_RUNS);
  return usualDurations(await Promise.all(earlier.map((run) => folder.store.read(run.runId))));
}
