import type { Redactor } from './base/redactor';
import type { Diagnostic } from './model/diagnostic';
import type { CommandOutcome, Models, Refusal, Runtime } from './runtime-port';

/**
 * The last border before people and doors: refusals, outcomes, notices, live output and errors without secrets. What is read back from
 * the store was clean before it was stored.
 */
export function redactRuntime(runtime: Runtime, redactor: Redactor): Runtime {
  const text = (given: string): string => redactor.text(given);
  const clean = <T>(work: Promise<T>): Promise<T> => rejectCleanly(work, redactor);
  const outcome = async (work: Promise<CommandOutcome>): Promise<CommandOutcome> => {
    const told = await clean(work);
    return told.ok ? told : { ...told, message: text(told.message) };
  };
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
    async start(request) {
      const begun = await clean(runtime.start(request));
      return 'refusal' in begun ? { refusal: refusal(begun.refusal, redactor) } : begun;
    },
    resume: (runId, options) => outcome(runtime.resume(runId, options)),
    pause: (runId, by) => outcome(runtime.pause(runId, by)),
    cancel: (runId, by) => outcome(runtime.cancel(runId, by)),
    async undoChanges(runId, step, options) {
      const told = await clean(runtime.undoChanges(runId, step, options));
      return told.ok ? told : { ...told, message: text(told.message) };
    },
    decide(runId, id, decision, by) {
      // Clean before it is applied: what a person gives becomes a result, in memory as on the disk.
      const { value, comment } = decision;
      const given = {
        ...decision,
        ...(value !== undefined && { value: redactor.json(value) }),
        ...(comment !== undefined && { comment: text(comment) }),
      };
      return outcome(runtime.decide(runId, id, given, by));
    },
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
    whenIdle: (runId) => clean(runtime.whenIdle(runId)),
    query: (sql, parameters) => clean(runtime.query(sql, parameters)),
    close: () => clean(runtime.close()),
    dispose: () => runtime.dispose(),
  };
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
