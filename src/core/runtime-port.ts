/* What every door (editor, command line, later MCP and workers) may ask of the core. `runtime.ts` builds it. */
import type { AgentNote, ListedAgent } from './agents/own/agent-profiles';
import type { EditorDiagnostics } from './analyses/editor-diagnostics';
import type { Disposable } from './base/disposable';
import type { Event } from './base/emitter';
import type { JsonObject } from './base/json';
import type { Host } from './host';
import type { Approval, Decider, Decision } from './model/approval';
import type { ArtifactRef } from './model/artifact';
import type { Checkpoint } from './model/checkpoint';
import type { Diagnostic } from './model/diagnostic';
import type { RunEvent } from './model/events';
import type { ApprovalId, RunId, StepKey } from './model/ids';
import type { CallUsage, ModelRef, ProviderName } from './model/model-call';
import type { RunState } from './model/run-state';
import type { ApprovalMode } from './model/workflow';
import type { ModelSource } from './providers/model-settings';
import type { HealthReport, OfferedModel } from './providers/provider';
import type { ParsedWorkflow } from './workflow/parsed-workflow';
import type { RunSummary } from './storage/run-store';
import type { CodeSource } from './tools/code/code-intelligence';
import type { MissingTool, ToolSource } from './tools/tool-box';

/**
 * What a door wants of a folder, said when the runtime is built: `createRuntime({ host, workspace, stateDirectory?, owner, access })`.
 * see: reads only; takes no lock, recovers nothing, writes nothing (list, status, approvals, export).
 * decide: owner when the lock is free, and recovers, but moves no run forward: decisions, pause and cancel are
 * stored, and no step starts (approve, pause, cancel from a terminal).
 * run: owner when the lock is free, and runs go on here: in a window all of them, in a terminal those that it starts, resumes or decides upon.
 */
export type Access = 'see' | 'decide' | 'run';

export type { Checkpoint };

/** What a door says of itself and of its folder when it asks for a runtime. */
export interface RuntimeOptions {
  readonly host: Host;
  /** Absolute path of the workspace folder. */
  readonly workspace: string;
  /** Where the state lies whatever is noted: the setting `baton.stateDirectory`, or `--state`. */
  readonly stateDirectory?: string;
  /** The storage folder that VS Code gave this window: becomes the home when none is noted yet. */
  readonly storageFolder?: string;
  readonly owner: {
    /** For people: "VS Code window (pid 123)". */
    readonly name: string;
    /** Default: terminal. */
    readonly kind?: 'window' | 'terminal';
    /** A window's: whether its workbench still answers. A ghost hands its folder over to a window that asks. */
    readonly isAlive?: () => Promise<boolean>;
  };
  readonly access: Access;
  /** What the editor's language tools say about the folder; absent outside an editor. */
  readonly editorDiagnostics?: EditorDiagnostics;
  /** Keys, settings and the editor's models; absent: no model is ever asked. */
  readonly models?: ModelSource;
  /** Settings of tools and what an editor lends to them; absent: the tools that need nothing, and no rule allows anything. */
  readonly tools?: ToolSource;
  /** False while the folder is not trusted: then nothing but a rehearsal goes on, whoever asks. Default: trusted. */
  readonly isTrusted?: () => boolean;
}

export interface WorkflowText {
  readonly text: string;
  /** Relative to the workspace folder, forward slashes (or absolute outside of it); decides YAML or JSON. */
  readonly path: string;
  /** Built into Baton rather than lying in the workspace. */
  readonly builtin?: boolean;
}

/** A run that has begun. */
export interface Started {
  readonly runId: RunId;
  /** What its file says that has no effect, or another one than it seems. */
  readonly warnings: readonly Diagnostic[];
}

export interface StartRequest {
  readonly workflow: WorkflowText;
  /** As given: strings are converted to the declared types. */
  readonly inputs: JsonObject;
  readonly mode: ApprovalMode;
  readonly rehearsal: boolean;
  /** Rehearsal: ask at gates instead of "approve (rehearsal)". */
  readonly askInRehearsal?: boolean;
  /** Starting twice with the same id gives one run. */
  readonly clientId?: string;
  readonly by: string;
  /** False in an untrusted folder: then only rehearsal. */
  readonly trusted: boolean;
}

/** A run is refused before it begins for these reasons; nothing was recorded. */
export interface Refusal {
  readonly code:
    'invalid-file' | 'inputs' | 'needs-model' | 'secrets' | 'unsupported' | 'untrusted' | 'not-owner';
  readonly message: string;
  /** The message without what can be done about it, for places that offer that as buttons; where it differs. */
  readonly brief?: string;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Owner {
  /** For people: "VS Code window (pid 123)", "terminal (pid 456)". */
  readonly name: string;
  readonly pid: number;
  readonly epoch: number;
}

/** not-owner: another process owns the folder, and did not take the command in time; nothing was changed. */
export type CommandOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: 'not-owner' | 'unknown-run' | 'finished' | 'refused' | 'unknown-approval' | 'storage';
      readonly message: string;
    };

