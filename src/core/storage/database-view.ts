/*
 * owns: workflows.db, a view of the journal that can be thrown away and made again at any time.
 * does not own: the SQL engine (the worker brings it) and the journal.
 * must stay true: catching up in many pieces gives the same rows as making it in one.
 */
import type { Host } from '../host';
import type { RunEvent } from '../model/events';
import type { RunId } from '../model/ids';
import { DATABASE_FILE, packDatabase, unpackDatabase } from './database-file';
import { JournalFiles, isBefore } from './journal-files';
import { migrations, SCHEMA_VERSION } from './migrations';
import { RunProjection, type Change, type KnownWorkflow } from './projection';
import type { SqlValue } from './row';
import type { JournalRecord } from './record';
import { Replay, type RunTail } from './replay';
import type { Position } from './segment';

/** As much of an SQL engine as the view needs. */
export interface SqlEngine {
  run(sql: string, values?: readonly SqlValue[]): void;
  rows(sql: string, values?: readonly SqlValue[]): Record<string, SqlValue>[];
  /** The database file's bytes. */
  export(): Uint8Array;
  close(): void;
}

export type OpenSql = (bytes?: Uint8Array) => SqlEngine;

/** People are told when the file grows beyond this. */
const WARN_BYTES = 40 * 1024 * 1024;

export class DatabaseView {
  readonly findings: string[] = [];
  /** Rows changed since the file was written. */
  isDirty = false;
  private sql: SqlEngine | undefined;
  private position: Position | undefined;
  private generation = 0;
  private replay: Replay;
  private readonly projections = new Map<RunId, RunProjection>();
  private workflows = new Map<string, KnownWorkflow>();
  private readonly files: JournalFiles;

  constructor(
    private readonly host: Host,
    private readonly openSql: OpenSql,
    private readonly folder: string,
    private readonly storeId: string,
  ) {
    this.files = new JournalFiles(host, folder);
    this.replay = new Replay(storeId);
  }

  /** Takes in what the journal holds up to a position (undefined: nothing yet). */
  async catchUp(upTo: Position | undefined): Promise<void> {
    if (this.sql === undefined) await this.open();
    if (upTo === undefined) return this.position === undefined ? undefined : this.begin();
    if (this.position !== undefined && !isBefore(this.position, upTo)) {
      const size = (await this.host.files.stat(this.files.pathOf(this.position.segment)))?.size ?? 0;
      if (size >= this.position.offset) return;
      // The journal was put back to an earlier state.
      this.begin();
    }
    if (!(await this.takeIn(upTo))) {
      this.begin();
      await this.takeIn(upTo);
    }
  }

  /** Read-only, one statement. */
  query(sql: string, values: readonly SqlValue[]): Record<string, SqlValue>[] {
    const engine = this.engine();
    engine.run('PRAGMA query_only = ON');
    try {
      return engine.rows(sql, values);
    } finally {
      engine.run('PRAGMA query_only = OFF');
    }
  }

  /** Writes the file as a whole, so that a kill leaves the old one or the new one. */
  async save(): Promise<void> {
    if (!this.isDirty || this.sql === undefined || this.position === undefined) return;
    this.isDirty = false;
    this.generation += 1;
    const bytes = this.sql.export();
    if (bytes.byteLength > WARN_BYTES)
      this.findings.push(
        `${DATABASE_FILE} has ${Math.round(bytes.byteLength / 1024 / 1024)} MB. Remove old runs to keep it small.`,
      );
    const packed = packDatabase(this.host, bytes, {
      store: this.storeId,
      schema: SCHEMA_VERSION,
      generation: this.generation,
      position: this.position,
      epoch: this.replay.epoch,
    });
    await this.host.files.writeAtomic(this.host.files.join(this.folder, DATABASE_FILE), packed, {
      mode: 0o600,
    });
  }

  close(): void {
    this.sql?.close();
    this.sql = undefined;
  }

  private engine(): SqlEngine {
    if (this.sql === undefined) this.begin();
    return this.sql as SqlEngine;
  }

  private async open(): Promise<void> {
    const path = this.host.files.join(this.folder, DATABASE_FILE);
    const packed = await this.host.files.read(path);
    if (packed === undefined) return this.begin();
    const unpacked = unpackDatabase(this.host, packed);
    if (unpacked === undefined) {
      this.findings.push(`${DATABASE_FILE} was damaged and was made again from the journal.`);
      return this.begin();
    }
    const { note, bytes } = unpacked;
    if (note.store !== this.storeId || note.schema !== SCHEMA_VERSION) return this.begin();
    this.sql = this.openSql(bytes);
    this.position = note.position;
    this.generation = note.generation;
    this.replay.raiseTo(note.epoch);
    this.resumeRuns(this.sql);
  }

