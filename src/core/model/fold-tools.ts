import type { RunEvent } from './events';
import { mergedChanges } from './file-changes';
import type { StepKey } from './ids';
import type { FileChange, ToolCall } from './tool-call';

type ToolEvent = Extract<RunEvent, { type: 'tool-started' | 'tool-completed' | 'changes-undone' }>;

/** The part of a run's state that the calls of tools make. */
export interface ToolsState {
  tools: Record<StepKey, readonly ToolCall[]>;
  changes: Record<StepKey, readonly FileChange[]>;
}

/** The calls, and the files that differ because of them, after one more event about one of them. */
export function foldTool(state: ToolsState, event: ToolEvent): void {
  switch (event.type) {
    case 'tool-started': {
      const { step, attempt, call, key, agent, tool, permit, idempotent, at } = event;
      const started: ToolCall = {
        step,
        attempt,
        call,
        key,
        agent,
        tool,
        arguments: event.arguments,
        permit,
        ...(idempotent && { idempotent }),
        status: 'running',
        startedAt: at,
      };
      state.tools[step] = [...(state.tools[step] ?? []), started];
      return;
    }
    case 'tool-completed': {
      const own = state.tools[event.step] ?? [];
      const at = own.findLastIndex(({ attempt, call }) => attempt === event.attempt && call === event.call);
      const started = own[at];
      if (started !== undefined) state.tools[event.step] = own.with(at, ended(started, event));
      if (event.changes !== undefined)
        state.changes[event.step] = mergedChanges([...(state.changes[event.step] ?? []), ...event.changes]);
      return;
    }
    case 'changes-undone': {
      const left = (state.changes[event.step] ?? []).filter(({ path }) => !event.paths.includes(path));
      state.changes[event.step] = left;
      return;
    }
    default:
      event satisfies never;
  }
}

/** Calls of a step whose outcome will never be recorded: what came of them is not known. */
export function interruptTools(state: ToolsState, step: StepKey, at: number): void {
  const own = state.tools[step];
  if (own === undefined || own.every(({ status }) => status !== 'running')) return;
  state.tools[step] = own.map((call) =>
    call.status === 'running' ? { ...call, status: 'interrupted', endedAt: at } : call,
  );
}

function ended(started: ToolCall, event: Extract<ToolEvent, { type: 'tool-completed' }>): ToolCall {
  const { preview, isError, refused, changes, at } = event;
  return {
    ...started,
    status: refused !== undefined ? 'refused' : isError ? 'failed' : 'done',
    preview,
    ...(refused !== undefined && { refused }),
    ...(changes !== undefined && { changes }),
    endedAt: at,
  };
}