export type UndoOutcome =
  | {
      readonly ok: true;
      readonly restored: readonly string[];
      /** Changed by somebody since, and left as they are. */
      readonly changedSince: readonly string[];
    }
  | Extract<CommandOutcome, { ok: false }>;

export interface LiveOutput {
  readonly runId: RunId;
  readonly step: StepKey;
  readonly attempt: number;
  readonly text?: string;
  /** 0 to 1. */
  readonly progress?: number;
  /** Tokens of the model call that is under way. */
  readonly usage?: CallUsage;
  /** The text told since the model was asked is void: another answer comes. Why, for people. */
  readonly voided?: string;
}

/** One provider as people see it: in the tree, in `baton providers`. */
export interface ProviderStatus {
  readonly name: ProviderName;
  readonly title: string;
  readonly enabled: boolean;
  readonly priority: number;
  /** unreachable: a server that does not answer; no-consent: the editor's models, not allowed yet. */
  readonly state:
    | 'ready'
    | 'disabled'
    | 'no-key'
    | 'refused-key'
    | 'no-money'
    | 'cooling-down'
    | 'circuit-open'
    | 'unreachable'
    | 'no-models'
    | 'no-consent';
  /** Wall clock, milliseconds: of cooling-down and circuit-open. */
  readonly until?: number;
  /** One sentence: why it stands so. */
  readonly detail: string;
  /** What a person can do about it. */
  readonly fix?: 'set-key' | 'enable' | 'choose-model' | 'allow' | 'start-server' | 'try-now';
  /** What is asked when a step names no model. */
  readonly model?: string;
  /** Host of the address, where it is not the vendor's own. */
  readonly address?: string;
  /** Where the key came from: "secret storage", or the name of the environment variable. */
  readonly keyFrom?: string;
  /** Moving average, milliseconds; absent before the first answer. */
  readonly latencyMs?: number;
  /** 0 to 1, over the sliding window; absent with too few requests in it. */
  readonly errorRate?: number;
  /** In the last minute. */
  readonly requestsPerMinute: number;
  /** Over all folders, since midnight. */
  readonly today: {
    readonly calls: number;
    readonly usd: number;
    readonly tokens: number;
    readonly estimated: boolean;
    /** A part of it has no known price, and is not in `usd`. */
    readonly unpriced?: true;
  };
}

/** Who answers when a step names nobody: the first that works of keys, the editor's models, a local server; else the local engine. */
export interface AutomaticChoice {
  /** Absent: the local engine. */
  readonly model?: ModelRef;
  /** Every rung that was looked at, with what was found: "Claude: no key". */
  readonly why: readonly string[];
}

export interface Models {
  status(): Promise<readonly ProviderStatus[]>;
  automatic(): Promise<AutomaticChoice>;
  /** What settings or a file wished for and did not get, for people. */
  notes(): Promise<readonly string[]>;
  /** Settings, keys and the editor's models are read again. */
  refresh(): Promise<void>;
  /** Asks the provider whether it answers; with `key` before that key is stored. Rejects with a `ProviderError`. */
  test(
    provider: ProviderName,
    options?: { readonly key?: string; readonly signal?: AbortSignal },
  ): Promise<HealthReport>;
  offered(provider: ProviderName, signal?: AbortSignal): Promise<readonly OfferedModel[]>;
  readonly onDidChange: Event<void>;
}

/** The tools of agents as people see them: in the tree, in `baton doctor`. */
export interface Tools {
  /** Looks anew; starts the person's MCP servers to ask what they offer. */
  list(signal?: AbortSignal): Promise<ListedTools>;
  /** What settings say, and what servers told so far. Starts nothing. */
  standing(): Promise<ToolsStanding>;
  /** Settings changed, or servers told something else than before. */
  readonly onDidChange: Event<void>;
}

/** The tools of agents as far as they are known without asking anybody. */
export interface ToolsStanding extends Pick<ListedTools, 'asksEverything' | 'notes'> {
  /** `tools` is absent while the server was not asked: it starts when a step needs tools. */
  readonly servers: readonly (Omit<ListedServer, 'tools'> & { readonly tools?: number })[];
}

export interface ListedTools {
  /** Baton's own in a fixed order, then those of MCP servers. */
  readonly usable: readonly { readonly name: string; readonly description: string }[];
  readonly missing: readonly MissingTool[];
  /** The MCP servers that the person set up. */
  readonly servers: readonly ListedServer[];
  /** Who answers questions about code, and for which languages. */
  readonly code: CodeSource;
  /** True while every call is asked, also what would be allowed: by a rule, or since a rule could not be read. */
  readonly asksEverything: boolean;
  /** What settings wished for and did not get. */
  readonly notes: readonly string[];
}

