/*
 * owns: what is to be done about one call of a model: given again, refused, asked, found to have happened, or done.
 * does not own: doing and recording it (tool-desk).
 * must stay true: nothing is done here; a person's answer holds for exactly what was shown; what policy denies no answer opens.
 */
import { throwIfAborted } from '../../base/abort';
import type { JsonValue } from '../../base/json';
import { BatonError, messageOf } from '../../model/errors';
import type { AskedCall, CallAnswer, FileChange, Permit, Refuser, ToolResult } from '../../model/tool-call';
import { judge, type JudgeContext } from '../../tools/policy/judge';
import { shownHash } from '../../tools/policy/shown-hash';
import type { Taint } from '../../tools/policy/taint';
import { visibleText } from '../../tools/files/visible-text';
import type { PreparedCall, Tool } from '../../tools/tool';
import type { StartedCall } from '../agent';
import type { Sha256Of } from '../chat/fenced-data';
import type { AgentAtWork } from './agent-at-work';
import { askedCall, uncertainCall } from './asked-call';
import type { CallInTurn } from './call-in-turn';
import { whatBecame } from './interrupted-call';
import type { Workplace } from './workplace';

export type Looked =
  /** It stands in the record. */
  | { readonly type: 'told'; readonly result: ToolResult }
  | Refused
  /** It happened before, though nobody recorded what came of it. */
  | {
      readonly type: 'happened';
      readonly text: string;
      readonly data?: JsonValue;
      readonly changes?: readonly FileChange[];
      readonly started: StartedCall;
    }
  | { readonly type: 'ask'; readonly asked: AskedCall }
  | { readonly type: 'uncertain'; readonly asked: AskedCall }
  | Doable;

export interface Refused {
  readonly type: 'refused';
  readonly by: Refuser;
  readonly rule: string;
  /** For the model. */
  readonly text: string;
  readonly hash?: string;
}

export interface Doable {
  readonly type: 'do';
  readonly prepared: PreparedCall;
  readonly permit: Permit;
  readonly hash: string;
  /** Files that a person wants left as they are. */
  readonly without: readonly string[];
  /** Why a person left these. */
  readonly comment?: string;
}

export interface Desk {
  readonly work: AgentAtWork;
  readonly workplace: Workplace;
  /** Those that are offered, by name. */
  readonly tools: ReadonlyMap<string, Tool>;
  readonly sha256: Sha256Of;
}

/** `taint`: what the agent has taken in before this call. */
export async function lookAtCall(desk: Desk, one: CallInTurn, taint: Taint): Promise<Looked> {
  const { task } = desk.work;
  const recorded = await task.tools.recorded(one.key);
  if (recorded?.status === 'completed') return { type: 'told', result: recorded.result };
  const answer = task.tools.answer(one.key);
  if (recorded !== undefined && !recorded.call.idempotent) {
    const became = await lookAtInterrupted(desk, one, recorded.call, answer);
    if (became !== undefined) return became;
  }
  return lookAnew(desk, one, { taint, answer, ...(recorded && { started: recorded.call }) });
}

interface Known {
  readonly taint: Taint;
  readonly answer: CallAnswer | undefined;
  /** It had begun once, and may be made again. */
  readonly started?: StartedCall;
}

async function lookAnew(desk: Desk, one: CallInTurn, known: Known): Promise<Looked> {
  const now = await prepared(desk, one);
  if ('type' in now) return now;
  const { call, hash } = now;
  const context = contextOf(desk, one, known.taint, hash);
  const verdict = judge(call.effects, context);
  if (verdict.verdict === 'deny')
    return refused('policy', verdict.rule, `Not allowed (${verdict.rule}): ${verdict.why}.`, hash);
  const { answer, started } = known;
  if (answer?.type === 'refuse') return refusedByPerson(answer, verdict.rule, hash);
  if (answer?.type === 'allow' && answer.hash === hash)
    return {
      ...{ type: 'do', permit: ASKED, ...(await withoutSome(desk, one, now, answer.without)) },
      ...(answer.comment !== undefined && { comment: answer.comment }),
    };
  const doable = { type: 'do', prepared: call, hash, without: [] } as const;
  if (verdict.verdict === 'allow')
    return { ...doable, permit: { rule: verdict.rule, why: `${verdict.why}.` } };
  // Made again at a person's word, which was about what had begun.
  if (answer?.type === 'again' && started?.hash === hash) return { ...doable, permit: ASKED };
  return { type: 'ask', asked: askedCall(one, call, verdict, context) };
}

