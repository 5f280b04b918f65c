import type { Redactor } from './base/redactor';
import type { Diagnostic } from './model/diagnostic';
import type { Commands, OwnCommands } from './runtime-commands';
import type { CommandOutcome, Models, Refusal, Runtime, UndoOutcome } from './runtime-port';

/**
 * The last border before people and doors: refusals, outcomes, notices, live output and errors without secrets. What is read back from
 * the store was clean before it was stored.
 */
export function redactRuntime(runtime: Runtime, redactor: Redactor): Runtime {
  const text = (given: string): string => redactor.text(given);
  const clean = <T>(work: Promise<T>): Promise<T> => rejectCleanly(work, redactor);
  return {
    get otherOwner() {
      return runtime.otherOwner;
    },
    onDidChangeOwner: runtime.onDidChangeOwner,
    onEvent: runtime.onEvent,
    onLive: (listener) =>
      runtime.onLive((live) => {
        const { text: said, voided } = live;
        listener({
          ...live,
          ...(said !== undefined && { text: text(said) }),
          ...(voided !== undefined && { voided: text(voided) }),
        });
      }),
    onNotice: (listener) => runtime.onNotice((notice) => listener(text(notice))),
    stateFolder: runtime.stateFolder,
    models: redactModels(runtime.models, redactor),
    tools: {
      list: async (signal) => redactor.json(await clean(runtime.tools.list(signal))),
      standing: async () => redactor.json(await clean(runtime.tools.standing())),
      onDidChange: runtime.tools.onDidChange,
    },
    agents: {
      list: async () => redactor.json(await clean(runtime.agents.list())),
      get notes() {
        return redactor.json(runtime.agents.notes);
      },
    },
    async check(workflow) {
      const parsed = await clean(runtime.check(workflow));
      return { ...parsed, diagnostics: diagnostics(parsed.diagnostics, redactor) };
    },
    ...cleanCommands(runtime, redactor),
    runs: () => clean(runtime.runs()),
    state: (runId) => clean(runtime.state(runId)),
    events: (runId, afterSeq) => clean(runtime.events(runId, afterSeq)),
    approvals: () => clean(runtime.approvals()),
    checkpoints: (runId) => clean(runtime.checkpoints(runId)),
    progress: (runId) => clean(runtime.progress(runId)),
    readArtifact: (ref) => clean(runtime.readArtifact(ref)),
    readLog: async (runId, step, attempt) => text(await clean(runtime.readLog(runId, step, attempt))),
    exportRun: (runId, directory) => clean(runtime.exportRun(runId, directory)),
    isLive: (runId) => runtime.isLive(runId),
    runsForOthers: () => runtime.runsForOthers(),
    whenIdle: (runId) => clean(runtime.whenIdle(runId)),
    query: (sql, parameters) => clean(runtime.query(sql, parameters)),
    close: () => clean(runtime.close()),
    dispose: () => runtime.dispose(),
  };
}

/** What the owner of a folder does for its clients: what they are told is clean, and so is what they gave before it is applied. */
export function redactCommands(commands: OwnCommands, redactor: Redactor): OwnCommands {
  return {
    ...cleanCommands(commands, redactor),
    start: (request, startedIn) => cleanStart(commands.start(request, startedIn), redactor),
    goOn: (runId, by) => cleanOutcome(commands.goOn(runId, by), redactor),
  };
}

function cleanCommands(commands: Commands, redactor: Redactor): Commands {
  const outcome = (work: Promise<CommandOutcome>) => cleanOutcome(work, redactor);
  return {
    start: (request) => cleanStart(commands.start(request), redactor),
    resume: (runId, options) => outcome(commands.resume(runId, options)),
    pause: (runId, by) => outcome(commands.pause(runId, by)),
    cancel: (runId, by) => outcome(commands.cancel(runId, by)),
    undoChanges: (runId, step, options) => cleanOutcome(commands.undoChanges(runId, step, options), redactor),
    decide(runId, id, decision, by) {
      // Clean before it is applied: what a person gives becomes a result, in memory as on the disk.
      const { value, comment } = decision;
      const given = {
        ...decision,
        ...(value !== undefined && { value: redactor.json(value) }),
        ...(comment !== undefined && { comment: redactor.text(comment) }),
      };
      return outcome(commands.decide(runId, id, given, by));
    },
  };
}

async function cleanStart(
  work: ReturnType<Commands['start']>,
  redactor: Redactor,
): ReturnType<Commands['start']> {
  const begun = await rejectCleanly(work, redactor);
  return 'refusal' in begun ? { refusal: refusal(begun.refusal, redactor) } : begun;
}

async function cleanOutcome<Done extends CommandOutcome | UndoOutcome>(
  work: Promise<Done>,
  redactor: Redactor,
): Promise<Done> {
  const told = await rejectCleanly(work, redactor);
  return told.ok ? told : { ...told, message: redactor.text(told.message) };
}

/** The same promise; when it rejects, its error holds no secret. */
async function rejectCleanly<T>(work: Promise<T>, redactor: Redactor): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw redactor.error(error);
  }
}

/** What providers say about themselves and about a key may repeat it. */
export function redactModels(models: Models, redactor: Redactor): Models {
  const clean = async <T>(work: Promise<T>): Promise<T> => redactor.json(await rejectCleanly(work, redactor));
  return {
    status: () => clean(models.status()),
    automatic: () => clean(models.automatic()),
    notes: () => clean(models.notes()),
    refresh: () => clean(models.refresh()),
    test(provider, options) {
      // Not stored yet, and already told to a server that may repeat it.
      if (options?.key !== undefined) redactor.add(options.key, `${provider}.key`);
      return clean(models.test(provider, options));
    },
    offered: (provider, signal) => clean(models.offered(provider, signal)),
    onDidChange: models.onDidChange,
  };
}

function refusal(given: Refusal, redactor: Redactor): Refusal {
  return {
    ...given,
    message: redactor.text(given.message),
    diagnostics: diagnostics(given.diagnostics, redactor),
  };
}

function diagnostics(given: readonly Diagnostic[], redactor: Redactor): readonly Diagnostic[] {
  return given.map((diagnostic) => ({
    ...diagnostic,
    message: redactor.text(diagnostic.message),
    ...(diagnostic.suggestion !== undefined && { suggestion: redactor.text(diagnostic.suggestion) }),
  }));
}
