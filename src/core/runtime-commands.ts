/*
 * owns: what people ask of runs, done by the engine of this process.
 * does not own: whether this process has one (folder), and asking another process instead (client).
 */
import type { Agents } from './agents/agent';
import type { Redactor } from './base/redactor';
import type { Engine } from './engine/engine';
import type { Host } from './host';
import type { RunId } from './model/ids';
import type { Step } from './model/workflow';
import type { ModelSource } from './providers/model-settings';
import type { Folder } from './runtime-folder';
import type { CommandOutcome, Runtime, StartRequest, UndoOutcome, WorkflowText } from './runtime-port';
import { withSecrets } from './runtime-secrets';
import { prepareStart } from './runtime-start';
import { restoreFiles, undoScope } from './runtime-undo';
import { checkpointsOf } from './storage/checkpoints';
import type { ParsedWorkflow } from './workflow/parsed-workflow';

export type Commands = Pick<Runtime, 'start' | 'resume' | 'pause' | 'cancel' | 'decide' | 'undoChanges'>;

export interface OwnCommands extends Commands {
  /** `startedIn`: the run of which a step's process asks for it. */
  start(request: StartRequest, startedIn?: RunId): ReturnType<Commands['start']>;
  /** Lets a run go on that the end of an earlier owner broke off. One that somebody paused stays paused, which is no refusal. */
  goOn(runId: RunId, by: string): Promise<CommandOutcome>;
}

export interface CommandParts {
  readonly folder: Folder;
  readonly host: Host & { readonly redactor: Redactor };
  /** Absolute. */
  readonly workspace: string;
  readonly agents: Agents;
  readonly source: ModelSource;
  readonly check: (workflow: WorkflowText) => Promise<ParsedWorkflow>;
  /** Whether a step might ask a model. */
  readonly mayAskModel: (step: Step) => boolean;
  /** Resolves once it is known which models there are. */
  readonly modelsReady: () => Promise<unknown>;
}

export function createCommands(parts: CommandParts): OwnCommands {
  const { folder, host, workspace, agents, source, check, mayAskModel, modelsReady } = parts;
  const refusal = () => ({ ok: false, code: 'not-owner', message: notOwnerText(folder) }) as const;
  const command = async <Done extends CommandOutcome | UndoOutcome = CommandOutcome>(
    act: (engine: Engine) => Promise<Done>,
  ): Promise<Done | ReturnType<typeof refusal>> =>
    folder.engine === undefined ? refusal() : act(folder.engine);
  return {
    async start(request, startedIn) {
      const parsed = await check(request.workflow);
      const mayAsk = parsed.definition?.steps.some(mayAskModel) === true;
      // Nobody is looked for on behalf of a file that is not trusted, or that nobody runs.
      if (mayAsk && request.trusted && !request.rehearsal) await modelsReady();
      const prepared = prepareStart(request, parsed, agents, host);
      if ('refusal' in prepared) return prepared;
      const begun = await withSecrets(prepared.run, source, host.redactor);
      if ('refusal' in begun) return begun;
      const warnings = parsed.diagnostics.filter(({ severity }) => severity === 'warning');
      // Looked for last: it may have stopped being the owner meanwhile.
      if (folder.engine === undefined) return notOwner(folder);
      const run = { ...begun.run, ...(startedIn !== undefined && { startedIn }) };
      return { runId: await folder.engine.start(run), warnings };
    },
    resume: (runId, { seq, ...how }) =>
      command(async (engine) => {
        const behind = seq === undefined ? undefined : await notTheLast(folder, runId, seq);
        return behind ?? engine.resume(runId, how);
      }),
    goOn: (runId, by) =>
      command(async (engine) => {
        const state = await engine.state(runId);
        const isBrokenOff = state?.phase === 'paused' && state.reason === 'interrupted';
        return isBrokenOff ? engine.resume(runId, { by, automatic: true }) : { ok: true };
      }),
    pause: (runId, by) => command((engine) => engine.pause(runId, by)),
    cancel: (runId, by) => command((engine) => engine.cancel(runId, by)),
    undoChanges: (runId, step, { by, ...which }) =>
      command(async (engine): Promise<UndoOutcome> => {
        const scope = await undoScope(host, workspace, (ref) => folder.store.artifacts.get(ref));
        return engine.undo(runId, step, by, (changes) => restoreFiles(changes, which, scope));
      }),
    decide: (runId, id, decision, by) => command((engine) => engine.decide(runId, id, decision, by)),
  };
}

/** A start that nobody did. */
export function notOwner(folder: Pick<Folder, 'otherOwner'>, message = notOwnerText(folder)) {
  return { refusal: { code: 'not-owner', message, diagnostics: [] } } as const;
}

/** Why nothing was done: this process is not the one that may. */
export function notOwnerText(folder: Pick<Folder, 'otherOwner'>): string {
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
