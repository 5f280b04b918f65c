import type { LineRule } from '../line-rules';

const pipedInstall: LineRule = {
  rule: 'supply/piped-install',
  severity: 'high',
  on: 'text',
  pattern:
    /\b(?:curl|wget)\b[^|;]*\|\s*(?:sudo\s+)?(?:-E\s+)?(?:ba|z|da)?sh\b|\b(?:ba)?sh\s+(?:-c\s+)?["']?(?:<\(|\$\()\s*(?:curl|wget)\b/,
  message: 'Whatever the address serves is run at once.',
  advice: 'Download it, check its hash, then run it.',
};

const openRights: LineRule = {
  rule: 'files/writable-by-all',
  severity: 'medium',
  on: 'text',
  pattern: /\bchmod\s+(?:-\w+\s+)*(?:0?[0-7]?[0-7][0-7][2367]|a\+\w*w|o\+\w*w|ugo\+\w*w)\b/,
  message: 'Everyone on the machine may change the file.',
  advice: 'Give rights to the owner only.',
};

const unchecked: LineRule = {
  rule: 'transport/certificates-unchecked',
  severity: 'high',
  on: 'text',
  pattern:
    /\bcurl\b.*\s(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure)(?:\s|$)|\bwget\b.*--no-check-certificate|\bgit\s.*http\.sslVerify[= ]false|GIT_SSL_NO_VERIFY=(?:1|true)|NODE_TLS_REJECT_UNAUTHORIZED=["']?0|strict-ssl[= ]false|--trusted-host\b|PYTHONHTTPSVERIFY=0/,
  message: 'Certificates are not checked, so anyone in between can listen and answer.',
};

export const shellRules: readonly LineRule[] = [
  pipedInstall,
  openRights,
  unchecked,
  {
    rule: 'injection/code',
    severity: 'high',
    on: 'text',
    pattern: /(?:^|[;&|]\s*|\s)eval\s+["']?[^;"']*\$(?![({])|(?:^|[;&|]\s*)eval\s+["']?\$\{?[\w@*]/,
    unless: /eval\s+["']?\$\((?:ssh-agent|dircolors|brew|direnv|rbenv|pyenv|opam|dbus-launch|docker-machine)/,
    message: 'The value of a variable is run as code.',
    advice: 'Use an array of arguments.',
  },
  {
    rule: 'files/unguarded-remove',
    severity: 'high',
    on: 'text',
    pattern: /\brm\s+-\w*[rf]\w*\s+(?:-\w+\s+)*["']?(?:\$\{?\w+\}?["']?\/(?:\*|["']|\s|$)|\/\*|\/["']?\s*$)/,
    unless: /\$\{\w+:[?]/,
    message: 'When the variable is empty, everything from the root on is removed.',
    advice: 'Write "${NAME:?}/".',
  },
  {
    rule: 'files/guessable-name',
    severity: 'low',
    on: 'text',
    pattern: />>?\s*["']?\/tmp\/[\w.-]*(?:\$\$)?[\w.-]*(?:\s|["']|$)/,
    unless: /mktemp/,
    message: 'Someone else can make the file first.',
    advice: 'Use mktemp.',
  },
  {
    rule: 'transport/host-keys-unchecked',
    severity: 'medium',
    on: 'text',
    pattern: /StrictHostKeyChecking[= ]no\b/,
    message: 'Any host is taken for the one that is meant.',
  },
  {
    rule: 'secrets/on-command-line',
    severity: 'medium',
    on: 'text',
    pattern:
      /\b(?:mysql|mysqldump|psql|mongo|redis-cli|sshpass)\b.*\s(?:-p|--password=|-a\s)["']?[A-Za-z0-9!@#%^&*_-]{4,60}/,
    unless: /-p(?:ort)?\s|-p\d{2,5}\b|\$/,
    message: 'The password stands on a command line, where every process can read it.',
  },
  {
    rule: 'auth/sudo-without-password',
    severity: 'medium',
    on: 'text',
    pattern: /NOPASSWD:\s*ALL/,
    message: 'Every command runs as root without a password.',
  },
];

export const dockerRules: readonly LineRule[] = [
  pipedInstall,
  openRights,
  unchecked,
  {
    rule: 'supply/download-without-check',
    severity: 'medium',
    on: 'text',
    pattern: /^\s*ADD\s+(?:--\S+\s+)*https?:\/\//i,
    unless: /--checksum=/,
    message: 'A file from the network goes into the image unchecked.',
    advice: 'Check its hash.',
  },
  {
    rule: 'supply/unpinned-image',
    severity: 'medium',
    on: 'text',
    pattern: /^\s*FROM\s+(?:--\S+\s+)*(?!scratch\b)[^\s:@$]+(?::[^\s@$]*\blatest\b)?(?:\s+AS\s|\s*$)/i,
    message: 'The base image changes by itself.',
    advice: 'Name a version, better its digest.',
  },
  {
    rule: 'container/root-by-name',
    severity: 'medium',
    on: 'text',
    pattern: /^\s*USER\s+(?:root|0)\s*$/i,
    message: 'The program runs as root.',
    advice: 'Make a user for it.',
  },
  {
    rule: 'container/remote-login',
    severity: 'low',
    on: 'text',
    pattern: /^\s*EXPOSE\s+(?:.*\s)?22(?:\/tcp)?(?:\s|$)/i,
    message: 'The container opens a door for remote logins.',
  },
];
