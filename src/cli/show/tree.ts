import { formatDuration } from '../../core/base/duration';
import { attemptNumber, carriedMs } from '../../core/model/attempts';
import { isSettled, type RunState, type StepState } from '../../core/model/run-state';
import type { Progress } from '../../core/runtime-port';
import { callNow, callsText, FELL, fallOf, spendingSoFar } from './model-words';
import { columns, fit, widthOf, type Style } from './style';
import {
  countOf,
  elapsedOf,
  engineWord,
  INTERRUPTED,
  standingWord,
  stepWord,
  type StatusWord,
} from './words';
import { visibleLine } from './visible';

export interface TreeOptions {
  readonly style: Style;
  readonly width: number;
  /** Lines at most; what is settled or has not begun is left out first. */
  readonly height: number;
  readonly now: number;
  readonly progress?: Progress;
  /** What each running step told last. */
  readonly live: ReadonlyMap<string, LiveTail>;
  /** Says below each step why another model took over; else only that one did. */
  readonly tellsFalls?: boolean;
  /** How the run is called that broke off: no time goes on, and nothing that its events began runs. */
  readonly brokenOff?: StatusWord;
}

export interface LiveTail {
  /** The end of its output. */
  readonly text: string;
  /** Of the model call that is under way. */
  readonly tokens?: number;
}

/** A run as a tree of its steps: one line for the run, one for each step. Pure. */
export function renderTree(state: RunState, options: TreeOptions): string[] {
  const { style, width } = options;
  const steps = state.definition.steps.flatMap((step) => state.steps[step.key] ?? []);
  const shown = choose(steps, Math.max(3, options.height - 2));
  const rows = columns(
    shown.map((step, index) => {
      const last = index === shown.length - 1 && shown.length === steps.length;
      return [
        `${style.dim(last ? '└─' : '├─')} ${name(step, state, options)}`,
        ...cells(step, state, options),
      ];
    }),
  );
  const hidden = steps.length - shown.length;
  if (hidden > 0) rows.push(style.dim(`└─ and ${countOf(hidden, 'more step')}`));
  const lines = withMore(rows, shown, state, options);
  return [header(state, steps, options), ...lines].map((line) => fit(line, width));
}

/**
 * Below a step that a model answers right now, the end of that answer, where the window has room for all of them; below every other one
 * why another model took over, where that is wanted.
 */
function withMore(
  rows: readonly string[],
  shown: readonly StepState[],
  state: RunState,
  options: TreeOptions,
): readonly string[] {
  const { style, width, height, live, tellsFalls = false } = options;
  const more = shown.map(({ key, status }) => {
    if (status === 'running')
      return state.calls[key] === undefined
        ? []
        : lastLines(live.get(key)?.text ?? '', Math.min(width, MOST_WIDTH) - INDENT).map(style.dim);
    const fell = tellsFalls ? fallOf(state.calls[key]) : undefined;
    return fell === undefined ? [] : [`${style.tone('asking', FELL)} ${style.dim(fell)}`];
  });
  if (rows.length + 1 + more.flat().length > height) return rows;
  return rows.flatMap((row, index) => [
    row,
    ...(more[index] ?? []).map(
      (line) => `${style.dim(index === rows.length - 1 ? ' ' : '│')}${' '.repeat(INDENT - 1)}${line}`,
    ),
  ]);
}

const INDENT = 5;
const ANSWER_LINES = 3;
const MOST_WIDTH = 120;

/** The last lines of a text as a terminal of this width would break them. */
function lastLines(text: string, width: number): readonly string[] {
  const lines = text
    .slice(-ANSWER_LINES * Math.max(1, width))
    .split('\n')
    .map(visibleLine);
  return lines
    .filter((line) => line !== '')
    .slice(-ANSWER_LINES)
    .flatMap((line) => broken(line, width))
    .slice(-ANSWER_LINES);
}

