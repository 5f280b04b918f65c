import type { Remarks } from '../../text/remarks';
import type { LineRule, Statement } from '../line-rules';
import { looksLikeSql } from '../sql-text';

const noShell = 'Use a list of arguments and no shell.';

export const pythonRules: readonly LineRule[] = [
  {
    rule: 'injection/code',
    severity: 'high',
    on: 'code',
    pattern: /(?:^|[^.\w])(?:eval|exec)\s*\(\s*[^)\s"']/,
    unless: /literal_eval|\bdef\s+(?:eval|exec)\b/,
    message: 'Text is run as code.',
    advice: 'Use ast.literal_eval, or do it without code made from text.',
  },
  {
    rule: 'injection/command',
    severity: 'high',
    on: 'text',
    pattern:
      /\bos\.(?:system|popen)\s*\(\s*(?:f["']|["'][^"']*["']\s*(?:%|\+|\.format)|[\w.[\]]+\s*[+%]|[a-z_]\w*\s*\))/,
    message: 'A shell command is put together from values.',
    advice: noShell,
  },
  {
    rule: 'injection/command',
    severity: 'high',
    on: 'text',
    pattern:
      /\bsubprocess\.\w+\(.*\bshell\s*=\s*True|\b(?:run|Popen|call|check_call|check_output)\(.*\bshell\s*=\s*True/,
    unless: /\(\s*(["'])[^"'{}]*\1\s*,[^%+]*shell\s*=\s*True/,
    message: 'A command runs in a shell.',
    advice: noShell,
  },
  {
    rule: 'injection/deserialization',
    severity: 'high',
    on: 'code',
    pattern:
      /\b(?:c?[pP]ickle|_pickle|dill|cloudpickle|marshal|shelve|jsonpickle|joblib)\.(?:loads?|open|decode|Unpickler)\s*\(/,
    message: 'Loading this format runs whatever code its author put in.',
    advice: 'Use JSON.',
  },
  {
    rule: 'injection/deserialization',
    severity: 'high',
    on: 'code',
    pattern: /\byaml\.(?:load|load_all|unsafe_load|full_load)\s*\(/,
    unless: /SafeLoader|CSafeLoader|BaseLoader/,
    message: 'yaml.load can build any object.',
    advice: 'Use yaml.safe_load.',
  },
  {
    rule: 'crypto/weak-hash',
    severity: 'medium',
    on: 'text',
    pattern: /\bhashlib\.(?:md5|sha1)\s*\(|\bhashlib\.new\(\s*["'](?:md5|sha1)["']/,
    unless: /usedforsecurity\s*=\s*False/,
    message: 'MD5 and SHA-1 are broken.',
    advice: 'Use scrypt or argon2 for passwords, SHA-256 for the rest.',
  },
  {
    rule: 'crypto/weak-cipher',
    severity: 'high',
    on: 'code',
    pattern: /\b(?:DES3?|ARC4|ARC2|Blowfish)\.new\(|\bMODE_ECB\b|\bmodes\.ECB\(/,
    message: 'The cipher is broken.',
    advice: 'Use AES-GCM.',
  },
  {
    rule: 'crypto/guessable-random',
    severity: 'medium',
    on: 'code',
    pattern:
      /(?:token|secret|password|passwd|otp|nonce|salt|session|csrf|api_key|reset|code)\w*\s*=.*\brandom\.(?:random|randint|choice|choices|randrange|sample|getrandbits|uniform)\s*\(/i,
    unless: /SystemRandom|secrets\./,
    message: 'random can be guessed, and this looks like something secret.',
    advice: 'Use the module secrets.',
  },
  {
    rule: 'transport/certificates-unchecked',
    severity: 'high',
    on: 'code',
    pattern:
      /\bverify\s*=\s*False\b|\b_create_unverified_context\b|\bCERT_NONE\b|\bcheck_hostname\s*=\s*False|\bverify_ssl\s*=\s*False|\bssl\s*=\s*False\b/,
    message: 'Certificates are not checked, so anyone in between can listen and answer.',
    advice: 'Trust the one authority that is meant.',
  },
  {
    rule: 'transport/old-protocol',
    severity: 'high',
    on: 'code',
    pattern: /\bPROTOCOL_(?:SSLv[23]|TLSv1(?:_1)?)\b/,
    message: 'The protocol is broken.',
    advice: 'Use TLS 1.2 or newer.',
  },
  {
    rule: 'transport/clear-text',
    severity: 'low',
    on: 'text',
    pattern:
      /\b(?:requests|httpx)\.\w+\(\s*f?["']http:\/\/(?!localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|[\w-]+[:/"'])/,
    message: 'The request goes over the network in clear text.',
    advice: 'Use https.',
  },
  {
    rule: 'transport/host-keys-unchecked',
    severity: 'high',
    on: 'code',
    pattern: /\b(?:AutoAddPolicy|WarningPolicy)\s*\(/,
    message: 'Any host is taken for the one that is meant.',
    advice: 'Load the known hosts.',
  },
  {
    rule: 'server/debug-on',
    severity: 'high',
    on: 'code',
    pattern: /\.run\(.*\bdebug\s*=\s*True|^DEBUG\s*=\s*True\b|\bapp\.debug\s*=\s*True/,
    message: 'Debug mode shows the code and can run it.',
    advice: 'Take it from the environment, off by default.',
  },
  {
    rule: 'server/any-host',
    severity: 'medium',
    on: 'text',
    pattern: /\bALLOWED_HOSTS\s*=\s*\[\s*["']\*["']/,
    message: 'Any host name is accepted.',
    advice: 'Name the hosts.',
  },
  {
    rule: 'server/open-to-all-origins',
    severity: 'medium',
    on: 'text',
    pattern:
      /\ballow_origins\s*=\s*\[\s*["']\*["']|\bCORS_(?:ORIGIN_ALLOW_ALL|ALLOW_ALL_ORIGINS)\s*=\s*True|\borigins\s*=\s*["']\*["']|Access-Control-Allow-Origin["']\]?\s*[=:,]\s*["']\*/,
    message: 'Every site may read the answers.',
    advice: 'Name the origins that are meant.',
  },
  {
    rule: 'server/protection-off',
    severity: 'medium',
    on: 'code',
    pattern:
      /@csrf_exempt\b|\bWTF_CSRF_ENABLED\s*=\s*False|\b(?:SESSION|CSRF)_COOKIE_(?:SECURE|HTTPONLY)\s*=\s*False|\bSECURE_SSL_REDIRECT\s*=\s*False/,
    message: 'A protection is switched off.',
  },
  {
    rule: 'server/binds-everywhere',
    severity: 'low',
    on: 'text',
    pattern: /\bhost\s*=\s*["']0\.0\.0\.0["']|\.bind\(\s*\(\s*["'](?:0\.0\.0\.0)?["']/,
    message: 'The server listens on every network.',
    advice: 'Bind it to the one that is meant.',
  },
  {
    rule: 'injection/html',
    severity: 'medium',
    on: 'text',
    pattern:
      /\bmark_safe\(\s*(?:f["']|\w+\s*[)+%])|\bMarkup\(\s*(?:f["']|\w+\s*[)+%])|\bautoescape\s*=\s*False|\brender_template_string\(\s*(?:f["']|\w+\s*[+%])/,
    message: 'Text becomes part of a page without being escaped.',
    advice: 'Let the template escape it.',
  },
  {
    rule: 'injection/xml-entities',
    severity: 'medium',
    on: 'code',
    pattern:
      /\bresolve_entities\s*=\s*True|\bxml\.(?:sax|dom\.minidom|dom\.pulldom)\.parse(?:String)?\(|\betree\.XMLParser\(\s*\)/,
    unless: /defusedxml/,
    message: 'Entities of foreign XML can read files and addresses.',
    advice: 'Use defusedxml.',
  },
  {
    rule: 'files/guessable-name',
    severity: 'medium',
    on: 'text',
    pattern: /\btempfile\.mktemp\s*\(|\bopen\(\s*f?["']\/tmp\/[^"']*["']\s*,\s*["'][wax]/,
    message: 'Someone else can make the file first.',
    advice: 'Use tempfile.mkstemp or NamedTemporaryFile.',
  },
  {
    rule: 'files/writable-by-all',
    severity: 'medium',
    on: 'code',
    pattern: /\bos\.chmod\(.*0o?7?[0-7][0-7][2367]\b/,
    message: 'Everyone on the machine may change the file.',
    advice: 'Give rights to the owner only.',
  },
  {
    rule: 'files/unchecked-archive',
    severity: 'medium',
    on: 'code',
    pattern: /\.extractall\s*\(/,
    unless: /filter\s*=|members\s*=/,
    message: 'Names in an archive may lead out of the folder.',
    advice: 'Pass filter="data".',
  },
  {
    rule: 'auth/token-unverified',
    severity: 'high',
    on: 'text',
    pattern:
      /\bjwt\.decode\(.*(?:verify\s*=\s*False|verify_signature["']\s*:\s*False|algorithms\s*=\s*\[\s*["']none)/i,
    message: 'Tokens are accepted without checking who signed them.',
  },
  {
    rule: 'secrets/logged',
    severity: 'medium',
    on: 'text',
    pattern:
      /\b(?:print|logg(?:er|ing)\.\w+|log\.\w+)\(.*(?:\{|,\s*|%\s*\(?)(?:\w+\.)?(?:password|passwd|secret|api_key|access_token)\b/i,
    message: 'A secret is written to the log.',
    advice: 'Leave it out.',
  },
  {
    rule: 'auth/assert-as-check',
    severity: 'medium',
    on: 'code',
    pattern: /^assert\s+.*\b(?:is_admin|is_authenticated|is_superuser|has_perm\w*|authorized|permission)\b/,
    message: 'Assertions are switched off by -O, and with them this check.',
    advice: 'Raise an error.',
  },
];

const source =
  'request\\.(?:args|form|json|values|data|cookies|headers|files|GET|POST|query_params|path_params|body|get_json|params|query)\\b';

/** What comes from a request and reaches a file, an address, a redirect or a query. */
export function pythonInput(lines: readonly Statement[], remarks: Remarks): void {
  const tainted = taintedNames(lines);
  const input = new RegExp(
    `${source}${tainted.length === 0 ? '' : `|(?<![\\w.'"])(?:${tainted.join('|')})(?![\\w'"])`}`,
  );
  for (const { line, text } of lines) {
    const flat = text.slice(0, 2_000);
    builtQuery(flat, line, remarks);
    const argument =
      /\b((?:open|send_file|send_from_directory|os\.(?:remove|unlink|rmdir|rename|listdir)|shutil\.\w+|Path|requests\.(?:get|post|put|delete|head|request)|httpx\.\w+|urlopen|redirect|HttpResponseRedirect|RedirectResponse|render_template_string|Template|importlib\.import_module|__import__|re\.(?:compile|match|search|sub))\s*)\((.*)$/.exec(
        flat,
      );
    if (argument === null) continue;
    const [, called = '', rest = ''] = argument;
    if (!input.test(rest) || /secure_filename|basename|safe_join|url_has_allowed_host|re\.escape/.test(rest))
      continue;
    const kind = sinkOf(called.trim());
    remarks.add(kind.rule, kind.severity, line, kind.message, kind.advice);
  }
}

function taintedNames(lines: readonly Statement[]): string[] {
  const names = new Set<string>();
  for (const { text } of lines) {
    const match = new RegExp(`^([a-z_]\\w{0,60})\\s*=\\s*(?:str\\(|f["'].{0,80}\\{)?${source}`).exec(text);
    if (match?.[1] !== undefined) names.add(match[1]);
    const next = /^([a-z_]\w{0,60})\s*=\s*(.+)$/.exec(text);
    if (
      next?.[1] !== undefined &&
      names.size > 0 &&
      /[+{%]|\.format\(|os\.path\.join\(/.test(next[2] ?? '')
    ) {
      if ([...names].some((name) => new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(next[2] ?? '')))
        names.add(next[1]);
    }
  }
  return [...names].slice(0, 50);
}

function sinkOf(called: string): {
  rule: string;
  severity: 'high' | 'medium';
  message: string;
  advice: string;
} {
  if (/^(?:redirect|HttpResponseRedirect|RedirectResponse)$/.test(called)) {
    return {
      rule: 'injection/redirect',
      severity: 'medium',
      message: 'The visitor is sent wherever the request says.',
      advice: 'Allow only known targets.',
    };
  }
  if (/^(?:requests|httpx|urlopen)/.test(called)) {
    return {
      rule: 'injection/address',
      severity: 'high',
      message: `${called}() fetches whatever address comes from outside.`,
      advice: 'Allow only known hosts.',
    };
  }
  if (/template/i.test(called)) {
    return {
      rule: 'injection/template',
      severity: 'high',
      message: 'Text from outside is used as a template, and templates can run code.',
      advice: 'Pass it as a value of a fixed template.',
    };
  }
  if (/import/.test(called)) {
    return {
      rule: 'injection/module',
      severity: 'high',
      message: 'A name from outside decides which code is loaded.',
      advice: 'Choose from a fixed list.',
    };
  }
  if (/^re\./.test(called)) {
    return {
      rule: 'injection/regular-expression',
      severity: 'medium',
      message: 'A pattern that comes from outside can be made to run for ever.',
      advice: 'Escape it.',
    };
  }
  return {
    rule: 'injection/path',
    severity: 'high',
    message: `A path from outside reaches ${called}(): "../" leads to any file.`,
    advice: 'Check that it lies in the folder it may lie in.',
  };
}

function builtQuery(text: string, line: number, remarks: Remarks): void {
  const match =
    /(f?)(["'])\2?\2?\s*((?:select|insert|update|delete|drop|alter|truncate|replace)\s[^"']{3,600})(.{0,40})/i.exec(
      text,
    );
  if (match === null) return;
  const [, f = '', , body = '', after = ''] = match;
  if (!looksLikeSql(body.replace(/["'][^]*$/, ' x'))) return;
  const built =
    /^['"]?[^"']{0,20}["']{1,3}\s*(?:%\s*[\w(]|\.format\()/.test(after) ||
    (f !== '' && /\{\w/.test(body + after)) ||
    /^["']{1,3}\s*(?:\+|%\s*(?!s)|\.format\()/.test(after) ||
    /^["']{0,3}\s*\+/.test(after.replace(/^["']*/, ''));
  const quotedHole = f !== '' && /['"]?\{/.test(after);
  if (!built && !quotedHole) return;
  // Holes after FROM and the like are names of tables, which no placeholder can give.
  const holes =
    f === '' ? ['='] : [...`${body}${after}`.matchAll(/(\S+\s*['"]?)\{/g)].map((hole) => hole[1] ?? '');
  if (
    holes.length > 0 &&
    holes.every((hole) => /(?:from|into|table|join|update|by|select)\s*['"`]?$/i.test(hole))
  )
    return;
  remarks.add(
    'injection/sql',
    'high',
    line,
    'A query is put together from values.',
    'Use placeholders and pass the values beside the query.',
  );
}
