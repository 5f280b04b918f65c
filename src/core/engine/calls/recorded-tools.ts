import type { Approval } from '../../model/approval';
import type { RunEvent } from '../../model/events';
import type { ApprovalId, Sha256, StepKey } from '../../model/ids';
import { callAnswers, isAboutCalls } from '../../model/policy-answer';
import type { CallAnswer } from '../../model/tool-call';
import { FreshStarts } from './fresh-starts';

export type ToolEvent = Extract<RunEvent, { type: 'tool-started' | 'tool-completed' }>;

export interface StepTools {
  /** The last that was recorded of each call, by its key. */
  readonly calls: Map<Sha256, ToolEvent>;
  /** What people said about calls, by their keys. */
  readonly answers: Map<Sha256, CallAnswer>;
}

/**
 * The calls of tools that attempts at each step have recorded, with what people said about them: what the next attempt goes on from.
 */
export class RecordedTools {
  private readonly steps = new Map<StepKey, StepTools>();
  private readonly freshStarts = new FreshStarts();
  /** Open questions about calls. */
  private readonly asked = new Map<ApprovalId, Approval>();
  private readonly withKeys = new Set<StepKey>();
  private readonly keyFiles = new Set<string>();

  /** Takes one more event in, in the order of the run. */
  add(event: RunEvent): void {
    switch (event.type) {
      case 'tool-started': {
        const { calls, answers } = this.own(event.step);
        calls.set(event.key, event);
        // That it is done again was said of the last time, not of this one.
        if (answers.get(event.key)?.type === 'again') answers.delete(event.key);
        return;
      }
      case 'tool-completed':
        this.own(event.step).calls.set(event.key, event);
        // For good: what it has read may stand in whatever the run goes on with, also when the step begins anew.
        if (event.readsSecrets === true) {
          this.withKeys.add(event.step);
          for (const { path } of event.changes ?? []) this.keyFiles.add(path);
        }
        return;
      case 'approval-requested':
        if (isAboutCalls(event.approval)) this.asked.set(event.approval.id, event.approval);
        break;
      case 'approval-voided':
        this.asked.delete(event.id);
        break;
      case 'approval-decided': {
        const approval = this.asked.get(event.id);
        if (event.refused !== undefined || approval === undefined) break;
        this.asked.delete(event.id);
        for (const [key, answer] of callAnswers(approval, event.decision))
          this.answered(event.step, key, answer);
        break;
      }
      default:
    }
    const fresh = this.freshStarts.next(event);
    if (fresh !== undefined) this.steps.delete(fresh.step);
  }

  /** The steps whose agents have read files that hold keys. */
  get haveReadKeys(): ReadonlySet<StepKey> {
    return this.withKeys;
  }

  /** Files that were written by agents which had read such. */
  get writtenWithKeys(): ReadonlySet<string> {
    return this.keyFiles;
  }

  /** As it is now; later events do not change it. */
  of(step: StepKey): StepTools {
    const own = this.steps.get(step);
    return { calls: new Map(own?.calls), answers: new Map(own?.answers) };
  }

  private answered(step: StepKey, key: Sha256, answer: CallAnswer): void {
    const { calls, answers } = this.own(step);
    // It was to be made again and had become another call: what is said of that one holds, and what had begun is dealt with.
    if (answers.get(key)?.type === 'again' && calls.get(key)?.type === 'tool-started') calls.delete(key);
    answers.set(key, answer);
  }

  private own(step: StepKey): StepTools {
    const known = this.steps.get(step);
    if (known !== undefined) return known;
    const fresh: StepTools = { calls: new Map(), answers: new Map() };
    this.steps.set(step, fresh);
    return fresh;
  }
}
