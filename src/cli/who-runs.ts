import type { Disposable } from '../core/base/disposable';
import type { Runtime } from '../core/runtime-port';
import type { Context } from './context';
import { visibleLine } from './show/visible';

/** Says which other process runs what is followed here, now and when that changes, until it is disposed. */
export function tellWhoRuns(
  { terminal }: Pick<Context, 'terminal'>,
  runtime: Pick<Runtime, 'otherOwner' | 'onDidChangeOwner'>,
): Disposable {
  let before = runtime.otherOwner?.name;
  if (before !== undefined) terminal.tell(`${visibleLine(before)} runs it.`);
  return runtime.onDidChangeOwner(() => {
    const now = runtime.otherOwner?.name;
    if (now === before) return;
    const gone = before === undefined ? '' : `${visibleLine(before)} is gone. `;
    terminal.tell(now === undefined ? `${gone}The run goes on here.` : `${gone}${visibleLine(now)} runs it.`);
    before = now;
  });
}
