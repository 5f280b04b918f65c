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
    switch (event.type) {
      case 'tool-started':
      case 'tool-completed':
        return this.changed(event.step, () => foldTool(this.state, event));
      case 'owner-changed':
        if (!event.recovery) return [];
        return Object.keys(this.state.tools).flatMap((step) => this.interrupted(step, event.at));
      default:
        return event.type.startsWith('step-') && 'step' in event
          ? this.interrupted(event.step, event.at)
          : [];
    }
  }

  private interrupted(step: StepKey, at: number): Row[] {
    return this.changed(step, () => interruptTools(this.state, step, at));
  }

  private changed(step: StepKey, fold: () => void): Row[] {
    const before = this.state.tools[step] ?? [];
    fold();
    const after = this.state.tools[step] ?? [];
    return after.flatMap((call, index) => (call === before[index] ? [] : [this.row(step, call)]));
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
