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
import { openOwner, ownerOf, type Ownership } from './storage/owner';
import { redactStore } from './storage/redacted-store';

export interface FolderOptions extends Pick<
  RuntimeOptions,
  'host' | 'workspace' | 'access' | 'owner' | 'isTrusted'
> {
  /** Absolute path of the state folder. */
  readonly folder: string;
  readonly agents: Agents;
  /** The person's limits for a day. */
  readonly day?: DaySpending;
  /** Values of `secrets.NAME`, as they become known to the redactor. */
  readonly secret?: SecretSource;
}

/** A window that only watches looks this often at what the owner recorded. */
const LOOK_AGAIN_MS = 1_000;

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
  private looking: Disposable | undefined;
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
    await this.closeParts();
    this.ownership?.dispose();
    for (const emitter of [this.event, this.live, this.notice, this.ownerChanged]) emitter.dispose();
  }

  private async begin(): Promise<void> {
    const { host, folder, access, owner } = this.options;
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
    });
    if (this.ownership.isOwner) {
      await this.openToRun(this.ownership.epoch);
      return;
    }
    await this.openToSee();
    // A terminal says who owns the folder and ends; a window stays and becomes the owner when it can.
    if (kind === 'window') void this.waitForTurn(this.ownership);
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
  }

  private async openToSee(): Promise<void> {
    const { host, folder, owner } = this.options;
    this.store = await openRunStore(host, folder, { epoch: 0, readOnly: true });
    this.database = new Database(host, this.store);
    if (owner.kind === 'window') this.lookAgainLater();
  }

  private async waitForTurn(ownership: Ownership): Promise<void> {
    try {
      if (!(await ownership.takeWhenFree()) || this.isClosed) return;
      // What the owner recorded last is told before what this process records.
      await this.lookAgain();
      await this.closeParts();
      await this.openToRun(ownership.epoch);
      this.ownerChanged.fire();
    } catch (error) {
      this.options.host.log.error('This window could not become the owner', error);
      this.tell(`The runs of this folder could not be taken over: ${messageOf(error)}`);
    }
  }

  /** This window is gone for people, and another one asks. */
  private async handOver(): Promise<void> {
    await this.closeParts();
    if (this.isClosed) return;
    await this.openToSee();
    this.ownerChanged.fire();
  }

  private async closeParts(): Promise<void> {
    this.looking?.dispose();
    this.looking = undefined;
    const { engine } = this;
    this.engine = undefined;
    await engine?.close();
    await this.database.close();
    await this.store.close();
  }

  private lookAgainLater(): void {
    this.looking = this.options.host.clock.after(LOOK_AGAIN_MS, () => void this.lookAgain());
  }

  private async lookAgain(): Promise<void> {
    const { store } = this;
    try {
      const events = await store.refresh();
      if (this.store === store) for (const event of events) this.event.fire(event);
    } catch (error) {
      this.options.host.log.warn(`What the owner recorded could not be read: ${messageOf(error)}`);
    }
    if (this.store === store && this.engine === undefined && !this.isClosed) this.lookAgainLater();
  }
}
