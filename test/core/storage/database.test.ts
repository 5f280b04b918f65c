import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../src/core/model/events';
import { Database } from '../../../src/core/storage/database';
import { raiseEpoch } from '../../../src/core/storage/epoch';
import { openRunStore, type JournalRunStore } from '../../../src/core/storage/journal-run-store';
import { createTestHost, temporaryFolder } from '../../support/node-host';
import { runLists } from './run-lists';

const host = createTestHost();
const tables = [
  'workflows',
  'workflow_executions',
  'workflow_events',
  'workflow_checkpoints',
  'approvals',
  'audit_log',
  'workflow_runs',
  'model_calls',
  'tool_calls',
  'messages',
];
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let store: JournalRunStore;
let database: Database;

beforeEach(async () => {
  folder = await temporaryFolder();
  await open();
});
afterEach(async () => {
  await close();
  await folder.remove();
});

async function open(): Promise<void> {
  store = await openRunStore(host, folder.path, { epoch: await raiseEpoch(host, folder.path) });
  database = new Database(host, store);
}

async function close(): Promise<void> {
  await database.close();
  await store.close();
}

const file = (): string => host.files.join(folder.path, 'workflows.db');

async function everything(): Promise<Record<string, readonly unknown[]>> {
  const rows: Record<string, readonly unknown[]> = {};
  for (const table of tables) rows[table] = await database.query(`SELECT * FROM ${table} ORDER BY id`);
  return rows;
}

async function record(runs: Readonly<Record<string, readonly RunEventBody[]>>): Promise<void> {
  let at = 1_000;
  for (const [run, bodies] of Object.entries(runs))
    for (const body of bodies)
      await store.append(run, [body], { at: at++, rehearsal: run === 'paused' }).durable;
}

