/* Files that hold keys. Reading one is asked: what a model has read may leave with its next call. */
import { plainName } from './file-name';

const FOLDERS = new Set([
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.gcloud',
  '.kube',
  '.password-store',
  '.docker',
  '.oci',
]);

const PATTERNS: readonly RegExp[] = [
  /^\.env(?:rc|\..*)?$/,
  /\.env$/,
  /^(?:id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?)(?:\..*)?$/,
  /\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|p8|ovpn|tfstate|pkcs12|age|kdb)$/,
  /^(?:\.netrc|_netrc|\.npmrc|\.pypirc|\.pgpass|\.my\.cnf|\.mylogin\.cnf|\.htpasswd|\.git-credentials|\.yarnrc\.yml)$/,
  /^(?:\.dockercfg|\.boto|\.s3cfg|\.vault-token|\.terraformrc|credentials\.tfrc\.json|kubeconfig|\.dev\.vars|\.cargo-credentials)$/,
  /^(?:credentials?|secrets?|passwords?|tokens?|api[-_]?keys?)(?:\.(?:json|ya?ml|toml|ini|txt|xml|properties|env|conf|csv))?$/,
  /^(?:secrets|local\.settings|service[-_]?account.*|client_secret.*|.*-credentials)\.json$/,
  /^(?:master|production|credentials)\.(?:key|yml\.enc)$/,
];
/** Made to be read: examples and public halves. */
const HARMLESS = /(?:\.(?:example|sample|template|dist|defaults?)|\.pub|-example|-sample)$/;

/** True for a file that holds keys, by any path to it (relative or absolute, either kind of slash). */
export function isSecret(path: string): boolean {
  const names = path
    .split(/[/\\]+/)
    .filter((segment) => segment !== '')
    .map(plainName);
  const last = names.at(-1) ?? '';
  if (HARMLESS.test(last)) return false;
  // The settings of git may carry an address with a key in it.
  if (last === 'config' && names.at(-2) === '.git') return true;
  return names.some((name) => FOLDERS.has(name)) || PATTERNS.some((pattern) => pattern.test(last));
}
