/*
 * owns: the calls of a model's turns: each is looked at, those that may be done are done, all are recorded, people are asked once for all.
 * does not own: what is to be done about one call (look-at-call), turns (conversation), asking people (engine).
 * must stay true: a call that must not be done twice is on the disk before it begins, and comes after those before it; whatever a
 * tool does, the model gets a result: only cancellation, questions to people and a record that cannot be written end the turn.
 */
import { CancelledError, throwIfAborted } from '../../base/abort';
import { BatonError, messageOf } from '../../model/errors';
import type { AskedCall, FileChange, ToolResult } from '../../model/tool-call';
import type { ToolCall, ToolResult as ToldResult } from '../../providers/provider';
import { visibleText } from '../../tools/files/visible-text';
import { joinTaint, untainted, type Taint } from '../../tools/policy/taint';
import type { ToolOutcome } from '../../tools/tool';
import { NeedsPerson, type StartedCall } from '../agent';
import { heldTogether, holdsAttempt } from '../collaboration/held';
import { callsInTurn, type CallInTurn } from './call-in-turn';
import { lookAtCall, theySay, type Desk, type Doable, type Looked } from './look-at-call';
import { holdsHidden, readsSecrets, taintOf, type TakenIn, type WrittenWithKeys } from './taken-in';
import { plainResult, resultOf, toldResult, type Redact } from './told-result';

/** Reads that run side by side. */
const MOST_AT_ONCE = 8;

export interface ToolDeskOptions extends Desk {
  readonly takenIn: TakenIn;
  readonly redact: Redact;
  /** Calls in all. */
  readonly mostCalls: number;
}

export class ToolDesk {
  private calls = 0;

  constructor(private readonly options: ToolDeskOptions) {}

  /** True when no further call is done. */
  get isUsedUp(): boolean {
    return this.calls >= this.options.mostCalls;
  }

  /**
   * The results of all calls of a turn, in their order. Rejects with `NeedsPerson` when people must be asked (what needs no question
   * is done by then), and with what a tool lets through: `OverBudget`, `CancelledError`.
   */
  async answer(requestHash: string, calls: readonly ToolCall[]): Promise<readonly ToldResult[]> {
    const { sha256, takenIn, work } = this.options;
    const results: ToolResult[] = [];
    const asked: AskedCall[] = [];
    const running = new SideBySide();
    // Of the calls so far, whatever comes of them: no order among them decides what is asked.
    let taint = takenIn.taint;
    for (const [at, one] of callsInTurn(requestHash, calls, work.participant, sha256).entries()) {
      throwIfAborted(work.task.signal);
      this.calls += 1;
      const looked = await this.look(one, taint);
      taint = joinTaint(taint, takenBy(looked, this.writtenWithKeys));
      if (looked.type === 'ask') asked.push(looked.asked);
      else if (looked.type === 'do' && looked.prepared.idempotent) {
        if (running.size >= MOST_AT_ONCE) await running.settled(asked);
        running.add(async () => void (results[at] = await this.do(one, looked)));
      } else if (looked.type === 'told') results[at] = looked.result;
      else {
        await running.settled(asked);
        if (looked.type === 'uncertain')
          throw new NeedsPerson({
            kind: 'uncertain',
            calls: [looked.asked],
            message: uncertain(looked.asked),
          });
        results[at] =
          looked.type === 'do'
            ? await this.options.workplace.effects.do(() => this.do(one, looked))
            : await this.record(one, looked);
      }
    }
    await running.settled(asked);
    if (asked.length > 0) throw new NeedsPerson({ kind: 'policy', calls: asked });
    return calls.map((call, at) => {
      const result = results[at] ?? NO_RESULT;
      takenIn.addResult(result);
      return toldResult(call, result, sha256);
    });
  }

  private get writtenWithKeys(): WrittenWithKeys {
    const { work, workplace } = this.options;
    return { paths: work.task.tools.writtenWithKeys(), place: workplace.place };
  }

  private async look(one: CallInTurn, taint: Taint): Promise<Looked> {
    const { mostCalls, work } = this.options;
    if (this.calls <= mostCalls) return lookAtCall(this.options, one, taint);
    const recorded = await work.task.tools.recorded(one.key);
    if (recorded?.status === 'completed') return { type: 'told', result: recorded.result };
    const text = `Not done: this step makes at most ${mostCalls} calls, and they are used up. Answer now.`;
    return { type: 'refused', by: 'bounds', rule: 'too-many-calls', text };
  }

  private async do(one: CallInTurn, doable: Doable): Promise<ToolResult> {
    const { work, redact, takenIn, workplace } = this.options;
    const { prepared, permit, hash } = doable;
    const { tools: log, signal, onText } = work.task;
    throwIfAborted(signal);
    const { idempotent, files } = prepared;
    const call = log.begin();
    await log.started({
      ...this.startedCall(one, call),
      permit,
      idempotent,
      hash,
      ...(files !== undefined && { files }),
    });
    const { clock } = workplace.scope.host;
    const startedAt = clock.now();
    const outcome = await this.outcomeOf(one, () => prepared.run({ signal, onText }));
    // Whoever was asked has read for the one who asks.
    const isDelegated = prepared.effects.some(({ type }) => type === 'delegate');
    // Words of others that come without touching anything are those of agents at work beside this one.
    const isTold = prepared.effects.length === 0 && outcome.isForeign;
    // What it writes may hold what it has read, and is followed by that to whoever reads the file.
    const isWritten = (outcome.changes ?? []).length > 0;
    const secret =
      readsSecrets(prepared.effects, this.writtenWithKeys) ||
      holdsHidden(outcome, redact) ||
      (isWritten && takenIn.taint.secrets) ||
      (isDelegated && takenIn.taint.secrets) ||
      (isTold && log.keysWereRead());
    const result = resultOf(withLeft(outcome, doable), secret, redact);
    const durationMs = Math.max(0, clock.now() - startedAt);
    await this.completed(one, call, result, durationMs, outcome.changes);
    return result;
  }

