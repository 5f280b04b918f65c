import type { RunSummary } from '../core/storage/run-store';
import type { Runtime } from '../core/runtime-port';
import { Refused, type Context } from './context';
import { EXIT } from './exit-code';
import { visibleLine } from './show/visible';

/** The run that a person means by an id, the beginning of one, or "last". Throws `Refused`. */
export async function findRun(
  { baton }: Pick<Context, 'baton'>,
  runtime: Pick<Runtime, 'runs'>,
  given: string,
): Promise<RunSummary> {
  const runs = await runtime.runs();
  if (given === 'last') {
    const [last] = [...runs].sort((a, b) => b.startedAt - a.startedAt || (a.runId < b.runId ? 1 : -1));
    if (last === undefined)
      throw new Refused(EXIT.failed, `Nothing has run here yet. Start with: ${baton('run FILE')}`);
    return last;
  }
  const exact = runs.find(({ runId }) => runId === given);
  if (exact !== undefined) return exact;
  const found = given === '' ? [] : runs.filter(({ runId }) => runId.startsWith(given.toLowerCase()));
  const [first] = found;
  if (first === undefined) {
    throw new Refused(EXIT.failed, `There is no run "${visibleLine(given)}". See: ${baton('list --runs')}`);
  }
  if (found.length > 1) {
    const names = found
      .slice(0, 5)
      .map(({ runId }) => runId)
      .join(', ');
    throw new Refused(EXIT.usage, `"${given}" is the beginning of ${found.length} runs: ${names}`);
  }
  return first;
}

/** Throws `Refused` for a run of which records are lost: nobody may act upon what is left. */
export function refuseDamaged({ baton }: Pick<Context, 'baton'>, { runId, status }: RunSummary): void {
  if (status !== 'damaged') return;
  throw new Refused(
    EXIT.failed,
    `Records of run ${runId} are lost, so it cannot go on. What is left of it: ${baton(`status ${runId}`)}`,
  );
}
