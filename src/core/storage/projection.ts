/*
 * owns: which rows an event means. Pure: the same events give the same rows, one by one or all at once.
 */
import type { JsonObject } from '../base/json';
import type { RunEvent } from '../model/events';
import type { ApprovalId, RunId } from '../model/ids';
import { messageText } from '../model/tool-words';
import { CheckpointFinder } from './checkpoints';
import { ProjectedCalls } from './projected-calls';
import { ProjectedTools } from './projected-tools';
import type { Row } from './row';
import { RunTracker } from './run-tracker';

/** A row to insert, or to put in the place of the one with the same id. */
export interface Change {
  readonly table:
    | 'workflows'
    | 'workflow_executions'
    | 'workflow_events'
    | 'checkpoint_positions'
    | 'approvals'
    | 'audit_log'
    | 'model_calls'
    | 'tool_calls'
    | 'messages';
  readonly row: Row;
}

/** Which workflows there are, by id: a name belongs to the one that came first. */
export interface KnownWorkflow {
  readonly name: string;
  readonly createdAt: number;
}

/** The rows of one run, event after event. */
export class RunProjection {
  private readonly tracker: RunTracker;
  private readonly checkpoints = new CheckpointFinder();
  private readonly calls: ProjectedCalls;
  private readonly tools: ProjectedTools;
  private readonly approvals = new Map<ApprovalId, { row: Row; data: JsonObject }>();
  private started: Extract<RunEvent, { type: 'run-started' }> | undefined;
  private checkpointCount = 0;
  private resumeCount = 0;
  private error: string | null = null;

  constructor(
    private readonly runId: RunId,
    private readonly workflows: Map<string, KnownWorkflow>,
  ) {
    this.tracker = new RunTracker(runId);
    this.calls = new ProjectedCalls(runId);
    this.tools = new ProjectedTools(runId);
  }

  get isFinished(): boolean {
    return this.tracker.isFinished;
  }

  /** The rows of one more event. The row of the run itself comes from `execution`, once after many events. */
  next(event: RunEvent): Change[] {
    this.tracker.apply(event);
    const id = `${event.runId}@${event.seq}`;
    const changes: Change[] = [
      {
        table: 'workflow_events',
        row: {
          id,
          execution_id: event.runId,
          event_type: event.type,
          event_data: JSON.stringify(event),
          timestamp: event.at,
        },
      },
      { table: 'audit_log', row: auditRow(id, event) },
    ];
    if (event.type === 'run-started') {
      this.started = event;
      changes.unshift({ table: 'workflows', row: workflowRow(event, this.workflows) });
    }
    if (event.type === 'run-resumed') this.resumeCount += 1;
    if (event.type === 'run-failed' || event.type === 'run-parked') this.error = event.message;
    else if (event.type === 'run-cancelled') this.error = event.reason;
    else if (event.type === 'run-completed' || event.type === 'run-resumed') this.error = null;
    const checkpoint = this.checkpoints.next(event);
    if (checkpoint !== undefined) {
      this.checkpointCount += 1;
      changes.push({
        table: 'checkpoint_positions',
        row: {
          id: checkpoint.id,
          execution_id: event.runId,
          seq: event.seq,
          checkpoint_type: checkpoint.type,
          metadata: JSON.stringify({ steps: checkpoint.steps }),
          created_at: event.at,
        },
      });
    }
    for (const row of this.calls.next(event)) changes.push({ table: 'model_calls', row });
    for (const row of this.tools.next(event)) changes.push({ table: 'tool_calls', row });
    if (event.type === 'message-sent') changes.push({ table: 'messages', row: messageRow(event) });
    const approval = this.approvalRow(id, event);
    if (approval !== undefined) changes.push({ table: 'approvals', row: approval });
    return changes;
  }

  /** The run's own row as of the last event; undefined before it began. */
  execution(): Change | undefined {
    const { started } = this;
    if (started === undefined) return undefined;
    const { status, startedAt, endedAt } = this.tracker.summary();
    return {
      table: 'workflow_executions',
      row: {
        id: this.runId,
        workflow_id: workflowId(started),
        state: status,
        context: JSON.stringify({
          inputs: started.inputs,
          env: started.definition.env,
          mode: started.mode,
          definitionHash: started.definitionHash,
          rehearsal: started.rehearsal === true,
        }),
        started_at: startedAt,
        completed_at: endedAt ?? null,
        duration: endedAt === undefined ? null : endedAt - startedAt,
        error: this.error,
        triggered_by: started.by,
        priority: 0,
        parent_execution_id: null,
        resume_count: this.resumeCount,
        checkpoint_count: this.checkpointCount,
      },
    };
  }

