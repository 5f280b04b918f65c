import type { StepKey } from '../../src/core/model/ids';
import type { CarriedAttempt } from '../../src/core/model/attempts';
import type { ModelCall } from '../../src/core/model/model-call';
import type { StepState } from '../../src/core/model/run-state';
import type { Step } from '../../src/core/model/workflow';
import { fitEnd, fitMiddle } from '../words/format';
import { DOT_GLYPHS, GLYPHS } from '../kit/icons';
import { NODE_HEIGHT } from './layout';
import { measure } from './measure';
import { stepWord } from '../words/status-words';
import { isTicking, stepLine, stepLines, type LineParts } from '../words/step-line';
import { lastFall } from '../models/falls';
import { useNow } from '../kit/ticking';

const TEXT_LEFT = 38;
const TEXT_RIGHT = 12;
const TITLE_SIZE = 13;
const LINE_SIZE = 11;
const MARK_ROOM = 18;

export interface StepNodeProps {
  readonly declared: Step;
  readonly step: StepState;
  readonly calls: readonly ModelCall[] | undefined;
  readonly carried: readonly CarriedAttempt[] | undefined;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Zoomed out: only a dot with the state. */
  readonly isDot: boolean;
  readonly isSelected: boolean;
  /** The one node that the Tab key reaches. */
  readonly isTabStop: boolean;
  /** A search is on and this step is not what is looked for. */
  readonly isDimmed: boolean;
  readonly fraction: number | undefined;
  readonly isInterrupted: boolean;
  readonly onSelect: (key: StepKey) => void;
}

/** One step of the graph. */
export function StepNode(props: StepNodeProps) {
  const { declared, step, calls, carried, isInterrupted } = props;
  const word = stepWord(step, isInterrupted);
  const parts = { declared, step, calls, carried, interrupted: isInterrupted };
  const fell = lastFall(calls);
  const classes = ['node', `tone-${word.tone}`, `is-${step.status}`];
  if (props.isSelected) classes.push('is-selected');
  if (props.isDimmed) classes.push('is-dimmed');
  return (
    <g
      class={classes.join(' ')}
      role="presentation"
      transform={`translate(${props.x} ${props.y})`}
      onClick={() => props.onSelect(declared.key)}
    >
      <title>{titleOf(parts, fell)}</title>
      {/* The option holds the shape and no text: its label says all of it, whole, where what is drawn may be cut. */}
      <g
        class="node-option"
        role="option"
        id={`step-${declared.key}`}
        data-step={declared.key}
        aria-selected={props.isSelected}
        aria-label={labelOf(parts, fell)}
        tabindex={props.isTabStop ? 0 : -1}
      >
        {props.isDot ? <DotShape width={props.width} /> : <BoxShape width={props.width} />}
      </g>
      <g class="node-texts" aria-hidden="true">
        {props.isDot ? (
          <text class="node-glyph is-large" x={props.width / 2} y={NODE_HEIGHT / 2 + 22}>
            {DOT_GLYPHS[word.icon]}
          </text>
        ) : (
          <Texts
            parts={parts}
            width={props.width}
            glyph={GLYPHS[word.icon]}
            fraction={props.fraction}
            hasFallen={fell !== undefined}
          />
        )}
      </g>
    </g>
  );
}

function DotShape(props: { readonly width: number }) {
  const middle = props.width / 2;
  return (
    <>
      <circle class="node-ring" cx={middle} cy={NODE_HEIGHT / 2} r={40} />
      <circle class="node-box" cx={middle} cy={NODE_HEIGHT / 2} r={33} />
    </>
  );
}

function BoxShape(props: { readonly width: number }) {
  return (
    <>
      <rect class="node-ring" x={-3} y={-3} width={props.width + 6} height={NODE_HEIGHT + 6} />
      <rect class="node-box" width={props.width} height={NODE_HEIGHT} />
    </>
  );
}

function Texts(props: {
  readonly parts: LineParts;
  readonly width: number;
  readonly glyph: string;
  readonly fraction: number | undefined;
  /** Another model had to take over: a small mark in the corner, the words in the details. */
  readonly hasFallen: boolean;
}) {
  const { parts, width, hasFallen } = props;
  const { declared, step, interrupted } = parts;
  const room = width - TEXT_LEFT - TEXT_RIGHT;
  return (
    <>
      <text class="node-glyph" x={21} y={NODE_HEIGHT / 2 + 8}>
        {props.glyph}
      </text>
      <text class="node-title" x={TEXT_LEFT} y={24}>
        {fitMiddle(declared.title, hasFallen ? room - MARK_ROOM : room, (text) =>
          measure(text, TITLE_SIZE, 600),
        )}
      </text>
      {hasFallen && (
        <text class="node-mark" x={width - TEXT_RIGHT - 5} y={23}>
          {GLYPHS['arrow-swap']}
        </text>
      )}
      {isTicking(step, interrupted) ? (
        <TickingLine parts={parts} room={room} />
      ) : (
        <Line texts={stepLines(parts, 0)} room={room} />
      )}
      {step.status === 'running' && !interrupted && (
        <RunningBar width={width - 16} fraction={props.fraction} />
      )}
    </>
  );
}

function TickingLine(props: { readonly parts: LineParts; readonly room: number }) {
  return <Line texts={stepLines(props.parts, useNow(true))} room={props.room} />;
}

/** The fullest text that fits; the last one is cut when none does. */
function Line(props: { readonly texts: readonly string[]; readonly room: number }) {
  const widthOf = (text: string) => measure(text, LINE_SIZE, 400);
  const text = props.texts.find((each) => widthOf(each) <= props.room) ?? props.texts.at(-1) ?? '';
  return (
    <text class="node-line" x={TEXT_LEFT} y={42}>
      {fitEnd(text, props.room, widthOf)}
    </text>
  );
}

/** Slim, at the lower edge: moving while nothing is known, filled as far as the step tells. */
function RunningBar(props: { readonly width: number; readonly fraction: number | undefined }) {
  return (
    <svg class="node-bar" x={8} y={NODE_HEIGHT - 5} width={props.width} height={2}>
      <rect class="node-bar-track" width={props.width} height={2} />
      <rect
        class={props.fraction === undefined ? 'node-bar-fill is-moving' : 'node-bar-fill'}
        width={props.width * (props.fraction ?? 0.3)}
        height={2}
      />
    </svg>
  );
}

function labelOf(parts: LineParts, fell: string | undefined): string {
  const { declared, step, interrupted } = parts;
  const word = stepWord(step, interrupted).word;
  const isSaid =
    step.status === 'running' ||
    step.status === 'waiting' ||
    step.status === 'uncertain' ||
    step.status === 'cancelled' ||
    (step.status === 'pending' && step.held !== undefined);
  return [declared.title, word, isSaid ? '' : stepLine(parts, 0), fell ?? '']
    .filter((part) => part !== '')
    .join(', ');
}

function titleOf(parts: LineParts, fell: string | undefined): string {
  const { declared, step, interrupted } = parts;
  const line = isTicking(step, interrupted) ? '' : stepLine(parts, 0);
  return [
    declared.title,
    declared.description ?? '',
    line === '' ? stepWord(step, interrupted).word : line,
    fell ?? '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}
