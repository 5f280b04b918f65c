import { isJsonObject, type JsonValue } from '../../base/json';
import type { ArtifactStore } from '../../storage/run-store';

/** Outputs of this many bytes of JSON and more lie in the artifact store; the event carries a stand-in. */
export const LARGE_OUTPUT_BYTES = 64 * 1024;
const PREVIEW_CHARACTERS = 1_000;

/** What an event carries in place of a large output. */
export interface LargeOutput {
  readonly $artifact: string;
  readonly size: number;
  readonly preview: string;
}

/** The output itself, or its stand-in once the whole is safely stored. */
export async function storableOutput(output: JsonValue, artifacts: ArtifactStore): Promise<JsonValue> {
  const text = JSON.stringify(output);
  // Most are short: characters tell that before bytes need to be counted (3 at most for each UTF-16 unit).
  if (text.length * 3 < LARGE_OUTPUT_BYTES) return output;
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength < LARGE_OUTPUT_BYTES) return output;
  const { hash, size } = await artifacts.put('output.json', 'application/json', bytes);
  return { $artifact: hash, size, preview: text.slice(0, PREVIEW_CHARACTERS) };
}

export function isLargeOutput(output: JsonValue): output is JsonValue & LargeOutput {
  // All three, and no small size: a step may write an object that only looks similar.
  return (
    isJsonObject(output) &&
    Object.keys(output).length === 3 &&
    typeof output['$artifact'] === 'string' &&
    typeof output['preview'] === 'string' &&
    typeof output['size'] === 'number' &&
    output['size'] >= LARGE_OUTPUT_BYTES
  );
}

/** The whole output, read back where the event carries a stand-in. */
export async function wholeOutput(output: JsonValue, artifacts: ArtifactStore): Promise<JsonValue> {
  if (!isLargeOutput(output)) return output;
  const bytes = await artifacts.get({ hash: output.$artifact });
  return JSON.parse(new TextDecoder().decode(bytes)) as JsonValue;
}
