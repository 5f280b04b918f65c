import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { source } from '../javascript/source';
import { qualifiedName } from '../javascript/values';
import { isFunction } from '../javascript/visit';
import { asyncAround, handlerAround, loopsAround } from './hot-paths';

/** Calls that hold up everyone else, and work that is done again for each request. */
export const blockingRules: ScriptRules = (script) => ({
  CallExpression: (node, { ancestors }) => {
    blocking(script, node, ancestors);
    connects(script, node, ancestors);
    effects(script, node);
    timers(script, node);
  },
  NewExpression: (node, { ancestors }) => connects(script, node, ancestors),
  WhileStatement: (node) => busyWait(script, node),
});

const syncCalls =
  /^(?:fs|fs-extra|graceful-fs)\.\w+Sync$|^child_process\.(?:execSync|spawnSync|execFileSync)$|^crypto\.(?:pbkdf2Sync|scryptSync|generateKeyPairSync)$|^zlib\.\w+Sync$|^bcrypt(?:js)?\.\w+Sync$|^shelljs\.exec$|^(?:sleep|deasync)\b/;

function blocking(script: Script, node: t.CallExpression, ancestors: readonly t.Node[]): void {
  const name = qualifiedName(node.callee, script.names) ?? '';
  if (!syncCalls.test(name) && !/^~\w+\.(?:hash|compare)Sync$/.test(name)) return;
  const short = name.replace('~', '');
  const handler = handlerAround(script, ancestors);
  const loops = loopsAround(ancestors, node);
  const isAsync = asyncAround(ancestors);
  if (handler !== undefined) {
    script.report({
      rule: 'performance/sync-in-handler',
      severity: 'high',
      at: node,
      message: `${short}() blocks every other request while ${handler} runs.`,
      advice: 'Use the asynchronous form.',
    });
  } else if (isAsync) {
    script.report({
      rule: 'performance/sync-in-async',
      severity: 'medium',
      at: node,
      message: `${short}() blocks the thread inside of an async function.`,
      advice: 'Use the asynchronous form.',
    });
  } else if (loops.length > 0 && ancestors.some(isFunction) && !isProgram(script)) {
    script.report({
      rule: 'performance/sync-in-loop',
      severity: 'medium',
      at: node,
      message: `${short}() blocks the thread once for each turn of the loop.`,
      advice: 'Use the asynchronous form.',
    });
  }
}

/** Scripts and builds run alone, nobody waits for them. */
const isProgram = (script: Script): boolean =>
  script.file.text.startsWith('#!') ||
  /(?:^|\/)(?:bin|cli|scripts?|tools?|build|tasks)\//.test(script.file.path) ||
  /\.config\.[cm]?[jt]s$/.test(script.file.path);

const clients =
  /^(?:pg\.(?:Client|Pool)|mysql2?(?:\/promise)?\.create(?:Connection|Pool)|mongodb\.MongoClient(?:\.connect)?|mongoose\.(?:connect|createConnection)|redis\.createClient|ioredis|knex|@prisma\/client\.PrismaClient|nodemailer\.createTransport|sequelize\.Sequelize|sequelize|better-sqlite3|sqlite3\.Database)$/;

function connects(
  script: Script,
  node: t.CallExpression | t.NewExpression,
  ancestors: readonly t.Node[],
): void {
  const name = qualifiedName(node.callee, script.names) ?? '';
  if (!clients.test(name)) return;
  const handler = handlerAround(script, ancestors);
  if (handler === undefined && loopsAround(ancestors, node).length === 0) return;
  script.report({
    rule: 'performance/connect-in-handler',
    severity: 'high',
    at: node,
    message: `A new connection is opened ${handler === undefined ? 'in each turn of the loop' : 'for each request'}.`,
    advice: 'Open it once and share it.',
  });
}

/** An effect without a list of what it depends on runs after every drawing. */
function effects(script: Script, node: t.CallExpression): void {
  const name = qualifiedName(node.callee, script.names) ?? '';
  if (
    !/^(?:react|preact\/hooks|React)\.(?:useEffect|useLayoutEffect)$/.test(name) ||
    node.arguments.length !== 1
  )
    return;
  const text = source(script, node);
  if (!/\bset[A-Z]\w*\(|\bfetch\(|\.get\(|subscribe|addEventListener/.test(text)) return;
  script.report({
    rule: 'performance/effect-each-time',
    severity: 'medium',
    at: node,
    message: 'The effect runs after every drawing.',
    advice: 'Give it the list of what it depends on.',
  });
}

function timers(script: Script, node: t.CallExpression): void {
  const name = qualifiedName(node.callee, script.names) ?? '';
  const wait = node.arguments[1];
  if (!/^(?:window\.)?setInterval$/.test(name) || wait?.type !== 'NumericLiteral' || wait.value >= 10) return;
  script.report({
    rule: 'performance/busy-timer',
    severity: 'medium',
    at: node,
    message: `The timer fires every ${wait.value} ms.`,
    advice: 'Wait for the event itself.',
  });
}

function busyWait(script: Script, node: t.WhileStatement): void {
  const test = source(script, node.test);
  const body = source(script, node.body).replace(/[\s{};]/g, '');
  const asksClock = /\b(?:Date\.now\(\)|new Date\(\)|performance\.now\(\)|process\.hrtime)/.test(test);
  if (!asksClock || /\bawait\b|\byield\b/.test(body) || body.length > 80) return;
  script.report({
    rule: 'performance/busy-wait',
    severity: 'high',
    at: node,
    message: 'The loop waits by keeping the processor busy.',
    advice: 'Use a timer.',
  });
}
