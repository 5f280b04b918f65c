import type { LineRule } from '../line-rules';

const sql = String.raw`"\s*(?:select\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s)[^"]*"`;

export const javaRules: readonly LineRule[] = [
  {
    rule: 'injection/command',
    severity: 'high',
    on: 'text',
    pattern:
      /\bgetRuntime\(\)\s*\.\s*exec\s*\(\s*(?!new\s|"[^"]*"\s*\))|\bnew\s+ProcessBuilder\(.*"(?:sh|bash|cmd(?:\.exe)?)"\s*,\s*"[-/]c"\s*,\s*[^")]/,
    message: 'A command is put together from values.',
    advice: 'Use a list of arguments and no shell.',
  },
  {
    rule: 'injection/sql',
    severity: 'high',
    on: 'text',
    pattern: new RegExp(`${sql}\\s*\\+|String\\.format\\(\\s*${sql}`, 'i'),
    message: 'A query is put together from values.',
    advice: 'Use a PreparedStatement with placeholders.',
  },
  {
    rule: 'injection/deserialization',
    severity: 'high',
    on: 'code',
    pattern:
      /\bnew\s+ObjectInputStream\s*\(|\bnew\s+XMLDecoder\s*\(|\benableDefaultTyping\s*\(|\bnew\s+Yaml\s*\(\s*\)/,
    message: 'Reading foreign objects can run code.',
    advice: 'Use JSON with fixed types.',
  },
  {
    rule: 'crypto/weak-hash',
    severity: 'medium',
    on: 'text',
    pattern: /\bMessageDigest\.getInstance\(\s*"(?:MD[245]|SHA-?1)"|\bDigestUtils\.(?:md5|sha1)/i,
    message: 'MD5 and SHA-1 are broken.',
    advice: 'Use bcrypt or argon2 for passwords, SHA-256 for the rest.',
  },
  {
    rule: 'crypto/weak-cipher',
    severity: 'high',
    on: 'text',
    pattern: /\bCipher\.getInstance\(\s*"(?:DES|DESede|RC[24]|Blowfish|AES(?:\/ECB)?["/])/,
    unless: /AES\/(?:GCM|CBC|CTR)/,
    message: 'The cipher, or its mode ECB, is broken.',
    advice: 'Use AES/GCM/NoPadding.',
  },
  {
    rule: 'crypto/guessable-random',
    severity: 'medium',
    on: 'code',
    pattern:
      /(?:token|secret|password|otp|nonce|salt|session)\w*\s*=.*(?:new\s+Random\s*\(|Math\.random\s*\()/i,
    message: 'Random can be guessed, and this looks like something secret.',
    advice: 'Use SecureRandom.',
  },
  {
    rule: 'transport/certificates-unchecked',
    severity: 'high',
    on: 'code',
    pattern:
      /\bcheckServerTrusted\s*\([^)]*\)[^{]*\{\s*\}|\bNoopHostnameVerifier\b|\bALLOW_ALL_HOSTNAME_VERIFIER\b|\bsetHostnameVerifier\(.*->\s*true/,
    message: 'Certificates are not checked, so anyone in between can listen and answer.',
  },
  {
    rule: 'injection/xml-entities',
    severity: 'medium',
    on: 'code',
    pattern:
      /\b(?:DocumentBuilderFactory|SAXParserFactory|XMLInputFactory)\.newInstance\s*\(\s*\)\s*\.\s*new/,
    message: 'Entities of foreign XML can read files and addresses.',
    advice: 'Forbid DOCTYPE declarations.',
  },
  {
    rule: 'injection/path',
    severity: 'high',
    on: 'text',
    pattern:
      /\b(?:new\s+File(?:InputStream|Reader|OutputStream|Writer)?|Paths\.get|Path\.of)\(.*\bgetParameter\(/,
    message: 'A path from outside leads to any file.',
    advice: 'Check that it lies in the folder it may lie in.',
  },
  {
    rule: 'injection/redirect',
    severity: 'medium',
    on: 'text',
    pattern: /\bsendRedirect\(.*\bgetParameter\(/,
    message: 'The visitor is sent wherever the request says.',
    advice: 'Allow only known targets.',
  },
  {
    rule: 'injection/html',
    severity: 'high',
    on: 'text',
    pattern: /\bgetWriter\(\)\.(?:print|println|write)\(.*\bgetParameter\(/,
    message: 'Text from the request is sent back as part of a page.',
    advice: 'Escape it.',
  },
  {
    rule: 'injection/code',
    severity: 'high',
    on: 'code',
    pattern: /\bgetEngineByName\b.*\.eval\s*\(|\b(?:scriptEngine|engine)\.eval\s*\(\s*\w/i,
    message: 'Text is run as code.',
  },
  {
    rule: 'server/protection-off',
    severity: 'medium',
    on: 'code',
    pattern:
      /\.csrf\(\)\s*\.disable\(\)|\bcsrf\s*\(\s*(?:\w+\s*->\s*\w+\.disable\(\)|\w+::disable)|\.frameOptions\(\)\s*\.disable\(\)/,
    message: 'A protection is switched off.',
  },
  {
    rule: 'server/open-to-all-origins',
    severity: 'medium',
    on: 'text',
    pattern:
      /\ballowedOrigins\(\s*"\*"|@CrossOrigin\(\s*(?:origins\s*=\s*)?"\*"|\baddAllowedOrigin\(\s*"\*"|@CrossOrigin\s*$/,
    message: 'Every site may read the answers.',
    advice: 'Name the origins that are meant.',
  },
  {
    rule: 'server/open-cookie',
    severity: 'medium',
    on: 'code',
    pattern: /\.set(?:HttpOnly|Secure)\s*\(\s*false\s*\)/,
    message: 'Scripts or the network can read the cookie.',
  },
];

export const goRules: readonly LineRule[] = [
  {
    rule: 'injection/html',
    severity: 'high',
    on: 'text',
    pattern:
      /\b(?:fmt\.Fprint\w*|w\.Write|io\.WriteString)\(.*<[a-z].*\b(?:FormValue|URL\.Query\(\)|PathValue)/i,
    unless: /EscapeString/,
    message: 'Text from the request is sent back as part of a page.',
    advice: 'Use html/template.',
  },
  {
    rule: 'injection/command',
    severity: 'high',
    on: 'text',
    pattern:
      /\bexec\.Command(?:Context)?\(\s*(?:\w+\s*,\s*)?"(?:\/bin\/)?(?:sh|bash)"\s*,\s*"-c"\s*,\s*(?!"[^"]*"\s*\))/,
    message: 'A shell command is put together from values.',
    advice: 'Start the program itself, with a list of arguments.',
  },
  {
    rule: 'injection/sql',
    severity: 'high',
    on: 'text',
    pattern: new RegExp(
      `Sprintf\\(\\s*["\`]\\s*(?:select\\s|insert\\s+into\\s|update\\s+\\S+\\s+set\\s|delete\\s+from\\s)[^"\`]*%[svdq]|${sql}\\s*\\+`,
      'i',
    ),
    message: 'A query is put together from values.',
    advice: 'Use placeholders and pass the values beside the query.',
  },
  {
    rule: 'transport/certificates-unchecked',
    severity: 'high',
    on: 'code',
    pattern: /\bInsecureSkipVerify\s*:\s*true|\bssh\.InsecureIgnoreHostKey\s*\(/,
    message: 'Certificates are not checked, so anyone in between can listen and answer.',
  },
  {
    rule: 'crypto/weak-hash',
    severity: 'medium',
    on: 'code',
    pattern: /\b(?:md5|sha1)\.(?:New|Sum)\w*\s*\(/,
    message: 'MD5 and SHA-1 are broken.',
    advice: 'Use bcrypt or argon2 for passwords, SHA-256 for the rest.',
  },
  {
    rule: 'crypto/weak-cipher',
    severity: 'high',
    on: 'code',
    pattern: /\b(?:des\.New\w*Cipher|rc4\.NewCipher)\s*\(/,
    message: 'The cipher is broken.',
    advice: 'Use AES-GCM.',
  },
  {
    rule: 'crypto/guessable-random',
    severity: 'medium',
    on: 'code',
    pattern:
      /(?:token|secret|password|otp|nonce|salt|session)\w*\s*:?=.*\brand\.(?:Int\w*|Float\w*|Perm)\s*\(/i,
    message: 'math/rand can be guessed, and this looks like something secret.',
    advice: 'Use crypto/rand.',
  },
  {
    rule: 'injection/path',
    severity: 'high',
    on: 'text',
    pattern:
      /\b(?:os\.(?:Open|ReadFile|Create|Remove|WriteFile)|ioutil\.ReadFile|http\.ServeFile)\(.*\b(?:FormValue|URL\.Query\(\)|PathValue|mux\.Vars)/,
    message: 'A path from outside leads to any file.',
    advice: 'Check that it lies in the folder it may lie in.',
  },
  {
    rule: 'injection/address',
    severity: 'high',
    on: 'text',
    pattern: /\bhttp\.(?:Get|Post|Head)\(.*\b(?:FormValue|URL\.Query\(\))/,
    message: 'An address from outside is fetched.',
    advice: 'Allow only known hosts.',
  },
  {
    rule: 'injection/redirect',
    severity: 'medium',
    on: 'text',
    pattern: /\bhttp\.Redirect\(.*\b(?:FormValue|URL\.Query\(\))/,
    message: 'The visitor is sent wherever the request says.',
    advice: 'Allow only known targets.',
  },
  {
    rule: 'injection/html',
    severity: 'medium',
    on: 'code',
    pattern: /\btemplate\.(?:HTML|JS|URL)\s*\(\s*[a-z]\w*/,
    message: 'Text becomes part of a page without being escaped.',
  },
  {
    rule: 'files/writable-by-all',
    severity: 'medium',
    on: 'code',
    pattern: /\bos\.(?:Chmod|MkdirAll|Mkdir|WriteFile|OpenFile)\(.*\b0o?[0-7]?[0-7]{2}[2367]\s*\)/,
    message: 'Everyone on the machine may change the file.',
    advice: 'Give rights to the owner only.',
  },
];
