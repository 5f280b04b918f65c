/*
 * owns: `${{ secrets.NAME }}` in the values of a workflow's `env:`, the only place where it may stand.
 * does not own: where values come from, and commands, which are the only ones to get them.
 * must stay true: a definition and everything made of it keeps the words; the value stands in a command's environment and nowhere else.
 */

/** Also without the dollar sign, as everywhere in a file. */
const REFERENCE = /\$?\{\{\s*secrets\s*\.\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/gi;

/** What people see in place of a value. */
const SHOWN = '(secret)';

/** The secrets that a variable's value names, in order, each once. */
export function secretNames(value: string): readonly string[] {
  return [...new Set([...value.matchAll(REFERENCE)].map(([, name]) => name ?? ''))];
}

/** The secrets that a workflow's variables name, each once. */
export function secretsOf(env: Readonly<Record<string, string>>): readonly string[] {
  return [...new Set(Object.values(env).flatMap(secretNames))];
}

/** The value as a command gets it. `valueOf` is asked for names that `secretNames` gave. */
export function fillSecrets(value: string, valueOf: (name: string) => string): string {
  return value.replace(REFERENCE, (_written, name: string) => valueOf(name));
}

/** The value as people see it before the command runs: "Bearer (secret)". */
export function withoutSecrets(value: string): string {
  return value.replace(REFERENCE, SHOWN);
}

/** What a person does about a secret that has no value. */
export function howToSetSecret(name: string): string {
  return `The secret "${name}" is not set: run "Baton: Set Secret…" in the editor, or set BATON_SECRET_${name} for the command line.`;
}
