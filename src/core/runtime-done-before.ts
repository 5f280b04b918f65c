import type { RunEvent } from './model/events';
import type { RunId } from './model/ids';
import type { ClientCommand, Outcome } from './runtime-messages';
import type { RunStore } from './storage/run-store';

/** Clocks of a machine are set now and then. */
const LEEWAY_MS = 60_000;

/**
 * What came of a command that an owner may have done before it died, as the journal tells; undefined where it is to be done (again),
 * which then does no harm. `since`: when it was first asked for, wall clock.
 */
export async function doneBefore(
  store: Pick<RunStore, 'read' | 'runs'>,
  command: ClientCommand,
  since: number,
): Promise<Outcome | undefined> {
  if (command.verb === 'start') {
    const { clientId } = command.request;
    const runId = clientId === undefined ? undefined : await startedAs(store, clientId, since);
    return runId === undefined ? undefined : { runId, warnings: [] };
  }
  const events = await store.read(command.runId);
  return events.some((event) => says(event, command)) ? { ok: true } : undefined;
}

/** The run that was started with this id. */
async function startedAs(
  store: Pick<RunStore, 'read' | 'runs'>,
  clientId: string,
  since: number,
): Promise<RunId | undefined> {
  for (const { runId, startedAt } of await store.runs()) {
    if (startedAt < since - LEEWAY_MS) return undefined;
    const [first] = await store.read(runId);
    if (first?.type === 'run-started' && first.clientId === clientId) return runId;
  }
  return undefined;
}

/** Pausing and resuming twice is the same as once; what cannot be repeated names itself. */
function says(event: RunEvent, command: Exclude<ClientCommand, { verb: 'start' }>): boolean {
  switch (command.verb) {
    case 'decide':
      return (
        event.type === 'approval-decided' &&
        event.refused === undefined &&
        event.id === command.approval &&
        event.by.name === command.by.name &&
        event.decision.action === command.decision.action &&
        event.decision.shownHash === command.decision.shownHash
      );
    case 'cancel':
      return event.type === 'run-cancelled' && event.by === command.by;
    default:
      return false;
  }
}
