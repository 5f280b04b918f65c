import type { ApprovalPolicy, DecisionAction } from '../../model/workflow';
import type { Report } from '../source/report';
import { Fields, type Field } from './fields';
import {
  choose,
  isAbsent,
  readChoice,
  readDuration,
  readText,
  readTexts,
  scalarText,
  type ListedText,
} from './values';

const ACTIONS: readonly DecisionAction[] = ['approve', 'modify', 'retry', 'skip', 'cancel'];

export interface ReadApproval {
  readonly policy: ApprovalPolicy;
  /** The entries of `show:`, whose references are checked once all steps are known. */
  readonly show: readonly ListedText[];
}

export const PLAIN_APPROVAL: ApprovalPolicy = { when: 'after', show: [], allow: ACTIONS, onExpire: 'pause' };

/** `approval: true` or a mapping. Undefined when there is no gate. */
export function readApproval(
  field: Field | undefined,
  step: string,
  report: Report,
): ReadApproval | undefined {
  if (field === undefined || isAbsent(field.value)) return undefined;
  const { value } = field;
  if (value.kind !== 'map') {
    if (value.kind === 'scalar' && value.value === true) return { policy: PLAIN_APPROVAL, show: [] };
    if (value.kind === 'scalar' && value.value === false) return undefined;
    const hint = 'Write true, or a mapping: {message: Review the result}.';
    report.error('wrong-type', `"${field.key}" must be true, false or a mapping.`, value, hint);
    return undefined;
  }
  const fields = new Fields(value, field.path, report);
  const when = readChoice(fields.take('when'), report, ['after', 'before'] as const) ?? 'after';
  const message = readText(fields.take('message'), report);
  const show = readTexts(fields.take('show'), report) ?? [];
  const allow = readActions(fields.take('allow'), when, report);
  const approvers = readTexts(fields.take('approvers'), report)?.map(({ text }) => text);
  const expires = readDuration(fields.take('expires'), report, { unit: 'ms' });
  const onExpire = readOnExpire(fields.take('onExpire', ['on_expire']), report);
  fields.notYet(['rewindTo', 'rewind_to'], step);
  fields.finish();
  const policy: ApprovalPolicy = {
    when,
    ...(message === undefined ? {} : { message }),
    show: show.map(({ text }) => text),
    allow,
    ...(approvers === undefined ? {} : { approvers }),
    ...(expires === undefined ? {} : { expires }),
    onExpire,
  };
  return { policy, show };
}

function readActions(
  field: Field | undefined,
  when: ApprovalPolicy['when'],
  report: Report,
): readonly DecisionAction[] {
  // Before the work there is nothing yet that could be done again.
  const offered = when === 'before' ? ACTIONS.filter((action) => action !== 'retry') : ACTIONS;
  const texts = readTexts(field, report);
  if (field === undefined || texts === undefined) return offered;
  const chosen = new Set<DecisionAction>();
  for (const { text, node } of texts) {
    const action = choose(text, node, 'allow', ACTIONS, report);
    if (action === undefined) continue;
    if (offered.includes(action)) chosen.add(action);
    else report.warn('no-effect', '"retry" is not offered before the work.', node, 'Remove it.');
  }
  if (texts.length === 0) {
    report.error(
      'wrong-value',
      '"allow" is empty: nobody could ever decide.',
      field.value,
      'Leave it out for all.',
    );
  }
  return offered.filter((action) => chosen.has(action));
}

function readOnExpire(field: Field | undefined, report: Report): ApprovalPolicy['onExpire'] {
  if (field !== undefined && scalarText(field.value) === 'reject') {
    report.inform('read-as', '"reject" is read as "cancel".', field.value);
    report.map(field.path, 'mapped', `${field.path} = cancel`);
    return 'cancel';
  }
  return readChoice(field, report, ['pause', 'skip', 'cancel', 'approve'] as const) ?? 'pause';
}
