import type { Disposable } from '../base/disposable';
import type { Host, WorkerPort } from '../host';
import { BatonError, messageOf } from '../model/errors';
import type { JournalRunStore } from './journal-run-store';
import type { SqlValue } from './row';
import type { Position } from './segment';

export type DatabaseRequest =
  | {
      readonly type: 'query';
      readonly folder: string;
      readonly storeId: string;
      readonly upTo: Position | undefined;
      readonly sql: string;
      readonly values: readonly SqlValue[];
    }
  | { readonly type: 'save' };

export interface QueryAnswer {
  readonly rows: readonly Readonly<Record<string, SqlValue>>[];
  readonly isDirty: boolean;
  readonly findings: readonly string[];
}

const SAVE_AFTER_MS = 5_000;
const QUERY_MS = 60_000;

/**
 * SQL over the runs of a store. A view: its worker starts with the first query and catches up with the journal before each.
 * Only the owner writes the file.
 */
export class Database {
  private worker: WorkerPort | undefined;
  private saving: Disposable | undefined;
  private told: readonly string[] = [];

  constructor(
    private readonly host: Host,
    private readonly store: JournalRunStore,
  ) {}

  /** Faults of the file, for people. */
  get findings(): readonly string[] {
    return this.told;
  }

  /**
   * Rows of one statement that only reads. Throws "query" for a statement that is wrong or would write,
   * "worker-timeout" after a minute.
   */
  async query(
    sql: string,
    values: readonly SqlValue[] = [],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    await this.store.refresh();
    const { folder, id: storeId, position: upTo } = this.store;
    const answer = (await this.ask({ type: 'query', folder, storeId, upTo, sql, values })) as QueryAnswer;
    this.told = answer.findings;
    if (answer.isDirty) this.saveSoon();
    return answer.rows;
  }

  /** Writes what changed and ends the worker. */
  async close(): Promise<void> {
    this.saving?.dispose();
    this.saving = undefined;
    if (this.worker !== undefined) await this.save();
    this.worker?.dispose();
    this.worker = undefined;
  }

  private async ask(request: DatabaseRequest): Promise<unknown> {
    this.worker ??= this.host.workers.start('database');
    const { worker } = this;
    try {
      return await worker.ask(request, { timeoutMs: QUERY_MS });
    } catch (error) {
      // A worker that died or was ended is replaced at the next query; all it held can be made again.
      if (error instanceof BatonError && error.code.startsWith('worker-') && this.worker === worker) {
        worker.dispose();
        this.worker = undefined;
      }
      throw error;
    }
  }

  private saveSoon(): void {
    if (this.store.isReadOnly) return;
    this.saving ??= this.host.clock.after(SAVE_AFTER_MS, () => {
      this.saving = undefined;
      void this.save();
    });
  }

  private async save(): Promise<void> {
    if (this.store.isReadOnly) return;
    try {
      await this.ask({ type: 'save' });
    } catch (error) {
      // Only makes the next first query slower.
      this.host.log.warn(`The database could not be written: ${messageOf(error)}`);
    }
  }
}
