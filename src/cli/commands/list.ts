import type { RunId } from '../../core/model/ids';
import type { RunSummary } from '../../core/storage/run-store';
import type { Runtime } from '../../core/runtime-port';
import type { Context } from '../context';
import { EXIT, type ExitCode } from '../exit-code';
import { findWorkflows } from '../find-workflows';
import { runLines } from '../show/run-lines';
import { columns } from '../show/style';
import { brokenOffWord, dateOf, runWord, standingText } from '../show/words';
import { visibleJson, visibleLine } from '../show/visible';

/** `baton list`: workflows with their last run. */
export async function listWorkflows(context: Context): Promise<ExitCode> {
  const runtime = await context.open('see');
  const paths = await findWorkflows(context.host.files, context.workspace);
  const runs = (await runtime.runs()).filter(({ rehearsal }) => !rehearsal);
  const workflows = await Promise.all(
    paths.map(async (path) => {
      // The newest comes first in the list of runs.
      const lastRun = runs.find((run) => run.path === path);
      return { path, name: await nameOf(context, runtime, path), ...(lastRun && { lastRun }) };
    }),
  );
  if (context.json) {
    context.terminal.print(visibleJson({ workflows }, 2));
  } else if (workflows.length === 0) {
    context.terminal.print('There is no workflow in this folder.');
    context.terminal.print(
      'Write one as workflows/NAME.yaml (or .baton/workflows/NAME.yaml) and run it with: ' +
        context.baton('run workflows/NAME.yaml'),
    );
  } else {
    const standing = await standingOf(
      runtime,
      workflows.flatMap(({ lastRun }) => lastRun ?? []),
    );
    const rows = workflows.map(({ path, name, lastRun }) => [
      visibleLine(path),
      name === undefined ? 'has errors: baton validate says which' : visibleLine(name),
      lastRun === undefined ? 'never run' : lastRunText(lastRun, standing, runtime.otherOwner !== undefined),
    ]);
    for (const line of columns(rows)) context.terminal.print(line);
  }
  tellOwner(context, runtime);
  return EXIT.completed;
}

/** `baton list --runs`: newest first, rehearsals apart. */
export async function listRuns(context: Context): Promise<ExitCode> {
  const runtime = await context.open('see');
  const runs = await runtime.runs();
  if (context.json) {
    context.terminal.print(visibleJson({ runs }, 2));
  } else if (runs.length === 0) {
    context.terminal.print(`Nothing has run here yet. Start with: ${context.baton('run FILE')}`);
  } else {
    const { style, isScreen } = context.terminal;
    const options = {
      style,
      width: isScreen ? context.terminal.width() : Number.MAX_SAFE_INTEGER,
      isOwned: runtime.otherOwner !== undefined,
      standing: await standingOf(runtime, runs),
    };
    const real = runs.filter(({ rehearsal }) => !rehearsal);
    const rehearsals = runs.filter(({ rehearsal }) => rehearsal);
    for (const line of runLines(real, options)) context.terminal.print(line);
    if (rehearsals.length > 0) {
      context.terminal.print(`${real.length > 0 ? '\n' : ''}REHEARSAL`);
      for (const line of runLines(rehearsals, options)) context.terminal.print(line);
    }
  }
  tellOwner(context, runtime);
  return EXIT.completed;
}

/** Who may change something, when it is not this process. */
export function tellOwner(context: Context, runtime: Pick<Runtime, 'otherOwner'>): void {
  const owner = runtime.otherOwner;
  if (owner !== undefined && !context.json) {
    context.terminal.tell(`${visibleLine(owner.name)} owns the runs of this folder.`);
  }
}

async function nameOf(context: Context, runtime: Runtime, path: string): Promise<string | undefined> {
  const { files } = context.host;
  const bytes = await files.read(files.join(context.workspace, path));
  if (bytes === undefined) return undefined;
  const parsed = await runtime.check({ text: new TextDecoder().decode(bytes), path });
  return parsed.definition?.name;
}

/** Of the runs that go on only when somebody has looked: what is to be looked at. */
async function standingOf(
  runtime: Pick<Runtime, 'state'>,
  runs: readonly RunSummary[],
): Promise<ReadonlyMap<RunId, string>> {
  const parked = runs.filter(({ status }) => status === 'parked');
  const states = await Promise.all(parked.map(({ runId }) => runtime.state(runId)));
  return new Map(
    states.flatMap((state) => (state === undefined ? [] : [[state.runId, standingText(state)]])),
  );
}

function lastRunText(run: RunSummary, standing: ReadonlyMap<RunId, string>, owned: boolean): string {
  const { mark, word } = brokenOffWord(run.status, owned) ?? runWord(run.status);
  return `${mark} ${standing.get(run.runId) ?? word} ${dateOf(run.startedAt)}, run ${run.runId}`;
}
