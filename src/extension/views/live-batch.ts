import type { HostMessage } from '../../../webview/protocol';
import type { LiveOutput } from '../../core/runtime-port';

type LiveMessage = Extract<HostMessage, { type: 'run-live' }>;

/**
 * What steps told since the last drawing, in as few messages as keep its order: text before a void answer must not be
 * mixed with text after it.
 */
export class LiveBatch {
  private readonly messages = new Map<string, LiveMessage[]>();

  /** `limit`: UTF-16 units of text per message; of more the end is kept. */
  constructor(private readonly limit: number) {}

  take({ step, text, progress, usage, voided }: LiveOutput): void {
    const last = voided === undefined ? this.last(step) : this.begin(step);
    this.replace(step, {
      ...last,
      ...(voided !== undefined && { voided }),
      ...(text !== undefined && { text: ((last.text ?? '') + text).slice(-this.limit) }),
      ...(progress !== undefined && { fraction: progress }),
      ...(usage !== undefined && { usage }),
    });
  }

  /** What the step told so far belongs to earlier answers: nothing takes it back any more. */
  settle(step: string): void {
    this.replace(step, { ...this.begin(step), settled: true });
  }

  /** A new attempt: what the one before told is over, also what nobody saw yet. */
  restart(step: string): void {
    this.messages.set(step, [{ type: 'run-live', step, restarted: true }]);
  }

  drain(): readonly LiveMessage[] {
    const all = [...this.messages.values()].flat();
    this.messages.clear();
    return all;
  }

  clear(): void {
    this.messages.clear();
  }

  private last(step: string): LiveMessage {
    return this.messages.get(step)?.at(-1) ?? this.begin(step);
  }

  private begin(step: string): LiveMessage {
    const message: LiveMessage = { type: 'run-live', step };
    this.messages.set(step, [...(this.messages.get(step) ?? []), message]);
    return message;
  }

  private replace(step: string, message: LiveMessage): void {
    this.messages.set(step, [...(this.messages.get(step) ?? []).slice(0, -1), message]);
  }
}
