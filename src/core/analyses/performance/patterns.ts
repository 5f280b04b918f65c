import type * as t from '@babel/types';
import type { ScriptRules } from '../javascript/script';
import { constantText, qualifiedName } from '../javascript/values';
import { backtracks } from './backtracking';

/** Regular expressions that some texts keep busy for ever. */
export const patternRules: ScriptRules = (script) => {
  const check = (pattern: string, at: t.Node): void => {
    const why = backtracks(pattern);
    if (why === undefined) return;
    script.report({
      rule: 'performance/backtracking',
      severity: 'medium',
      at,
      message: `Some texts keep this pattern busy for ever: ${why}.`,
      advice: 'Rewrite it so that each text can be matched in one way only.',
    });
  };
  return {
    RegExpLiteral: (node) => check(node.pattern, node),
    NewExpression: (node) => {
      if (qualifiedName(node.callee, script.names) !== 'RegExp') return;
      const text = constantText(node.arguments[0], script.names);
      if (text !== undefined) check(text, node);
    },
  };
};
