/*
 * owns: what this process holds of a state folder: as its owner the store and the engine, else a view of the store.
 * does not own: what the doors may ask (runtime).
 * must stay true: there is an engine only while this process owns the folder, and everything is closed before the lock is let go.
 */
import type { Agents } from './agents/agent';
import type { Disposable } from './base/disposable';
import { Emitter, type Event } from './base/emitter';
import { Engine } from './engine/engine';
import type { DaySpending } from './engine/money/run-purse';
import type { SecretSource } from './engine/work/command-secrets';
import { messageOf } from './model/errors';
import type { RunEvent } from './model/events';
import type { LiveOutput, Owner, RuntimeOptions } from './runtime-port';
import { Database } from './storage/database';
import { openRunStore, type JournalRunStore } from './storage/journal-run-store';
import { ownerOf } from './storage/owner-info';
import { openOwner, PATIENCE_MS, type Ownership, type Sent } from './storage/owner';
import { redactStore } from './storage/redacted-store';
import { watchOwner } from './runtime-watch';

export interface FolderOptions extends Pick<
  RuntimeOptions,
  'host' | 'workspace' | 'access' | 'owner' | 'isTrusted'
> {
  /** Absolute path of the state folder. */
  readonly folder: string;
  readonly agents: Agents;
  /** What clients are answered while this process is the owner. */
  readonly answers: OwnerAnswers;
  /** The person's limits for a day. */
  readonly day?: DaySpending;
  /** Values of `secrets.NAME`, as they become known to the redactor. */
  readonly secret?: SecretSource;
}

/** The owner's side of the line to its clients. */
export interface OwnerAnswers extends Disposable {
  /** The engine is ready. */
  open(): void;
  /** The engine is about to be closed. */
  close(): void;
  /** Undefined: not understood. */
  answer(message: object, hungUp: AbortSignal): Promise<unknown>;
}

export class Folder {
  readonly event = new Emitter<RunEvent>((error) => this.options.host.log.error('A listener failed', error));
  readonly live = new Emitter<LiveOutput>();
  private readonly notice = new Emitter<string>();
  /** Said before anybody listened. */
  private untold: string[] = [];
  readonly ownerChanged = new Emitter<void>();
  store!: JournalRunStore;
  database!: Database;
  /** While this process owns the folder. */
  engine: Engine | undefined;
  private ownership: Ownership | undefined;
  private seenOwner: Owner | undefined;
  private watching: AbortController | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  private constructor(private readonly options: FolderOptions) {}

  static async open(options: FolderOptions): Promise<Folder> {
    const folder = new Folder(options);
    try {
      await folder.begin();
    } catch (error) {
      // Nobody else could take a folder that this process holds and cannot open.
      folder.ownership?.dispose();
      throw error;
    }
    return folder;
  }

  /** Undefined while this process owns the folder, and when nobody does. */
  get otherOwner(): Owner | undefined {
    return this.ownership === undefined ? this.seenOwner : this.ownership.other;
  }

  /** True while another process owns the folder, and can be asked to do things. */
  get isClient(): boolean {
    return this.ownership !== undefined && !this.ownership.isOwner && !this.isClosed;
  }

  /** Says something to the owner, while this process is its client. */
  send(message: object, timeoutMs: number, signal?: AbortSignal): Promise<Sent> {
    return this.ownership?.send(message, timeoutMs, signal) ?? Promise.resolve('gone');
  }

  /** Whether the owner says anything at all. */
  async ownerAnswers(): Promise<boolean> {
    return (await this.send({ type: 'who' }, PATIENCE_MS)) !== 'silent';
  }

  /** Becomes the owner if nobody is, one try after the other; true when this process is it and has its engine. */
  takeTurn(): Promise<boolean> {
    const turn = this.turn.then(() => this.tryTurn());
    this.turn = turn.catch(() => {});
    return turn;
  }

  /** Resolves when no change of owners is under way here: in the middle of one there is neither an engine nor an owner to ask. */
  async whenSettled(): Promise<void> {
    for (let seen: Promise<unknown> | undefined; seen !== this.turn; await seen) seen = this.turn;
  }

  /** What was said before the first listener came is told to that one. */
  readonly onNotice: Event<string> = (listener) => {
    const subscription = this.notice.event(listener);
    for (const notice of this.untold.splice(0)) listener(notice);
    return subscription;
  };

