import { isJsonObject, type JsonValue } from '../core/base/json';
import type { Approval, Decision } from '../core/model/approval';
import { exactAmount, readAmount } from '../core/model/budget-words';
import type { ArtifactRef } from '../core/model/artifact';
import type { BudgetQuestion } from '../core/model/model-call';
import type { RunState } from '../core/model/run-state';
import type { DecisionAction } from '../core/model/workflow';
import type { UndoOutcome } from '../core/runtime-port';
import { resolveFrom, type Context } from './context';
import { readDecisionText, startingText } from './decision-text';
import { policyMenuWords, readPolicyChoice } from './policy-choice';
import { putBackLines, putBackWords, readPutBack } from './put-back';
import { budgetLines, budgetMenuWord, budgetOf } from './show/budget-lines';
import { callLines } from './show/call-lines';
import { changedDiffs, changedLines } from './show/changed-files';
import { dateOf, elapsedOf, sizeOf } from './show/words';
import { visibleLine, visibleText } from './show/visible';

const KEYS: Readonly<Record<string, DecisionAction>> = {
  a: 'approve',
  m: 'modify',
  r: 'retry',
  s: 'skip',
  c: 'cancel',
};

const QUESTIONS: Readonly<Record<Approval['kind'], string>> = {
  gate: 'Keep this result?',
  before: 'Do exactly this?',
  error: 'It failed. What now?',
  uncertain: 'It may have happened already. Look before you choose.',
  budget: 'Spend more?',
  policy: 'Allow this?',
};

/** What a person can do at a gate besides deciding. */
export interface AtGate {
  readonly readArtifact: (ref: ArtifactRef) => Promise<Uint8Array>;
  /** Puts files back as they were before the step's agents changed them: the question is then asked anew. */
  readonly undo: (paths: readonly string[]) => Promise<UndoOutcome>;
}

/**
 * Asks a person to decide. Undefined when there is nobody to answer (the input ended, or the signal fired).
 */
export async function askDecision(
  context: Context,
  state: RunState,
  approval: Approval,
  { readArtifact, undo }: AtGate,
  signal: AbortSignal,
): Promise<Decision | undefined> {
  const { terminal } = context;
  const { changes = [] } = approval.shown;
  terminal.tell(describeGate(context, state, approval));
  for (;;) {
    const answer = await terminal.ask(`${menu(approval)} > `, signal);
    if (answer === undefined) return undefined;
    const [key = '', ...rest] = answer.trim().split(/\s+/);
    const word = key.toLowerCase();
    if (word === 'v') {
      terminal.tell(await showAll(context, approval, readArtifact));
      continue;
    }
    if (word === 'u' && changes.length > 0) {
      const read = readPutBack(changes, rest);
      terminal.tell(
        'problem' in read ? read.problem : putBackLines(await undo(read.paths), changes).join('\n'),
      );
      // What is left is another result, and asked about as such.
      if (signal.aborted) return undefined;
      continue;
    }
    if (approval.kind === 'policy') {
      const choice = readPolicyChoice(approval, answer);
      if ('decision' in choice) return choice.decision;
      if (choice.problem !== '') terminal.tell(choice.problem);
      continue;
    }
    const action = KEYS[word] ?? Object.values(KEYS).find((known) => known === word);
    if (action === undefined || !approval.allow.includes(action)) {
      if (word !== '') terminal.tell(`"${visibleLine(key)}" is not one of them.`);
      continue;
    }
    const decision = await complete(context, approval, action, rest.join(' '), signal);
    if (decision !== undefined) return decision;
    if (signal.aborted) return undefined;
  }
}

/** Everything that helps to decide, as lines. */
function describeGate(context: Context, state: RunState, approval: Approval): string {
  const style = context.terminal.errorStyle;
  const now = context.host.clock.now();
  const { shown } = approval;
  const run = `${visibleLine(state.definition.name)}, run ${state.runId}`;
  const budget = budgetOf(approval);
  const lines = [
    '',
    `${style.tone('asking', '◐')} ${style.bold(visibleLine(approval.title))}  ${style.dim(
      `step ${approval.step} of ${run}${state.rehearsal ? ', REHEARSAL' : ''}`,
    )}`,
    // A budget's question says all of it, in the words of every other door.
    ...(approval.message === undefined || budget !== undefined ? [] : [`  ${visibleLine(approval.message)}`]),
    ...(approval.summary === '' || budget !== undefined ? [] : [`  ${visibleLine(approval.summary)}`]),
    ...(shown.error === undefined ? [] : [`  Error: ${visibleLine(shown.error)}`]),
    ...callLines(shown.calls ?? [], style).map((line) => (line === '' ? line : `  ${line}`)),
    // All of a command: what runs is what was seen.
    ...(shown.command === undefined ? [] : block('Command', textOf(shown.command), Infinity)),
    ...(shown.prompt === undefined ? [] : block('Prompt', shown.prompt, PREVIEW_LINES)),
    ...(shown.with === undefined ? [] : block('With', textOf(shown.with), PREVIEW_LINES)),
    ...Object.entries(shown.extra ?? {}).flatMap(([name, value]) =>
      block(name, textOf(value), PREVIEW_LINES),
    ),
    ...(approval.kind === 'gate' ? resultBlock(shown.output) : []),
    ...changedLines(shown.changes ?? []).map((line) => `  ${line}`),
    ...shown.artifacts.map(({ path, size }) => `  File: ${visibleLine(path)} (${sizeOf(size)})`),
    ...(approval.next.length === 0 ? [] : [`  Next: ${approval.next.map(visibleLine).join(', ')}`]),
    ...(approval.expiresAt === undefined
      ? []
      : [
          `  Until ${dateOf(approval.expiresAt)} (${elapsedOf(approval.expiresAt - now)}), then ${approval.onExpire}`,
        ]),
    `  ${style.dim(`Shown: ${approval.shownHash.slice(0, 12)}`)}`,
    ...(budget === undefined
      ? [`  ${QUESTIONS[approval.kind]}`]
      : budgetLines(budget).map((line) => `  ${line}`)),
  ];
  return lines.join('\n');
}

