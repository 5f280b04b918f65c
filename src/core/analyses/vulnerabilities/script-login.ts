import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { constantText, propertyName, qualifiedName } from '../javascript/values';
import { source } from '../javascript/source';

/** Tokens, cookies and sessions that do not hold what they promise. */
export const loginRules: ScriptRules = (script) => ({
  CallExpression: (node) => {
    const name = qualifiedName(node.callee, script.names) ?? '';
    const method = node.callee.type === 'MemberExpression' ? (propertyName(node.callee) ?? '') : '';
    const [first, , third] = node.arguments;
    tokens(script, node, name);
    if (method === 'cookie' && /^~?(?:res|response|reply)\./.test(name)) {
      cookie(script, node, constantText(first, script.names), third);
    }
    if (/^(?:express-session|~?session|cookie-session|cookie-parser|~?cookieParser)$/.test(name)) {
      sessionSecret(script, first);
    }
  },
});

function tokens(script: Script, node: t.CallExpression, name: string): void {
  const isJwt = /^(?:jsonwebtoken|jwt|~jwt)\.(sign|verify|decode)$/.exec(name)?.[1];
  if (isJwt === undefined) return;
  const [, key, options] = node.arguments;
  if (isJwt === 'decode') {
    script.report({
      rule: 'auth/token-unverified',
      severity: 'medium',
      at: node,
      message: 'The token is read without checking who signed it.',
      advice: 'Use verify().',
    });
    return;
  }
  if (key !== undefined && constantText(key, script.names) !== undefined && !script.file.isTest) {
    script.report({
      rule: 'secrets/fixed-signing-key',
      severity: 'high',
      at: node,
      message: 'The key that signs tokens stands in the code.',
      advice: 'Read it from a secret store.',
    });
  }
  const text = options === undefined ? '' : source(script, options);
  if (
    /algorithms\s*:\s*\[[^\]]*['"]none['"]|algorithm\s*:\s*['"]none['"]/.test(text) ||
    /ignoreExpiration\s*:\s*true/.test(text)
  ) {
    script.report({
      rule: 'auth/token-unverified',
      severity: 'high',
      at: node,
      message: /ignoreExpiration/.test(text)
        ? 'Expired tokens are accepted.'
        : 'Tokens without a signature are accepted.',
    });
  }
  if (
    isJwt === 'sign' &&
    !/expiresIn/.test(text) &&
    !/\bexp\b/.test(source(script, node)) &&
    (options === undefined || options.type === 'ObjectExpression')
  ) {
    script.report({
      rule: 'auth/token-without-end',
      severity: 'low',
      at: node,
      message: 'The token never expires.',
      advice: 'Set expiresIn.',
    });
  }
}

function cookie(script: Script, node: t.Node, name: string | undefined, options: t.Node | undefined): void {
  const isSession = /sess|token|auth|jwt|sid\b|login|user/i.test(name ?? '');
  const text = options === undefined ? '' : source(script, options);
  if (options !== undefined && options.type !== 'ObjectExpression') return;
  if (/\.\.\./.test(text)) return;
  const missing = ['httpOnly', 'secure'].filter(
    (flag) =>
      !new RegExp(`${flag}\\s*:\\s*(?!false)`).test(text) &&
      !new RegExp(`[{,]\\s*${flag}\\s*[,}]`).test(text),
  );
  const off = /(?:httpOnly|secure)\s*:\s*false/.test(text);
  if (!off && !(isSession && missing.length > 0)) return;
  script.report({
    rule: 'server/open-cookie',
    severity: 'medium',
    at: node,
    message: `The cookie ${name === undefined ? '' : `"${name}" `}lacks ${missing.join(' and ')}: scripts or the network can read it.`,
    advice: 'Set httpOnly, secure and sameSite.',
  });
}

function sessionSecret(script: Script, first: t.Node | undefined): void {
  const secret =
    first?.type === 'ObjectExpression'
      ? first.properties.find(
          (property): property is t.ObjectProperty =>
            property.type === 'ObjectProperty' &&
            property.key.type === 'Identifier' &&
            /^(?:secret|keys)$/.test(property.key.name),
        )?.value
      : first;
  if (secret === undefined) return;
  const values = secret.type === 'ArrayExpression' ? secret.elements : [secret];
  if (!values.some((value) => value !== null && constantText(value, script.names) !== undefined)) return;
  script.report({
    rule: 'secrets/fixed-signing-key',
    severity: 'high',
    at: secret,
    message: 'The key that signs sessions stands in the code.',
    advice: 'Read it from a secret store.',
  });
}
