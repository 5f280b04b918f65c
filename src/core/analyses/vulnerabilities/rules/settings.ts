import type { LineRule } from '../line-rules';

/** Settings in YAML: Kubernetes, Compose, workflows of GitHub, and everyone's own. */
export const yamlRules: readonly LineRule[] = [
  {
    rule: 'container/privileged',
    severity: 'high',
    on: 'code',
    pattern: /^\s*-?\s*(?:privileged|allowPrivilegeEscalation|hostNetwork|hostPID|hostIPC)\s*:\s*true\b/,
    message: 'The container may do what the machine may do.',
    advice: 'Give it only what it needs.',
  },
  {
    rule: 'container/root-by-name',
    severity: 'medium',
    on: 'code',
    pattern: /^\s*(?:runAsUser\s*:\s*0|runAsNonRoot\s*:\s*false|user\s*:\s*["']?(?:root|0)["']?)\s*$/,
    message: 'The program runs as root.',
  },
  {
    rule: 'container/docker-socket',
    severity: 'high',
    on: 'text',
    pattern: /\/var\/run\/docker\.sock/,
    message: 'Whoever has the socket of Docker has the machine.',
  },
  {
    rule: 'container/all-capabilities',
    severity: 'high',
    on: 'text',
    pattern:
      /^\s*-?\s*(?:cap_add|add)\s*:\s*\[?.*\b(?:ALL|SYS_ADMIN)\b|^\s*-\s*["']?(?:SYS_ADMIN|NET_ADMIN)["']?\s*$/,
    message: 'The container has rights over the machine.',
  },
  {
    rule: 'supply/unpinned-image',
    severity: 'medium',
    on: 'text',
    pattern: /^\s*-?\s*image\s*:\s*["']?(?:[\w.-]+(?::\d+)?\/)*[\w.-]+(?::latest)?["']?\s*$/,
    unless: /[{}$]/,
    message: 'The image changes by itself.',
    advice: 'Name a version, better its digest.',
  },
  {
    rule: 'ci/script-injection',
    severity: 'high',
    on: 'text',
    pattern:
      /\$\{\{\s*github\.(?:event\.(?:issue|pull_request|comment|review|discussion|head_commit)\.[\w.]*(?:title|body|message|ref|label|name|email)|head_ref)\s*\}\}/,
    unless: /^\s*[A-Z_]+\s*:|^\s*(?:group|ref|if|name|title)\s*:/,
    message: 'Text that anyone can write becomes part of a command.',
    advice: 'Pass it through an environment variable.',
  },
  {
    rule: 'ci/foreign-code-with-secrets',
    severity: 'medium',
    on: 'code',
    pattern: /^\s*-?\s*pull_request_target\s*:?|^on\s*:.*\bpull_request_target\b/,
    message: 'Pull requests of strangers run with the rights of this repository.',
    advice: 'Use pull_request, or check out nothing of theirs.',
  },
  {
    rule: 'ci/all-permissions',
    severity: 'medium',
    on: 'code',
    pattern: /^\s*permissions\s*:\s*write-all\b/,
    message: 'The job may change everything.',
    advice: 'Name the permissions it needs.',
  },
  {
    rule: 'supply/unpinned-action',
    severity: 'medium',
    on: 'text',
    pattern:
      /^\s*-?\s*uses\s*:\s*["']?(?!\.\/|docker:)[\w.-]+\/[\w./-]+@(?:main|master|HEAD|latest|develop)\b/,
    message: 'The action changes by itself.',
    advice: 'Pin it to a commit.',
  },
  {
    rule: 'transport/certificates-unchecked',
    severity: 'high',
    on: 'text',
    pattern:
      /^\s*-?\s*["']?(?:verify_?ssl|ssl_?verify|tls_?verify|validate_certs|strict_?ssl|rejectUnauthorized|verify_certs?)["']?\s*:\s*["']?(?:false|no|0)\b|^\s*-?\s*(?:insecure(?:_?skip_?(?:tls_?)?verify)?|insecureSkipTLSVerify|skip_tls_verify)\s*:\s*(?:true|yes)\b|NODE_TLS_REJECT_UNAUTHORIZED["']?\s*[:=]\s*["']?0/i,
    message: 'Certificates are not checked, so anyone in between can listen and answer.',
  },
  {
    rule: 'server/debug-on',
    severity: 'low',
    on: 'code',
    pattern: /^\s*(?:FLASK_DEBUG|DJANGO_DEBUG|APP_DEBUG)\s*:\s*["']?(?:1|true)\b/i,
    message: 'Debug mode is on.',
  },
  {
    rule: 'server/open-to-all-origins',
    severity: 'medium',
    on: 'text',
    pattern:
      /^\s*-?\s*["']?(?:allow(?:ed)?_?origins?|cors_?(?:allow(?:ed)?_?)?origins?|Access-Control-Allow-Origin)["']?\s*:\s*\[?\s*["']\*["']/i,
    message: 'Every site may read the answers.',
    advice: 'Name the origins that are meant.',
  },
  {
    rule: 'server/any-address',
    severity: 'medium',
    on: 'text',
    pattern: /\bcidr(?:_?ip|_?blocks?)?\s*:\s*\[?\s*["']?0\.0\.0\.0\/0/i,
    message: 'The door is open to the whole internet.',
  },
  {
    rule: 'supply/piped-install',
    severity: 'high',
    on: 'text',
    pattern: /\b(?:curl|wget)\b[^|;]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b/,
    message: 'Whatever the address serves is run at once.',
    advice: 'Download it, check its hash, then run it.',
  },
];

export const jsonRules: readonly LineRule[] = [
  {
    rule: 'transport/certificates-unchecked',
    severity: 'high',
    on: 'text',
    pattern:
      /"(?:rejectUnauthorized|strictSSL|strict-ssl|verifySsl|sslVerify|http\.proxyStrictSSL)"\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED=0/,
    message: 'Certificates are not checked, so anyone in between can listen and answer.',
  },
  {
    rule: 'supply/piped-install',
    severity: 'high',
    on: 'text',
    pattern: /\b(?:curl|wget)\b[^|;]*\|\s*(?:sudo\s+)?(?:node|(?:ba|z)?sh)\b/,
    message: 'Whatever the address serves is run at once.',
    advice: 'Download it, check its hash, then run it.',
  },
  {
    rule: 'server/open-to-all-origins',
    severity: 'medium',
    on: 'text',
    pattern:
      /"(?:allowedOrigins?|corsOrigins?|allow_origins?|Access-Control-Allow-Origin)"\s*:\s*\[?\s*"\*"/i,
    message: 'Every site may read the answers.',
    advice: 'Name the origins that are meant.',
  },
  {
    rule: 'auth/everything-allowed',
    severity: 'high',
    on: 'text',
    pattern: /"Action"\s*:\s*(?:\[\s*)?"\*"|"Principal"\s*:\s*(?:\{\s*"AWS"\s*:\s*)?"\*"/,
    message: 'The policy allows everything, or everyone.',
    advice: 'Name what is needed.',
  },
];

/** .env, .npmrc, ini, properties, nginx. */
export const configRules: readonly LineRule[] = [
  {
    rule: 'transport/certificates-unchecked',
    severity: 'high',
    on: 'text',
    pattern:
      /^\s*(?:export\s+)?(?:NODE_TLS_REJECT_UNAUTHORIZED\s*=\s*["']?0|strict-ssl\s*=\s*false|GIT_SSL_NO_VERIFY\s*=\s*(?:1|true)|PYTHONHTTPSVERIFY\s*=\s*0|sslVerify\s*=\s*false|verify_ssl\s*=\s*(?:false|no|0)|SSL_VERIFY\s*=\s*(?:false|no|0))/i,
    message: 'Certificates are not checked, so anyone in between can listen and answer.',
  },
  {
    rule: 'server/debug-on',
    severity: 'medium',
    on: 'text',
    pattern: /^\s*(?:export\s+)?(?:APP_|FLASK_|DJANGO_)?DEBUG\s*=\s*["']?(?:1|true|on)\b/i,
    message: 'Debug mode is on.',
  },
  {
    rule: 'transport/old-protocol',
    severity: 'high',
    on: 'text',
    pattern:
      /\bssl_protocols\b.*\b(?:SSLv[23]|TLSv1(?:\.1)?)(?:\s|;)|^\s*SSLProtocol\b.*\+(?:SSLv[23]|TLSv1(?:\.1)?)\b/,
    message: 'A broken protocol is allowed.',
    advice: 'Allow TLS 1.2 and newer.',
  },
  {
    rule: 'server/lists-folders',
    severity: 'low',
    on: 'text',
    pattern: /^\s*autoindex\s+on\b|^\s*Options\b.*\+?Indexes\b/,
    message: 'The server lists the files of its folders.',
  },
  {
    rule: 'supply/clear-text-registry',
    severity: 'high',
    on: 'text',
    pattern: /^\s*(?:registry|index-url|extra-index-url|@[\w-]+:registry)\s*=\s*http:\/\//,
    message: 'Packages come over the network in clear text.',
    advice: 'Use https.',
  },
  {
    rule: 'secrets/registry-token',
    severity: 'high',
    on: 'text',
    pattern: /_authToken\s*=\s*(?!\$\{)[A-Za-z0-9_-]{8,}|^\s*_auth\s*=\s*[A-Za-z0-9+/=]{8,}/,
    message: 'The login for the package registry stands in the file.',
    advice: 'Read it from the environment.',
  },
];

export const htmlRules: readonly LineRule[] = [
  {
    rule: 'transport/clear-text',
    severity: 'medium',
    on: 'text',
    pattern:
      /<(?:script|iframe|link)\b[^>]*\b(?:src|href)\s*=\s*["']http:\/\/(?!localhost|127\.|www\.w3\.org)|<form\b[^>]*\baction\s*=\s*["']http:\/\/(?!localhost|127\.)/i,
    message: 'It comes or goes over the network in clear text.',
    advice: 'Use https.',
  },
  {
    rule: 'supply/script-without-check',
    severity: 'low',
    on: 'text',
    pattern: /<script\b[^>]*\bsrc\s*=\s*["'](?:https:)?\/\/[^>]*>/i,
    unless: /integrity\s*=|googletagmanager|js\.stripe\.com|maps\.google/i,
    message: 'A script from elsewhere runs unchecked.',
    advice: 'Add its integrity hash.',
  },
  {
    rule: 'injection/html',
    severity: 'medium',
    on: 'text',
    pattern: /\sv-html\s*=|\{@html\s/,
    message: 'Text is put into the page as HTML.',
    advice: 'Sanitize it, or show it as text.',
  },
  {
    rule: 'injection/html',
    severity: 'medium',
    on: 'text',
    pattern:
      /\.(?:innerHTML|outerHTML)\s*\+?=\s*(?!["'`][^"'`$]*["'`]\s*;?\s*$)|\bdocument\.write\(\s*(?!["'][^"']*["']\s*\))|\beval\(/,
    unless: /sanitize|escape|purify/i,
    message: 'Text is put into the page as HTML, or run as code.',
    advice: 'Use textContent, or sanitize it.',
  },
];

export const terraformRules: readonly LineRule[] = [
  {
    rule: 'server/any-address',
    severity: 'medium',
    on: 'text',
    pattern: /\b(?:cidr_blocks|source_ranges|source_address_prefix)\s*=\s*\[?\s*["'](?:0\.0\.0\.0\/0|\*)["']/,
    message: 'The door is open to the whole internet.',
  },
  {
    rule: 'server/public-store',
    severity: 'high',
    on: 'text',
    pattern:
      /\bacl\s*=\s*["']public-read(?:-write)?["']|\b(?:publicly_accessible|block_public_acls\s*=\s*false)\b\s*(?:=\s*true)?/,
    unless: /publicly_accessible\s*=\s*false/,
    message: 'The data is open to everyone.',
  },
  {
    rule: 'crypto/not-encrypted',
    severity: 'medium',
    on: 'code',
    pattern: /\b(?:encrypted|storage_encrypted|encryption_at_rest_enabled|enable_key_rotation)\s*=\s*false\b/,
    message: 'The data is kept in clear text.',
  },
  {
    rule: 'auth/everything-allowed',
    severity: 'high',
    on: 'text',
    pattern: /\b(?:actions?|Action)"?\s*[=:]\s*\[?\s*["']\*["']/,
    message: 'The policy allows everything.',
    advice: 'Name what is needed.',
  },
];
