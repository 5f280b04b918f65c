import type { Host } from '../host';

/** Younger ones may be a write of this very process. */
const OLD_ENOUGH_MS = 10 * 60_000;
const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** Removes what atomic writes left behind when their process was killed before the rename. Gives the number of files. */
export async function sweepTemporaries(host: Host, folder: string): Promise<number> {
  const { files } = host;
  const artifacts = files.join(folder, 'artifacts');
  const shelves = (await files.list(artifacts)).map((entry) => files.join(artifacts, entry.name));
  let swept = 0;
  for (const place of [folder, files.join(folder, 'journal'), files.join(folder, 'quarantine'), ...shelves])
    for (const { name, kind } of await files.list(place)) {
      if (kind !== 'file' || !TEMPORARY.test(name)) continue;
      const path = files.join(place, name);
      const modifiedAt = (await files.stat(path))?.modifiedAt ?? host.clock.now();
      if (host.clock.now() - modifiedAt < OLD_ENOUGH_MS) continue;
      await files.remove(path);
      swept += 1;
    }
  return swept;
}
