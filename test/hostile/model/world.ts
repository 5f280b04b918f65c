import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** One thing that is not as it was. */
export interface Changed {
  /** Absolute. */
  readonly path: string;
  /** SHA-256 of what an ordinary file holds now; "gone", or what else stands there. */
  readonly now: string;
  readonly before: string;
}

/** Of places that no test may ever change, and that no test needs to look through. */
const WATCHED = ['/etc/passwd', '/tmp/x', '/tmp/newfile', '/etc/cron.d', '/root/.bashrc', '/root/.ssh'];

interface Seen {
  readonly stamp: string;
  readonly is: string;
}

/** Everything below a folder, looked at by nothing but the system's own calls. */
export class World {
  private seen: ReadonlyMap<string, Seen>;

  constructor(private readonly base: string) {
    this.seen = this.look(new Map());
  }

  /** What changed since the last look. */
  changes(): readonly Changed[] {
    const now = this.look(this.seen);
    const changed: Changed[] = [];
    for (const [name, { is }] of now) {
      const before = this.seen.get(name)?.is ?? 'gone';
      if (before !== is) changed.push({ path: name, now: is, before });
    }
    for (const [name, { is }] of this.seen)
      if (!now.has(name)) changed.push({ path: name, now: 'gone', before: is });
    this.seen = now;
    return changed;
  }

  private look(known: ReadonlyMap<string, Seen>): Map<string, Seen> {
    const found = new Map<string, Seen>();
    const visit = (name: string, isDeep: boolean) => {
      const stat = lstatSync(name, { bigint: true, throwIfNoEntry: false });
      if (stat === undefined) return;
      const stamp = [stat.ino, stat.mode, stat.size, stat.mtimeNs, stat.ctimeNs].join(' ');
      const before = known.get(name);
      if (stat.isDirectory()) {
        // A folder is what is in it.
        found.set(name, { stamp: '', is: 'folder' });
        if (isDeep) for (const inner of readdirSync(name)) visit(path.join(name, inner), true);
        return;
      }
      if (before?.stamp === stamp) found.set(name, before);
      else if (stat.isSymbolicLink()) found.set(name, { stamp, is: `link to ${readlinkSync(name)}` });
      else found.set(name, { stamp, is: hashOf(name) });
    };
    visit(this.base, true);
    for (const name of WATCHED) visit(name, false);
    return found;
  }
}

const hashOf = (name: string): string => createHash('sha256').update(readFileSync(name)).digest('hex');
