/*
 * owns: values that the agents of one run share, each with a version, and who may change a key alone for a while.
 * does not own: the record (shared-log).
 * must stay true: a change is decided against everything recorded so far and told once it is on the disk, so that changes of one key
 * stand in one order for all; a key is never held by two; nobody is left waiting for a holder that is gone.
 */
import { CancelledError, throwIfAborted } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { DisposableStore, toDisposable, type Disposable } from '../../base/disposable';
import type { JsonValue } from '../../base/json';
import type { CollaborationBody, ParticipantName } from '../../model/message';
import type { ContextEntry, ContextHistory, ContextState } from './context-state';
import {
  copied,
  nameRefusal,
  refusal,
  type Allowances,
  type MessageLimits,
  type Refusal,
} from './message-limits';
import type { Session } from './session';
import type { SharedLog } from './shared-log';

export type Changed =
  | { readonly changed: true; readonly version: number }
  /** Somebody was faster: read it again. 0: there is none. */
  | { readonly changed: false; readonly why: 'version'; readonly version: number }
  | { readonly changed: false; readonly why: 'locked'; readonly holder: ParticipantName }
  | { readonly changed: false; readonly why: 'refused'; readonly refused: Refusal };

export type Locked =
  | { readonly locked: true; readonly release: () => Promise<void> }
  | { readonly locked: false; readonly why: 'held'; readonly holder: ParticipantName }
  | { readonly locked: false; readonly why: 'refused'; readonly refused: Refusal };

/** What one agent may do with the shared context. */
export interface ContextAccess {
  read(key: string): ContextEntry | undefined;
  keys(): readonly string[];
  history(key: string): readonly ContextEntry[];
  /** Compare-and-set. `expected`: the version it was decided on, 0 for a key that is not there. */
  change(key: string, value: JsonValue, expected: number): Promise<Changed>;
  /** Waits at most `waitMs` behind whoever holds the key; until released, only this agent changes it. */
  lock(key: string, options: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<Locked>;
  /** Lets go of a key. Resolves to false when this agent does not hold it. */
  unlock(key: string): Promise<boolean>;
}

interface Waiter {
  readonly name: ParticipantName;
  readonly grant: () => void;
  readonly giveUp: (locked: Locked) => void;
}

export interface SharedContextParts {
  readonly log: SharedLog;
  readonly ahead: ContextState;
  readonly stored: ContextState;
  readonly history: ContextHistory;
  readonly allowances: Allowances;
  readonly limits: MessageLimits;
  readonly clock: Clock;
  /** Whether the participant takes part now. */
  readonly isHere: (name: ParticipantName) => boolean;
}

export class SharedContext implements Disposable {
  private readonly queues = new Map<string, Waiter[]>();
  private readonly store = new DisposableStore();

  constructor(private readonly parts: SharedContextParts) {
    this.store.add(parts.log.onRecorded((body) => this.onRecorded(body)));
  }

  dispose(): void {
    this.store.dispose();
    const over: Locked = {
      locked: false,
      why: 'refused',
      refused: refusal('left', 'The work together is over.'),
    };
    for (const queue of [...this.queues.values()]) for (const { giveUp } of [...queue]) giveUp(over);
  }

  access(session: Session): ContextAccess {
    const { stored, history } = this.parts;
    return {
      read: (key) => stored.entries.get(key),
      keys: () => [...stored.entries.keys()],
      history: (key) => history.of(key),
      change: (key, value, expected) => this.change(session, key, value, expected),
      lock: (key, options) => this.lock(session, key, options),
      unlock: (key) => this.unlock(session, key),
    };
  }

  /** As it is on the disk, for people. */
  entries(): readonly ContextEntry[] {
    return [...this.parts.stored.entries.values()];
  }

