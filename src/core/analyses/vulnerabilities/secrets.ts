import type { Finding } from '../../model/finding';
import type { SourceFile } from '../analysis';
import { Remarks } from '../text/remarks';

/*
 * Secrets in the text of any file. What was found is never repeated in a message: a report is read by more people than
 * a file.
 */

interface KnownShape {
  readonly rule: string;
  readonly noun: string;
  readonly pattern: RegExp;
}

const known: readonly KnownShape[] = [
  {
    rule: 'secrets/aws-access-key',
    noun: 'an AWS access key',
    pattern: /\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[A-Z0-9]{16}\b/,
  },
  {
    rule: 'secrets/github-token',
    noun: 'a GitHub token',
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/,
  },
  {
    rule: 'secrets/gitlab-token',
    noun: 'a GitLab token',
    pattern: /\bgl(?:pat|dt|rt|ptt|soat)-[A-Za-z0-9_-]{20,60}\b/,
  },
  { rule: 'secrets/slack-token', noun: 'a Slack token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/ },
  {
    rule: 'secrets/slack-webhook',
    noun: 'a Slack webhook',
    pattern:
      /hooks\.slack\.com\/(?:services|workflows)\/T[A-Za-z0-9_]{6,20}\/[A-Za-z0-9_]{6,20}\/[A-Za-z0-9_]{16,40}/,
  },
  { rule: 'secrets/stripe-key', noun: 'a live Stripe key', pattern: /\b[rs]k_live_[A-Za-z0-9]{16,250}\b/ },
  {
    rule: 'secrets/google-api-key',
    noun: 'a Google API key',
    pattern: /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/,
  },
  { rule: 'secrets/anthropic-key', noun: 'an Anthropic key', pattern: /\bsk-ant-[A-Za-z0-9_-]{20,250}/ },
  {
    rule: 'secrets/openai-key',
    noun: 'an OpenAI key',
    pattern: /\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,250}|\bsk-[A-Za-z0-9]{48}\b/,
  },
  {
    rule: 'secrets/sendgrid-key',
    noun: 'a SendGrid key',
    pattern: /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}/,
  },
  { rule: 'secrets/twilio-key', noun: 'a Twilio key', pattern: /\bSK[0-9a-f]{32}\b/ },
  { rule: 'secrets/mailgun-key', noun: 'a Mailgun key', pattern: /\bkey-[0-9a-f]{32}\b/ },
  { rule: 'secrets/npm-token', noun: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { rule: 'secrets/pypi-token', noun: 'a PyPI token', pattern: /\bpypi-AgE[A-Za-z0-9_-]{50,250}/ },
  { rule: 'secrets/huggingface-token', noun: 'a Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{34,40}\b/ },
  {
    rule: 'secrets/digitalocean-token',
    noun: 'a DigitalOcean token',
    pattern: /\bdo[opr]_v1_[0-9a-f]{64}\b/,
  },
  {
    rule: 'secrets/shopify-token',
    noun: 'a Shopify token',
    pattern: /\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b/,
  },
  {
    rule: 'secrets/telegram-token',
    noun: 'a Telegram bot token',
    pattern: /\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/,
  },
  {
    rule: 'secrets/discord-webhook',
    noun: 'a Discord webhook',
    pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{15,21}\/[A-Za-z0-9_-]{60,80}/,
  },
  {
    rule: 'secrets/azure-key',
    noun: 'an Azure storage key',
    pattern: /\bAccountKey=[A-Za-z0-9+/]{80,90}={0,2}/,
  },
  {
    rule: 'secrets/jwt',
    noun: 'a signed token',
    pattern: /\beyJ[A-Za-z0-9_-]{15,500}\.eyJ[A-Za-z0-9_-]{10,1500}\.[A-Za-z0-9_-]{20,700}/,
  },
];

const LONGEST = 10_000;

export function findSecrets(file: SourceFile): Finding[] {
  const remarks = new Remarks(file);
  file.lines.forEach((line, index) => {
    if (line.length > LONGEST) return;
    const shape = known.find(({ pattern }) => pattern.test(line));
    if (shape !== undefined && !isExample(line)) {
      remarks.add(
        shape.rule,
        'high',
        index + 1,
        `This looks like ${shape.noun}.`,
        'Revoke it, and read it from a secret store.',
      );
      return;
    }
    if (isPrivateKey(file, index)) {
      remarks.add(
        'secrets/private-key',
        'high',
        index + 1,
        'A private key stands in the file.',
        'Replace the key pair, and keep the new one out of the folder.',
      );
      return;
    }
    if (hasLogin(line) && !(file.isTest || file.language === 'markdown')) {
      remarks.add(
        'secrets/login-in-address',
        'high',
        index + 1,
        'The address has a password in it.',
        'Read it from the environment or a secret store.',
      );
      return;
    }
    if (file.isTest || file.language === 'markdown' || file.language === 'text') return;
    const named = file.language === 'yaml' ? namedSecret(file, index) : undefined;
    if (named !== undefined) {
      remarks.add(
        'secrets/fixed-password',
        'high',
        index + 1,
        `"${named}" is given a fixed value.`,
        'Read it from a secret store.',
      );
      return;
    }
    const name = assignedSecret(file, line) ?? comparedSecret(line);
    if (name !== undefined) {
      remarks.add(
        'secrets/fixed-password',
        'high',
        index + 1,
        `"${name}" is given a fixed value.`,
        'Read it from the environment or a secret store.',
      );
    }
  });
  return remarks.findings;
}

const isExample = (line: string): boolean => /EXAMPLE|example\b|x{6,}|X{6,}|\.{3}|0{12,}|your[_-]/.test(line);

function isPrivateKey(file: SourceFile, index: number): boolean {
  const line = file.lines[index] ?? '';
  const head = /-----BEGIN (?:[A-Z]{2,8} ){0,2}PRIVATE KEY(?: BLOCK)?-----/.exec(line);
  if (head === null) return false;
  // The head alone is a word in a parser; the key is what follows it.
  const rest = `${line.slice(head.index + head[0].length)} ${file.lines.slice(index + 1, index + 4).join(' ')}`;
  return /[A-Za-z0-9+/]{40}/.test(rest);
}

function hasLogin(line: string): boolean {
  const match =
    /\b[a-z][a-z0-9+]{1,14}:\/\/([^\s:/@'"`<>{}$()\\]{1,60}):([^\s:/@'"`<>{}$()\\]{3,100})@([\w.-]{2,200})/i.exec(
      line,
    );
  if (match === null) return false;
  const [, user = '', password = '', server = ''] = match;
  if (
    /^(?:pass(?:word|wd)?|pwd|secret|user|x+|\*+|token|changeme|example)$/i.test(password) &&
    /^(?:user(?:name)?|x+|name|me|you)$/i.test(user)
  )
    return false;
  return !/(?:^|\.)example\.(?:com|org|net)$/.test(server) && !/^\*+$|^%/.test(password);
}

const secretName =
  '[\\w.-]{0,60}?(?:passw(?:or)?d|passphrase|pwd|secret|api[_-]?key|apikey|(?:access|auth|refresh|bearer|api|bot|admin)[_-]?token|(?:access|secret|private|signing|encryption|master|account|shared)[_-]?key|client[_-]?secret|credentials?|token)\\d{0,2}';

const inCode = new RegExp(
  `(?:^|[^\\w.-])["']?(${secretName})["']?\\s*(?:\\??:\\s*[\\w<>|\\[\\] ]{1,40}=|:=|=>|=|:)\\s*[bru]?(["'\`])([^"'\`]{4,200})\\2`,
  'i',
);
const inSettings = new RegExp(
  `^\\s*(?:export\\s+|ENV\\s+|ARG\\s+|-\\s+|set\\s+)?["']?(${secretName})["']?\\s*[=: ]\\s*["']?([^\\s"'#]{4,200})["']?\\s*(?:#.*)?$`,
  'i',
);
const inTag = new RegExp(`<(${secretName})>([^<>\\s]{4,200})</`, 'i');
const compared = new RegExp(`(${secretName})\\s*(?:===?|!==?|\\.equals\\()\\s*["']([^"']{4,80})["']`, 'i');

function assignedSecret(file: SourceFile, line: string): string | undefined {
  if (line.length > 1_000) return undefined;
  const quoted = inCode.exec(line);
  if (quoted !== null && isSecretValue(quoted[1] ?? '', quoted[3] ?? '', true))
    return lastPart(quoted[1] ?? '');
  if (file.language === 'xml') {
    const tag = inTag.exec(line);
    if (tag !== null && isSecretValue(tag[1] ?? '', tag[2] ?? '', false)) return tag[1];
  }
  if (!['config', 'docker', 'yaml', 'shell', 'toml'].includes(file.language)) return undefined;
  const plain = inSettings.exec(line);
  if (plain === null || (file.language === 'shell' && /[=:]\s+\S|\$[({]/.test(line))) return undefined;
  return isSecretValue(plain[1] ?? '', plain[2] ?? '', false) ? lastPart(plain[1] ?? '') : undefined;
}

function comparedSecret(line: string): string | undefined {
  if (line.length > 1_000) return undefined;
  const match = compared.exec(line);
  const [, name = '', value = ''] = match ?? [];
  return match !== null && /[^a-z_-]/i.test(value) && isSecretValue(name, value, true)
    ? lastPart(name)
    : undefined;
}

const nameLine = new RegExp(`^\\s*-?\\s*name\\s*:\\s*["']?(${secretName})["']?\\s*$`, 'i');

/** `- name: DB_PASSWORD` with its `value:` on the next line, as containers are given their environment. */
function namedSecret(file: SourceFile, index: number): string | undefined {
  const value = /^\s*value\s*:\s*["']?([^\s"'#]{4,200})["']?\s*$/.exec(
    (file.lines[index] ?? '').slice(0, 500),
  )?.[1];
  const name =
    value === undefined ? undefined : nameLine.exec((file.lines[index - 1] ?? '').slice(0, 500))?.[1];
  return name !== undefined && value !== undefined && isSecretValue(name, value, false) ? name : undefined;
}

const lastPart = (name: string): string => name.split('.').at(-1) ?? name;

/** Whether the value can be the secret itself, and no name, no place to read it from, no filling. */
function isSecretValue(name: string, value: string, inSource: boolean): boolean {
  if (/[<>{}$()[\]\s]|%\(|^@|^#|\.\.\.|^\*+$|^x+$|^-+$|\/\//i.test(value)) return false;
  if (
    /example|sample|placeholder|your|dummy|changeit|todo|redacted|process\.env|os\.environ|getenv|undefined|^(?:null|none|nil|true|false|yes|no|required|optional|string|str|number|text|password|file|env|vault|secret)$/i.test(
      value,
    )
  ) {
    return !inSource && /^(?:password|secret)$/i.test(value) && /passw|pwd|secret/i.test(name);
  }
  if (/^[./~]|^\w+\.\w+\.\w+$|^[\w.-]+\/[\w./-]+$|\.(?:json|pem|key|txt|ya?ml|env|[jt]s)$/i.test(value))
    return false;
  if (/htpasswd$/i.test(name)) return false;
  const own = name.toLowerCase().replace(/[^a-z]/g, '');
  const said = value.toLowerCase().replace(/[^a-z]/g, '');
  if (said !== '' && (own.endsWith(said) || said.endsWith(own)) && !/\d/.test(value)) return false;
  const isPassword = /(?:passw(?:or)?d|passphrase|pwd|secret(?:[_-]?key)?)\d{0,2}$/i.test(name);
  const letters = /^[A-Za-z_ -]+$/.test(value);
  if (isPassword) {
    // Field names ("newPassword", "client_secret") and words of a sentence are no passwords.
    if (letters)
      return inSource
        ? /^[a-z]{6,}$/.test(value) &&
            !/^(?:input|field|label|hidden|invalid|missing|wrong|error|reset|forgot|change|confirm|current|weak|strong|plain|hashed|signup|signin|login|user|admin|email|name|type|value|length|default|unknown|manual|never|always|session|cookie|header|bearer|basic|local|remote|random|custom|inherit|visible|masked|shared|public|private|keyring|keychain)\w*$/.test(
              value,
            )
        : true;
    return value.length >= 5;
  }
  // Tokens and keys: long, and of letters and digits mixed as chance mixes them.
  return (
    value.length >= 12 &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    (!/^[a-z]+(?:[-_.:][a-z0-9]+)+$/.test(value) || hasRandomPart(value)) &&
    /^[\w+/=.!@%^&*~-]+$/.test(value) &&
    !/^v?\d+[.\d]*$/.test(value)
  );
}

/** One part of a name with hyphens that is long and mixed: no one spells words like that. */
const hasRandomPart = (value: string): boolean =>
  value.split(/[-_.:]/).some((part) => part.length >= 10 && /\d.*\d/.test(part) && /[a-z]/i.test(part));
