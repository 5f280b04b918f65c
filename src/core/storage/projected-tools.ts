import type { RunEvent } from '../model/events';
import { foldTool, interruptTools, type ToolsState } from '../model/fold-tools';
import type { RunId, StepKey } from '../model/ids';
import type { ToolCall } from '../model/tool-call';
import type { Row } from './row';

/** The rows of one run's calls of tools, event after event. */
export class ProjectedTools {
  private readonly state: ToolsState = { tools: {}, changes: {} };

  constructor(private readonly runId: RunId) {}

  /** The rows that one more event changes. */
  next(event: RunEvent): Row[] {
    const before = { ...this.state.tools };
    switch (event.type) {
      case 'tool-started':
      case 'tool-completed':
      case 'changes-undone':
        foldTool(this.state, event);
        break;
      case 'owner-changed':
        if (!event.recovery) return [];
        for (const step of Object.keys(before)) interruptTools(this.state, step, event.at);
        break;
      default:
        if (!event.type.startsWith('step-') || !('step' in event)) return [];
        interruptTools(this.state, event.step, event.at);
    }
    return Object.entries(this.state.tools).flatMap(([step, calls]) =>
      calls === before[step] ? [] : this.changed(step, calls, before[step] ?? []),
    );
  }

  private changed(step: StepKey, calls: readonly ToolCall[], before: readonly ToolCall[]): Row[] {
    return calls.flatMap((call, index) => (call === before[index] ? [] : [this.row(step, call)]));
  }

  private row(step: StepKey, call: ToolCall): Row {
    const { attempt, agent, tool, status, permit, refused, preview, changes = [] } = call;
    return {
      id: `${this.runId}/${step}/${attempt}/${call.call}`,
      execution_id: this.runId,
      phase_id: step,
      attempt,
      call: call.call,
      agent,
      tool,
      arguments: JSON.stringify(call.arguments),
      status,
      rule: refused?.rule ?? permit.rule,
      refused_by: refused?.by ?? null,
      preview: preview ?? null,
      changed_files: JSON.stringify(changes.map(({ path }) => path)),
      started_at: call.startedAt,
      ended_at: call.endedAt ?? null,
    };
  }
}
