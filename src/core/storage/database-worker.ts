/* The thread of workflows.db: the only file that knows sql.js. */
import initSqlJs, { type Database as SqlJsDatabase } from 'sql.js';
import { BatonError, messageOf } from '../model/errors';
import { createNodeHost, silentLog } from '../node-host';
import { answerMessages } from '../node-worker';
import { DatabaseView, type OpenSql, type SqlEngine } from './database-view';
import type { DatabaseRequest, QueryAnswer } from './database';
import type { SqlValue } from './row';

const host = createNodeHost({ log: silentLog });
let engine: Promise<OpenSql> | undefined;
let view: DatabaseView | undefined;
let viewOf = '';

answerMessages(async (message) => {
  const request = message as DatabaseRequest;
  if (request.type === 'save') return view?.save();
  const current = await viewFor(request.folder, request.storeId);
  await current.catchUp(request.upTo);
  try {
    const rows = current.query(request.sql, request.values);
    return { rows, isDirty: current.isDirty, findings: current.findings } satisfies QueryAnswer;
  } catch (error) {
    throw new BatonError('query', messageOf(error), { cause: error });
  }
});

async function viewFor(folder: string, storeId: string): Promise<DatabaseView> {
  engine ??= loadEngine();
  const key = `${storeId} ${folder}`;
  if (view === undefined || viewOf !== key) {
    view?.close();
    view = new DatabaseView(host, await engine, folder, storeId);
    viewOf = key;
  }
  return view;
}

async function loadEngine(): Promise<OpenSql> {
  const wasm = await host.files.read(host.files.join(__dirname, 'sql-wasm.wasm'));
  if (wasm === undefined)
    throw new BatonError(
      'worker-incomplete',
      'sql-wasm.wasm is missing beside the bundle. Install Baton again.',
    );
  const { Database } = await initSqlJs({ wasmBinary: wasm.slice().buffer });
  return (bytes) => new SqlJsEngine(new Database(bytes));
}

class SqlJsEngine implements SqlEngine {
  /** Statements are prepared once: taking in a long journal runs the same few many times. */
  private readonly prepared = new Map<string, ReturnType<SqlJsDatabase['prepare']>>();

  constructor(private readonly database: SqlJsDatabase) {}

  run(sql: string, values: readonly SqlValue[] = []): void {
    if (values.length === 0) {
      this.database.run(sql);
      return;
    }
    let statement = this.prepared.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.prepared.set(sql, statement);
    }
    statement.run([...values]);
  }

  rows(sql: string, values: readonly SqlValue[] = []): Record<string, SqlValue>[] {
    const statement = this.database.prepare(sql);
    try {
      statement.bind([...values]);
      const rows: Record<string, SqlValue>[] = [];
      while (statement.step()) rows.push(statement.getAsObject() as Record<string, SqlValue>);
      return rows;
    } finally {
      statement.free();
    }
  }

  export(): Uint8Array {
    this.freeStatements();
    return this.database.export();
  }

  close(): void {
    this.freeStatements();
    this.database.close();
  }

  private freeStatements(): void {
    for (const statement of this.prepared.values()) statement.free();
    this.prepared.clear();
  }
}