  tell(notice: string): void {
    if (this.notice.hasListeners) this.notice.fire(notice);
    else this.untold.push(notice);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    // Who only waits for the lock waits no longer; who holds it lets it go last.
    if (this.ownership?.isOwner === false) this.ownership.dispose();
    await this.turn;
    await this.closeParts();
    this.ownership?.dispose();
    this.options.answers.dispose();
    for (const emitter of [this.event, this.live, this.notice, this.ownerChanged]) emitter.dispose();
  }

  private async begin(): Promise<void> {
    const { host, folder, access, owner, answers } = this.options;
    if (access === 'see') {
      this.seenOwner = await ownerOf(host, folder);
      await this.openToSee();
      return;
    }
    const kind = owner.kind ?? 'terminal';
    this.ownership = await openOwner(host, folder, {
      name: owner.name,
      pid: host.pid,
      kind,
      ...(owner.isAlive && { isAlive: owner.isAlive }),
      onHandOver: () => this.handOver(),
      onMessage: (message, hungUp) => answers.answer(message, hungUp),
    });
    if (this.ownership.isOwner) {
      await this.openToRun(this.ownership.epoch);
      return;
    }
    await this.openToSee();
    // Told when another one becomes the owner; that this process does is told when it is ready.
    this.ownership.onDidChange(() => this.isClient && this.ownerChanged.fire());
    void this.waitForTurn(this.ownership);
  }

  private async openToRun(epoch: number): Promise<void> {
    const { host, folder, workspace, agents, access, owner, isTrusted, day, secret } = this.options;
    this.store = await openRunStore(host, folder, { epoch });
    this.database = new Database(host, this.store);
    for (const finding of this.store.findings) this.tell(finding);
    if (this.store.isReadOnly) return;
    const engine = new Engine({
      host,
      store: host.redactor === undefined ? this.store : redactStore(this.store, host.redactor, host),
      agents,
      workspace,
      moves: access !== 'run' ? 'none' : owner.kind === 'window' ? 'all' : 'own',
      owner: owner.name,
      ...(isTrusted && { isTrusted }),
      ...(day && { day }),
      ...(secret && { secret }),
    });
    engine.onEvent((event) => this.event.fire(event));
    engine.onLive((live) => this.live.fire(live));
    engine.onNotice((notice) => this.tell(notice));
    this.engine = engine;
    const before = this.ownership?.continuedFrom;
    if (before !== undefined) this.tell(`Continued from a closed window (${before.name}).`);
    await engine.recover();
    this.options.answers.open();
  }

  private async openToSee(): Promise<void> {
    const { host, folder, owner, access } = this.options;
    const store = await openRunStore(host, folder, { epoch: 0, readOnly: true });
    this.store = store;
    this.database = new Database(host, store);
    store.onSeen((event) => this.event.fire(event));
    // Who only decides has no use for what comes later.
    if (access === 'see' || (access === 'decide' && owner.kind !== 'window')) return;
    const watching = new AbortController();
    this.watching = watching;
    void watchOwner({
      host,
      store,
      send: (message, timeoutMs) => this.send(message, timeoutMs, watching.signal),
      onLive: (output) => this.live.fire(output),
      signal: watching.signal,
    });
  }

  private async waitForTurn(ownership: Ownership): Promise<void> {
    try {
      await ownership.takeWhenFree(() => this.takeTurn());
    } catch (error) {
      this.options.host.log.error('This process could not become the owner', error);
      this.tell(`The runs of this folder could not be taken over: ${messageOf(error)}`);
    }
  }

  private async tryTurn(): Promise<boolean> {
    const { ownership } = this;
    if (ownership === undefined || this.isClosed) return false;
    if (ownership.isOwner) return this.engine !== undefined;
    if (!(await ownership.tryToTake()) || this.isClosed) return false;
    // What the owner recorded last is told before what this process records.
    await this.store.refresh();
    await this.closeParts();
    await this.openToRun(ownership.epoch);
    this.ownerChanged.fire();
    return this.engine !== undefined;
  }

  /** This window is gone for people, and another one asks. */
  private async handOver(): Promise<void> {
    await this.closeParts();
    if (this.isClosed) return;
    await this.openToSee();
    this.ownerChanged.fire();
  }

  private async closeParts(): Promise<void> {
    this.options.answers.close();
    this.watching?.abort();
    this.watching = undefined;
    const { engine } = this;
    this.engine = undefined;
    await engine?.close();
    await this.database.close();
    await this.store.close();
  }
}