describe('the database', { timeout: 60_000 }, () => {
  it('holds what agents did with tools and said to each other', async () => {
    await record({ tools: runLists['tools'] ?? [] });
    expect(
      await database.query(
        'SELECT attempt, call, tool, status, changed_files FROM tool_calls ORDER BY rowid',
      ),
    ).toEqual([
      { attempt: 1, call: 1, tool: 'write_file', status: 'done', changed_files: '["1.ts"]' },
      { attempt: 1, call: 2, tool: 'write_file', status: 'interrupted', changed_files: '[]' },
      { attempt: 3, call: 1, tool: 'write_file', status: 'interrupted', changed_files: '[]' },
    ]);
    expect(await database.query('SELECT sender, type, text FROM messages')).toEqual([
      { sender: 'a', type: 'notification', text: 'I begin' },
    ]);
  });

  it('takes in what is recorded of a run after it had ended', async () => {
    await record({ tools: runLists['tools'] ?? [] });
    const paths = ['1.ts'];
    const undone = { type: 'changes-undone', step: 'a', attempt: 3, paths, by: 'ada' } as const;
    await database.query('SELECT 1');
    await store.amend('tools', [undone], { at: 2_000, rehearsal: false });
    const count = 'SELECT count(*) AS events, max(event_type) AS last FROM workflow_events WHERE id LIKE ?';
    expect(await database.query(count, ['tools@%'])).toMatchObject([{ events: 18 }]);
    await close();
    await open();
    await store.amend('tools', [undone], { at: 2_000, rehearsal: false });
    expect(await database.query(count, ['tools@%'])).toMatchObject([{ events: 19 }]);
    const grown = await everything();
    await close();
    await writeFile(file(), 'damaged');
    await open();
    expect(await everything()).toEqual(grown);
    expect(store.findings).toEqual([]);
  });

  it('has the tables and columns that were promised', async () => {
    const columns = async (table: string): Promise<unknown[]> =>
      (await database.query(`SELECT name FROM pragma_table_info('${table}')`)).map((row) => row['name']);
    expect(await columns('workflows')).toEqual(
      'id name description definition version author tags created_at updated_at'.split(' '),
    );
    expect(await columns('workflow_executions')).toEqual(
      'id workflow_id state context started_at completed_at duration error triggered_by priority parent_execution_id resume_count checkpoint_count'.split(
        ' ',
      ),
    );
    expect(await columns('workflow_events')).toEqual(
      'id execution_id event_type event_data timestamp'.split(' '),
    );
    expect(await columns('workflow_checkpoints')).toEqual(
      'id execution_id checkpoint_type state_data context_data metadata created_at size_bytes'.split(' '),
    );
    expect(await columns('approvals')).toEqual(
      'id workflow_id phase_id data created_at expires_at'.split(' '),
    );
    expect(await columns('audit_log')).toEqual(
      'id workflow_id action phase_id user_id data timestamp'.split(' '),
    );
    expect(await columns('workflow_runs')).toEqual(
      'id definition_id status data created_at updated_at'.split(' '),
    );
  });

  it('tells what happened', async () => {
    await record(runLists);
    expect(
      await database.query(
        'SELECT id, state, workflow_id, resume_count FROM workflow_executions ORDER BY id',
      ),
    ).toEqual([
      { id: 'cancelled', state: 'cancelled', workflow_id: 'flow.yaml', resume_count: 0 },
      { id: 'chain', state: 'completed', workflow_id: 'flow.yaml', resume_count: 0 },
      { id: 'gated', state: 'failed', workflow_id: 'gated.yaml', resume_count: 0 },
      { id: 'paused', state: 'running', workflow_id: 'flow.yaml', resume_count: 1 },
      { id: 'tools', state: 'cancelled', workflow_id: 'flow.yaml', resume_count: 0 },
      { id: 'uncertain', state: 'parked', workflow_id: 'other/flow.yaml', resume_count: 0 },
    ]);
    expect(await database.query('SELECT id, name FROM workflows ORDER BY id')).toEqual([
      { id: 'flow.yaml', name: 'flow' },
      { id: 'gated.yaml', name: 'gated' },
      { id: 'other/flow.yaml', name: 'flow (other/flow.yaml)' },
    ]);
    const events = await database.query('SELECT count(*) AS n FROM workflow_events');
    expect(events[0]?.['n']).toBe(Object.values(runLists).flat().length);
    const [approval] = await database.query("SELECT * FROM approvals WHERE workflow_id = 'gated'");
    expect(approval).toMatchObject({ id: 'gated@4', phase_id: 'a', expires_at: null });
    expect(JSON.parse(String(approval?.['data']))).toMatchObject({
      decided: { action: 'approve', by: { name: 'ada' } },
      refused: [{ reason: 'not an approver', by: { name: 'eve' } }],
    });
    const audit = await database.query(
      "SELECT user_id, action FROM audit_log WHERE workflow_id = 'cancelled' AND user_id IS NOT NULL",
    );
    expect(audit).toEqual([
      { user_id: 'ada', action: 'run-started' },
      { user_id: 'ada', action: 'run-cancelled' },
    ]);
  });

  it('computes the state at a checkpoint when it is read', async () => {
    await record(runLists);
    const rows = await database.query(
      "SELECT * FROM workflow_checkpoints WHERE execution_id = 'gated' ORDER BY created_at",
    );
    expect(rows.map((row) => [row['id'], row['checkpoint_type'], row['metadata']])).toEqual([
      ['gated@7', 'full', '{"steps":["a"]}'],
      ['gated@11', 'full', '{"steps":["b"]}'],
    ]);
    const [first, second] = rows;
    expect(JSON.parse(String(first?.['state_data']))).toEqual({
      run: 'gated',
      seq: 7,
      steps: { a: { status: 'completed', attempt: 1 } },
    });
    expect(JSON.parse(String(second?.['state_data']))).toMatchObject({
      steps: { b: { status: 'failed', attempt: 2 } },
    });
    expect(JSON.parse(String(first?.['context_data']))).toEqual({ inputs: {}, outputs: { a: [1, 2] } });
    expect(first?.['size_bytes']).toBe(
      String(first?.['state_data']).length + String(first?.['context_data']).length,
    );
    const [outputs] = await database.query(
      "SELECT context_data FROM workflow_checkpoints WHERE id = 'chain@7'",
    );
    expect(JSON.parse(String(outputs?.['context_data']))).toEqual({
      inputs: {},
      outputs: { a: { n: 1 }, b: 'text', c: null },
    });
  });

  it('has the same rows when it is deleted and made again', async () => {
    await record(runLists);
    const before = await everything();
    expect(before['workflow_checkpoints']?.length).toBeGreaterThan(5);
    await close();
    await host.files.remove(file());
    await open();
    expect(await everything()).toEqual(before);
    expect(database.findings).toEqual([]);
  });

  it('has the same rows whether it caught up in one piece or in many, over many restarts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 20, maxLength: 40 }),
        async (turns) => {
          await close();
          await folder.remove();
          folder = await temporaryFolder();
          await open();
          const names = Object.keys(runLists);
          const queues = names.map((name) => [...(runLists[name] ?? [])]);
          let at = 1;
          for (const turn of turns) {
            const body = queues[turn]?.shift();
            if (body !== undefined)
              await store.append(names[turn] ?? '', [body], { at: at++, rehearsal: false }).durable;
            if (turn === 3) await database.query('SELECT 1');
            if (turn === 4) {
              await close();
              await open();
            }
          }
          const pieces = await everything();
          await close();
          await host.files.remove(file());
          await open();
          expect(await everything()).toEqual(pieces);
        },
      ),
      { numRuns: 4, seed: 20_240 },
    );
  });

  it('is made again, with a word about it, when its file is damaged, cut or empty', async () => {
    await record(runLists);
    const before = await everything();
    await close();
    const whole = (await host.files.read(file())) ?? new Uint8Array();
    expect(whole.byteLength).toBeGreaterThan(10_000);
    const flipped = whole.slice();
    flipped[5_000] = (flipped[5_000] ?? 0) ^ 1;
    for (const bytes of [flipped, whole.slice(0, -1), whole.slice(0, 100), new Uint8Array()]) {
      await writeFile(file(), bytes);
      await open();
      expect(await everything()).toEqual(before);
      expect(database.findings).toHaveLength(1);
      await close();
    }
    await open();
    expect(await everything()).toEqual(before);
    expect(database.findings).toEqual([]);
  });

  it('is read, not written, by those who ask', async () => {
    await record(runLists);
    for (const sql of [
      'DELETE FROM workflows',
      "UPDATE audit_log SET user_id = 'x'",
      'DROP TABLE approvals',
      'nonsense',
    ])
      await expect(database.query(sql)).rejects.toMatchObject({ code: 'query' });
    await database.query('PRAGMA query_only = OFF');
    await expect(database.query('DELETE FROM workflows')).rejects.toThrow();
    expect(await database.query('SELECT count(*) AS n FROM workflows WHERE id <> ?', ['flow.yaml'])).toEqual([
      { n: 2 },
    ]);
  });

  it('serves a viewer without writing the file', async () => {
    await record({ chain: runLists['chain'] ?? [] });
    const viewing = await openRunStore(host, folder.path, { epoch: 0, readOnly: true });
    const view = new Database(host, viewing);
    expect(await view.query('SELECT count(*) AS n FROM workflow_events')).toEqual([{ n: 8 }]);
    await record({ gated: runLists['gated'] ?? [] });
    expect(await view.query('SELECT count(*) AS n FROM workflow_executions')).toEqual([{ n: 2 }]);
    await view.close();
    await viewing.close();
    expect(await host.files.stat(file())).toBeUndefined();
  });
});
