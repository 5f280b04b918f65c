/*
 * owns: one attempt at a step, from its first effect to what came out: deadline, agent or command, check of the result.
 * does not own: whether and when it runs, and what its outcome means for the run (run).
 * must stay true: it always ends, and a result is only ever reported whole: checked, large parts stored.
 */
import type {
  AgentResult,
  Agents,
  AgentTask,
  CallLog,
  NeedsPerson,
  ToolLog,
  UpstreamResult,
} from '../../agents/agent';
import { formatLimit } from '../../base/duration';
import type { JsonValue } from '../../base/json';
import type { Host, ProcessGroup } from '../../host';
import type { ArtifactRef } from '../../model/artifact';
import { BatonError, messageOf } from '../../model/errors';
import type { Assignment, StepError, Usage } from '../../model/events';
import type { RunId, StepKey } from '../../model/ids';
import type { BudgetQuestion, CallUsage } from '../../model/model-call';
import type { StepProduct } from '../../model/run-state';
import type { ToolQuestion } from '../../model/tool-call';
import type { FailureClass, Step, WorkflowConfig } from '../../model/workflow';
import { reasonsOf, type OverBudget, type Purse } from '../../providers/routing';
import type { ArtifactStore } from '../../storage/run-store';
import type { ValueContext } from '../../workflow/expressions';
import { collectArtifacts } from './collect-artifacts';
import { commandSecrets, type SecretSource } from './command-secrets';
import { runCommand } from './command-step';
import { storableOutput } from './large-output';
import { schemaFaults } from '../../base/schema-faults';
import type { StepContent } from './step-content';
import { Stop, stopOf } from './stop';

/** An agent that does not hear its signal is given up this long after its grace. Milliseconds. */
const PATIENCE_MS = 1_000;

export interface AttemptTask {
  readonly host: Host;
  readonly agents: Agents;
  readonly artifacts: ArtifactStore;
  readonly workspace: string;
  readonly runId: RunId;
  readonly step: Step;
  readonly attempt: number;
  readonly assignment: Assignment;
  readonly content: StepContent;
  readonly values: ValueContext;
  /** Of a command. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secret?: SecretSource;
  readonly upstream: () => readonly UpstreamResult[];
  /** Steps of agents that may be at work at the same time. */
  readonly beside: () => readonly StepKey[];
  readonly comment?: string;
  readonly onText: (text: string) => void;
  readonly onProgress: (fraction: number) => void;
  readonly onProcess: (group: ProcessGroup) => void;
  readonly config: WorkflowConfig;
  readonly isRetry: boolean;
  readonly calls: CallLog;
  readonly tools: ToolLog;
  readonly join: AgentTask['join'];
  readonly purse: Purse;
  readonly onVoid: (why: string) => void;
  readonly onUsage: (usage: CallUsage) => void;
}

export type AttemptOutcome =
  /** `whole`: the output itself, where the product carries a stand-in for a large one. */
  | { readonly type: 'produced'; readonly product: StepProduct; readonly whole: JsonValue }
  | {
      readonly type: 'failed';
      readonly error: StepError;
      readonly artifacts: readonly ArtifactRef[];
      readonly usage: Usage;
    }
  /** It came to a call that its run may not pay for now. */
  | { readonly type: 'held'; readonly question: BudgetQuestion }
  /** It came to calls that a person has to decide about. */
  | { readonly type: 'asking'; readonly question: ToolQuestion }
  /** Stopped from outside before it came to a result. */
  | { readonly type: 'stopped'; readonly stop: Stop };

/** Never rejects. `stop` ends it: fired with a `Stop` as its reason. */
export async function runAttempt(task: AttemptTask, stop: AbortController): Promise<AttemptOutcome> {
  const { host, step } = task;
  const { signal } = stop;
  const begun = host.clock.monotonic();
  const { timeout } = step;
  const deadline =
    timeout === undefined
      ? undefined
      : host.clock.after(timeout, () =>
          stop.abort(new Stop('timeout', `It took longer than its limit of ${formatLimit(timeout)}.`)),
        );
  const usage = (): Usage => ({ durationMs: Math.max(0, Math.round(host.clock.monotonic() - begun)) });
  const failed = (error: StepError, artifacts: readonly ArtifactRef[] = []): AttemptOutcome => ({
    type: 'failed',
    error,
    artifacts,
    usage: usage(),
  });
  try {
    const result = await orGivenUp(task, signal, work(task, signal));
    if (signal.aborted) return stopped(stopOf(signal), failed);
    if ('code' in result) return failed(result);
    const faults = step.output?.schema === undefined ? [] : schemaFaults(step.output.schema, result.output);
    if (faults.length > 0)
      return failed(
        { code: 'output-schema', class: 'error', message: `The result does not fit: ${faults.join('; ')}.` },
        result.artifacts,
      );
    const product = {
      output: await storableOutput(result.output, task.artifacts),
      summary: result.summary,
      artifacts: [...result.artifacts, ...(step.run === undefined ? [] : await collectArtifacts(task))],
      usage: { ...result.usage, ...usage() },
    };
    return { type: 'produced', product, whole: result.output };
  } catch (error) {
    if (signal.aborted) return stopped(stopOf(signal), failed);
    if (isOverBudget(error)) return { type: 'held', question: error.question };
    if (isNeedsPerson(error)) return { type: 'asking', question: error.question };
    return failed(errorOf(error));
  } finally {
    deadline?.dispose();
  }
}

