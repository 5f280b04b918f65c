import { DisposableStore } from '../core/base/disposable';
import type { Runtime } from '../core/runtime-port';
import type { Context } from './context';
import { visibleLine } from './show/visible';

/**
 * Resolves when no run is under way any more that another terminal or window asked this process for, or when the person or the system
 * wants this process to end: such a run is then resumable, and whoever follows it goes on with it.
 */
export async function waitForOthers(
  context: Pick<Context, 'terminal' | 'onInterrupt' | 'onTerminate'>,
  runtime: Pick<Runtime, 'runsForOthers' | 'whenIdle'>,
): Promise<void> {
  const store = new DisposableStore();
  const told = new Set<string>();
  const stopped = new Promise<'stopped'>((resolve) => {
    store.add(context.onInterrupt(() => resolve('stopped')));
    store.add(context.onTerminate(() => resolve('stopped')));
  });
  try {
    for (;;) {
      const others = runtime.runsForOthers();
      if (others.length === 0) return;
      for (const { runId, from } of others) {
        if (told.has(runId)) continue;
        told.add(runId);
        context.terminal.tell(
          `Waiting for run ${runId}, asked for by ${visibleLine(from)}. Ctrl-C leaves it resumable.`,
        );
      }
      const rested = Promise.race(others.map(({ runId }) => runtime.whenIdle(runId)));
      if ((await Promise.race([rested, stopped])) === 'stopped') return;
    }
  } finally {
    store.dispose();
  }
}