function broken(line: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const word of line.split(' ')) {
    const longer = piece === '' ? word : `${piece} ${word}`;
    if (piece !== '' && widthOf(longer) > width) {
      pieces.push(piece);
      piece = word;
    } else piece = longer;
  }
  return [...pieces, piece];
}

/** What the first line leaves out where the window is narrow, less and less of it: the run's id at its end is what commands take. */
const NARROWER: readonly Omitted[] = [
  {},
  { tokens: true },
  { tokens: true, percentage: true },
  { tokens: true, percentage: true, remaining: true },
];

interface Omitted {
  readonly tokens?: true;
  readonly percentage?: true;
  readonly remaining?: true;
}

function header(state: RunState, steps: readonly StepState[], options: TreeOptions): string {
  const lines = NARROWER.map((omitted) => headerWithout(omitted, state, steps, options));
  return lines.find((line) => widthOf(line) <= options.width) ?? lines.at(-1) ?? '';
}

function headerWithout(
  omitted: Omitted,
  state: RunState,
  steps: readonly StepState[],
  { style, progress, live, now, brokenOff }: TreeOptions,
): string {
  const { definition, endedAt } = state;
  const liveTokens = [...live.values()].reduce((sum, { tokens = 0 }) => sum + tokens, 0);
  const remainingMs = endedAt === undefined && brokenOff === undefined ? progress?.remainingMs : undefined;
  const parts = [
    state.rehearsal ? style.tone('asking', 'REHEARSAL') : undefined,
    style.bold(visibleLine(definition.name)),
    painted(brokenOff ?? standingWord(state), style),
    `${steps.filter(isSettled).length} of ${steps.length}`,
    progress === undefined || omitted.percentage ? undefined : `${progress.percentage} %`,
    timeOf(state, now, brokenOff),
    remainingMs === undefined || omitted.remaining ? undefined : `about ${elapsedOf(remainingMs)} left`,
    spendingSoFar(state, endedAt === undefined ? liveTokens : 0, { isShort: omitted.tokens === true }),
    style.dim(`run ${state.runId}`),
  ];
  return parts.filter((part) => part !== undefined).join('  ');
}

/** How long it takes by now or took; undefined where nobody knows until when it worked. */
function timeOf(
  { startedAt, endedAt }: RunState,
  now: number,
  brokenOff: StatusWord | undefined,
): string | undefined {
  if (endedAt !== undefined) return formatDuration(endedAt - startedAt);
  return brokenOff === undefined ? elapsedOf(now - startedAt) : undefined;
}

/** As much of a line as the longest name may take: how each step stands is what the line is for. */
const NAME_PART = 0.45;
const LEAST_NAME = 12;

/** A step was interrupted where its run broke off. */
function wordOf(step: StepState, { brokenOff }: TreeOptions): StatusWord {
  return step.status === 'running' && brokenOff !== undefined ? INTERRUPTED : stepWord(step);
}

function name(step: StepState, state: RunState, options: TreeOptions): string {
  const { style } = options;
  const word = wordOf(step, options);
  const title = state.definition.steps.find((candidate) => candidate.key === step.key)?.title ?? step.key;
  // The key is what commands take, so it is what is shown; the title goes along when it says something else.
  const extra = visibleLine(title) === step.key ? '' : ` ${style.dim(visibleLine(title))}`;
  const most = Math.max(LEAST_NAME, Math.floor(options.width * NAME_PART));
  return fit(`${style.tone(word.tone, word.mark)} ${visibleLine(step.key)}${extra}`, most);
}

