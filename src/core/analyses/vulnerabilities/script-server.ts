import type * as t from '@babel/types';
import type { Finding } from '../../model/finding';
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

interface OptionRule {
  readonly key: RegExp;
  /** The value by which the protection is off. */
  readonly value: boolean | RegExp;
  readonly when?: (script: Script, node: t.ObjectProperty) => boolean;
  readonly tell: (script: Script, node: t.ObjectProperty, key: string, text: string) => void;
}

const tells =
  (
    rule: string,
    severity: Finding['severity'],
    message: (key: string, text: string) => string,
    advice?: string,
  ) =>
  (script: Script, node: t.ObjectProperty, key: string, text: string): void =>
    script.report({
      rule,
      severity,
      at: node,
      message: message(key, text),
      ...(advice === undefined ? {} : { advice }),
    });

const isolationOff = tells(
  'browser/isolation-off',
  'high',
  (key) => `Set so, ${key} lets a page reach the machine.`,
);
const oldProtocol = tells(
  'transport/old-protocol',
  'high',
  (_, text) => `${text} is broken.`,
  'Use TLS 1.2 or newer.',
);

/** Options that switch a protection off, whatever they are handed to. */
const optionRules: readonly OptionRule[] = [
  { key: /^(?:rejectUnauthorized|strictSSL|verifySsl|verifySSL)$/, value: false, tell: noCertificates },
  {
    key: /^(?:insecureSkipVerify|ignoreHTTPSErrors|acceptInsecureCerts)$/,
    value: true,
    when: (script) => !script.file.isTest,
    tell: noCertificates,
  },
  { key: /^minVersion$/, value: /^TLSv1(?:\.1)?$/, tell: oldProtocol },
  { key: /^secureProtocol$/, value: /^(?:SSLv|TLSv1_(?:1_)?method)/, tell: oldProtocol },
  {
    key: /^(?:nodeIntegration|nodeIntegrationInWorker|allowRunningInsecureContent|enableRemoteModule)$/,
    value: true,
    tell: isolationOff,
  },
  { key: /^(?:contextIsolation|webSecurity)$/, value: false, tell: isolationOff },
  {
    key: /^noent$/,
    value: true,
    tell: tells(
      'injection/xml-entities',
      'high',
      () => 'Entities of foreign XML can read files and addresses.',
    ),
  },
  {
    key: /^Access-Control-Allow-Origin$/i,
    value: /^\*$/,
    tell: (script, node) => openToAll(script, node, false),
  },
  {
    key: /^(?:introspection|playground|graphiql)$/,
    value: true,
    tell: tells('server/debug-on', 'low', (key) => `${key} shows the whole API to everyone.`),
  },
  {
    key: /^(?:csrf|csrfProtection|xsrf)$/,
    value: false,
    tell: tells(
      'server/protection-off',
      'medium',
      () => 'Other sites can send forms in the name of a visitor.',
    ),
  },
  {
    key: /^secure$/,
    value: false,
    when: (script, node) => /cookie/i.test(source(script, node).concat(lineBefore(script, node))),
    tell: tells(
      'server/open-cookie',
      'medium',
      () => 'The cookie is also sent in clear text.',
      'Set secure: true.',
    ),
  },
  {
    key: /^httpOnly$/,
    value: false,
    tell: tells(
      'server/open-cookie',
      'medium',
      () => 'Scripts of the page can read the cookie.',
      'Set httpOnly: true.',
    ),
  },
];

function option(script: Script, node: t.ObjectProperty): void {
  const key =
    node.key.type === 'Identifier' ? node.key.name : node.key.type === 'StringLiteral' ? node.key.value : '';
  const value = bare(node.value);
  const text = constantText(value, script.names);
  if (key === 'mode') openMode(script, node, value);
  for (const rule of optionRules) {
    if (!rule.key.test(key)) continue;
    const isOff =
      typeof rule.value === 'boolean'
        ? value.type === 'BooleanLiteral' && value.value === rule.value
        : text !== undefined && rule.value.test(text);
    if (isOff && (rule.when?.(script, node) ?? true)) rule.tell(script, node, key, text ?? '');
  }
}

function openMode(script: Script, node: t.Node, value: t.Node): void {
  if (value.type !== 'NumericLiteral' || (value.value & 0o002) === 0 || value.value > 0o7777) return;
  // Node.js makes folders with this mode itself, and the mask of the user takes the rights away.
  if (!/^0o/i.test(source(script, value)) || /mkdir|make-dir|umask/i.test(script.file.text)) return;
  script.report({
    rule: 'files/writable-by-all',
    severity: 'medium',
    at: node,
    message: 'Everyone on the machine may change the file.',
    advice: 'Give rights to the owner only.',
  });
}

/** A few lines up: `cookie: {` stands there. */
function lineBefore(script: Script, node: t.Node): string {
  const line = (node.loc?.start.line ?? 1) - 1;
  return script.file.lines
    .slice(Math.max(0, line - 4), line + 1)
    .join(' ')
    .slice(0, 600);
}