export interface ListedServer {
  readonly name: string;
  /** How many of its tools can be used. */
  readonly tools: number;
  /** What is wrong with it; each completes a sentence about the server. */
  readonly faults: readonly string[];
}

/** The agents of a folder as people see them. */
export interface RuntimeAgents {
  /** Baton's own and the folder's, after a look at its files. */
  list(): Promise<readonly ListedAgent[]>;
  /** What is wrong with files of the folder, or keeps them out of use. As of the last look. */
  readonly notes: readonly AgentNote[];
}

export interface Progress {
  /** 0 to 100, whole. */
  readonly percentage: number;
  /** Milliseconds since the start, waiting and paused time included. */
  readonly elapsedMs: number;
  /** From earlier runs of the same steps; absent when there are none. */
  readonly remainingMs?: number;
}

export interface OpenApproval {
  readonly runId: RunId;
  readonly workflow: string;
  readonly runStartedAt: number;
  readonly approval: Approval;
}

export interface Runtime extends Disposable {
  /**
   * Undefined while this process owns the folder; else who does. With access `decide` or `run` this process then is its client: start,
   * resume, pause, cancel, decide and undoChanges are done by the owner, and answered as it answers.
   */
  readonly otherOwner: Owner | undefined;
  readonly onDidChangeOwner: Event<void>;
  /** Stored events of every run, in the order of their runs; of runs in another process as soon as it tells of them. */
  readonly onEvent: Event<RunEvent>;
  readonly onLive: Event<LiveOutput>;
  /** For people: a notice that needs a place to be shown (disk full, torn record cut, continued from a closed window). */
  readonly onNotice: Event<string>;

  /** Absolute path of the folder where the state of the workspace lies. */
  readonly stateFolder: string;
  readonly models: Models;
  readonly tools: Tools;
  readonly agents: RuntimeAgents;
  check(workflow: WorkflowText): Promise<ParsedWorkflow>;
  start(request: StartRequest): Promise<Started | { readonly refusal: Refusal }>;
  /**
   * `seq`: go on from a checkpoint of an unfinished run (it must be its last position in this version).
   * `automatic`: a setting resumes, not a person; then a run that keeps crashing its host stays parked.
   */
  resume(
    runId: RunId,
    options: {
      readonly by: string;
      readonly mode?: ApprovalMode;
      readonly seq?: number;
      readonly automatic?: true;
    },
  ): Promise<CommandOutcome>;
  pause(runId: RunId, by: string): Promise<CommandOutcome>;
  cancel(runId: RunId, by: string): Promise<CommandOutcome>;
  decide(runId: RunId, id: ApprovalId, decision: Decision, by: Decider): Promise<CommandOutcome>;

  /**
   * Takes back what a step's agents changed in files, per file or all, also after the run has ended. A file that somebody changed since
   * stays, and is named; `anyway` overwrites those that are named.
   */
  undoChanges(
    runId: RunId,
    step: StepKey,
    options: {
      readonly by: string;
      /** Relative to the workspace; absent: all. */
      readonly paths?: readonly string[];
      readonly anyway?: readonly string[];
    },
  ): Promise<UndoOutcome>;

  runs(): Promise<readonly RunSummary[]>;
  /** Folded from memory for live runs, from the journal for others. */
  state(runId: RunId): Promise<RunState | undefined>;
  events(runId: RunId, afterSeq?: number): Promise<readonly RunEvent[]>;
  approvals(): Promise<readonly OpenApproval[]>;
  checkpoints(runId: RunId): Promise<readonly Checkpoint[]>;
  progress(runId: RunId): Promise<Progress | undefined>;
  readArtifact(ref: Pick<ArtifactRef, 'hash'>): Promise<Uint8Array>;
  readLog(runId: RunId, step: StepKey, attempt: number): Promise<string>;
  /** Lays the run out as `DIR/artifacts/<run>/<path as produced>` with its events; gives the files written. */
  exportRun(runId: RunId, directory: string): Promise<readonly string[]>;
  /** True while the run has an engine in this process. */
  isLive(runId: RunId): boolean;
  /** Runs that go on here because other processes asked for them, each with who that is, for people: "terminal (pid 456)". */
  runsForOthers(): readonly { readonly runId: RunId; readonly from: string }[];
  /** Resolves when the run cannot go on by itself: finished, waiting, paused or parked. Also for a run in another process. */
  whenIdle(runId: RunId): Promise<RunState>;
  /** Read-only SQL over the sql.js view, caught up first. Rows as objects. */
  query(
    sql: string,
    parameters?: readonly (string | number | null)[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Stops what runs so that it is resumable, closes the store, frees the lock. */
  close(): Promise<void>;
}
