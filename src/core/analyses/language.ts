export type Language =
  | 'javascript'
  | 'typescript'
  | 'python'
  | 'java'
  | 'go'
  | 'rust'
  | 'php'
  | 'ruby'
  | 'c'
  | 'shell'
  | 'docker'
  | 'yaml'
  | 'json'
  | 'toml'
  | 'xml'
  | 'html'
  | 'css'
  | 'sql'
  | 'terraform'
  | 'config'
  | 'markdown'
  | 'text'
  | 'binary';

const byExtension: Readonly<Record<string, Language>> = {
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'typescript',
  py: 'python',
  pyw: 'python',
  java: 'java',
  kt: 'java',
  kts: 'java',
  gradle: 'java',
  groovy: 'java',
  go: 'go',
  rs: 'rust',
  php: 'php',
  rb: 'ruby',
  c: 'c',
  h: 'c',
  cc: 'c',
  cpp: 'c',
  hpp: 'c',
  cs: 'c',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  dockerfile: 'docker',
  yml: 'yaml',
  yaml: 'yaml',
  json: 'json',
  jsonc: 'json',
  json5: 'json',
  toml: 'toml',
  xml: 'xml',
  html: 'html',
  htm: 'html',
  vue: 'html',
  svelte: 'html',
  css: 'css',
  scss: 'css',
  less: 'css',
  sql: 'sql',
  tf: 'terraform',
  tfvars: 'terraform',
  env: 'config',
  ini: 'config',
  cfg: 'config',
  conf: 'config',
  properties: 'config',
  md: 'markdown',
  mdx: 'markdown',
  txt: 'text',
  mod: 'text',
  sum: 'text',
  lock: 'text',
  pem: 'text',
  key: 'text',
};

const byName: Readonly<Record<string, Language>> = {
  dockerfile: 'docker',
  containerfile: 'docker',
  gemfile: 'ruby',
  rakefile: 'ruby',
  pipfile: 'toml',
  'cargo.lock': 'toml',
  'poetry.lock': 'toml',
  'uv.lock': 'toml',
  'pipfile.lock': 'json',
  'composer.lock': 'json',
  '.npmrc': 'config',
  '.yarnrc': 'config',
  '.pypirc': 'config',
  '.netrc': 'config',
  '.htaccess': 'config',
  '.htpasswd': 'config',
  '.babelrc': 'json',
  '.eslintrc': 'json',
  id_rsa: 'text',
  id_ed25519: 'text',
};

/** By name alone. A file of unknown kind is "binary": it is neither read nor judged. */
export function languageOf(path: string): Language {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const known = byName[name];
  if (known !== undefined) return known;
  if (name.startsWith('dockerfile.') || name.endsWith('.dockerfile')) return 'docker';
  if (name === '.env' || name.startsWith('.env.')) return 'config';
  const dot = name.lastIndexOf('.');
  return (dot < 0 ? undefined : byExtension[name.slice(dot + 1)]) ?? 'binary';
}

export const isCode = (language: Language): boolean => codeLanguages.has(language);

const codeLanguages: ReadonlySet<Language> = new Set([
  'javascript',
  'typescript',
  'python',
  'java',
  'go',
  'rust',
  'php',
  'ruby',
  'c',
  'shell',
]);

export const isScript = (language: Language): language is 'javascript' | 'typescript' =>
  language === 'javascript' || language === 'typescript';

/** Written by a package manager: large, and only read by the analysis of dependencies. */
export function isLockfile(path: string): boolean {
  return lockfiles.has(path.slice(path.lastIndexOf('/') + 1).toLowerCase());
}

const lockfiles: ReadonlySet<string> = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'cargo.lock',
  'poetry.lock',
  'uv.lock',
  'pipfile.lock',
  'composer.lock',
  'gemfile.lock',
  'go.sum',
]);

/** Tests, fixtures, mocks, stories and benchmarks, by their usual places and names. */
export function isTestPath(path: string): boolean {
  return (
    /(?:^|\/)(?:tests?|specs?|__tests__|__mocks__|mocks?|fixtures?|testdata|e2e|cypress|benchmarks?|bench)\//i.test(
      path,
    ) ||
    /[._-](?:test|spec|mock|stories|bench)\.[cm]?[jt]sx?$/i.test(path) ||
    /(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.(?:py|go)$/i.test(path) ||
    /(?:Test|Tests|IT)\.(?:java|kt)$/.test(path)
  );
}
