import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface PackageFacts {
  readonly version: string;
  /** The oldest Node.js that it runs on: "20.19.0". */
  readonly oldestNode: string;
}

/** What the package says about itself; it lies beside the folder of the program. */
export function packageFacts(): PackageFacts {
  const text = readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8');
  const { version, engines } = JSON.parse(text) as { version: string; engines?: { node?: string } };
  return { version, oldestNode: engines?.node?.replace(/^[^\d]*/, '') ?? '0' };
}