function stopped(stop: Stop, failed: (error: StepError) => AttemptOutcome): AttemptOutcome {
  if (stop.kind === 'timeout') return failed({ code: 'timeout', class: 'timeout', message: stop.message });
  return { type: 'stopped', stop };
}

async function work(task: AttemptTask, signal: AbortSignal): Promise<AgentResult | StepError> {
  const { content, comment } = task;
  if (content.command === undefined) return task.agents.perform(agentTask(task, signal));
  const secrets = await commandSecrets(task.values.env, task.secret);
  if ('code' in secrets) return secrets;
  const outcome = await runCommand({
    host: task.host,
    command: content.command,
    workspace: task.workspace,
    env: {
      ...task.environment,
      ...secrets.env,
      BATON_STEP: `${task.runId}/${task.step.key}/${task.attempt}`,
      BATON_RUN_ID: task.runId,
      ...(comment !== undefined && { BATON_COMMENT: comment }),
    },
    signal,
    onText: task.onText,
    onStarted: task.onProcess,
  });
  if (outcome.type === 'failed') return outcome.error;
  return { output: outcome.output, summary: outcome.summary, artifacts: [] };
}

function agentTask(task: AttemptTask, signal: AbortSignal): AgentTask {
  const { artifacts, content, comment, upstream, beside } = task;
  return {
    runId: task.runId,
    step: task.step,
    attempt: task.attempt,
    assignment: task.assignment,
    workspace: task.workspace,
    ...(content.prompt !== undefined && { prompt: content.prompt }),
    with: content.with,
    inputs: task.values.inputs,
    // Gathered only when looked at: in a long chain it is long, and most actions need none of it.
    get upstream() {
      return upstream();
    },
    get beside() {
      return beside();
    },
    ...(comment !== undefined && { comment }),
    signal,
    onText: task.onText,
    onProgress: task.onProgress,
    putArtifact: (path, mediaType, data) => artifacts.put(path, mediaType, data),
    getArtifact: (ref) => artifacts.get(ref),
    log: task.host.log,
    config: task.config,
    isRetry: task.isRetry,
    calls: task.calls,
    tools: task.tools,
    join: task.join,
    purse: task.purse,
    onVoid: task.onVoid,
    onUsage: task.onUsage,
  };
}

/** The work, or a rejection once it was stopped and did not end in time. */
function orGivenUp<T>(task: AttemptTask, signal: AbortSignal, running: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let patience: { dispose(): void } | undefined;
    const giveUp = () => {
      patience = task.host.clock.after(stopOf(signal).graceMs + PATIENCE_MS, () =>
        reject(signal.reason as Error),
      );
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    const done = () => {
      signal.removeEventListener('abort', giveUp);
      patience?.dispose();
    };
    running.then(
      (value) => {
        done();
        resolve(value);
      },
      (error: unknown) => {
        done();
        reject(error instanceof Error ? error : new Error(messageOf(error)));
      },
    );
  });
}

/** By its shape: it comes back through whoever asked the model. */
function isOverBudget(error: unknown): error is OverBudget {
  return error instanceof BatonError && error.code === 'over-budget' && 'question' in error;
}

function isNeedsPerson(error: unknown): error is NeedsPerson {
  return error instanceof BatonError && error.code === 'needs-person' && 'question' in error;
}

const CLASSES: Readonly<Record<string, FailureClass>> = {
  timeout: 'timeout',
  'rate-limit': 'rate_limit',
  'server-error': 'server_error',
  'network-error': 'network_error',
  killed: 'killed',
  // The work was done, and what came of it is lost: nobody may take that for a plain failure and do it again.
  'store-full': 'killed',
  'store-failed': 'killed',
};

function errorOf(error: unknown): StepError {
  const code = error instanceof BatonError ? error.code : 'action-failed';
  const unanswered = reasonsOf(error);
  return {
    code,
    class: CLASSES[code] ?? 'error',
    message: messageOf(error),
    ...(unanswered.length > 0 && { unanswered }),
  };
}
