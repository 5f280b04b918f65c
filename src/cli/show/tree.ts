import { formatDuration } from '../../core/base/duration';
import { isSettled, runStatus, type RunState, type StepState } from '../../core/model/run-state';
import type { Progress } from '../../core/runtime-port';
import { columns, fit, type Style } from './style';
import { countOf, elapsedOf, engineWord, runWord, stepWord, type StatusWord } from './words';
import { visibleLine } from './visible';

export interface TreeOptions {
  readonly style: Style;
  readonly width: number;
  /** Lines at most; what is settled or has not begun is left out first. */
  readonly height: number;
  readonly now: number;
  readonly progress?: Progress;
  /** The last line of output of each running step. */
  readonly live: ReadonlyMap<string, string>;
}

/** A run as a tree of its steps: one line for the run, one for each step. Pure. */
export function renderTree(state: RunState, options: TreeOptions): string[] {
  const { style, width } = options;
  const steps = state.definition.steps.flatMap((step) => state.steps[step.key] ?? []);
  const shown = choose(steps, Math.max(3, options.height - 2));
  const rows = columns(
    shown.map((step, index) => {
      const last = index === shown.length - 1 && shown.length === steps.length;
      return [`${style.dim(last ? '└─' : '├─')} ${name(step, state, style)}`, ...cells(step, state, options)];
    }),
  );
  const hidden = steps.length - shown.length;
  if (hidden > 0) rows.push(style.dim(`└─ and ${countOf(hidden, 'more step')}`));
  return [header(state, steps, options), ...rows].map((line) => fit(line, width));
}

function header(state: RunState, steps: readonly StepState[], options: TreeOptions): string {
  const { style, progress } = options;
  const word = runWord(runStatus(state));
  const parts = [
    style.bold(visibleLine(state.definition.name)),
    painted(word, style),
    `${steps.filter(isSettled).length} of ${steps.length}`,
    ...(progress === undefined ? [] : [`${progress.percentage} %`]),
    state.endedAt === undefined
      ? elapsedOf(options.now - state.startedAt)
      : formatDuration(state.endedAt - state.startedAt),
    ...(progress?.remainingMs === undefined || state.endedAt !== undefined
      ? []
      : [`about ${elapsedOf(progress.remainingMs)} left`]),
    style.dim(`run ${state.runId}`),
  ];
  return `${state.rehearsal ? `${style.tone('asking', 'REHEARSAL')}  ` : ''}${parts.join('  ')}`;
}

function name(step: StepState, state: RunState, style: Style): string {
  const word = stepWord(step.status);
  const title = state.definition.steps.find((candidate) => candidate.key === step.key)?.title ?? step.key;
  // The key is what commands take, so it is what is shown; the title goes along when it says something else.
  const extra = visibleLine(title) === step.key ? '' : ` ${style.dim(visibleLine(title))}`;
  return `${style.tone(word.tone, word.mark)} ${visibleLine(step.key)}${extra}`;
}

function cells(step: StepState, state: RunState, options: TreeOptions): string[] {
  const { style, now } = options;
  const word = stepWord(step.status);
  const status = style.tone(word.tone, word.word);
  const attempt = step.attempt > 1 ? `attempt ${step.attempt}  ` : '';
  switch (step.status) {
    case 'pending': {
      const dependsOn = state.definition.steps.find(({ key }) => key === step.key)?.dependsOn ?? [];
      const open = dependsOn.filter((key) => {
        const dependency = state.steps[key];
        return dependency !== undefined && !isSettled(dependency);
      });
      const retry = step.retryAt === undefined ? '' : `next attempt in ${elapsedOf(step.retryAt - now)}`;
      return [status, '', style.dim(retry || (open.length === 0 ? '' : `after ${open.join(', ')}`))];
    }
    case 'running':
      return [
        status,
        elapsedOf(now - step.startedAt),
        style.dim(`${attempt}${visibleLine(options.live.get(step.key) ?? engineWord(step.assignment))}`),
      ];
    case 'waiting':
      return [status, elapsedOf(now - step.since), visibleLine(step.produced?.summary ?? '')];
    case 'completed':
      return [
        status,
        formatDuration(step.usage.durationMs),
        `${visibleLine(step.summary)}${files(step.artifacts, style)}`,
      ];
    case 'failed':
      return [
        `${status}${step.tolerated ? ', tolerated' : ''}`,
        formatDuration(step.usage.durationMs),
        `${attempt}${visibleLine(step.error.message)}`,
      ];
    case 'skipped':
      return [status, '', style.dim(visibleLine(step.because ?? step.reason))];
    case 'uncertain':
    case 'cancelled':
      return [status, '', style.dim(visibleLine(step.message))];
    default:
      return [status];
  }
}

function files(artifacts: readonly { readonly path: string }[], style: Style): string {
  if (artifacts.length === 0) return '';
  return `  ${style.dim(artifacts.map(({ path }) => visibleLine(path)).join(', '))}`;
}

function painted(word: StatusWord, style: Style): string {
  return style.tone(word.tone, `${word.mark} ${word.word}`);
}

/** In a small window the steps that need eyes stay, in their order: what runs, waits or failed, then what comes next. */
function choose(steps: readonly StepState[], room: number): readonly StepState[] {
  if (steps.length <= room) return steps;
  const rank = (step: StepState): number => {
    if (step.status === 'waiting' || step.status === 'uncertain') return 0;
    if (step.status === 'running') return 1;
    if (step.status === 'failed') return 2;
    return step.status === 'pending' ? 3 : 4;
  };
  const kept = new Set([...steps].sort((a, b) => rank(a) - rank(b)).slice(0, room - 1));
  return steps.filter((step) => kept.has(step));
}
