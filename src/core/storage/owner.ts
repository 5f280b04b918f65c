/*
 * owns: which process may record in a state folder, and who that is, for everyone who asks.
 * does not own: the store. It is opened with `epoch` after the lock is held and closed before it is let go.
 * must stay true: the epoch is raised on the disk while the lock is held and before anything else is read or written.
 */
import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/emitter';
import type { Host } from '../host';
import { messageOf } from '../model/errors';
import { raiseEpoch } from './epoch';
import { JournalFiles } from './journal-files';
import { NAME_PATIENCE_MS, notedOwner, parseOwner, readToken, type OwnerInfo } from './owner-info';
import { parseSegmentName } from './segment';

export interface OwnerOptions {
  readonly name: string;
  readonly pid: number;
  /** A window can become a ghost: its tab is closed but its process lives on for hours, holding the lock. */
  readonly kind: 'window' | 'terminal';
  /** Whether the window's workbench still answers. No answer in 2 s counts as no. */
  readonly isAlive?: () => Promise<boolean>;
  /** Closes the store: called before the lock is let go to a window that asked. */
  readonly onHandOver?: () => Promise<void>;
  /** Answers what another process of the same person says to this one while it is the owner; undefined: not understood. */
  readonly onMessage?: (message: object, hungUp: AbortSignal) => Promise<unknown>;
}

/** What came of a message to the owner. gone: nobody is there, or it hung up; silent: it is there and says nothing. */
export type Sent = { readonly answer: unknown } | 'gone' | 'silent';

/** The longest that an owner may take to answer. */
export const PATIENCE_MS = 2_000;
const HAND_OVER_PATIENCE_MS = 3 * PATIENCE_MS;
/** A window that only watches asks this often whether the owner has become a ghost. */
const ASK_AGAIN_MS = 10_000;
/** An owner that has just come is about to write its token down. */
const NOT_YET = ['not ready', 'wrong token'];
const NOT_YET_MS = 25;
/** A timer may come a little before its time by the other clock. */
const EARLY_MS = 5;

/** Tries to become the owner of a state folder; a window asks a ghost to hand over. */
export async function openOwner(host: Host, folder: string, options: OwnerOptions): Promise<Ownership> {
  await host.files.makeDirectory(folder);
  const ownership = new Ownership(host, folder, options);
  await ownership.tryToTake();
  return ownership;
}

/** This process's side of the question who owns the folder. */
export class Ownership implements Disposable {
  private readonly changed = new Emitter<void>();
  /** Fires when this process became the owner, or stopped being it, or another one is found to be it. */
  readonly onDidChange: Event<void> = this.changed.event;
  private lock: Disposable | undefined;
  private myself: OwnerInfo | undefined;
  private theOther: OwnerInfo | undefined;
  private predecessor: OwnerInfo | undefined;
  private token = '';
  private readonly waiting = new Set<() => void>();
  private readonly disposing = new AbortController();

  constructor(
    private readonly host: Host,
    private readonly folder: string,
    private readonly options: OwnerOptions,
  ) {}

  get isOwner(): boolean {
    return this.myself !== undefined;
  }

  /** The epoch to open the store with; 0 while another process owns the folder. */
  get epoch(): number {
    return this.myself?.epoch ?? 0;
  }

  /** Undefined while this process owns the folder. */
  get other(): OwnerInfo | undefined {
    return this.isOwner ? undefined : this.theOther;
  }

  /** The closed window that handed over to this one, if any. */
  get continuedFrom(): OwnerInfo | undefined {
    return this.predecessor;
  }

  /** True when this process is the owner afterwards. */
  async tryToTake(): Promise<boolean> {
    if (this.isOwner) return true;
    if (await this.acquire()) return true;
    await this.learnWhoOwns();
    if (this.options.kind !== 'window' || !(await this.askToHandOver())) return false;
    const ghost = this.theOther;
    if (!(await this.acquirePatiently())) return false;
    this.predecessor = ghost;
    return true;
  }

  /** Says something to the owner. The token is read anew each time: owners change. */
  async send(message: object, timeoutMs: number, signal?: AbortSignal): Promise<Sent> {
    const { clock, locks } = this.host;
    const begun = clock.monotonic();
    const signals = [this.disposing.signal, ...(signal === undefined ? [] : [signal])];
    for (;;) {
      const asked = { ...message, token: await readToken(this.host, this.folder) };
      const left = Math.max(0, timeoutMs - (clock.monotonic() - begun));
      const answer = await locks.ask(this.folder, asked, left, AbortSignal.any(signals));
      const passed = clock.monotonic() - begun;
      if (answer === undefined) return passed < timeoutMs - EARLY_MS ? 'gone' : 'silent';
      if (!NOT_YET.includes(errorIn(answer))) return { answer };
      if (passed + NOT_YET_MS >= Math.min(timeoutMs, PATIENCE_MS)) return { answer };
      await this.pause(NOT_YET_MS);
    }
  }

  /**
   * Resolves with true once the lock was free and taken; with false when this was disposed first. `take`: how it is tried, where more
   * than one tries for this process.
   */
  async takeWhenFree(take: () => Promise<boolean> = () => this.tryToTake()): Promise<boolean> {
    while (!this.disposing.signal.aborted) {
      const asked = this.host.clock.monotonic();
      // The owner never answers this one: that the connection ends is the news.
      await this.send({ type: 'wait' }, ASK_AGAIN_MS);
      if (this.disposing.signal.aborted) break;
      if (await take()) return true;
      // An owner that is there but takes no connections must not make this a busy loop.
      if (this.host.clock.monotonic() - asked < PATIENCE_MS) await this.pause(PATIENCE_MS);
    }
    return false;
  }

