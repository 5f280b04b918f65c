import { isCollaboration } from '../../src/core/model/message';
import { talkLine } from '../../src/core/model/tool-words';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { knownAgents } from '../../src/core/agents/roster';
import type { JsonObject } from '../../src/core/base/json';
import type { RunEvent } from '../../src/core/model/events';
import { formatDiagnostic } from '../../src/core/model/diagnostic';
import type { ApprovalMode, WorkflowDefinition } from '../../src/core/model/workflow';
import { parseWorkflow } from '../../src/core/workflow/parse';
import type { StepScript } from '../core/engine/scripted-models';
import type { CommandScript } from '../core/engine/simulated-host';
import type { AgentScript, Simulation } from '../core/engine/simulation';
import type { TalkScript } from './talking-models';

/** A story: a workflow, what its commands do, and what people do while it runs. */
export interface Scenario {
  readonly name: string;
  readonly workflow: string;
  /** What a command does, by its text; the second number counts how often it was begun. */
  readonly commands?: (command: string, time: number) => CommandScript;
  readonly agents?: (action: string, step: string, attempt: number) => AgentScript;
  /** How the calls of a step with a prompt go. */
  readonly models?: (step: string, attempt: number) => StepScript;
  /** What models say, where agents work with the tools of agents together. */
  readonly talk?: TalkScript;
  readonly mode?: ApprovalMode;
  readonly rehearsal?: boolean;
  readonly inputs?: JsonObject;
  /** From the start to the end of the story. May give another simulation: the one that went on after a crash. */
  readonly play: (simulation: Simulation) => Promise<Simulation | void>;
}

export function parseScenario(scenario: Pick<Scenario, 'name' | 'workflow'>): WorkflowDefinition {
  const file = `workflows/${scenario.name}.baton.yaml`;
  const parsed = parseWorkflow({ text: scenario.workflow, path: file, knownAgents });
  if (parsed.definition === undefined)
    throw new Error(parsed.diagnostics.map((diagnostic) => formatDiagnostic(file, diagnostic)).join('\n'));
  return parsed.definition;
}

const folder = path.join(import.meta.dirname, 'golden');

/** Compares with the golden file, or writes it when UPDATE_GOLDEN is set. Gives the expected text. */
export async function golden(file: string, actual: string): Promise<string> {
  const target = path.join(folder, file);
  if (process.env['UPDATE_GOLDEN'] !== undefined) {
    await mkdir(folder, { recursive: true });
    await writeFile(target, actual);
  }
  return readFile(target, 'utf8');
}

/** For people: when, what, where, and the words that matter. */
export function readable(events: readonly RunEvent[]): string {
  const start = events[0]?.at ?? 0;
  return events.map((event) => `${line(event, start)}\n`).join('');
}

function line(event: RunEvent, start: number): string {
  const at = `+${((event.at - start) / 1_000).toFixed(3)}`.padStart(10);
  const step = 'step' in event ? `${event.step}#${event.attempt}` : '';
  return `${String(event.seq).padStart(3)} ${at}  ${event.type.padEnd(18)} ${step.padEnd(12)} ${words(event)}`.trimEnd();
}

function words(event: RunEvent): string {
  const json = (value: unknown): string => {
    const text = JSON.stringify(value);
    return text.length > 90 ? `${text.slice(0, 89)}…` : text;
  };
  if (isCollaboration(event)) return talkLine(event);
  switch (event.type) {
    case 'run-started':
      return `${event.definition.name} as ${event.mode} by ${event.by}${event.rehearsal ? ' REHEARSAL' : ''}${event.notes.map((note) => `\n                 note: ${note}`).join('')}`;
    case 'run-paused':
      return `${event.reason} by ${event.by}`;
    case 'run-resumed':
      return `by ${event.by}${event.mode === undefined ? '' : ` as ${event.mode}`}`;
    case 'run-parked':
      return `${event.reason}: ${event.message}`;
    case 'run-completed':
      return event.tolerated.length === 0 ? '' : `although ${event.tolerated.join(', ')} failed`;
    case 'run-failed':
      return event.message;
    case 'run-cancelled':
      return `by ${event.by}: ${event.reason}`;
    case 'step-started':
      return `${event.assignment.engine}${event.idempotent ? ' (may be repeated)' : ''}`;
    case 'step-produced':
      return json(event.output);
    case 'step-completed':
      return `${event.how} ${json(event.output)}`;
    case 'step-failed':
      return [
        `${event.error.code} (${event.error.class}): ${event.error.message}`,
        event.retryAt === undefined ? '' : `; again in ${event.retryAt - event.at} ms`,
        event.tolerated === true ? '; tolerated' : '',
      ].join('');
    case 'step-skipped':
      return `${event.reason}: ${event.because ?? ''} -> ${json(event.output)}`;
    case 'step-uncertain':
    case 'step-cancelled':
      return event.message;
    case 'approval-requested': {
      const { id, kind, message, allow, shown, expiresAt, approvers } = event.approval;
      return [
        `${id} ${kind}: ${message ?? ''} [${allow.join(' ')}]`,
        approvers === undefined ? '' : ` by ${approvers.join(', ')}`,
        expiresAt === undefined
          ? ''
          : ` until +${(expiresAt - event.at) / 1_000} s, then ${event.approval.onExpire}`,
        ` shows ${json(shown)}`,
      ].join('');
    }
    case 'approval-decided': {
      const { action, comment, value } = event.decision;
      return [
        `${event.id} ${action} by ${event.by.name} (${event.by.channel})`,
        comment === undefined ? '' : `, "${comment}"`,
        value === undefined ? '' : `, ${json(value)}`,
        event.refused === undefined ? '' : ` REFUSED: ${event.refused}`,
      ].join('');
    }
    case 'approval-voided':
      return `${event.id} ${event.reason}`;
    case 'owner-changed':
      return `epoch ${event.epoch}${event.recovery ? ' after a crash' : ''}`;
    case 'routing-decision':
      return `call ${event.call} ${event.chosen.provider}/${event.chosen.model}: ${event.why}; reserved ${json(event.reserved)}`;
    case 'call-failed':
      return `call ${event.call} ${event.model.provider}/${event.model.model} ${event.fault}: ${event.message}; ${event.next}`;
    case 'call-answered':
      return `call ${event.call} ${event.model.provider}/${event.model.model}${event.cached === true ? ' (cached)' : ''}: ${json(event.answer)} ${json(event.usage)}`;
    case 'step-held':
      return `${event.reason}: ${event.message}`;
    case 'tool-started':
      return `call ${event.call} ${event.agent} uses ${event.tool} ${json(event.arguments)} (${event.permit.rule})`;
    case 'tool-completed':
      return `call ${event.call} ${event.isError ? 'came to nothing' : 'done'}: ${json(event.preview)}`;
    case 'changes-undone':
      return `${event.by} took back ${event.paths.join(', ')}`;
    default:
      return event satisfies never;
  }
}
