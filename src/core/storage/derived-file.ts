import type { Host } from '../host';

/*
 * Files that can be made again from the journal: a line with a checksum, replaced as a whole.
 * Whatever is not exactly what was written counts as absent.
 */

/** The value, or undefined when the file is missing, torn or damaged. */
export async function readDerived(host: Host, path: string): Promise<unknown> {
  const bytes = await host.files.read(path);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  const body = text.slice(65, -1);
  if (text.length < 67 || !text.endsWith('\n') || host.sha256(body) !== text.slice(0, 64)) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

export async function writeDerived(host: Host, path: string, value: unknown): Promise<void> {
  const body = JSON.stringify(value);
  await host.files.writeAtomic(path, `${host.sha256(body)} ${body}\n`, { mode: 0o600 });
}
