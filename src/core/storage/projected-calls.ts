import type { RunEvent } from '../model/events';
import { foldCall, loseCalls, type CallsState } from '../model/fold-calls';
import type { RunId, StepKey } from '../model/ids';
import { nothingSpent, type ModelCall } from '../model/model-call';
import type { Row } from './row';

/** The rows of one run's model calls, event after event. */
export class ProjectedCalls {
  private readonly state: CallsState = { spent: nothingSpent, calls: {} };

  constructor(private readonly runId: RunId) {}

  /** The rows that one more event changes. */
  next(event: RunEvent): Row[] {
    const before = { ...this.state.calls };
    switch (event.type) {
      case 'routing-decision':
      case 'call-failed':
      case 'call-answered':
        foldCall(this.state, event);
        break;
      case 'owner-changed':
        if (!event.recovery) return [];
        for (const step of Object.keys(before)) loseCalls(this.state, step, event.at);
        break;
      default:
        if (!event.type.startsWith('step-') || !('step' in event) || before[event.step] === undefined)
          return [];
        loseCalls(this.state, event.step, event.at);
    }
    return Object.entries(this.state.calls).flatMap(([step, calls]) =>
      calls === before[step] ? [] : this.changed(step, calls, before[step] ?? []),
    );
  }

  private changed(step: StepKey, calls: readonly ModelCall[], before: readonly ModelCall[]): Row[] {
    return calls.flatMap((call, index) => (call === before[index] ? [] : [this.row(step, call)]));
  }

  private row(step: StepKey, call: ModelCall): Row {
    const { attempt, chosen, usage } = call;
    return {
      id: `${this.runId}/${step}/${attempt}/${call.call}`,
      execution_id: this.runId,
      phase_id: step,
      attempt,
      call: call.call,
      provider: chosen.provider,
      model: chosen.model,
      status: call.status,
      cached: call.cached === true ? 1 : 0,
      input_tokens: usage?.inputTokens ?? null,
      output_tokens: usage?.outputTokens ?? null,
      usd: usage?.usd ?? null,
      estimated: usage === undefined ? null : Number(usage.estimated),
      latency: call.latencyMs ?? null,
      failures: JSON.stringify(call.failures),
      asked_at: call.askedAt,
      ended_at: call.endedAt ?? null,
    };
  }
}
