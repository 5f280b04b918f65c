/*
 * owns: who does a step without a model, and the words that say so.
 * does not own: the rules (analyses), gates and retries (engine).
 * must stay true: nothing is answered that was not computed from the files or the results upstream.
 */
import { toJson } from '../base/json';
import { runAnalysis } from '../analyses/run-analysis';
import { runReport } from '../analyses/run-report';
import { summarize } from '../analyses/tally';
import type { EditorDiagnostics, MoreFindings } from '../analyses/editor-diagnostics';
import type { Concluded } from '../analyses/answer';
import type { Host } from '../host';
import { BatonError } from '../model/errors';
import type { Assignment } from '../model/events';
import type { AgentName } from '../model/ids';
import type { Step } from '../model/workflow';
import type { Agents, AgentTask } from './agent';
import { aggregateFindings } from './aggregate-findings';
import { isFolderAction, localActions, resolveAction, type LocalAction } from './local-actions';
import { projectLint } from '../analyses/project-lint';
import type { LocalWork } from './local-work';
import { resolveAgent } from './roster';

export interface LocalAgentsOptions {
  readonly host: Pick<Host, 'files' | 'workers' | 'processes'>;
  /** What the editor's own language tools say about the folder; absent outside an editor. */
  readonly editorDiagnostics?: EditorDiagnostics;
  /** Names of the folder's own agents; a step that names one is told under it. */
  readonly ownNames?: () => ReadonlySet<AgentName>;
}

export interface LocalAgents extends Agents {
  /** Whether there are rules for it. */
  does(step: Step): boolean;
  /** Like `perform`, and nothing is stored yet. */
  work(task: AgentTask): Promise<LocalWork>;
}

/** The agents that work without a model: the local engine does an action as plain code, truthfully and repeatably. */
export function createLocalAgents(options: LocalAgentsOptions): LocalAgents {
  return {
    assign: (step) => assign(step, options.ownNames?.()),
    does: (step) => step.action !== undefined && resolveAction(step.action) !== undefined,
    work: (task) => work(options, task),
    isIdempotent: (step) => {
      const action = step.action === undefined ? undefined : resolveAction(step.action);
      return action !== undefined && !wantsProjectLinter(action, step.with);
    },
    async perform(task) {
      const { output, markdown, path, summary } = await work(options, task);
      return { output, summary, artifacts: [await task.putArtifact(path, 'text/markdown', markdown)] };
    },
  };
}

function assign(step: Step, ownNames?: ReadonlySet<AgentName>): Assignment | { readonly needsModel: string } {
  const action = step.action === undefined ? undefined : resolveAction(step.action);
  if (action === undefined) return { needsModel: whyModel(step) };
  const isOwn = step.agent !== undefined && ownNames?.has(step.agent) === true;
  const known = step.agent === undefined || isOwn ? undefined : resolveAgent(step.agent)?.name;
  const named = known ?? step.agent;
  const why = [named === undefined ? `${action.agent} does ${action.name}` : 'named in the file'];
  if (step.action !== action.name) why.push(`${step.action} is ${action.name}`);
  const preferred = [...(step.provider ?? []), ...(step.model === undefined ? [] : [step.model])];
  if (preferred.length > 0) {
    const what = step.provider === undefined ? 'model' : 'provider';
    why.push(
      `${what} ${(step.provider ?? preferred).join(', ')} is a preference; the local engine's rules run`,
    );
  }
  if (step.prompt !== undefined) why.push('its prompt is for a model, the rules do not read it');
  return { agent: named ?? action.agent, engine: 'local', why: why.join('; ') };
}

function whyModel(step: Step): string {
  if (step.action === undefined) {
    return step.prompt === undefined
      ? 'it names no action that the local engine knows'
      : 'only a model can answer its prompt';
  }
  const near = localActions.find((action) => isNear(step.action ?? '', action.name));
  const hint = near === undefined ? '' : ` (did you mean ${near.name}?)`;
  return `the local engine has no rules for the action "${step.action}"${hint}`;
}

async function work(options: LocalAgentsOptions, task: AgentTask): Promise<LocalWork> {
  const action = task.step.action === undefined ? undefined : resolveAction(task.step.action);
  if (action === undefined)
    throw new BatonError('needs-model', `Step "${task.step.key}": ${whyModel(task.step)}`);
  if (action.name === 'aggregate') {
    const merged = await aggregateFindings(task);
    task.onText(`${merged.summary}\n`);
    return merged;
  }
  const { output, markdown } = isFolderAction(action.name)
    ? await runAnalysis(options.host, {
        action: action.name,
        workspace: task.workspace,
        options: task.with,
        signal: task.signal,
        onText: task.onText,
        onProgress: task.onProgress,
        ...(await lintSources(options, action, task)),
      })
    : await report(options, task);
  const summary = isFolderAction(action.name) ? summarize(output) : `Report ready: ${summarize(output)}`;
  task.onText(`${summary}\n`);
  return { output: toJson(output), summary, markdown, path: `reports/${action.name}.md` };
}

/** `lint-codebase` also listens to the editor and, when the step says so, to the project's own linter. */
async function lintSources(options: LocalAgentsOptions, action: LocalAction, task: AgentTask) {
  if (action.name !== 'lint-codebase') return {};
  const more: MoreFindings[] = [];
  if (options.editorDiagnostics !== undefined) {
    more.push(await options.editorDiagnostics(task.workspace, task.signal));
  }
  if (wantsProjectLinter(action, task.with)) {
    const mark = `${task.runId}/${task.step.key}/${task.attempt}`;
    more.push(await projectLint(options.host, { ...task, mark }));
  }
  return { more };
}

const wantsProjectLinter = (action: LocalAction, options: Step['with']): boolean =>
  action.name === 'lint-codebase' && options['projectLinter'] === true;

function report(options: LocalAgentsOptions, task: AgentTask): Promise<Concluded> {
  return runReport(options.host, {
    workspace: task.workspace,
    title: typeof task.with['title'] === 'string' ? task.with['title'] : 'Review report',
    upstream: task.upstream,
    ...(task.comment === undefined ? {} : { comment: task.comment }),
    getArtifact: task.getArtifact,
    signal: task.signal,
  });
}

/** One slip of the keyboard away, or the same words in another order. */
function isNear(a: string, b: string): boolean {
  const words = (name: string) =>
    name
      .toLowerCase()
      .split(/[\s_-]+/)
      .sort()
      .join(' ');
  if (words(a) === words(b)) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length - short.length > 2) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  let end = 0;
  while (end < short.length - at && short[short.length - 1 - end] === long[long.length - 1 - end]) end++;
  return short.length - at - end <= 2;
}