  /** Of what is not done now: it is refused, or happened before. */
  private async record(
    one: CallInTurn,
    looked: Extract<Looked, { type: 'refused' | 'happened' }>,
  ): Promise<ToolResult> {
    const { tools: log } = this.options.work.task;
    const text = plainResult(looked.text, this.options.redact);
    const call = log.begin();
    if (looked.type === 'refused') {
      const { by, rule, hash = one.key } = looked;
      const permit = { rule, why: text.slice(0, 200) };
      await log.started({ ...this.startedCall(one, call), permit, idempotent: true, hash });
      const refused = { by, rule };
      return this.completed(one, call, { text, isError: true, isForeign: false, refused }, 0);
    }
    const { started, changes, data } = looked;
    await log.started({ ...started, call });
    const wroteWithKeys = (changes ?? []).length > 0 && this.options.takenIn.taint.secrets;
    const result: ToolResult = {
      text,
      isError: false,
      isForeign: false,
      ...(wroteWithKeys && { readsSecrets: true }),
      ...(data !== undefined && { data: this.options.redact(data) }),
    };
    return this.completed(one, call, result, 0, changes);
  }

  private startedCall(
    { call, key }: CallInTurn,
    number: number,
  ): Pick<StartedCall, 'call' | 'key' | 'agent' | 'tool' | 'arguments'> {
    return {
      call: number,
      key,
      agent: this.options.work.agent,
      tool: visibleText(call.name.slice(0, 100)),
      arguments: call.arguments,
    };
  }

  private async completed(
    { key }: CallInTurn,
    call: number,
    result: ToolResult,
    durationMs: number,
    changes?: readonly FileChange[],
  ): Promise<ToolResult> {
    const { tools: log } = this.options.work.task;
    await log.completed({ call, key, result, durationMs, ...(changes !== undefined && { changes }) });
    return result;
  }

  private async outcomeOf({ call }: CallInTurn, run: () => Promise<ToolOutcome>): Promise<ToolOutcome> {
    const { task } = this.options.work;
    try {
      return await run();
    } catch (error) {
      throwIfAborted(task.signal);
      if (error instanceof CancelledError || isLetThrough(error)) throw error;
      if (!(error instanceof BatonError)) task.log.warn(`${call.name} failed: ${messageOf(error)}`);
      return { text: messageOf(error), isError: true, isForeign: false };
    }
  }
}

function takenBy(looked: Looked, written: WrittenWithKeys): Taint {
  if (looked.type === 'do') return taintOf(looked.prepared.effects, written);
  if (looked.type !== 'told') return untainted;
  const { isForeign, readsSecrets: secrets = false } = looked.result;
  return { foreign: isForeign, secrets };
}

/** What an agent that was asked lets through: people decide, or nothing could be recorded. */
function isLetThrough(error: unknown): boolean {
  return holdsAttempt(error) || (error instanceof BatonError && error.code === 'store-failed');
}

function withLeft(outcome: ToolOutcome, { without, comment }: Doable): ToolOutcome {
  if (without.length === 0) return outcome;
  const left = without.map((path) => visibleText(path)).join(', ');
  const text = `${outcome.text}\nA person wants these left as they are: ${left}.${theySay(comment)}`;
  return { ...outcome, text };
}

const uncertain = ({ agent, tool }: AskedCall): string =>
  `${agent} was in the middle of ${tool} when the program ended. It may have happened.`;

const NO_RESULT: ToolResult = { text: 'Nothing came of it.', isError: true, isForeign: false };

/** Calls that run beside each other. All of them end before anything else happens, also when one fails. */
class SideBySide {
  private works: Promise<void>[] = [];

  get size(): number {
    return this.works.length;
  }

  add(work: () => Promise<void>): void {
    const begun = work();
    // Looked at when all have settled; until then nobody waits for it.
    begun.catch(() => undefined);
    this.works.push(begun);
  }

  /** Rejects with the failure that matters most. Questions about calls are put together; `more` are asked with them. */
  async settled(more: readonly AskedCall[] = []): Promise<void> {
    const ends = await Promise.allSettled(this.works);
    this.works = [];
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [asError(end.reason)] : []));
    if (failures.length === 0) return;
    const other = failures.find((one) => !holdsAttempt(one));
    if (other !== undefined) throw other;
    const asked = more.length === 0 ? [] : [new NeedsPerson({ kind: 'policy', calls: more })];
    const held = heldTogether([...failures.filter(holdsAttempt), ...asked]);
    if (held !== undefined) throw held;
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
