import type * as t from '@babel/types';
import type { Script, ScriptRules } from '../javascript/script';
import { bare, constantText, propertyName, qualifiedName } from '../javascript/values';
import { source } from '../javascript/source';

/** Protections of servers and programs that are switched off. */
export const serverRules: ScriptRules = (script) => ({
  CallExpression: (node) => webServer(script, node, qualifiedName(node.callee, script.names) ?? ''),
  AssignmentExpression: (node) => {
    const name = qualifiedName(node.left, script.names) ?? '';
    if (name === 'process.env.NODE_TLS_REJECT_UNAUTHORIZED' && /^["']?0/.test(source(script, node.right))) {
      noCertificates(script, node);
    }
  },
  ObjectProperty: (node) => option(script, node),
});

function noCertificates(script: Script, at: t.Node): void {
  script.report({
    rule: 'transport/certificates-unchecked',
    severity: 'high',
    at,
    message: 'Certificates are not checked, so anyone in between can listen and answer.',
    advice: 'Trust the one authority that is meant.',
  });
}

function webServer(script: Script, node: t.CallExpression, name: string): void {
  const [first, second] = node.arguments;
  const method = node.callee.type === 'MemberExpression' ? (propertyName(node.callee) ?? '') : '';
  if (name === 'cors' || /^~?cors$/.test(name)) {
    const text = first === undefined ? '' : source(script, first);
    const open = first === undefined || /origin\s*:\s*(?:['"]\*['"]|true)/.test(text);
    if (open) openToAll(script, node, /credentials\s*:\s*true/.test(text));
  }
  if (
    /^(?:setHeader|header|set|append|writeHead)$/.test(method) &&
    /^access-control-allow-origin$/i.test(constantText(first, script.names) ?? '') &&
    constantText(second, script.names) === '*'
  ) {
    openToAll(script, node, false);
  }
  if (name === 'express.static' || name === 'serve-static') {
    const folder = first === undefined ? '' : source(script, first);
    if (/^(?:__dirname|process\.cwd\(\)|['"](?:\.|\.\/|\/|\.\.\/?)['"])$/.test(folder)) {
      script.report({
        rule: 'server/serves-sources',
        severity: 'high',
        at: node,
        message: 'The whole folder is served, sources and settings included.',
        advice: 'Serve a folder that holds only public files.',
      });
    }
  }
  if (name === 'helmet' && first !== undefined && /:\s*false/.test(source(script, first))) {
    script.report({
      rule: 'server/protection-off',
      severity: 'low',
      at: node,
      message: 'A protection of helmet is switched off.',
    });
  }
}

function openToAll(script: Script, node: t.Node, credentials: boolean): void {
  script.report({
    rule: 'server/open-to-all-origins',
    severity: credentials ? 'high' : 'medium',
    at: node,
    message: credentials
      ? 'Every site may act here in the name of its visitors.'
      : 'Every site may read the answers.',
    advice: 'Name the origins that are meant.',
  });
}

function option(script: Script, node: t.ObjectProperty): void {
  const key =
    node.key.type === 'Identifier' ? node.key.name : node.key.type === 'StringLiteral' ? node.key.value : '';
  const value = bare(node.value);
  const isFalse = value.type === 'BooleanLiteral' && !value.value;
  const isTrue = value.type === 'BooleanLiteral' && value.value;
  const text = constantText(value, script.names) ?? '';
  if (
    (/^(?:rejectUnauthorized|strictSSL|verifySsl|verifySSL)$/.test(key) && isFalse) ||
    (/^(?:insecureSkipVerify|ignoreHTTPSErrors|acceptInsecureCerts)$/.test(key) &&
      isTrue &&
      !script.file.isTest)
  ) {
    noCertificates(script, node);
  }
  if (
    (key === 'minVersion' && /^TLSv1(?:\.1)?$/.test(text)) ||
    (key === 'secureProtocol' && /^(?:SSLv|TLSv1_(?:1_)?method)/.test(text))
  ) {
    script.report({
      rule: 'transport/old-protocol',
      severity: 'high',
      at: node,
      message: `${text} is broken.`,
      advice: 'Use TLS 1.2 or newer.',
    });
  }
  if (
    (/^(?:nodeIntegration|nodeIntegrationInWorker|allowRunningInsecureContent|enableRemoteModule)$/.test(
      key,
    ) &&
      isTrue) ||
    (/^(?:contextIsolation|webSecurity)$/.test(key) && isFalse)
  ) {
    script.report({
      rule: 'browser/isolation-off',
      severity: 'high',
      at: node,
      message: `With ${key}: ${String(isTrue)} a page can reach the machine.`,
    });
  }
  if (key === 'noent' && isTrue) {
    script.report({
      rule: 'injection/xml-entities',
      severity: 'high',
      at: node,
      message: 'Entities of foreign XML can read files and addresses.',
    });
  }
  if (/^(?:Access-Control-Allow-Origin)$/i.test(key) && text === '*') openToAll(script, node, false);
  if (/^(?:introspection|playground|graphiql)$/.test(key) && isTrue) {
    script.report({
      rule: 'server/debug-on',
      severity: 'low',
      at: node,
      message: `${key} shows the whole API to everyone.`,
    });
  }
  if (
    /^(?:mode)$/.test(key) &&
    value.type === 'NumericLiteral' &&
    (value.value & 0o002) !== 0 &&
    value.value <= 0o7777 &&
    // Node.js makes folders with this mode itself, and the mask of the user takes the rights away.
    !/mkdir|make-dir|umask/i.test(script.file.text) &&
    /^0o/i.test(String(value.extra?.['raw']))
  ) {
    script.report({
      rule: 'files/writable-by-all',
      severity: 'medium',
      at: node,
      message: 'Everyone on the machine may change the file.',
      advice: 'Give rights to the owner only.',
    });
  }
  if (/^(?:csrf|csrfProtection|xsrf)$/.test(key) && isFalse) {
    script.report({
      rule: 'server/protection-off',
      severity: 'medium',
      at: node,
      message: 'Other sites can send forms in the name of a visitor.',
    });
  }
  if (key === 'secure' && isFalse && /cookie/i.test(source(script, node).concat(lineBefore(script, node)))) {
    script.report({
      rule: 'server/open-cookie',
      severity: 'medium',
      at: node,
      message: 'The cookie is also sent in clear text.',
      advice: 'Set secure: true.',
    });
  }
  if (key === 'httpOnly' && isFalse) {
    script.report({
      rule: 'server/open-cookie',
      severity: 'medium',
      at: node,
      message: 'Scripts of the page can read the cookie.',
      advice: 'Set httpOnly: true.',
    });
  }
}

/** A few lines up: `cookie: {` stands there. */
function lineBefore(script: Script, node: t.Node): string {
  const line = (node.loc?.start.line ?? 1) - 1;
  return script.file.lines
    .slice(Math.max(0, line - 4), line + 1)
    .join(' ')
    .slice(0, 600);
}
