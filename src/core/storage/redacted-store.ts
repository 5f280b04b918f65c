import type { Redactor } from '../base/redactor';
import type { Host } from '../host';
import type { ArtifactStore, RunStore, StepLogs } from './run-store';
import { redactBodies } from './redacted-event';

/**
 * A store that is handed no secret: events, artifacts and live output are clean before they are numbered, hashed or written. Whoever
 * appends goes on with the events as they were stored, so that a restart changes nothing.
 */
export function redactStore(store: RunStore, redactor: Redactor, host: Pick<Host, 'sha256'>): RunStore {
  const artifacts = redactArtifacts(store.artifacts, redactor);
  const logs = redactLogs(store.logs, redactor);
  return {
    id: store.id,
    epoch: store.epoch,
    get isFull() {
      return store.isFull;
    },
    get findings() {
      return store.findings;
    },
    onFull: (listener) => store.onFull(listener),
    append: (runId, bodies, options) =>
      store.append(
        runId,
        redactBodies(bodies, redactor, (text) => host.sha256(text)),
        options,
      ),
    amend: (runId, bodies, options) => store.amend(runId, redactBodies(bodies, redactor), options),
    read: (runId) => store.read(runId),
    unfinished: () => store.unfinished(),
    runs: () => store.runs(),
    artifacts,
    logs,
    reclaim: () => store.reclaim(),
    close: () => store.close(),
  };
}

function redactArtifacts(artifacts: ArtifactStore, redactor: Redactor): ArtifactStore {
  return {
    put: (path, mediaType, data) =>
      artifacts.put(
        redactor.text(path),
        mediaType,
        typeof data === 'string' ? redactor.text(data) : redactor.bytes(data),
      ),
    get: (ref) => artifacts.get(ref),
  };
}

function redactLogs(logs: StepLogs, redactor: Redactor): StepLogs {
  return {
    // What comes in pieces was cleaned where it came from; this catches what somebody writes here by himself.
    append: (runId, step, attempt, text) => logs.append(runId, step, attempt, redactor.text(text)),
    read: (runId, step, attempt, maxBytes) => logs.read(runId, step, attempt, maxBytes),
    noteProcess: (runId, step, attempt, group) => logs.noteProcess(runId, step, attempt, group),
    readProcess: (runId, step, attempt) => logs.readProcess(runId, step, attempt),
  };
}
