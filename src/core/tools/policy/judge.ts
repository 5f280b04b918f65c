/*
 * Owns: what may be done without a question, what a person must see first, and what is never done.
 * Does not own: finding out what a call would touch (the tools), asking (gates), and doing it.
 * Must stay true: it judges effects only, no word of a model; of several effects the strictest verdict wins; an effect that
 * it does not know is denied; no allowance and no rule opens what was denied.
 */
import type { Effect, Verdict } from '../effect';
import { type Allowance, isCovered } from './allowance';
import { fitsPattern, kindOf } from './effect-pattern';
import { judgeCommand } from './judge-command';
import { judgeFile } from './judge-file';
import { judgeNetwork } from './judge-network';
import type { PolicyPlace } from './policy-place';
import type { AgentRights } from './rights';
import type { PolicyRules } from './rules';
import { breaksRuleOfTwo, type Taint } from './taint';

export interface JudgeContext extends PolicyPlace {
  readonly agent: string;
  readonly tool: string;
  /** The step's `writes:`; absent: every write is asked. */
  readonly writes?: readonly string[];
  /** The person's, narrowed by the workspace's. */
  readonly rules: PolicyRules;
  readonly rights: AgentRights;
  readonly taint: Taint;
  /** Of this run. */
  readonly allowances: readonly Allowance[];
  /** Of this call, as `shownHash` gives it. Without it no exact allowance fits. */
  readonly hash?: string;
}

/** Allowed, asked or denied, and why. Pure. */
export function judge(effects: readonly Effect[], context: JudgeContext): Verdict {
  const { rights, tool, agent } = context;
  if (rights.tools !== undefined && !rights.tools.includes(tool))
    return deny('no-right', `The agent ${agent} has no right to use ${tool}`);
  let strictest: Verdict = { verdict: 'allow', why: 'Touches nothing', rule: 'no-effect' };
  for (const [index, effect] of effects.entries()) {
    const verdict = judgeOne(effect, context);
    if (index === 0 || STRICTNESS[verdict.verdict] > STRICTNESS[strictest.verdict]) strictest = verdict;
  }
  return strictest;
}

const STRICTNESS: Readonly<Record<Verdict['verdict'], number>> = { allow: 0, ask: 1, deny: 2 };

/**
 * What a person's "allow exactly this for the run" means: an allowance for each question that the call raises now. A question
 * that it raises later, because the step has read more by then, is asked.
 */
export function exactAllowances(effects: readonly Effect[], context: JudgeContext): readonly Allowance[] {
  const { hash } = context;
  if (hash === undefined) return [];
  const questions = effects
    .map((effect) => judgeOne(effect, context))
    .filter(({ verdict }) => verdict === 'ask');
  return [...new Set(questions.map(({ rule }) => rule))].map((rule) => ({ type: 'exact', rule, hash }));
}

function judgeOne(effect: Effect, context: JudgeContext): Verdict {
  const verdict = denied(effect, context) ?? asked(effect, context) ?? judgeKind(effect, context);
  if (verdict.verdict !== 'ask') return verdict;
  const question = {
    tool: context.tool,
    effect,
    rule: verdict.rule,
    ...(context.hash === undefined ? {} : { hash: context.hash }),
  };
  return isCovered(context.allowances, question, context)
    ? { verdict: 'allow', why: 'Allowed for this run', rule: 'allowed-for-this-run' }
    : verdict;
}

function denied(effect: Effect, context: JudgeContext): Verdict | undefined {
  const { rights, agent } = context;
  const kind = kindOf(effect);
  if (rights.effects !== undefined && !rights.effects.includes(kind))
    return deny('no-right', `The agent ${agent} has no right to ${VERBS[kind]}`);
  return context.rules.deny.some((pattern) => fitsPattern(pattern, effect, context, context))
    ? deny('denied-by-rule', 'Your rules deny it')
    : undefined;
}

function asked(effect: Effect, context: JudgeContext): Verdict | undefined {
  // What would be denied anyway is not asked.
  if (!context.rules.alwaysAsk.some((pattern) => fitsPattern(pattern, effect, context, context)))
    return undefined;
  const verdict = judgeKind(effect, context);
  return verdict.verdict === 'deny' ? verdict : ask('always-ask', 'Your rules say to ask');
}

function judgeKind(effect: Effect, context: JudgeContext): Verdict {
  const verdict = judgeAlone(effect, context);
  return verdict.verdict !== 'deny' && breaksRuleOfTwo(context.taint) && isOutward(effect)
    ? ask('rule-of-two', 'This step has read keys and words of others, and would now reach outside')
    : verdict;
}

function judgeAlone(effect: Effect, context: JudgeContext): Verdict {
  switch (effect.type) {
    case 'read':
    case 'list':
    case 'write':
    case 'delete':
      return judgeFile(effect, context);
    case 'shell':
      return judgeCommand(effect, context);
    case 'network':
      return judgeNetwork(effect, context);
    case 'mcp':
      return ask('mcp', `Calls ${effect.tool} of the server ${effect.server}`);
    case 'delegate':
      return context.rights.agents !== undefined && !context.rights.agents.includes(effect.agent)
        ? deny('no-right', `The agent ${context.agent} may not hand work to ${effect.agent}`)
        : { verdict: 'allow', why: `Hands work to ${effect.agent}`, rule: 'delegate' };
    default:
      effect satisfies never;
      return deny('unknown-effect', 'It is not known what this would do');
  }
}

/** True for what can carry words out of the machine. */
function isOutward(effect: Effect): boolean {
  return effect.type === 'network' || effect.type === 'shell' || effect.type === 'mcp';
}

const VERBS = {
  read: 'read files',
  list: 'list folders',
  write: 'write files',
  delete: 'delete files',
  shell: 'run commands',
  search: 'search the web',
  fetch: 'fetch pages',
  service: 'use other services',
  mcp: 'call tools of other servers',
  delegate: 'hand work to others',
} as const;

function ask(rule: string, why: string): Verdict {
  return { verdict: 'ask', why, rule };
}

function deny(rule: string, why: string): Verdict {
  return { verdict: 'deny', why, rule };
}