  /** Lets the lock go. The store must be closed before. */
  dispose(): void {
    if (this.disposing.signal.aborted) return;
    this.disposing.abort();
    for (const end of [...this.waiting]) end();
    this.lock?.dispose();
    this.lock = undefined;
    this.myself = undefined;
    this.changed.dispose();
  }

  private async acquire(): Promise<boolean> {
    const taken = await this.host.locks.acquire(this.folder, (message, hungUp) =>
      this.answer(message, hungUp),
    );
    if (!('lock' in taken)) return false;
    if (this.disposing.signal.aborted) {
      taken.lock.dispose();
      return false;
    }
    try {
      this.lock = taken.lock;
      const epochs = (await new JournalFiles(this.host, this.folder).names()).map(
        (name) => parseSegmentName(name)?.epoch ?? 0,
      );
      const epoch = await raiseEpoch(this.host, this.folder, Math.max(0, ...epochs));
      const { name, pid } = this.options;
      const token = this.host.ids.secret();
      await this.write('token', token);
      await this.write('owner.json', `${JSON.stringify({ name, pid, epoch })}\n`);
      this.token = token;
      this.myself = { name, pid, epoch };
    } catch (error) {
      taken.lock.dispose();
      this.lock = undefined;
      throw error;
    }
    this.theOther = undefined;
    this.changed.fire();
    return true;
  }

  private async acquirePatiently(): Promise<boolean> {
    const end = this.host.clock.monotonic() + PATIENCE_MS;
    while (!(await this.acquire())) {
      if (this.host.clock.monotonic() > end || this.disposing.signal.aborted) return false;
      await this.pause(25);
    }
    return true;
  }

  private async learnWhoOwns(): Promise<void> {
    const before = this.theOther;
    const now = await this.whoOwns();
    if (this.isOwner) return;
    this.theOther = now;
    if (before !== undefined && (before.pid !== now.pid || before.epoch !== now.epoch)) this.changed.fire();
  }

  private async whoOwns(): Promise<OwnerInfo> {
    const sent = await this.send({ type: 'who' }, NAME_PATIENCE_MS);
    const answer = typeof sent === 'object' ? parseOwner(sent.answer) : undefined;
    return answer ?? notedOwner(this.host, this.folder);
  }

  private async askToHandOver(): Promise<boolean> {
    const sent = await this.send({ type: 'hand-over', kind: this.options.kind }, HAND_OVER_PATIENCE_MS);
    if (typeof sent !== 'object' || typeof sent.answer !== 'object' || sent.answer === null) return false;
    return (sent.answer as { handedOver?: unknown }).handedOver === true;
  }

  /** What the owner says to a message from another process. */
  private async answer(message: unknown, hungUp: AbortSignal): Promise<unknown> {
    if (typeof message !== 'object' || message === null) return { error: 'not understood' };
    const { token, ...said } = message as { readonly token?: unknown; readonly type?: unknown };
    if (this.myself === undefined) return { error: 'not ready' };
    if (!this.isToken(token)) return { error: 'wrong token' };
    const { type, kind } = said as { readonly type?: unknown; readonly kind?: unknown };
    if (type === 'who') return this.myself;
    if (type === 'wait') return this.whenReleased(hungUp);
    if (type === 'hand-over' && kind === 'window') return { handedOver: await this.handOver() };
    return (await this.options.onMessage?.(said, hungUp)) ?? { error: 'not understood' };
  }

  /** Hashes are compared: how long that takes says nothing about the token. */
  private isToken(given: unknown): boolean {
    if (typeof given !== 'string' || given.length > 1_000) return false;
    return this.host.sha256(given) === this.host.sha256(this.token);
  }

  private whenReleased(hungUp: AbortSignal): Promise<unknown> {
    return new Promise((resolve) => {
      const end = () => resolve({ released: true });
      this.waiting.add(end);
      hungUp.addEventListener('abort', () => {
        this.waiting.delete(end);
        resolve(undefined);
      });
    });
  }

  private async handOver(): Promise<boolean> {
    if (this.options.kind !== 'window' || this.options.isAlive === undefined) return false;
    if (await this.inTime(this.options.isAlive().catch(() => false))) return false;
    const { lock, myself } = this;
    if (lock === undefined || myself === undefined) return false;
    this.host.log.info('The workbench of this window does not answer: another window takes over.');
    try {
      await this.inTime(this.options.onHandOver?.().then(() => true) ?? Promise.resolve(true));
    } catch (error) {
      this.host.log.warn(`The store was not closed cleanly before handing over: ${messageOf(error)}`);
    }
    this.myself = undefined;
    this.lock = undefined;
    this.theOther = { name: 'another window', pid: 0, epoch: 0 };
    // The answer goes out before the line is cut.
    this.host.clock.after(20, () => {
      for (const end of [...this.waiting]) end();
      this.waiting.clear();
      lock.dispose();
    });
    this.changed.fire();
    return true;
  }

  /** The value, or false when it does not come in 2 s. */
  private async inTime(value: Promise<boolean>): Promise<boolean> {
    let timer: Disposable | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = this.host.clock.after(PATIENCE_MS, () => resolve(false));
    });
    try {
      return await Promise.race([value, late]);
    } finally {
      timer?.dispose();
    }
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.host.clock.after(milliseconds, resolve);
      this.disposing.signal.addEventListener('abort', () => {
        timer.dispose();
        resolve();
      });
    });
  }

  private async write(name: string, text: string): Promise<void> {
    await this.host.files.writeAtomic(this.host.files.join(this.folder, name), text, { mode: 0o600 });
  }
}

function errorIn(answer: unknown): string {
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined;
  return typeof error === 'string' ? error : '';
}
