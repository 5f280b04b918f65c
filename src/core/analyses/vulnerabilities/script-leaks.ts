import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { constantText, propertyName, qualifiedName } from '../javascript/values';
import { source } from '../javascript/source';

/** Secrets and files that end up where others can read them. */
export const leakRules: ScriptRules = (script) => ({
  CallExpression: (node) => {
    const name = qualifiedName(node.callee, script.names) ?? '';
    leaks(script, node, name);
    browser(script, node, name);
    permissions(script, node, name);
  },
});

function leaks(script: Script, node: t.CallExpression, name: string): void {
  const method = node.callee.type === 'MemberExpression' ? (propertyName(node.callee) ?? '') : '';
  const text = node.arguments.map((argument) => source(script, argument)).join(', ');
  if (
    /^~?(?:res|response|reply|ctx)\b.*\.(?:send|json|end|write)$/.test(name) ||
    (/^(?:send|json|end)$/.test(method) && /^res\b/.test(source(script, node)))
  ) {
    if (/\b(?:err|error|e|ex)\.stack\b/.test(text)) {
      script.report({
        rule: 'server/stack-to-client',
        severity: 'medium',
        at: node,
        message: 'The stack trace is sent to the client.',
        advice: 'Log it, and send a plain message.',
      });
    }
    if (/\bprocess\.env\b(?!\.\w)/.test(text)) {
      script.report({
        rule: 'server/environment-to-client',
        severity: 'high',
        at: node,
        message: 'The whole environment, secrets included, is sent to the client.',
      });
    }
  }
  const logs = /^(?:console|~?log|~?logger|winston|pino|~this\.(?:log|logger))(?:\.\w+)+$|^~?log$/.test(name);
  if (logs) {
    const secret = node.arguments
      .flatMap((argument): readonly t.Node[] =>
        argument.type === 'TemplateLiteral'
          ? argument.expressions
          : argument.type === 'ObjectExpression'
            ? argument.properties.flatMap((property) =>
                property.type === 'ObjectProperty' ? [property.value] : [],
              )
            : [argument],
      )
      .map(
        (argument) =>
          /(?:^|\.)(password|passwd|pwd|passphrase|secret|clientSecret|apiKey|api_key|accessToken|access_token|authToken|privateKey|cardNumber|creditCard|cvv|ssn)$/i.exec(
            source(script, argument),
          )?.[1],
      )
      .find((one) => one !== undefined);
    if (secret !== undefined) {
      script.report({
        rule: 'secrets/logged',
        severity: 'medium',
        at: node,
        message: `"${secret}" is written to the log.`,
        advice: 'Leave it out.',
      });
    }
  }
}

function browser(script: Script, node: t.CallExpression, name: string): void {
  const method = node.callee.type === 'MemberExpression' ? (propertyName(node.callee) ?? '') : '';
  if (
    method === 'postMessage' &&
    constantText(node.arguments[1], script.names) === '*' &&
    !/^~?(?:self|worker|port|parentPort)\./.test(name)
  ) {
    script.report({
      rule: 'browser/message-to-anyone',
      severity: 'medium',
      at: node,
      message: 'The message goes to whatever page is there.',
      advice: 'Name the origin.',
    });
  }
  if (
    /^(?:window\.)?(?:localStorage|sessionStorage)\.setItem$/.test(name) &&
    /token|jwt|passw|secret|api_?key/i.test(constantText(node.arguments[0], script.names) ?? '')
  ) {
    script.report({
      rule: 'browser/secret-in-storage',
      severity: 'medium',
      at: node,
      message: 'Every script of the page can read this secret.',
      advice: 'Keep it in a cookie with httpOnly.',
    });
  }
}

function permissions(script: Script, node: t.CallExpression, name: string): void {
  if (!/^(?:fs(?:\/promises|\.promises)?|fs-extra)\.(?:l|f)?chmod(?:Sync)?$/.test(name)) return;
  const mode = node.arguments[1];
  const value =
    mode?.type === 'NumericLiteral'
      ? mode.value
      : Number.parseInt(constantText(mode, script.names) ?? '0', 8);
  if ((value & 0o002) === 0) return;
  script.report({
    rule: 'files/writable-by-all',
    severity: 'medium',
    at: node,
    message: 'Everyone on the machine may change the file.',
    advice: 'Give rights to the owner only.',
  });
}
