import type { Redactor } from '../../base/redactor';
import { BatonError } from '../../model/errors';

export type SecretOf = (name: string) => Promise<string | undefined>;

const PLACE = /\$\{secrets\.([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The texts with their secrets in place. @throws BatonError "mcp-secret" that says which one is missing. */
export async function fillSecrets(
  texts: Readonly<Record<string, string>>,
  secret: SecretOf,
  redactor: Redactor | undefined,
): Promise<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [name, text] of Object.entries(texts)) {
    const values = new Map<string, string>();
    for (const [, wanted = ''] of text.matchAll(PLACE)) {
      const value = await secret(wanted);
      if (value === undefined)
        throw new BatonError('mcp-secret', `needs the secret ${wanted}, which is not set`);
      redactor?.add(value, wanted);
      values.set(wanted, value);
    }
    entries.push([name, text.replace(PLACE, (_place, wanted: string) => values.get(wanted) ?? '')]);
  }
  return Object.fromEntries(entries);
}
