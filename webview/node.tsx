import { memo } from 'preact/compat';
import type { StepKey } from '../src/core/model/ids';
import type { StepState } from '../src/core/model/run-state';
import type { Step } from '../src/core/model/workflow';
import { fitEnd, fitMiddle } from './format';
import { GLYPHS } from './icons';
import { NODE_HEIGHT, NODE_WIDTH } from './layout';
import { measure } from './measure';
import { stepWord } from './status-words';
import { isTicking, stepLine } from './step-line';
import { useNow } from './ticking';

const TEXT_LEFT = 38;
const TEXT_WIDTH = NODE_WIDTH - TEXT_LEFT - 12;
const TITLE_SIZE = 13;
const LINE_SIZE = 11;

export interface StepNodeProps {
  readonly declared: Step;
  readonly step: StepState;
  readonly x: number;
  readonly y: number;
  /** Zoomed out: only a dot with the state. */
  readonly isDot: boolean;
  readonly isSelected: boolean;
  /** The one node that the Tab key reaches. */
  readonly isTabStop: boolean;
  /** A search is on and this step is not what is looked for. */
  readonly isDimmed: boolean;
  readonly fraction: number | undefined;
  readonly onSelect: (key: StepKey) => void;
}

/** One step of the graph. Drawn again only when something of it changed, however large the run is. */
export const StepNode = memo(function StepNode(props: StepNodeProps) {
  const { declared, step } = props;
  const word = stepWord(step);
  const classes = ['node', `tone-${word.tone}`, `is-${step.status}`];
  if (props.isSelected) classes.push('is-selected');
  if (props.isDimmed) classes.push('is-dimmed');
  return (
    <g
      class={classes.join(' ')}
      transform={`translate(${props.x} ${props.y})`}
      role="option"
      id={`step-${declared.key}`}
      data-step={declared.key}
      aria-selected={props.isSelected}
      aria-label={labelOf(declared, step)}
      tabIndex={props.isTabStop ? 0 : -1}
      onClick={() => props.onSelect(declared.key)}
    >
      <title>{titleOf(declared, step)}</title>
      {props.isDot ? (
        <DotShape glyph={GLYPHS[word.icon]} />
      ) : (
        <BoxShape declared={declared} step={step} glyph={GLYPHS[word.icon]} fraction={props.fraction} />
      )}
    </g>
  );
});

function DotShape(props: { readonly glyph: string }) {
  return (
    <>
      <circle class="node-ring" cx={NODE_WIDTH / 2} cy={NODE_HEIGHT / 2} r={33} />
      <circle class="node-box" cx={NODE_WIDTH / 2} cy={NODE_HEIGHT / 2} r={27} />
      <text class="node-glyph is-large" x={NODE_WIDTH / 2} y={NODE_HEIGHT / 2 + 18}>
        {props.glyph}
      </text>
    </>
  );
}

function BoxShape(props: {
  readonly declared: Step;
  readonly step: StepState;
  readonly glyph: string;
  readonly fraction: number | undefined;
}) {
  const { declared, step } = props;
  return (
    <>
      <rect class="node-ring" x={-3} y={-3} width={NODE_WIDTH + 6} height={NODE_HEIGHT + 6} />
      <rect class="node-box" width={NODE_WIDTH} height={NODE_HEIGHT} />
      <text class="node-glyph" x={21} y={NODE_HEIGHT / 2 + 8}>
        {props.glyph}
      </text>
      <text class="node-title" x={TEXT_LEFT} y={24}>
        {fitMiddle(declared.title, TEXT_WIDTH, (text) => measure(text, TITLE_SIZE, 600))}
      </text>
      {isTicking(step) ? (
        <TickingLine declared={declared} step={step} />
      ) : (
        <Line text={stepLine(declared, step, 0)} />
      )}
      {step.status === 'running' && <RunningBar fraction={props.fraction} />}
    </>
  );
}

function TickingLine(props: { readonly declared: Step; readonly step: StepState }) {
  return <Line text={stepLine(props.declared, props.step, useNow(true))} />;
}

function Line(props: { readonly text: string }) {
  return (
    <text class="node-line" x={TEXT_LEFT} y={42}>
      {fitEnd(props.text, TEXT_WIDTH, (text) => measure(text, LINE_SIZE, 400))}
    </text>
  );
}

/** Slim, at the lower edge: moving while nothing is known, filled as far as the step tells. */
function RunningBar(props: { readonly fraction: number | undefined }) {
  const inner = NODE_WIDTH - 16;
  return (
    <svg class="node-bar" x={8} y={NODE_HEIGHT - 5} width={inner} height={2}>
      <rect class="node-bar-track" width={inner} height={2} />
      <rect
        class={props.fraction === undefined ? 'node-bar-fill is-moving' : 'node-bar-fill'}
        width={inner * (props.fraction ?? 0.3)}
        height={2}
      />
    </svg>
  );
}

function labelOf(declared: Step, step: StepState): string {
  const word = stepWord(step).word;
  const line =
    isTicking(step) || step.status === 'uncertain' || step.status === 'cancelled'
      ? ''
      : stepLine(declared, step, 0);
  return [declared.title, word, line].filter((part) => part !== '').join(', ');
}

function titleOf(declared: Step, step: StepState): string {
  const line = isTicking(step) ? '' : stepLine(declared, step, 0);
  return [declared.title, declared.description ?? '', line === '' ? stepWord(step).word : line]
    .filter((part) => part !== '')
    .join('\n');
}
