import type { Effect, Verdict } from '../effect';
import { speaksToNetwork } from './command-programs';
import { fitsCommandRule } from './command-rule';
import { effectPlace, type PolicyPlace } from './policy-place';
import type { PolicyRules } from './rules';
import type { Taint } from './taint';

export interface CommandContext extends PolicyPlace {
  readonly rules: PolicyRules;
  readonly taint: Taint;
}

/**
 * A command runs by itself only as words, without a shell, and only when the person made a rule for it. Text for a shell is
 * always asked: the shell tool turns what is one simple command into words first.
 */
export function judgeCommand(effect: Extract<Effect, { type: 'shell' }>, context: CommandContext): Verdict {
  const { relative, isOwn } = effectPlace(effect.cwd, context);
  if (isOwn) return { verdict: 'deny', why: `${effect.cwd} belongs to Baton`, rule: 'own-files' };
  if (relative === undefined)
    return { verdict: 'deny', why: `${effect.cwd} is outside of the workspace`, rule: 'outside-workspace' };
  if (typeof effect.command === 'string') return ask('shell', 'Runs a text in a shell');
  const words = effect.command;
  const place = { folder: relative, platform: context.platform };
  if (!context.rules.commands.some((rule) => fitsCommandRule(rule, words, place)))
    return ask('shell', `Runs ${words[0] ?? 'nothing'}`);
  if (context.taint.foreign && speaksToNetwork(words))
    return ask('rule-of-two', 'This step has read words of others, and would now reach outside');
  return { verdict: 'allow', why: 'Your rules allow this command', rule: 'allowed-command' };
}

function ask(rule: string, why: string): Verdict {
  return { verdict: 'ask', why, rule };
}