function cells(step: StepState, state: RunState, options: TreeOptions): string[] {
  const { style, now, brokenOff } = options;
  const word = wordOf(step, options);
  const status = style.tone(word.tone, word.word);
  const carried = state.carried[step.key];
  const number = attemptNumber(carried, step.attempt);
  const attempt = number > 1 ? `attempt ${number}  ` : '';
  const earlierMs = carriedMs(carried, step.attempt);
  switch (step.status) {
    case 'pending': {
      const dependsOn = state.definition.steps.find(({ key }) => key === step.key)?.dependsOn ?? [];
      const open = dependsOn.filter((key) => {
        const dependency = state.steps[key];
        return dependency !== undefined && !isSettled(dependency);
      });
      if (step.held !== undefined) return [style.tone('asking', 'waits for the budget')];
      const retry = step.retryAt === undefined ? '' : `next attempt in ${elapsedOf(step.retryAt - now)}`;
      return [status, '', style.dim(retry || (open.length === 0 ? '' : `after ${open.join(', ')}`))];
    }
    case 'running':
      if (brokenOff !== undefined) return [status, '', style.dim(engineWord(step.assignment))];
      return [
        status,
        elapsedOf(now - step.startedAt + earlierMs),
        style.dim(`${attempt}${doing(step, state, options)}`),
      ];
    case 'waiting':
      return [status, elapsedOf(now - step.since), visibleLine(step.produced?.summary ?? '')];
    case 'completed':
      return [
        status,
        formatDuration(step.usage.durationMs + earlierMs),
        result(step, callsText(state.calls[step.key], { isShort: isNarrow(options) }), options),
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

/** A model's step says who answers; the answer itself goes below. Every other one its last output, else who works. */
function doing(
  step: Extract<StepState, { status: 'running' }>,
  state: RunState,
  options: TreeOptions,
): string {
  const { live, now } = options;
  const told = live.get(step.key);
  const call = state.calls[step.key]?.findLast(({ attempt }) => attempt === step.attempt);
  if (call !== undefined) {
    const tokens = call.status === 'asked' ? told?.tokens : undefined;
    return callNow(call, tokens, now, { isShort: isNarrow(options) });
  }
  const line = told?.text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return visibleLine(line === '' ? engineWord(step.assignment) : line);
}

/**
 * What came of it, the model that answered, the files. A long first sentence of a model leaves room for who said it; in a narrow window
 * there is none for the files beside them, which are named when the run stands still.
 */
function result(
  { summary, artifacts }: Extract<StepState, { status: 'completed' }>,
  model: string,
  options: TreeOptions,
): string {
  const { style, width } = options;
  const said = visibleLine(summary);
  if (model === '') return `${said}${files(artifacts, style)}`;
  const most = Math.max(20, Math.floor(width * (isNarrow(options) ? SUMMARY_PART_NARROW : SUMMARY_PART)));
  return `${fit(said, most)}  ${style.dim(model)}${isNarrow(options) ? '' : files(artifacts, style)}`;
}

const SUMMARY_PART = 0.3;
const SUMMARY_PART_NARROW = 0.4;
/** Columns from which on there is room for a model's id and its tokens. */
const WIDE = 100;

const isNarrow = ({ width }: TreeOptions): boolean => width < WIDE;

function files(artifacts: readonly { readonly path: string }[], style: Style): string {
  if (artifacts.length === 0) return '';
  return `  ${style.dim(artifacts.map(({ path }) => visibleLine(path)).join(', '))}`;
}

function painted(word: StatusWord, style: Style): string {
  return style.tone(word.tone, `${word.mark} ${word.word}`);
}

/**
 * In a small window the steps that need eyes stay, in their order: what runs, waits or failed, then what comes next. Of many steps those
 * that run or wait for a person come first: their order among the others says nothing where most of those are hidden.
 */
function choose(steps: readonly StepState[], room: number): readonly StepState[] {
  if (steps.length <= room) return steps;
  const rank = (step: StepState): number => {
    if (step.status === 'waiting' || step.status === 'uncertain') return 0;
    if (step.status === 'running') return 1;
    if (step.status === 'failed') return 2;
    return step.status === 'pending' ? 3 : 4;
  };
  const kept = new Set([...steps].sort((a, b) => rank(a) - rank(b)).slice(0, room - 1));
  const shown = steps.filter((step) => kept.has(step));
  return steps.length <= MANY ? shown : shown.sort((a, b) => Number(rank(a) > 1) - Number(rank(b) > 1));
}

/** Steps from which on a window shows no more than a part of the run. */
const MANY = 100;
