/*
 * owns: the tables of workflows.db.
 * must stay true: the columns below are a public contract; they are added to, never changed.
 * The database is made from the journal, so one of an older version is simply made again.
 */

/** The last entry's number is the version in `PRAGMA user_version`. */
export const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE workflows (
      id TEXT PRIMARY KEY,
      name TEXT UNIQUE NOT NULL,
      description TEXT,
      definition TEXT NOT NULL,
      version TEXT,
      author TEXT,
      tags TEXT,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    )`,
    `CREATE TABLE workflow_executions (
      id TEXT PRIMARY KEY,
      workflow_id TEXT NOT NULL,
      state TEXT NOT NULL,
      context TEXT,
      started_at INTEGER,
      completed_at INTEGER,
      duration INTEGER,
      error TEXT,
      triggered_by TEXT,
      priority INTEGER DEFAULT 0,
      parent_execution_id TEXT,
      resume_count INTEGER DEFAULT 0,
      checkpoint_count INTEGER DEFAULT 0,
      FOREIGN KEY (workflow_id) REFERENCES workflows(id)
    )`,
    `CREATE TABLE workflow_events (
      id TEXT PRIMARY KEY,
      execution_id TEXT NOT NULL,
      event_type TEXT NOT NULL,
      event_data TEXT,
      timestamp INTEGER NOT NULL,
      FOREIGN KEY (execution_id) REFERENCES workflow_executions(id)
    )`,
    `CREATE INDEX workflow_events_of_execution ON workflow_events(execution_id)`,
    `CREATE TABLE approvals (
      id TEXT PRIMARY KEY,
      workflow_id TEXT,
      phase_id TEXT,
      data TEXT,
      created_at TIMESTAMP,
      expires_at TIMESTAMP
    )`,
    `CREATE TABLE audit_log (
      id TEXT PRIMARY KEY,
      workflow_id TEXT,
      action TEXT,
      phase_id TEXT,
      user_id TEXT,
      data TEXT,
      timestamp TIMESTAMP
    )`,
    `CREATE INDEX audit_log_of_workflow ON audit_log(workflow_id)`,
    // How far each run that goes on was taken in: what is needed to check its next record.
    `CREATE TABLE projected_runs (
      id TEXT PRIMARY KEY,
      seq INTEGER NOT NULL,
      hash TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      quarantine TEXT
    )`,
    `CREATE TABLE checkpoint_positions (
      id TEXT PRIMARY KEY,
      execution_id TEXT NOT NULL,
      seq INTEGER NOT NULL,
      checkpoint_type TEXT NOT NULL,
      metadata TEXT,
      created_at INTEGER NOT NULL
    )`,
    `CREATE INDEX checkpoint_positions_of_execution ON checkpoint_positions(execution_id)`,
    // A checkpoint is a position: what the state was there is computed from the events when it is read.
    `CREATE VIEW workflow_checkpoints AS
      SELECT id, execution_id, checkpoint_type, state_data, context_data, metadata, created_at,
        length(CAST(state_data AS BLOB)) + length(CAST(context_data AS BLOB)) AS size_bytes
      FROM (
        SELECT position.id, position.execution_id, position.checkpoint_type, position.metadata, position.created_at,
          json_object('run', position.execution_id, 'seq', position.seq, 'steps', json((
            SELECT json_group_object(step, json_object('status', status, 'attempt', attempt)) FROM (
              SELECT event_data ->> '$.step' AS step, event_data ->> '$.attempt' AS attempt, max(event.rowid),
                CASE event_type
                  WHEN 'step-started' THEN 'running'
                  WHEN 'step-produced' THEN 'waiting'
                  WHEN 'step-held' THEN 'pending'
                  WHEN 'step-failed' THEN iif(event_data ->> '$.retryAt' IS NULL, 'failed', 'pending')
                  WHEN 'approval-requested' THEN iif(event_data ->> '$.approval.kind' = 'uncertain' AND event_data -> '$.approval.shown.calls' IS NULL, 'uncertain', 'waiting')
                  ELSE substr(event_type, 6)
                END AS status
              FROM workflow_events AS event
              WHERE event.execution_id = position.execution_id
                AND event.rowid <= (SELECT rowid FROM workflow_events WHERE id = position.id)
                AND (event_type LIKE 'step-%' OR event_type = 'approval-requested')
              GROUP BY step ORDER BY step
            )
          ))) AS state_data,
          json_object('inputs', json((
            SELECT event_data -> '$.inputs' FROM workflow_events WHERE id = position.execution_id || '@1'
          )), 'outputs', json((
            SELECT json_group_object(step, json(output)) FROM (
              SELECT event_data ->> '$.step' AS step, event_data -> '$.output' AS output, max(event.rowid)
              FROM workflow_events AS event
              WHERE event.execution_id = position.execution_id
                AND event.rowid <= (SELECT rowid FROM workflow_events WHERE id = position.id)
                AND event_type IN ('step-completed', 'step-skipped')
              GROUP BY step ORDER BY step
            )
          ))) AS context_data
        FROM checkpoint_positions AS position
      )`,
    `CREATE VIEW workflow_runs AS
      SELECT id, workflow_id AS definition_id, state AS status,
        json_object('context', json(context), 'error', error, 'triggered_by', triggered_by,
          'completed_at', completed_at, 'duration', duration) AS data,
        started_at AS created_at,
        (SELECT max(timestamp) FROM workflow_events WHERE execution_id = workflow_executions.id) AS updated_at
      FROM workflow_executions`,
  ],
  [
    // What each call of a model took; a cached one says what it saved. Lost: asked, and the process died before the answer.
    `CREATE TABLE model_calls (
      id TEXT PRIMARY KEY,
      execution_id TEXT NOT NULL,
      phase_id TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      call INTEGER NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      status TEXT NOT NULL,
      cached INTEGER NOT NULL,
      input_tokens INTEGER,
      output_tokens INTEGER,
      usd REAL,
      estimated INTEGER,
      latency INTEGER,
      failures TEXT,
      asked_at INTEGER NOT NULL,
      ended_at INTEGER,
      FOREIGN KEY (execution_id) REFERENCES workflow_executions(id)
    )`,
    `CREATE INDEX model_calls_of_execution ON model_calls(execution_id)`,
  ],
  [
    // What agents did with tools, and why they might. Interrupted: begun, and the process died before what came of it was recorded.
    `CREATE TABLE tool_calls (
      id TEXT PRIMARY KEY,
      execution_id TEXT NOT NULL,
      phase_id TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      call INTEGER NOT NULL,
      agent TEXT NOT NULL,
      tool TEXT NOT NULL,
      arguments TEXT NOT NULL,
      status TEXT NOT NULL,
      rule TEXT NOT NULL,
      refused_by TEXT,
      preview TEXT,
      changed_files TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      FOREIGN KEY (execution_id) REFERENCES workflow_executions(id)
    )`,
    `CREATE INDEX tool_calls_of_execution ON tool_calls(execution_id)`,
    // Who said what to whom.
    `CREATE TABLE messages (
      id TEXT PRIMARY KEY,
      execution_id TEXT NOT NULL,
      message INTEGER NOT NULL,
      sender TEXT NOT NULL,
      recipients TEXT NOT NULL,
      topic TEXT,
      type TEXT NOT NULL,
      priority TEXT NOT NULL,
      text TEXT NOT NULL,
      sent_at INTEGER NOT NULL,
      FOREIGN KEY (execution_id) REFERENCES workflow_executions(id)
    )`,
    `CREATE INDEX messages_of_execution ON messages(execution_id)`,
  ],
];

export const SCHEMA_VERSION = migrations.length;
