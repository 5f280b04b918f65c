import type { StepKey } from '../../src/core/model/ids';
import type { StepState } from '../../src/core/model/run-state';
import type { Step } from '../../src/core/model/workflow';
import { fitEnd, fitMiddle } from '../words/format';
import { DOT_GLYPHS, GLYPHS } from '../kit/icons';
import { NODE_HEIGHT } from './layout';
import { measure } from './measure';
import { stepWord } from '../words/status-words';
import { isTicking, stepLine } from '../words/step-line';
import { useNow } from '../kit/ticking';

const TEXT_LEFT = 38;
const TEXT_RIGHT = 12;
const TITLE_SIZE = 13;
const LINE_SIZE = 11;

export interface StepNodeProps {
  readonly declared: Step;
  readonly step: StepState;
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
  const { declared, step, isInterrupted } = props;
  const word = stepWord(step, isInterrupted);
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
      <title>{titleOf(declared, step, isInterrupted)}</title>
      {/* The option holds the shape and no text: its label says all of it, whole, where what is drawn may be cut. */}
      <g
        class="node-option"
        role="option"
        id={`step-${declared.key}`}
        data-step={declared.key}
        aria-selected={props.isSelected}
        aria-label={labelOf(declared, step, isInterrupted)}
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
            declared={declared}
            step={step}
            width={props.width}
            glyph={GLYPHS[word.icon]}
            fraction={props.fraction}
            isInterrupted={isInterrupted}
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
  readonly declared: Step;
  readonly step: StepState;
  readonly width: number;
  readonly glyph: string;
  readonly fraction: number | undefined;
  readonly isInterrupted: boolean;
}) {
  const { declared, step, width, isInterrupted } = props;
  const room = width - TEXT_LEFT - TEXT_RIGHT;
  return (
    <>
      <text class="node-glyph" x={21} y={NODE_HEIGHT / 2 + 8}>
        {props.glyph}
      </text>
      <text class="node-title" x={TEXT_LEFT} y={24}>
        {fitMiddle(declared.title, room, (text) => measure(text, TITLE_SIZE, 600))}
      </text>
      {isTicking(step, isInterrupted) ? (
        <TickingLine declared={declared} step={step} room={room} />
      ) : (
        <Line text={stepLine(declared, step, isInterrupted, 0)} room={room} />
      )}
      {step.status === 'running' && !isInterrupted && (
        <RunningBar width={width - 16} fraction={props.fraction} />
      )}
    </>
  );
}

function TickingLine(props: { readonly declared: Step; readonly step: StepState; readonly room: number }) {
  return <Line text={stepLine(props.declared, props.step, false, useNow(true))} room={props.room} />;
}

function Line(props: { readonly text: string; readonly room: number }) {
  return (
    <text class="node-line" x={TEXT_LEFT} y={42}>
      {fitEnd(props.text, props.room, (text) => measure(text, LINE_SIZE, 400))}
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

function labelOf(declared: Step, step: StepState, interrupted: boolean): string {
  const word = stepWord(step, interrupted).word;
  const line =
    step.status === 'running' ||
    step.status === 'waiting' ||
    step.status === 'uncertain' ||
    step.status === 'cancelled'
      ? ''
      : stepLine(declared, step, interrupted, 0);
  return [declared.title, word, line].filter((part) => part !== '').join(', ');
}

function titleOf(declared: Step, step: StepState, interrupted: boolean): string {
  const line = isTicking(step, interrupted) ? '' : stepLine(declared, step, interrupted, 0);
  return [declared.title, declared.description ?? '', line === '' ? stepWord(step, interrupted).word : line]
    .filter((part) => part !== '')
    .join('\n');
}
