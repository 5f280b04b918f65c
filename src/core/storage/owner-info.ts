import type { Host } from '../host';

export interface OwnerInfo {
  /** For people: "VS Code window (pid 123)". */
  readonly name: string;
  readonly pid: number;
  readonly epoch: number;
}

/** To say its name; an owner that is busy has written it down as well. */
export const NAME_PATIENCE_MS = 500;

/** Who owns a folder, asked without taking part; undefined when nobody does. */
export async function ownerOf(host: Host, folder: string): Promise<OwnerInfo | undefined> {
  const token = await readToken(host, folder);
  if (token === '') return undefined;
  const asked = host.clock.monotonic();
  const answer = await host.locks.ask(folder, { type: 'who', token }, NAME_PATIENCE_MS);
  const isNobody = answer === undefined && host.clock.monotonic() - asked < NAME_PATIENCE_MS;
  return isNobody ? undefined : (parseOwner(answer) ?? notedOwner(host, folder));
}

/** What a silent owner wrote down when it came is the best there is. */
export async function notedOwner(host: Host, folder: string): Promise<OwnerInfo> {
  const bytes = await host.files.read(host.files.join(folder, 'owner.json'));
  return parseOwner(parseText(bytes)) ?? { name: 'another process', pid: 0, epoch: 0 };
}

/** What a client shows the owner; empty when nobody has owned the folder yet. */
export async function readToken(host: Host, folder: string): Promise<string> {
  const bytes = await host.files.read(host.files.join(folder, 'token'));
  return bytes === undefined ? '' : new TextDecoder().decode(bytes).trim();
}

function parseText(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as unknown);
  } catch {
    return undefined;
  }
}

/** Undefined for what is nobody's name. */
export function parseOwner(value: unknown): OwnerInfo | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, pid, epoch } = value as { name?: unknown; pid?: unknown; epoch?: unknown };
  return typeof name === 'string' && typeof pid === 'number' && typeof epoch === 'number'
    ? { name, pid, epoch }
    : undefined;
}
