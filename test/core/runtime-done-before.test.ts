import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/model/events';
import { doneBefore } from '../../src/core/runtime-done-before';
import type { ClientCommand } from '../../src/core/runtime-messages';
import type { RunSummary } from '../../src/core/storage/run-store';

const decide = {
  verb: 'decide',
  runId: 'run1',
  approval: 'gate1',
  decision: { action: 'approve', shownHash: 'hash' },
  by: { name: 'ada', channel: 'terminal' },
} as const;
const decided = { type: 'approval-decided', id: 'gate1', decision: decide.decision, by: decide.by };
const start = (clientId: string) => ({ verb: 'start', request: { clientId } }) as unknown as ClientCommand;

function recorded(...events: readonly object[]) {
  const store = {
    runs: async () => [{ runId: 'run1', startedAt: 500_000 } as RunSummary],
    read: async () => events as readonly RunEvent[],
  };
  return (command: ClientCommand, since = 500_000) => doneBefore(store, command, since);
}

describe('what an owner did before it died', () => {
  it('is known of a start by the id under which it was asked for', async () => {
    const before = recorded({ type: 'run-started', clientId: 'one' });
    expect(await before(start('one'))).toEqual({ runId: 'run1', warnings: [] });
    expect(await before(start('two'))).toBeUndefined();
    // A run from long before cannot be meant.
    expect(await before(start('one'), 900_000)).toBeUndefined();
  });

  it('is known of a decision by its gate, its person and what was shown', async () => {
    expect(await recorded(decided)(decide)).toEqual({ ok: true });
    const others = [
      { ...decided, id: 'gate2' },
      { ...decided, by: { name: 'eve', channel: 'terminal' } },
      { ...decided, decision: { action: 'cancel', shownHash: 'hash' } },
      { ...decided, refused: 'Only eve may decide this.' },
    ];
    expect(await recorded(...others)(decide)).toBeUndefined();
  });

  it('is known of a cancellation, and asked for again where twice is as good as once', async () => {
    const cancelled = recorded({ type: 'run-cancelled', by: 'ada' }, { type: 'run-paused', by: 'ada' });
    expect(await cancelled({ verb: 'cancel', runId: 'run1', by: 'ada' })).toEqual({ ok: true });
    expect(await cancelled({ verb: 'cancel', runId: 'run1', by: 'eve' })).toBeUndefined();
    expect(await cancelled({ verb: 'pause', runId: 'run1', by: 'ada' })).toBeUndefined();
  });
});
