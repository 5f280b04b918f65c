import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { constantText, propertyName, qualifiedName } from '../javascript/values';
import { handlerAround } from './hot-paths';

/** Requests for everything where a part would do. */
export const queryRules: ScriptRules = (script) => ({
  CallExpression: (node, { ancestors }) => {
    const [first] = node.arguments;
    const text = constantText(first, script.names);
    if (text !== undefined && readsAll(text))
      tell(script, node, 'The query reads every row and every column.');
    const method = node.callee.type === 'MemberExpression' ? (propertyName(node.callee) ?? '') : '';
    const isModel = /^~?(?:[A-Z]\w*|\w*(?:[mM]odel|[rR]epo\w*|[cC]ollection|prisma\.\w+))\./.test(
      qualifiedName(node.callee, script.names) ?? '',
    );
    const asksAll =
      (/^(?:findAll|findMany)$/.test(method) && node.arguments.length === 0) ||
      (method === 'find' && isModel && (first === undefined || isEmptyObject(first)));
    if (asksAll && isModel && handlerAround(script, ancestors) !== undefined && !isLimited(script, node)) {
      tell(script, node, `${method}() brings every record into memory for each request.`);
    }
  },
});

export function readsAll(query: string): boolean {
  return /^\s*select\s+\*\s+from\s+[\w."`[\]]+\s*;?\s*$/i.test(query);
}

const isEmptyObject = (node: t.Node): boolean =>
  node.type === 'ObjectExpression' && node.properties.length === 0;

/** `.find({}).limit(20)` */
function isLimited(script: Script, node: t.Node): boolean {
  return /^\s*\.(?:\w+\([^()]*\)\s*\.)?(?:limit|take|paginate|first|cursor|stream)\(/.test(
    script.file.text.slice(node.end ?? 0, (node.end ?? 0) + 200),
  );
}

function tell(script: Script, node: t.Node, message: string): void {
  script.report({
    rule: 'performance/reads-everything',
    severity: 'low',
    at: node,
    message,
    advice: 'Ask for a page, and for the columns that are used.',
  });
}
