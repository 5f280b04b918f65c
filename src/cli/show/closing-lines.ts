import { isTerminal, runStatus, type RunState } from '../../core/model/run-state';
import { uncertainLine, uncertainOf } from '../../core/model/uncertain-words';
import { place } from './describe-event';
import { cutInputLines, FELL, fallLines, spendingText } from './model-words';
import { countOf } from './words';
import { whoDecides } from '../approvers';
import type { Context } from '../context';
import { visibleLine } from './visible';

/** The rest is in the list of steps. */
const MOST_FALLS = 5;

/** Who reads it, where, and how they would go on. */
export type ClosingContext = Pick<Context, 'user' | 'baton'> & {
  readonly terminal: Pick<Context['terminal'], 'errorStyle'>;
};

export interface ClosingOptions {
  /** Another process drives the run: it goes on there by itself as soon as it can. */
  readonly isDrivenElsewhere?: boolean;
  /** What stands above says already where another model answered. */
  readonly hasToldFalls?: boolean;
}

/** What a person does next, once a run stands still. */
export function closingLines(
  state: RunState,
  { terminal, user, baton }: ClosingContext,
  { isDrivenElsewhere = false, hasToldFalls = false }: ClosingOptions = {},
): string[] {
  const style = terminal.errorStyle;
  const status = runStatus(state);
  const lines: string[] = [];
  for (const step of Object.values(state.steps)) {
    if (step.status !== 'failed') continue;
    const tolerated = step.tolerated ? ' (tolerated)' : '';
    lines.push(
      `${style.tone('bad', '✗')} ${step.key} failed${tolerated}: ${visibleLine(step.error.message)}${place(step.key, state)}`,
    );
  }
  const falls = hasToldFalls ? [] : fallLines(state);
  for (const line of falls.slice(0, MOST_FALLS)) lines.push(`${style.tone('asking', FELL)} ${line}`);
  if (falls.length > MOST_FALLS)
    lines.push(`and ${countOf(falls.length - MOST_FALLS, 'more step')} where another model answered`);
  for (const line of cutInputLines(state).slice(0, MOST_FALLS))
    lines.push(`${style.tone('asking', '!')} ${line}`);
  const spending = spendingText(state);
  if (spending !== undefined) lines.push(`Models: ${spending}`);
  const open = Object.values(state.openApprovals);
  if (!isTerminal(status)) {
    for (const approval of open) {
      lines.push(
        `${style.tone('asking', '◐')} ${visibleLine(approval.title)} waits for ${whoDecides(approval, user)}. Decide: ${baton(`approve ${state.runId} ${approval.step} --action ${approval.allow.join('|')}`)}`,
      );
    }
    const uncertain = uncertainOf(state.openApprovals);
    if (state.phase === 'parked' && uncertain.length > 0) {
      lines.push(`${uncertainLine(uncertain)}. Look, and say whether it did: only then does it go on.`);
    } else if (state.phase === 'paused' || state.phase === 'parked') {
      const stands = state.phase === 'parked' ? 'needs you' : 'is paused';
      lines.push(`The run ${stands}${state.reason === undefined ? '' : ` (${visibleLine(state.reason)})`}.`);
    }
    // Where somebody drives it, a decision lets it go on; only what was paused needs a word.
    if (!isDrivenElsewhere || state.phase === 'paused')
      lines.push(`Go on with: ${baton(`resume ${state.runId}`)}`);
    return lines;
  }
  const files = Object.values(state.steps).flatMap((step) =>
    step.status === 'completed' ? step.artifacts : [],
  );
  if (files.length > 0 && !state.rehearsal) {
    lines.push(`Files: ${files.map(({ path }) => visibleLine(path)).join(', ')}`);
    lines.push(`Lay them out: ${baton(`export ${state.runId} DIR`)}`);
  }
  return lines;
}