const ASKED: Permit = { rule: 'asked', why: 'A person allowed it.' };

/** Undefined: it can be made as if it had never begun. */
async function lookAtInterrupted(
  desk: Desk,
  one: CallInTurn,
  started: StartedCall,
  answer: CallAnswer | undefined,
): Promise<Looked | undefined> {
  if (answer?.type === 'again') return undefined;
  if (answer?.type === 'happened') {
    const { value } = answer;
    const said = value === undefined ? '' : ` What came of it: ${textOf(value)}`;
    const text = `The program ended during this call. A person says that it happened.${said}`;
    return { type: 'happened', text, started, ...(value !== undefined && { data: value }) };
  }
  if (started.files !== undefined) {
    const became = await whatBecame(started.files, desk.workplace.scope, desk.work.task);
    if (became.type === 'not-begun') return undefined;
    if (became.type === 'happened') {
      const paths = became.changes.map(({ path }) => visibleText(path)).join(', ');
      return { type: 'happened', text: `Changed ${paths}.`, changes: became.changes, started };
    }
  }
  const now = await prepared(desk, one);
  const shown = 'type' in now ? undefined : { prepared: now.call, hash: now.hash };
  return { type: 'uncertain', asked: uncertainCall(one, started, shown) };
}

interface Prepared {
  readonly call: PreparedCall;
  readonly hash: string;
}

async function prepared(
  desk: Desk,
  one: CallInTurn,
  without: readonly string[] = [],
): Promise<Prepared | Refused> {
  const { name, arguments: args } = one.call;
  const tool = desk.tools.get(name);
  if (tool === undefined)
    return refused(
      'tool',
      'unknown-tool',
      `There is no tool "${visibleText(name.slice(0, 100))}" here. There are: ${[...desk.tools.keys()].join(', ')}.`,
    );
  const scope = { ...desk.workplace.scope, call: one.key };
  try {
    const call = await tool.prepare(args, without.length === 0 ? scope : { ...scope, without });
    throwIfAborted(desk.work.task.signal);
    const hash = shownHash({ tool: name, effects: call.effects, shown: call.shown }, desk.sha256);
    return { call, hash };
  } catch (error) {
    throwIfAborted(desk.work.task.signal);
    const rule = error instanceof BatonError ? error.code : 'tool-failed';
    return refused('tool', rule, messageOf(error));
  }
}

/** The same call without some of its files: of the others exactly what was shown. */
async function withoutSome(
  desk: Desk,
  one: CallInTurn,
  { call, hash }: Prepared,
  without: readonly string[],
): Promise<Omit<Doable, 'type' | 'permit'>> {
  if (without.length === 0) return { prepared: call, hash, without };
  const part = await prepared(desk, one, without);
  const shown = new Set((call.files ?? []).map((file) => JSON.stringify(file)));
  const isSame =
    !('type' in part) &&
    part.call.files !== undefined &&
    part.call.files.every((file) => shown.has(JSON.stringify(file)) && !without.includes(file.path));
  return { prepared: isSame ? part.call : changed(call), hash, without };
}

/** Nothing is done where the files changed between two looks. */
function changed(call: PreparedCall): PreparedCall {
  const error = new BatonError('tool-changed', 'The files have changed since they were shown. Look again.');
  return { ...call, run: () => Promise.reject(error) };
}

function contextOf(
  { work, workplace, tools }: Desk,
  { call }: CallInTurn,
  taint: Taint,
  hash: string,
): JudgeContext & { readonly hash: string } {
  const { writes } = workplace.scope;
  // Only what is offered can be prepared; the tools of this very agent stand in no profile.
  const rights = work.rights.tools === undefined ? work.rights : { ...work.rights, tools: [...tools.keys()] };
  return {
    ...workplace.place,
    agent: work.agent,
    tool: call.name,
    ...(writes !== undefined && { writes }),
    rules: workplace.rules,
    rights,
    taint,
    allowances: workplace.allowances(),
    hash,
  };
}

function refusedByPerson(
  { comment }: Extract<CallAnswer, { type: 'refuse' }>,
  rule: string,
  hash: string,
): Refused {
  return refused('person', rule, `A person refused this call. Go on without it.${theySay(comment)}`, hash);
}

/** The words of a person, for the end of a sentence. */
export const theySay = (comment: string | undefined): string =>
  comment === undefined || comment.trim() === '' ? '' : ` They say: ${comment}`;

function refused(by: Refuser, rule: string, text: string, hash?: string): Refused {
  return { type: 'refused', by, rule, text, ...(hash !== undefined && { hash }) };
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
