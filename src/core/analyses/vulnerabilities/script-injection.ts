import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { builtText, constantText, constantValue, propertyName, qualifiedName } from '../javascript/values';
import { isUserInput, isVariable } from './user-input';

/** Where text becomes code, a command, a query, a page, a path or an address. */
export const injectionRules: ScriptRules = (script) => ({
  CallExpression: (node) => checkCall(script, node),
  OptionalCallExpression: (node) => checkCall(script, node),
  AssignmentExpression: (node) => {
    const name = qualifiedName(node.left, script.names) ?? '';
    if (/^(?:window\.|document\.)?location(?:\.href)?$/.test(name) && isUserInput(node.right, script.names))
      leads(script, node);
  },
  JSXAttribute: (node) => {
    const value = node.value?.type === 'JSXExpressionContainer' ? node.value.expression : undefined;
    if (
      node.name.name !== 'href' ||
      value === undefined ||
      !/^javascript:/i.test(builtText(value)?.texts[0] ?? '')
    )
      return;
    script.report({
      rule: 'injection/code',
      severity: 'high',
      at: node,
      message: 'The address runs text as code.',
    });
  },
  NewExpression: (node) => {
    const name = qualifiedName(node.callee, script.names);
    if (name === 'Function') {
      script.report({
        rule: 'injection/code',
        severity: 'high',
        at: node,
        message: 'new Function() runs text as code.',
        advice: 'Do it without code made from text.',
      });
    }
    if (name === 'RegExp' && isUserInput(node.arguments[0], script.names)) {
      script.report({
        rule: 'injection/regular-expression',
        severity: 'medium',
        at: node,
        message: 'A pattern that comes from outside can be made to run for ever.',
        advice: 'Escape it, or search for plain text.',
      });
    }
    if (/^vm\.Script$/.test(name ?? '')) runsCode(script, node, node.arguments[0]);
    const address = constantText(node.arguments[0], script.names) ?? '';
    if (
      name === 'WebSocket' &&
      /^ws:\/\/(?!localhost|127\.|\[?::1|[\w-]+(?:[:/]|$))/.test(address) &&
      !script.file.isTest
    ) {
      script.report({
        rule: 'transport/clear-text',
        severity: 'low',
        at: node,
        message: 'The connection goes over the network in clear text.',
        advice: 'Use wss.',
      });
    }
  },
});

const commands =
  /^(?:child_process\.(?:exec|execSync)|shelljs\.exec|(?:execa|execa\.)(?:command|commandSync)|execa\.(?:execaCommand|execaCommandSync))$/;
const starters =
  /^(?:child_process\.(?:spawn|spawnSync|execFile|execFileSync)|execa(?:\.execa)?|cross-spawn)$/;
const paths =
  /^(?:fs(?:\/promises|\.promises)?|fs-extra|graceful-fs)\.(?:read|write|append|copy|unlink|rm|open|create|stat|access|readdir|mkdir|remove|move|rename|symlink|truncate|exists|output|ensure)\w*$/;
const fetchers =
  /^(?:fetch|window\.fetch|node-fetch|undici\.(?:fetch|request)|axios(?:\.(?:get|post|put|patch|delete|head|request))?|got(?:\.\w+)?|request(?:\.\w+)?|needle(?:\.\w+)?|superagent\.\w+|https?\.(?:get|request))$/;

function checkCall(script: Script, node: t.CallExpression | t.OptionalCallExpression): void {
  const { names } = script;
  const name = qualifiedName(node.callee, names) ?? '';
  const method =
    node.callee.type === 'MemberExpression' || node.callee.type === 'OptionalMemberExpression'
      ? (propertyName(node.callee) ?? '')
      : '';
  const [first, second, third] = node.arguments;
  if (
    /^(?:eval|window\.eval|globalThis\.eval)$/.test(name) ||
    /^vm\.(?:runIn\w+|compileFunction)$/.test(name)
  ) {
    runsCode(script, node, first);
  } else if (name === 'Function') runsCode(script, node, node.arguments.at(-1));
  else if (/^(?:window\.)?(?:setTimeout|setInterval)$/.test(name)) {
    if (first !== undefined && (constantText(first, names) !== undefined || builtText(first) !== undefined)) {
      script.report({
        rule: 'injection/code',
        severity: 'medium',
        at: node,
        message: `${name}() with a text runs it as code.`,
        advice: 'Give it a function.',
      });
    }
  } else if (commands.test(name)) shell(script, node, first);
  else if (starters.test(name)) started(script, node, first, second, third);
  else if (paths.test(name) || /^(?:sendFile|download)$/.test(method)) {
    if ([first, paths.test(name) ? second : undefined].some((one) => isUserPath(script, one, name))) {
      script.report({
        rule: 'injection/path',
        severity: 'high',
        at: node,
        message: `A path from outside reaches ${method || name}(): "../" leads to any file.`,
        advice: 'Resolve it, and check that it still lies in the folder it may lie in.',
      });
    }
  } else if (fetchers.test(name)) address(script, node, first, name);
  if (method === 'redirect' && node.arguments.some((one) => isUserInput(one, names) && !hasFixedStart(one))) {
    script.report({
      rule: 'injection/redirect',
      severity: 'medium',
      at: node,
      message: 'The visitor is sent wherever the request says.',
      advice: 'Allow only known targets.',
    });
  }
  if (/^(?:window\.)?(?:open|location\.(?:assign|replace))$/.test(name) && isUserInput(first, names))
    leads(script, node);
  if (name === 'node-serialize.unserialize' || name === 'v8.deserialize') deserialized(script, node);
  if (name === 'require' || name === 'import') moduleName(script, node, first);
}

function runsCode(script: Script, node: t.Node, text: t.Node | undefined): void {
  const outside = isUserInput(text, script.names);
  script.report({
    rule: 'injection/code',
    severity: isVariable(text, script.names) ? 'high' : 'medium',
    at: node,
    message: outside ? 'Text from outside is run as code.' : 'Text is run as code.',
    advice: 'Do it without code made from text.',
  });
}

function shell(script: Script, node: t.Node, command: t.Node | undefined): void {
  if (command === undefined || !isVariable(command, script.names)) return;
  const outside = isUserInput(command, script.names);
  const resolved =
    command.type === 'Identifier' ? (constantValue(command, script.names) ?? command) : command;
  script.report({
    rule: 'injection/command',
    severity: outside || builtText(resolved) !== undefined ? 'high' : 'medium',
    at: node,
    message: outside
      ? 'Text from outside becomes part of a shell command.'
      : 'A shell command is put together from values.',
    advice: 'Use execFile with a list of arguments.',
  });
}

function started(
  script: Script,
  node: t.Node,
  program: t.Node | undefined,
  list: t.Node | undefined,
  third: t.Node | undefined,
): void {
  const { names } = script;
  const elements = list?.type === 'ArrayExpression' ? list.elements.filter((one) => one !== null) : [];
  const usesShell = [list, third].some(
    (options) =>
      options?.type === 'ObjectExpression' &&
      options.properties.some(
        (property) =>
          property.type === 'ObjectProperty' &&
          property.key.type === 'Identifier' &&
          property.key.name === 'shell' &&
          !(property.value.type === 'BooleanLiteral' && !property.value.value),
      ),
  );
  const runsShell =
    /^(?:\/bin\/)?(?:ba|z|da)?sh$|^cmd(?:\.exe)?$|^powershell/.test(constantText(program, names) ?? '') &&
    elements.some((one) => /^(?:-l?c|\/c)$/i.test(constantText(one, names) ?? ''));
  const variable = [program, ...elements].some((one) => one !== undefined && isVariable(one, names));
  const outside = [program, list, ...elements].some((one) => isUserInput(one, names));
  if (!((usesShell || runsShell) && variable) && !isUserInput(program, names)) return;
  script.report({
    rule: 'injection/command',
    severity: outside ? 'high' : 'medium',
    at: node,
    message: outside
      ? 'Text from outside becomes part of a command.'
      : 'A shell command is put together from values.',
    advice: 'Start the program without a shell, with a list of arguments.',
  });
}

/** `basename` takes the folders off, and a number has none. */
function isUserPath(script: Script, node: t.Node | undefined, name: string): boolean {
  if (node === undefined || (name !== '' && node.type === 'ArrowFunctionExpression')) return false;
  return isUserInput(node, script.names);
}

function address(script: Script, node: t.Node, first: t.Node | undefined, name: string): void {
  if (first === undefined) return;
  const candidates: t.Node[] = [first];
  if (first.type === 'ObjectExpression') {
    for (const property of first.properties) {
      if (
        property.type === 'ObjectProperty' &&
        property.key.type === 'Identifier' &&
        /^(?:url|uri|baseURL|host|hostname)$/.test(property.key.name)
      ) {
        candidates.push(property.value);
      }
    }
  }
  if (candidates.some((one) => isUserInput(one, script.names) && !hasFixedStart(one))) {
    script.report({
      rule: 'injection/address',
      severity: 'high',
      at: node,
      message: `${name}() fetches whatever address comes from outside, also inside your network.`,
      advice: 'Allow only known hosts.',
    });
  }
  const text = constantText(first, script.names) ?? builtText(first)?.texts[0] ?? '';
  if (
    /^http:\/\/(?!localhost|127\.|0\.0\.0\.0|\[?::1|10\.|192\.168\.|host\.docker|[\w-]+(?:[:/]|$)|[\w.-]*example\.)/.test(
      text,
    ) &&
    !script.file.isTest
  ) {
    script.report({
      rule: 'transport/clear-text',
      severity: 'low',
      at: node,
      message: 'The request goes over the network in clear text.',
      advice: 'Use https.',
    });
  }
}

/** `https://host/${value}`: the value no longer decides where to. */
function hasFixedStart(node: t.Node): boolean {
  const start = builtText(node)?.texts[0] ?? '';
  return /^(?:[a-z]+:\/\/[^/]+\/|\/(?!\/))/.test(start);
}

function leads(script: Script, node: t.Node): void {
  script.report({
    rule: 'injection/redirect',
    severity: 'medium',
    at: node,
    message: 'The visitor is sent wherever the address says.',
    advice: 'Allow only known targets.',
  });
}

function deserialized(script: Script, node: t.Node): void {
  script.report({
    rule: 'injection/deserialization',
    severity: 'high',
    at: node,
    message: 'Reading foreign objects can run code.',
    advice: 'Use JSON.',
  });
}

function moduleName(script: Script, node: t.Node, first: t.Node | undefined): void {
  if (!isUserInput(first, script.names)) return;
  script.report({
    rule: 'injection/module',
    severity: 'high',
    at: node,
    message: 'A name from outside decides which code is loaded.',
    advice: 'Choose from a fixed list.',
  });
}