  private approvalRow(id: string, event: RunEvent): Row | undefined {
    if (event.type === 'approval-requested') {
      const { approval } = event;
      const data = JSON.parse(JSON.stringify({ approval })) as JsonObject;
      const row: Row = {
        id,
        workflow_id: event.runId,
        phase_id: event.step,
        data: JSON.stringify(data),
        created_at: event.at,
        expires_at: approval.expiresAt ?? null,
      };
      this.approvals.set(approval.id, { row, data });
      return row;
    }
    if (event.type !== 'approval-decided' && event.type !== 'approval-voided') return undefined;
    const known = this.approvals.get(event.id);
    if (known === undefined) return undefined;
    const { seq, at } = event;
    const more =
      event.type === 'approval-voided'
        ? { voided: { reason: event.reason, at, seq } }
        : event.refused === undefined
          ? { decided: { ...event.decision, by: event.by, at, seq } }
          : {
              refused: [
                ...((known.data['refused'] ?? []) as readonly JsonObject[]),
                { ...event.decision, by: event.by, reason: event.refused, at, seq },
              ],
            };
    const data = JSON.parse(JSON.stringify({ ...known.data, ...more })) as JsonObject;
    const row = { ...known.row, data: JSON.stringify(data) };
    this.approvals.set(event.id, { row, data });
    return row;
  }
}

function messageRow({ runId, at, message }: Extract<RunEvent, { type: 'message-sent' }>): Row {
  const { id, from, to, way, type, priority } = message;
  return {
    id: `${runId}/${id}`,
    execution_id: runId,
    message: id,
    sender: from,
    recipients: JSON.stringify(to),
    topic: way.type === 'topic' ? way.topic : null,
    type,
    priority,
    text: messageText(message),
    sent_at: at,
  };
}

function workflowId(event: Extract<RunEvent, { type: 'run-started' }>): string {
  return event.source.path ?? `builtin:${event.definition.name}`;
}

function workflowRow(
  event: Extract<RunEvent, { type: 'run-started' }>,
  workflows: Map<string, KnownWorkflow>,
): Row {
  const { definition } = event;
  const id = workflowId(event);
  const createdAt = workflows.get(id)?.createdAt ?? event.at;
  const isTaken = (wanted: string): boolean =>
    [...workflows].some(([other, known]) => other !== id && known.name === wanted);
  // Two files of one name are told apart by path.
  let { name } = definition;
  for (let count = 1; isTaken(name); count += 1)
    name = `${definition.name} (${id})${count === 1 ? '' : ` ${count}`}`;
  workflows.set(id, { name, createdAt });
  return {
    id,
    name,
    description: definition.description ?? null,
    definition: JSON.stringify(definition),
    version: definition.version ?? null,
    author: definition.author ?? null,
    tags: JSON.stringify(definition.tags),
    created_at: createdAt,
    updated_at: event.at,
  };
}

// Stands in `workflow_events`.
const BULKY: ReadonlySet<string> = new Set([
  'runId',
  'seq',
  'at',
  'type',
  'step',
  'definition',
  'source',
  'output',
  'answer',
  'approval',
  'usage',
  'arguments',
  'result',
  'value',
]);

/** Who did what. Results and definitions stand in `workflow_events`; here is only what an auditor asks for. */
function auditRow(id: string, event: RunEvent): Row {
  const rest = Object.fromEntries(Object.entries(event).filter(([key]) => !BULKY.has(key)));
  if (event.type === 'message-sent')
    Object.assign(rest, { message: event.message.id, from: event.message.from, to: event.message.to });
  if (event.type === 'approval-requested')
    Object.assign(rest, {
      id: event.approval.id,
      kind: event.approval.kind,
      shownHash: event.approval.shownHash,
    });
  return {
    id,
    workflow_id: event.runId,
    action: event.type,
    phase_id: 'step' in event ? event.step : null,
    user_id: userOf(event),
    data: JSON.stringify(rest),
    timestamp: event.at,
  };
}

function userOf(event: RunEvent): string | null {
  if (event.type === 'owner-changed') return event.owner;
  if (!('by' in event)) return null;
  return typeof event.by === 'string' ? event.by : event.by.name;
}