  /** An empty database. */
  private begin(): void {
    this.sql?.close();
    this.sql = this.openSql();
    for (const statement of migrations.flat()) this.sql.run(statement);
    this.sql.run(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    this.position = undefined;
    this.replay = new Replay(this.storeId);
    this.projections.clear();
    this.workflows = new Map();
  }

  /** What must be known of the runs that go on to take in their next event. */
  private resumeRuns(sql: SqlEngine): void {
    for (const row of sql.rows('SELECT id, name, created_at FROM workflows ORDER BY rowid'))
      this.workflows.set(String(row['id']), {
        name: String(row['name']),
        createdAt: Number(row['created_at']),
      });
    for (const row of sql.rows('SELECT * FROM projected_runs ORDER BY rowid')) {
      const tail = this.resumeRun(sql, String(row['id']));
      tail.seq = Number(row['seq']);
      tail.hash = String(row['hash']);
      tail.epoch = Number(row['epoch']);
      tail.quarantine = row['quarantine'] === null ? undefined : String(row['quarantine']);
    }
  }

  private resumeRun(sql: SqlEngine, runId: RunId): RunTail {
    const tail = this.replay.tailOf(runId);
    tail.events = undefined;
    // A copy: looking at its beginning again must not bring back an older name of its workflow.
    const projection = new RunProjection(runId, new Map(this.workflows));
    const past = sql.rows('SELECT event_data FROM workflow_events WHERE execution_id = ? ORDER BY rowid', [
      runId,
    ]);
    for (const { event_data } of past) {
      const event = JSON.parse(String(event_data)) as RunEvent;
      tail.seq = event.seq;
      projection.next(event);
      tail.tracker.apply(event);
    }
    this.projections.set(runId, projection);
    return tail;
  }

  /** A run that had ended, and of which more was recorded since. That it follows what was taken in is what its record says. */
  private takeUp(sql: SqlEngine, { run, seq, prev }: JournalRecord): void {
    if (seq === 1 || this.replay.runs.has(run)) return;
    const [known] = sql.rows('SELECT count(*) AS events FROM workflow_events WHERE execution_id = ?', [run]);
    if (Number(known?.['events']) !== seq - 1) return;
    this.resumeRun(sql, run).hash = prev;
  }

  /** False when the journal does not hold what was taken in before. */
  private async takeIn(upTo: Position): Promise<boolean> {
    const sql = this.engine();
    const from = this.position;
    const { links } = await this.files.chain(from?.segment);
    if (from !== undefined && links[0]?.name !== from.segment) return false;
    const touched = new Set<RunId>();
    this.replay.onEvent = (event, tail) => {
      tail.events = undefined;
      touched.add(event.runId);
      for (const change of this.projection(event.runId).next(event)) put(sql, change);
    };
    for (const link of links) {
      if (link.name > upTo.segment) break;
      const start = link.name === from?.segment ? from.offset : 0;
      const end = link.name === upTo.segment ? upTo.offset : undefined;
      const walked = await this.files.walk((data) => this.host.sha256(data), link, start, end);
      if (start > 0 && walked.missingBytes > 0) return false;
      sql.run('BEGIN');
      try {
        for (const entry of walked.entries) {
          if (entry.kind === 'record') {
            this.takeUp(sql, entry.record);
            touched.add(entry.record.run);
          }
          this.replay.take(link.name, entry);
        }
        this.settle(sql, touched);
        sql.run('COMMIT');
      } catch (error) {
        sql.run('ROLLBACK');
        // What memory holds no longer fits what the tables hold.
        this.begin();
        throw error;
      }
      touched.clear();
      this.position = { segment: link.name, offset: walked.end };
    }
    this.position = upTo;
    this.isDirty = true;
    return true;
  }

  private projection(runId: RunId): RunProjection {
    let projection = this.projections.get(runId);
    if (projection === undefined) {
      projection = new RunProjection(runId, this.workflows);
      this.projections.set(runId, projection);
    }
    return projection;
  }

  /** The rows of the runs themselves, and how far each was taken in. */
  private settle(sql: SqlEngine, touched: ReadonlySet<RunId>): void {
    for (const runId of touched) {
      const execution = this.projections.get(runId)?.execution();
      if (execution !== undefined) put(sql, execution);
      const tail = this.replay.runs.get(runId);
      if (tail === undefined) continue;
      if (tail.tracker.isFinished && tail.quarantine === undefined) {
        sql.run('DELETE FROM projected_runs WHERE id = ?', [runId]);
        this.replay.runs.delete(runId);
        this.projections.delete(runId);
      } else {
        sql.run(
          'INSERT OR REPLACE INTO projected_runs (id, seq, hash, epoch, quarantine) VALUES (?, ?, ?, ?, ?)',
          [runId, tail.seq, tail.hash, tail.epoch, tail.quarantine ?? null],
        );
      }
    }
  }
}

const upserts = new Map<Change['table'], string>();

/** Inserts a row, or replaces the fields of the one with its id (keeping its place). */
function put(sql: SqlEngine, { table, row }: Change): void {
  let statement = upserts.get(table);
  if (statement === undefined) {
    // The projection gives the rows of one table the same columns in the same order.
    const columns = Object.keys(row);
    const updates = columns.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`);
    statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
      ON CONFLICT(id) DO UPDATE SET ${updates.join(', ')}`;
    upserts.set(table, statement);
  }
  sql.run(statement, Object.values(row));
}
