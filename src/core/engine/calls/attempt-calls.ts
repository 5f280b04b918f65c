/*
 * owns: the record of one attempt's model calls: numbers, what is on the disk before anything is sent, what is given back.
 * does not own: asking (agents), money (run-purse).
 * must stay true: an answer is a result only once it is on the disk; each recorded answer is given once; nothing is recorded of an
 * attempt that has ended.
 */
import type { AnsweredCall, CallLog } from '../../agents/agent';
import { CancelledError } from '../../base/abort';
import type { Log } from '../../host';
import { BatonError, messageOf } from '../../model/errors';
import type { RunEventBody } from '../../model/events';
import type { Sha256, StepKey } from '../../model/ids';
import type { RouterEvent } from '../../providers/routing';
import type { ArtifactStore } from '../../storage/run-store';
import type { AttemptPurse, CallBody } from '../money/attempt-purse';
import { storableOutput, wholeOutput } from '../work/large-output';
import type { AnsweredEvent } from './recorded-answers';

export interface AttemptCallsOptions {
  readonly step: StepKey;
  readonly attempt: number;
  /** Of the attempts that this one goes on from, in order. */
  readonly answers: readonly AnsweredEvent[];
  readonly artifacts: ArtifactStore;
  /** Resolves to false when it will never be on the disk. */
  readonly append: (body: RunEventBody) => Promise<boolean>;
  readonly purse: Pick<AttemptPurse, 'recording' | 'recorded'>;
  readonly log: Log;
}

export class AttemptCalls implements CallLog {
  private readonly left: AnsweredEvent[];
  private last = 0;
  private isClosed = false;

  constructor(private readonly options: AttemptCallsOptions) {
    this.left = [...options.answers];
  }

  async answered(requestHash: Sha256): Promise<AnsweredCall | undefined> {
    for (;;) {
      const at = this.left.findIndex((event) => event.requestHash === requestHash);
      const [event] = at < 0 ? [] : this.left.splice(at, 1);
      if (event === undefined) return undefined;
      try {
        const { model, usage, cached, latencyMs } = event;
        const answer = await wholeOutput(event.answer, this.options.artifacts);
        return { model, requestHash, answer, usage, latencyMs, ...(cached && { cached }) };
      } catch (error) {
        this.options.log.warn(
          `A recorded answer of ${this.options.step} cannot be read: ${messageOf(error)}`,
        );
      }
    }
  }

  begin(): number {
    this.last += 1;
    return this.last;
  }

  async routed(
    call: number,
    event: Extract<RouterEvent, { type: 'routing-decision' | 'error' }>,
  ): Promise<void> {
    if (event.type === 'routing-decision') {
      const { chosen, chain, why, reserved } = event;
      return this.append({ type: 'routing-decision', ...this.place(call), chosen, chain, why, reserved });
    }
    const { model, fault, message, next, waitMs, usage } = event;
    return this.append({
      type: 'call-failed',
      ...this.place(call),
      model,
      fault,
      message,
      next,
      ...(waitMs > 0 && { waitMs }),
      ...(usage !== undefined && { usage }),
    });
  }

  async record(call: number, answered: AnsweredCall): Promise<void> {
    const { model, requestHash, usage, cutInput, cached, latencyMs } = answered;
    const answer = await storableOutput(answered.answer, this.options.artifacts);
    return this.append({
      type: 'call-answered',
      ...this.place(call),
      model,
      requestHash,
      answer,
      usage,
      ...(cutInput && { cutInput }),
      ...(cached && { cached }),
      latencyMs: Math.round(latencyMs),
    });
  }

  close(): void {
    this.isClosed = true;
  }

  private async append(body: CallBody): Promise<void> {
    if (this.isClosed) throw new CancelledError('The attempt has ended.');
    this.options.purse.recording(body);
    if (!(await this.options.append(body)))
      throw new BatonError('store-failed', 'The call could not be recorded, and so it did not happen.');
    this.options.purse.recorded(body);
  }

  private place(call: number) {
    const { step, attempt } = this.options;
    return { step, attempt, call };
  }
}
