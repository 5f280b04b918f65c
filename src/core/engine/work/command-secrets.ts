import type { StepError } from '../../model/events';
import { fillSecrets, howToSetSecret, secretNames, secretsOf } from '../../workflow/secrets';

/** The value of a secret by its name; whoever gives it has made it known to the redactor. */
export type SecretSource = (name: string) => Promise<string | undefined>;

/**
 * The workflow's variables that hold secrets, with their values: for a command's environment and nothing else. Only what the file says
 * under `env:` is filled in, never inputs or results, whoever wrote `secrets.NAME` into those.
 */
export async function commandSecrets(
  env: Readonly<Record<string, string>>,
  secret: SecretSource | undefined,
): Promise<{ readonly env: Readonly<Record<string, string>> } | StepError> {
  const values = new Map<string, string>();
  for (const name of secretsOf(env)) {
    const value = await secret?.(name);
    if (value === undefined)
      return { code: 'secret-missing', class: 'error', message: `${howToSetSecret(name)} Nothing was run.` };
    values.set(name, value);
  }
  const holding = Object.entries(env).filter(([, value]) => secretNames(value).length > 0);
  return {
    env: Object.fromEntries(
      holding.map(([name, value]) => [name, fillSecrets(value, (of) => values.get(of) ?? '')]),
    ),
  };
}
