import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { source } from '../javascript/source';
import { bare, propertyName, qualifiedName } from '../javascript/values';
import { isLoop } from '../javascript/visit';
import { loopsAround } from './hot-paths';

/** Waiting in loops for what could be asked at once. */
export const awaitingRules: ScriptRules = (script) => ({
  AwaitExpression: (node, { ancestors, parent }) => awaitInLoop(script, node, ancestors, parent),
});

const queries =
  /^(?:query|execute|findOne|findById|findByPk|findUnique|findFirst|findMany|findAll|find_by|queryOne|fetchOne|getOne|aggregate|countDocuments|insertOne|updateOne|deleteOne|updateMany|save|upsert|\$queryRaw)$/;

const remote = /^(?:fetch|node-fetch|axios(?:\.\w+)?|got(?:\.\w+)?|undici\.\w+)$/;

function awaitInLoop(
  script: Script,
  node: t.AwaitExpression,
  ancestors: readonly t.Node[],
  parent: t.Node | undefined,
): void {
  const call = bare(node.argument);
  const all = loopsAround(ancestors, node);
  const loop = all.filter(isLoop).at(-1) ?? all.at(-1);
  if (loop === undefined || call.type !== 'CallExpression') return;
  const name = qualifiedName(call.callee, script.names) ?? '';
  const method = call.callee.type === 'MemberExpression' ? (propertyName(call.callee) ?? '') : '';
  const receiver = call.callee.type === 'MemberExpression' ? source(script, call.callee.object) : '';
  const isQuery =
    queries.test(method) &&
    /db|pool|client|conn|repo|model|prisma|knex|sequelize|orm|store|table|collection|^~?[A-Z]|users?|orders?|this\./i.test(
      receiver,
    );
  // `query` imported from './db': the module says what the name alone does not.
  const imported = /^(.*(?:db|database|sql|store|repositor|model|dao)[^.]*(?:\.\w+)?)\.(\w+)$/i.exec(name);
  const isImportedQuery = call.callee.type === 'Identifier' && queries.test(imported?.[2] ?? '');
  if (isQuery || isImportedQuery || (remote.test(name) && isLoop(loop))) {
    if (!dependsOnTurns(script, loop)) {
      script.report({
        rule: 'performance/query-in-loop',
        severity: 'high',
        at: node,
        message: `${isQuery ? `${method}()` : isImportedQuery ? `${imported?.[2]}()` : name.replace('~', '')} is asked once for each turn of the loop.`,
        advice: 'Ask once for all.',
      });
    }
    return;
  }
  if (looksUp(name) && isLoop(loop) && !dependsOnTurns(script, loop) && call.arguments.length > 0) {
    script.report({
      rule: 'performance/query-in-loop',
      severity: 'medium',
      at: node,
      message: `${name.replace(/^~/, '').split('.').at(-1)}() looks up one thing for each turn of the loop.`,
      advice: 'Look up all of them at once.',
    });
    return;
  }
  if (!isIndependent(script, node, loop, call, parent)) return;
  script.report({
    rule: 'performance/await-in-loop',
    severity: 'low',
    at: node,
    message: 'Each turn waits for the one before, though none needs it.',
    advice: 'Collect the promises and await Promise.all.',
  });
}

/** `customerById`, `findUserByEmail`: a name that says it brings one record by its key. */
const looksUp = (name: string): boolean => /[a-z]By(?:Id|Key|Name|Email|Code|Number|Slug|Sku)$/.test(name);

/** Retries, pages and queues need their order: a loop without a list, or one that leaves early or waits. */
function dependsOnTurns(script: Script, loop: t.Node): boolean {
  if (!isLoop(loop)) return false;
  if (loop.type !== 'ForOfStatement' && loop.type !== 'ForStatement' && loop.type !== 'ForInStatement')
    return true;
  if (loop.type === 'ForOfStatement' && loop.await) return true;
  if (
    loop.type === 'ForStatement' &&
    !/\.length|\bcount\b|\btotal\b|<\s*\w+/.test(loop.test ? source(script, loop.test) : '')
  )
    return true;
  const text = source(script, loop);
  return /\b(?:retry|retries|attempts?|backoff|sleep|delay|cursor|nextPage|pageToken|offset|setTimeout)\b/i.test(
    text,
  );
}

/** Only the plainest case: `for (const x of list) results.push(await work(x))`, nothing carried over. */
function isIndependent(
  script: Script,
  node: t.AwaitExpression,
  loop: t.Node,
  call: t.CallExpression,
  parent: t.Node | undefined,
): boolean {
  if (loop.type !== 'ForOfStatement' || loop.await || loop.left.type !== 'VariableDeclaration') return false;
  const pushed =
    parent?.type === 'CallExpression' &&
    parent.callee.type === 'MemberExpression' &&
    propertyName(parent.callee) === 'push';
  if (!pushed) return false;
  const body = loop.body.type === 'BlockStatement' ? loop.body.body : [loop.body];
  if (
    body.length > 2 ||
    /\b(?:break|return|continue|signal|throw\w*|abort\w*)\b/.test(source(script, loop.body))
  )
    return false;
  const [declarator] = loop.left.declarations;
  const item = declarator?.id.type === 'Identifier' ? declarator.id.name : undefined;
  return (
    item !== undefined &&
    call.arguments.some((argument) => new RegExp(`\\b${item}\\b`).test(source(script, argument))) &&
    node.argument === call
  );
}