  private async change(session: Session, key: string, given: JsonValue, expected: number): Promise<Changed> {
    const by = session.name;
    const { ahead, allowances, limits, log } = this.parts;
    const value = copied(given, limits);
    const refused =
      this.refusal(session, key) ?? ('refused' in value ? value.refused : undefined) ?? allowances.take(by);
    if (refused !== undefined) return { changed: false, why: 'refused', refused };
    const version = ahead.entries.get(key)?.version ?? 0;
    const holder = ahead.locks.get(key);
    if (version !== expected || (holder !== undefined && holder !== by)) {
      // Told only when it is true on the disk as well: who hears of a version must be able to read it.
      await log.whenStored;
      if (version !== expected) return { changed: false, why: 'version', version };
      return { changed: false, why: 'locked', holder: holder ?? '' };
    }
    const next = version + 1;
    await log.record({
      type: 'context-changed',
      key,
      version: next,
      value: (value as { value: JsonValue }).value,
      by,
    });
    return { changed: true, version: next };
  }

  private async lock(
    session: Session,
    key: string,
    options: { readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<Locked> {
    throwIfAborted(options.signal);
    const { name } = session;
    const refused = this.refusal(session, key) ?? this.parts.allowances.take(name);
    if (refused !== undefined) return { locked: false, why: 'refused', refused };
    const holder = this.parts.ahead.locks.get(key);
    if (holder === undefined) return this.take(session, key);
    // One that waits for itself would wait for ever.
    if (holder === name || options.waitMs <= 0) {
      await this.parts.log.whenStored;
      return { locked: false, why: 'held', holder };
    }
    return this.queueUp(session, key, options);
  }

  private async take(session: Session, key: string): Promise<Locked> {
    await this.parts.log.record({ type: 'context-locked', key, by: session.name });
    let release: Promise<void> | undefined;
    return { locked: true, release: () => (release ??= this.unlock(session, key).then(() => undefined)) };
  }

  private async unlock({ name, isOver }: Session, key: string): Promise<boolean> {
    // Gone already when its holder left.
    if (isOver || this.parts.ahead.locks.get(key) !== name) return false;
    await this.parts.log.record({ type: 'context-unlocked', key, by: name });
    return true;
  }

  private queueUp(
    session: Session,
    key: string,
    { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<Locked> {
    return new Promise((resolve, reject) => {
      const end = new DisposableStore();
      const waiter: Waiter = {
        name: session.name,
        grant: () => {
          end.dispose();
          this.take(session, key).then(resolve, reject);
        },
        giveUp: (locked) => {
          end.dispose();
          resolve(locked);
        },
      };
      const queue = this.queues.get(key) ?? [];
      this.queues.set(key, [...queue, waiter]);
      end.add(toDisposable(() => this.dequeue(key, waiter)));
      end.add(
        this.parts.clock.after(waitMs, () => {
          const holder = this.parts.ahead.locks.get(key) ?? '';
          waiter.giveUp({ locked: false, why: 'held', holder });
        }),
      );
      const onAbort = () => {
        end.dispose();
        reject(signal.reason instanceof Error ? signal.reason : new CancelledError());
      };
      signal.addEventListener('abort', onAbort, { once: true });
      end.add(toDisposable(() => signal.removeEventListener('abort', onAbort)));
    });
  }

  private dequeue(key: string, waiter: Waiter): void {
    const left = (this.queues.get(key) ?? []).filter((other) => other !== waiter);
    if (left.length === 0) this.queues.delete(key);
    else this.queues.set(key, left);
  }

  private onRecorded(body: CollaborationBody): void {
    if (body.type === 'agent-left') {
      const refused = refusal('left', `${body.participant} takes no part in this run any more.`);
      for (const queue of [...this.queues.values()])
        for (const waiter of queue)
          if (waiter.name === body.participant) waiter.giveUp({ locked: false, why: 'refused', refused });
    }
    if (body.type !== 'agent-left' && body.type !== 'context-unlocked') return;
    for (const [key, [first]] of [...this.queues]) if (!this.parts.ahead.locks.has(key)) first?.grant();
  }

  private refusal({ name, isOver }: Session, key: string): Refusal | undefined {
    const { ahead, isHere, limits } = this.parts;
    if (isOver || !isHere(name)) return refusal('left', `${name} takes no part in this run any more.`);
    if (!ahead.entries.has(key) && ahead.entries.size >= limits.keys)
      return refusal('quota', `The shared context holds its ${limits.keys} keys.`);
    return nameRefusal('key', key);
  }
}
