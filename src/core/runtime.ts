/* The whole wiring: folder (owner, store, engine), agents, parser. What the doors may ask is in runtime-port. */
import { createAgents, mayAskModel } from './agents/agents';
import { createChatAgents } from './agents/chat/chat-agent';
import { createLocalAgents } from './agents/local-agents';
import { createToolsOfAgent } from './agents/loop/tools/tools-of-agent';
import { redactAgents } from './agents/redacted-agents';
import { createAgentProfiles } from './agents/own/agent-profiles';
import { progressOf, usualDurations, type Durations } from './engine/progress';
import type { Engine } from './engine/engine';
import { withRedactor } from './host-redacted';
import { BatonError } from './model/errors';
import type { RunId, StepKey } from './model/ids';
import { foldAll, type RunState } from './model/run-state';
import { exportRun } from './runtime-export';
import { Folder } from './runtime-folder';
import { connect } from './providers/adapters';
import { createResponseCache } from './providers/response-cache';
import { configFolder } from './providers/settings/config-files';
import type {
  CommandOutcome,
  OpenApproval,
  Progress,
  Runtime,
  RuntimeOptions,
  UndoOutcome,
  WorkflowText,
} from './runtime-port';
import { createModels, noSource } from './runtime-models';
import { redactRuntime } from './runtime-redacted';
import { rememberKeys, watchSource, withSecrets } from './runtime-secrets';
import { prepareStart, refusalFromInside } from './runtime-start';
import { restoreFiles, undoScope } from './runtime-undo';
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
  const folder = await Folder.open({
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

  const notOwner = () => ({ ok: false, code: 'not-owner', message: notOwnerText(folder) }) as const;
  const command = async <Outcome extends CommandOutcome | UndoOutcome = CommandOutcome>(
    runId: RunId,
    act: (engine: Engine) => Promise<Outcome>,
  ): Promise<Outcome | Extract<CommandOutcome, { ok: false }>> => {
    const inside = refusalFromInside(host, runId);
    if (inside !== undefined) return { ok: false, code: 'refused', message: inside };
    return folder.engine === undefined ? notOwner() : act(folder.engine);
  };

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

    async start(request) {
      if (folder.engine === undefined)
        return { refusal: { code: 'not-owner', message: notOwnerText(folder), diagnostics: [] } };
      const parsed = await check(request.workflow);
      const mayAsk = parsed.definition?.steps.some((step) => mayAskModel(local, step)) === true;
      // Nobody is looked for on behalf of a file that is not trusted, or that nobody runs.
      if (mayAsk && request.trusted && !request.rehearsal) await asked.ready();
      const prepared = prepareStart(request, parsed, agents, host);
      if ('refusal' in prepared) return prepared;
      const begun = await withSecrets(prepared.run, source, host.redactor);
      if ('refusal' in begun) return begun;
      const warnings = parsed.diagnostics.filter(({ severity }) => severity === 'warning');
      return { runId: await folder.engine.start(begun.run), warnings };
    },
    resume: (runId, { seq, ...how }) =>
      command(runId, async (engine) => {
        const behind = seq === undefined ? undefined : await notTheLast(folder, runId, seq);
        return behind ?? engine.resume(runId, how);
      }),
    pause: (runId, by) => command(runId, (engine) => engine.pause(runId, by)),
    cancel: (runId, by) => command(runId, (engine) => engine.cancel(runId, by)),
    undoChanges: (runId, step, { by, ...which }) =>
      command(runId, async (engine): Promise<UndoOutcome> => {
        const scope = await undoScope(host, workspace, (ref) => folder.store.artifacts.get(ref));
        return engine.undo(runId, step, by, (changes) => restoreFiles(changes, which, scope));
      }),
    decide: (runId, id, decision, by) => command(runId, (engine) => engine.decide(runId, id, decision, by)),

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
    async whenIdle(runId) {
      if (folder.engine !== undefined) return folder.engine.whenIdle(runId);
      const run = await state(runId);
      if (run === undefined) throw new BatonError('unknown-run', `There is no run ${runId}.`);
      return run;
    },
    query: (sql, parameters = []) => folder.database.query(sql, parameters),
    close,
    dispose: () => void close(),
  };
  return redactRuntime(runtime, host.redactor);
}

function notOwnerText(folder: Folder): string {
  const owner = folder.otherOwner?.name;
  if (owner !== undefined) return `${owner} owns the runs of this folder. Nothing was changed.`;
  return 'The runs of this folder can only be looked at here. Nothing was changed.';
}

/** Why a run cannot go on from this position; undefined when it is the run's last one. */
async function notTheLast(folder: Folder, runId: RunId, seq: number): Promise<CommandOutcome | undefined> {
  const events = await folder.store.read(runId);
  if (events.length === 0) return undefined;
  const checkpoints = checkpointsOf(events);
  const last = checkpoints.at(-1)?.seq;
  if (seq === last || seq === events.at(-1)?.seq) return undefined;
  const message = checkpoints.some((checkpoint) => checkpoint.seq === seq)
    ? `Only the last checkpoint can be gone on from: ${runId}@${last ?? 0}. What was done after ${runId}@${seq} would be done again.`
    : `${runId}@${seq} is no checkpoint. The last one is ${last === undefined ? 'not there yet' : `${runId}@${last}`}.`;
  return { ok: false, code: 'refused', message };
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