const PREVIEW_LINES = 8;

/** A result that is short enough to be read here; of a longer one the summary says what it is, and v shows it. */
function resultBlock(output: JsonValue | undefined): string[] {
  if (output === undefined || output === null) return [];
  // An answer in words is one field.
  const { text: words, ...rest } = isJsonObject(output) ? output : {};
  if (typeof words === 'string' && Object.keys(rest).length === 0)
    return block('Result', words, PREVIEW_LINES);
  const text = typeof output === 'string' ? output : JSON.stringify(output, undefined, 2);
  return text.split('\n').length > RESULT_LINES ? [] : block('Result', text, RESULT_LINES);
}

const RESULT_LINES = 16;

/** A label and a text, on one line where it is one, else below each other. */
function block(label: string, text: string, most: number): string[] {
  const lines = visibleText(text.trimEnd()).split('\n');
  if (lines.length === 1) return [`  ${visibleLine(label)}: ${lines[0] ?? ''}`];
  const hidden = lines.length - most;
  return [
    `  ${visibleLine(label)}:`,
    ...lines.slice(0, most).map((line) => `    ${line}`),
    ...(hidden > 0 ? [`    … ${hidden} more lines, v shows them`] : []),
  ];
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function menu(approval: Approval): string {
  if (approval.kind === 'policy') return [...policyMenuWords(approval), 'v view'].join('  ');
  const words = Object.entries(KEYS).filter(([, action]) => approval.allow.includes(action));
  const budget = budgetOf(approval);
  const said = words.map(([key, action]) =>
    budget === undefined ? `${key} ${action}` : `${key} ${budgetMenuWord(budget, action)}`,
  );
  return [...said, ...putBackWords(approval.shown.changes ?? []), 'v view'].join('  ');
}

/** Everything that the decision binds to: the result or the command, the error, and the files that can be read as text. */
async function showAll(
  context: Context,
  approval: Approval,
  readArtifact: AtGate['readArtifact'],
): Promise<string> {
  const { artifacts, changes = [], ...values } = approval.shown;
  const parts = [
    ...Object.entries(values).map(
      ([name, value]) =>
        `── ${name} ──\n${typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)}`,
    ),
  ];
  for (const ref of artifacts) {
    const isText = /^text\/|json|yaml|xml|javascript/.test(ref.mediaType);
    const text = isText
      ? new TextDecoder().decode(await readArtifact(ref))
      : `(${ref.mediaType}, ${sizeOf(ref.size)})`;
    parts.push(`── ${ref.path} ──\n${text.trimEnd()}`);
  }
  const diffs = await changedDiffs(changes, readArtifact, context.terminal.errorStyle);
  return [...parts.map(cutLines).map(visibleText), ...diffs.map(cutLines)].join('\n\n');
}

const MOST_LINES = 300;

function cutLines(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= MOST_LINES) return text;
  return `${lines.slice(0, MOST_LINES).join('\n')}\n(${lines.length - MOST_LINES} more lines)`;
}

async function complete(
  context: Context,
  approval: Approval,
  action: DecisionAction,
  rest: string,
  signal: AbortSignal,
): Promise<Decision | undefined> {
  const { terminal } = context;
  const base = { action, shownHash: approval.shownHash };
  if (action === 'retry') {
    const comment =
      rest !== '' ? rest : await terminal.ask('What should be different? (Enter: nothing) > ', signal);
    if (comment === undefined) return undefined;
    return { ...base, ...(comment.trim() !== '' && { comment: comment.trim() }) };
  }
  if (action !== 'modify') return { ...base, ...(rest !== '' && { comment: rest }) };
  const budget = budgetOf(approval);
  const value =
    budget === undefined
      ? await newValue(context, approval, rest, signal)
      : await newAmount(context, budget, rest, signal);
  return value === undefined ? undefined : { ...base, value };
}

async function newAmount(
  { terminal }: Context,
  asked: BudgetQuestion,
  given: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const spent = exactAmount(asked.unit, asked.spent);
  const text = given !== '' ? given : await terminal.ask(`New amount (more than ${spent}) > `, signal);
  if (text === undefined) return undefined;
  const read = readAmount(asked, text);
  if ('amount' in read) return read.amount;
  terminal.tell(read.problem);
  return undefined;
}

async function newValue(
  context: Context,
  approval: Approval,
  file: string,
  signal: AbortSignal,
): Promise<JsonValue | undefined> {
  const { terminal, host } = context;
  const editor = terminal.editor;
  const question =
    editor === undefined
      ? 'File with the new result > '
      : `File with the new result (Enter: open ${editor}) > `;
  const given = file !== '' ? file : (await terminal.ask(question, signal))?.trim();
  if (given === undefined) return undefined;
  let text: string | undefined;
  const { text: before, extension } = startingText(approval);
  if (given === '') {
    text = await terminal.edit(before, extension);
    if (text === undefined || text === before) {
      terminal.tell('Nothing was changed.');
      return undefined;
    }
  } else {
    const bytes = await host.files.read(resolveFrom(context, given));
    if (bytes === undefined) {
      terminal.tell(`There is no file ${visibleLine(given)}.`);
      return undefined;
    }
    text = new TextDecoder().decode(bytes);
  }
  const read = readDecisionText(approval, text);
  if ('problem' in read) {
    terminal.tell(read.problem);
    return undefined;
  }
  return read.value;
}
