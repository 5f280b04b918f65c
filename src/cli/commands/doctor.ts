import { CancelledError } from '../../core/base/abort';
import type { Context } from '../context';
import { examine } from '../doctor/examination';
import { examineMachine, type Machine } from '../doctor/machine';
import { EXIT, type ExitCode } from '../exit-code';
import { packageFacts } from '../package-facts';
import { doctorLines } from '../show/doctor-lines';
import { visibleJson } from '../show/visible';

/** `baton doctor`: what there is, what does not work, and what to do. Exit code 1 when something that is set up does not work. */
export async function doctor(
  context: Context,
  machineOf: () => Promise<Machine> = () => examineMachine(context.host, packageFacts(), context.workspace),
): Promise<ExitCode> {
  const { terminal } = context;
  const ending = new AbortController();
  const listening = context.onInterrupt(() => ending.abort(new CancelledError()));
  try {
    const found = await examine(context, await machineOf(), ending.signal);
    if (context.json) terminal.print(visibleJson({ ok: found.faults.length === 0, ...found }, 2));
    else
      for (const line of doctorLines(found, {
        style: terminal.style,
        width: Math.min(terminal.width(), WIDEST),
      }))
        terminal.print(line);
    return found.faults.length === 0 ? EXIT.completed : EXIT.failed;
  } catch (error) {
    if (ending.signal.aborted) return EXIT.cancelled;
    throw error;
  } finally {
    listening.dispose();
  }
}

/** Longer lines are hard to read, whatever the window. */
const WIDEST = 100;
